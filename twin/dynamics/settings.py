"""What a body file and the environment section of a mission say."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from twin.capture.settings import Ring
from twin.contracts.fields import Float, Name, NonNegative, Quaternion, Text, Vec3

Matrix3 = tuple[Vec3, Vec3, Vec3]


class _Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class ElementSet(_Settings, frozen=True, kw_only=True):
    """A two-line element set, as published; checksums and columns are verified at load."""

    line1: Text
    line2: Text


class OrbitState(_Settings, frozen=True, kw_only=True):
    """Where a body is at the mission's epoch, in `eci` (GCRF axes), and who says so."""

    r_eci_m: Vec3
    v_eci_mps: Vec3
    source: Text = ""


class Port(_Settings, frozen=True, kw_only=True):
    """Where the target is taken: `r_body_m` is the centre of the fitting, port x the capture axis outward."""

    r_body_m: Vec3
    q_port_from_body: Quaternion = (1.0, 0.0, 0.0, 0.0)


class Hull(_Settings, frozen=True, kw_only=True):
    """The outside of a body as a cylinder along body x, its centre (of pressure) in body axes."""

    length_m: NonNegative
    diameter_m: NonNegative
    centre_body_m: Vec3 = (0.0, 0.0, 0.0)


class Tumbling(_Settings, frozen=True, kw_only=True):
    """How a body turns at the epoch: its rate in body axes, and where its angular momentum points; the angle
    about that comes from the seed."""

    w_body_deg_per_s: Vec3
    momentum_ric: Vec3 = (0.0, 0.0, 1.0)


class TargetBody(_Settings, frozen=True, kw_only=True):
    """The debris: body x is the long axis, origin at the centre of mass.

    What can be touched and seen of it is the cylinder of `length_m` and `diameter_m` about
    `hull_centre_body_m`, and the ring.

    Its orbit is either an element set or a state at the epoch. With `tumbling` it does not librate, and
    `spin_deg_per_s`, `libration_deg` and `port_towards` are not read. What `basic` does not read:
    `reflectivity` (radiation coefficient, 1 absorbs all), `hull` (without it the drag area holds for every
    attitude and nothing outside turns the body) and `magnetic_sm4` (its tensor of eddy currents).
    """

    name: Name
    title: Text
    elements: ElementSet | None = None
    state: OrbitState | None = None
    mass_kg: NonNegative
    length_m: NonNegative
    diameter_m: NonNegative
    hull_centre_body_m: Vec3 = (0.0, 0.0, 0.0)
    radius_m: NonNegative
    inertia_body_kgm2: Matrix3
    drag_area_m2: NonNegative
    drag_coefficient: NonNegative
    reflectivity: NonNegative = 1.3
    hull: Hull | None = None
    magnetic_sm4: Matrix3 | None = None
    spin_deg_per_s: Float = 0.0
    libration_deg: NonNegative = 0.0
    port_towards: Literal["earth", "space"] = "earth"
    tumbling: Tumbling | None = None
    port: Port
    ring: Ring | None = None


class Environment(_Settings, frozen=True, kw_only=True):
    """Fidelity of the truth: a named set of terms (`twin.dynamics.fidelity`), each of which may be changed.

    `basic` is J2 and an exponential atmosphere; `standard` EGM2008 to degree and order 8, NRLMSISE-00,
    Sun, Moon, solar pressure and eddy currents; `high` the same to degree and order 70. All three turn bodies
    by the gravity gradient. `tolerance` is the integrators', of a state's largest number; 0 is a rounding
    unit. `f107` (of the day before), `f107_mean` (81 days) and `ap` go before the measured space weather.
    """

    fidelity: Literal["basic", "standard", "high"] = "basic"
    gravity: Literal["point", "j2", "egm2008"] | None = None
    degree: Annotated[int, Meta(ge=2, le=70)] | None = None
    atmosphere: Literal["none", "exponential", "nrlmsise00"] | None = None
    sun: bool | None = None
    moon: bool | None = None
    solar_pressure: bool | None = None
    eddy_currents: bool | None = None
    gravity_gradient: bool | None = None
    tolerance: Annotated[float, Meta(ge=0.0, le=1e-6)] = 0.0
    f107: Annotated[float, Meta(ge=50.0, le=500.0)] | None = None
    f107_mean: Annotated[float, Meta(ge=50.0, le=500.0)] | None = None
    ap: Annotated[float, Meta(ge=0.0, le=400.0)] | None = None
    density_kgpm3: NonNegative = 1.454e-13
    density_altitude_km: NonNegative = 600.0
    scale_height_km: NonNegative = 71.835
