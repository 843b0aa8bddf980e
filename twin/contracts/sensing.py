"""What the equipment tells the on-board computer: sensor readings, one set per control cycle."""

from msgspec import Struct

from twin.contracts.fields import Body, Count, Float, NonNegative, Quaternion, TimeNs, Vec3


class _Reading(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class GnssFix(_Reading, frozen=True, kw_only=True):
    """Absolute state of the servicer's centre of mass in `eci`."""

    r_eci_m: Vec3
    v_eci_mps: Vec3


class StarTrackerFix(_Reading, frozen=True, kw_only=True):
    """Attitude of the servicer."""

    q_body_from_eci: Quaternion


class GyroRate(_Reading, frozen=True, kw_only=True):
    """Inertial rate of the servicer in body axes, with the gyro's bias in it."""

    w_body_radps: Vec3


class _Look(_Reading, frozen=True, kw_only=True, omit_defaults=True):
    """Of the target. `sampled_ns` is when it was taken, where that was before the readings it comes with."""

    sampled_ns: TimeNs | None = None


class ModelMatch(_Reading, frozen=True, kw_only=True):
    """Position of the target's centre of mass and its attitude, as its model fits the camera's picture."""

    r_body_m: Vec3
    q_servicer_from_target: Quaternion


class Bearing(_Look, frozen=True, kw_only=True):
    """Direction of the target's centre from the servicer's camera (body x is the boresight).

    azimuth = atan2(y, x), elevation = asin(z), of the unit vector in servicer body axes. `model`: the pose,
    where the camera is near enough to match the target's model to its picture.
    """

    azimuth_rad: Float
    elevation_rad: Float
    model: ModelMatch | None = None


class LidarRange(_Look, frozen=True, kw_only=True):
    """Distance between the centres of mass (the model-matched centroid of the returns)."""

    range_m: NonNegative


class LidarPose(_Look, frozen=True, kw_only=True):
    """Position of the target's centre of mass and its attitude, seen from the servicer."""

    r_body_m: Vec3
    q_servicer_from_target: Quaternion


class SensorReadings(Body, frozen=True, kw_only=True, tag="sensor_readings"):
    """All readings of one instant; a sensor that gave nothing is None.

    `contact_ns` is when the radio last had the ground's carrier, None before it first had.
    """

    sampled_ns: TimeNs
    sample: Count
    gnss: GnssFix | None = None
    star_tracker: StarTrackerFix | None = None
    gyro: GyroRate | None = None
    bearing: Bearing | None = None
    lidar_range: LidarRange | None = None
    lidar_pose: LidarPose | None = None
    wheel_momentum_nms: tuple[Float, Float, Float, Float]
    propellant_kg: NonNegative
    battery_fraction: NonNegative
    contact_ns: TimeNs | None = None
