"""What a vehicle file says: mass, thrusters, wheels, sensors, power, telemetry."""

from typing import Annotated

from msgspec import Meta, Struct

from twin.contracts.fields import Name, NonNegative, Text, Vec3
from twin.dynamics.settings import Matrix3


class _Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Thruster(_Settings, kw_only=True):
    """`direction_body` is the unit vector of the force on the spacecraft."""

    name: Name
    r_body_m: Vec3
    direction_body: Vec3


class Propulsion(_Settings, kw_only=True):
    """Shared by all thrusters; the sigmas are drawn once a pulse (1 sigma, relative and per axis)."""

    thrust_n: NonNegative
    minimum_on_s: NonNegative
    specific_impulse_s: NonNegative
    sigma_thrust: NonNegative
    sigma_direction_deg: NonNegative
    thrusters: Annotated[tuple[Thruster, ...], Meta(min_length=1, max_length=64)]


class Wheel(_Settings, kw_only=True):
    axis_body: Vec3
    maximum_torque_nm: NonNegative
    maximum_momentum_nms: NonNegative


class Gnss(_Settings, kw_only=True):
    sigma_r_m: NonNegative
    sigma_v_mps: NonNegative


class StarTracker(_Settings, kw_only=True):
    sigma_arcsec: NonNegative


class Gyro(_Settings, kw_only=True):
    random_walk_deg_per_sqrt_h: NonNegative
    bias_deg_per_h: NonNegative


class Camera(_Settings, kw_only=True):
    """Bearing camera, boresight body +x; sees the target when it is sunlit and in the field of view."""

    sigma_arcsec: NonNegative
    half_field_of_view_deg: NonNegative
    maximum_range_m: NonNegative


class Lidar(_Settings, kw_only=True):
    """Scanning lidar, boresight body +x: range, and inside `pose_maximum_range_m` the pose.

    sigma_range = max(range_floor_m, range_fraction R); sigma_position = max(position_floor_m,
    position_fraction R); sigma_attitude = attitude_deg + attitude_deg_per_m R. `dropout` is the
    probability that one pose is not delivered.
    """

    half_field_of_view_deg: NonNegative
    maximum_range_m: NonNegative
    range_floor_m: NonNegative
    range_fraction: NonNegative
    pose_maximum_range_m: NonNegative
    position_floor_m: NonNegative
    position_fraction: NonNegative
    attitude_deg: NonNegative
    attitude_deg_per_m: NonNegative
    dropout: NonNegative


class Sensors(_Settings, kw_only=True):
    gnss: Gnss
    star_tracker: StarTracker
    gyro: Gyro
    camera: Camera
    lidar: Lidar


class Power(_Settings, kw_only=True):
    battery_wh: NonNegative
    initial_fraction: NonNegative
    array_area_m2: NonNegative
    array_efficiency: NonNegative
    load_w: NonNegative
    transmitter_w: NonNegative


class Telemetry(_Settings, kw_only=True):
    """On-board housekeeping: how often, how large a report is on the link, how many are kept."""

    period_s: NonNegative
    report_bits: NonNegative
    store_reports: int


class Vehicle(_Settings, kw_only=True):
    """The servicer: body x is the approach direction and the boresight, origin at the centre of mass."""

    name: Name
    title: Text
    dry_mass_kg: NonNegative
    propellant_kg: NonNegative
    inertia_body_kgm2: Matrix3
    radius_m: NonNegative
    drag_area_m2: NonNegative
    drag_coefficient: NonNegative
    propulsion: Propulsion
    wheels: tuple[Wheel, Wheel, Wheel, Wheel]
    sensors: Sensors
    power: Power
    telemetry: Telemetry
