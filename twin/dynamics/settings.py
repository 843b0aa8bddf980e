"""What a body file and the environment section of a mission say."""

from typing import Literal

from msgspec import Struct

from twin.capture.settings import Ring
from twin.contracts.fields import Float, Name, NonNegative, Quaternion, Text, Vec3

Matrix3 = tuple[Vec3, Vec3, Vec3]


class _Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class ElementSet(_Settings, frozen=True, kw_only=True):
    """A two-line element set, as published; checksums and columns are verified at load."""

    line1: Text
    line2: Text


class Port(_Settings, frozen=True, kw_only=True):
    """Where the target is taken: `r_body_m` is the centre of the fitting, port x the capture axis outward."""

    r_body_m: Vec3
    q_port_from_body: Quaternion = (1.0, 0.0, 0.0, 0.0)


class TargetBody(_Settings, frozen=True, kw_only=True):
    """The debris: body x is the long axis, origin at the centre of mass."""

    name: Name
    title: Text
    elements: ElementSet
    mass_kg: NonNegative
    length_m: NonNegative
    diameter_m: NonNegative
    radius_m: NonNegative
    inertia_body_kgm2: Matrix3
    drag_area_m2: NonNegative
    drag_coefficient: NonNegative
    spin_deg_per_s: Float
    libration_deg: NonNegative
    port_towards: Literal["earth", "space"]
    port: Port
    ring: Ring | None = None


class Environment(_Settings, frozen=True, kw_only=True):
    """Fidelity of the truth models: `basic` is J2 and an exponential atmosphere."""

    fidelity: Literal["basic"] = "basic"
    density_kgpm3: NonNegative = 1.454e-13
    density_altitude_km: NonNegative = 600.0
    scale_height_km: NonNegative = 71.835
