"""What a vehicle file says: mass, thrusters, wheels, sensors, power, telemetry."""

from math import hypot, radians, sqrt
from typing import Annotated

from msgspec import Meta, Struct

from twin.capture.settings import Arm, ContactSettings
from twin.contracts.fields import Name, NonNegative, Text, Vec3
from twin.dynamics.settings import Hull, Matrix3


class _Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Thruster(_Settings, frozen=True, kw_only=True):
    """`direction_body` is the unit vector of the force on the spacecraft."""

    name: Name
    r_body_m: Vec3
    direction_body: Vec3


class Propulsion(_Settings, frozen=True, kw_only=True):
    """Shared by all thrusters; the sigmas are drawn once a pulse (1 sigma, relative and per axis).

    On-times are rounded to the valve driver's tick; what is then below `minimum_on_s` does not open.
    """

    thrust_n: NonNegative
    minimum_on_s: NonNegative
    valve_tick_s: NonNegative = 0.001
    specific_impulse_s: NonNegative
    sigma_thrust: NonNegative
    sigma_direction_deg: NonNegative
    thrusters: Annotated[tuple[Thruster, ...], Meta(min_length=1, max_length=64)]


class Wheel(_Settings, frozen=True, kw_only=True):
    """`axis_body` is the unit spin axis; limits hold for both senses."""

    axis_body: Vec3
    maximum_torque_nm: NonNegative
    maximum_momentum_nms: NonNegative


class Gnss(_Settings, frozen=True, kw_only=True):
    """Per axis of `eci`."""

    sigma_r_m: NonNegative
    sigma_v_mps: NonNegative


class StarTracker(_Settings, frozen=True, kw_only=True):
    """`sigma_arcsec` about each axis."""

    sigma_arcsec: NonNegative

    @property
    def sigma_rad(self) -> float:
        return radians(self.sigma_arcsec / 3600.0)


class Gyro(_Settings, frozen=True, kw_only=True):
    """A reading is the mean rate over `averaging_s`: its white noise is random walk / sqrt(averaging)."""

    random_walk_deg_per_sqrt_h: NonNegative
    bias_deg_per_h: NonNegative
    averaging_s: Annotated[float, Meta(gt=0.0, le=10.0)] = 0.1

    @property
    def sigma_radps(self) -> float:
        """White noise of one reading, per axis."""
        return radians(self.random_walk_deg_per_sqrt_h) / 60.0 / sqrt(self.averaging_s)

    @property
    def sigma_bias_radps(self) -> float:
        """The constant bias, per axis."""
        return radians(self.bias_deg_per_h) / 3600.0


class _PoseSensor(_Settings, frozen=True, kw_only=True):
    """Of a pose: sigma_attitude = attitude_deg + attitude_deg_per_m R; `dropout` is the probability that one
    is not delivered."""

    attitude_deg: NonNegative
    attitude_deg_per_m: NonNegative
    dropout: NonNegative

    def sigma_attitude_rad(self, range_m: float) -> float:
        """Per axis."""
        return radians(self.attitude_deg + self.attitude_deg_per_m * range_m)


class ModelMatching(_PoseSensor, frozen=True, kw_only=True):
    """The target's model matched to the camera's picture, which gives its pose up to `maximum_range_m`.

    sigma along the line of sight = max(floor_m, axial_fraction R), across it max(floor_m, lateral_fraction
    R).
    """

    maximum_range_m: NonNegative
    floor_m: NonNegative
    axial_fraction: NonNegative
    lateral_fraction: NonNegative

    def sigma_axial_m(self, range_m: float) -> float:
        return max(self.floor_m, self.axial_fraction * range_m)

    def sigma_lateral_m(self, range_m: float) -> float:
        """Per axis."""
        return max(self.floor_m, self.lateral_fraction * range_m)


class Camera(_Settings, frozen=True, kw_only=True):
    """Bearing camera, boresight body +x; sees the target when it is sunlit and in the field of view, and when
    `infrared`, which sees what is warm, also in the shadow.

    `centroid_sigma_m`: how well the centre of a body that is not a point is found in its picture.
    With the Sun nearer to the boresight than `sun_exclusion_deg` it sees nothing. `alignment_arcsec`: how far
    its two angles are off those of the star tracker (1 sigma each), the same for the whole flight.
    """

    sigma_arcsec: NonNegative
    centroid_sigma_m: NonNegative = 0.0
    half_field_of_view_deg: NonNegative
    maximum_range_m: NonNegative
    sun_exclusion_deg: NonNegative = 0.0
    infrared: bool = False
    model_matching: ModelMatching | None = None
    alignment_arcsec: NonNegative = 0.0

    @property
    def alignment_rad(self) -> float:
        return radians(self.alignment_arcsec / 3600.0)

    def sigma_rad(self, range_m: float) -> float:
        """Per angle: line of sight and centroid, root sum square."""
        return hypot(radians(self.sigma_arcsec / 3600.0), self.centroid_sigma_m / range_m)


class Lidar(_PoseSensor, frozen=True, kw_only=True):
    """Scanning lidar, boresight body +x: range, and inside `pose_maximum_range_m` the pose.

    sigma_range = max(range_floor_m, range_fraction R); sigma_position = max(position_floor_m,
    position_fraction R).
    """

    half_field_of_view_deg: NonNegative
    maximum_range_m: NonNegative
    range_floor_m: NonNegative
    range_fraction: NonNegative
    pose_maximum_range_m: NonNegative
    position_floor_m: NonNegative
    position_fraction: NonNegative

    def sigma_range_m(self, range_m: float) -> float:
        return max(self.range_floor_m, self.range_fraction * range_m)

    def sigma_position_m(self, range_m: float) -> float:
        """Per axis."""
        return max(self.position_floor_m, self.position_fraction * range_m)


class Sensors(_Settings, frozen=True, kw_only=True):
    gnss: Gnss
    star_tracker: StarTracker
    gyro: Gyro
    camera: Camera
    lidar: Lidar


class Power(_Settings, frozen=True, kw_only=True):
    """Arrays are taken to face the Sun whatever the attitude."""

    battery_wh: NonNegative
    initial_fraction: NonNegative
    array_area_m2: NonNegative
    array_efficiency: NonNegative
    load_w: NonNegative
    transmitter_w: NonNegative


class Telemetry(_Settings, frozen=True, kw_only=True):
    """On-board housekeeping: how often, how large a report is on the link, how many are kept."""

    period_s: NonNegative
    report_bits: NonNegative
    store_reports: Annotated[int, Meta(ge=1, le=1_000_000)]


class Panel(_Settings, frozen=True, kw_only=True):
    """First bending mode of the arrays: coupling to each axis' turn, own frequency, damping ratio."""

    coupling_kg05m: Vec3
    frequency_hz: Annotated[float, Meta(gt=0.0, le=1e3)]
    damping: Annotated[float, Meta(ge=0.0, lt=1.0)]


class Slosh(_Settings, frozen=True, kw_only=True):
    """First mode of the propellant: the mass that swings, where it rests, its frequency and damping ratio."""

    mass_kg: Annotated[float, Meta(gt=0.0, le=1e6)]
    r_body_m: Vec3 = (0.0, 0.0, 0.0)
    frequency_hz: Annotated[float, Meta(gt=0.0, le=1e3)]
    damping: Annotated[float, Meta(ge=0.0, lt=1.0)]


class Vehicle(_Settings, frozen=True, kw_only=True):
    """The servicer: body x is the approach direction and the boresight, origin at the centre of mass.

    The propellant sits in a spherical tank about the centre of mass and does not turn with it, so
    neither the centre nor `inertia_body_kgm2` changes as it is used. `reflectivity` and `hull` are those
    of `twin.dynamics.settings.TargetBody`; `panel` and `slosh` swing if they are given.
    """

    name: Name
    title: Text
    dry_mass_kg: NonNegative
    propellant_kg: NonNegative
    inertia_body_kgm2: Matrix3
    radius_m: NonNegative
    drag_area_m2: NonNegative
    drag_coefficient: NonNegative
    reflectivity: NonNegative = 1.3
    hull: Hull | None = None
    panel: Panel | None = None
    slosh: Slosh | None = None
    propulsion: Propulsion
    wheels: tuple[Wheel, Wheel, Wheel, Wheel]
    sensors: Sensors
    power: Power
    telemetry: Telemetry
    arm: Arm | None = None
    contact: ContactSettings = ContactSettings()
