"""What the on-board computer knows and decides: estimate, phase, safety."""

from typing import Literal

from msgspec import Struct

from twin.contracts.fields import Body, Count, Float, Name, NonNegative, Quaternion, Text, TimeNs, Vec3


class Looks(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How each sensor serves: time since its last reading that the filter took in, and how it fits.

    A misfit is measured over stated variance, of late: 1 on the average as long as a sensor is as its data
    sheet says. `sight` is range and bearing, `pose` the place of the lidar's pose, `target_attitude` its
    attitude. While the target is held nothing is looked at, and the ages of those are 0.
    """

    gnss_age_s: NonNegative
    star_tracker_age_s: NonNegative
    gyro_age_s: NonNegative
    camera_age_s: NonNegative
    lidar_range_age_s: NonNegative
    lidar_pose_age_s: NonNegative
    target_attitude_age_s: NonNegative
    sight_misfit: NonNegative
    pose_misfit: NonNegative
    target_attitude_misfit: NonNegative


class Estimate(Body, frozen=True, kw_only=True, tag="estimate"):
    """Relative state of the servicer from the target, with its covariance.

    `covariance` is the lower triangle, row by row, little-endian float64, of the 12 x 12 matrix of
    [r_ric_m, v_ric_mps, target attitude error (rad, target body axes), target rate error (rad/s)].
    `pose_known` is False until the target's attitude has been measured. `nis` is the mean over the sensors
    of this reading of the normalised innovation squared per degree of freedom, 1 on the average if the filter
    is consistent; None where nothing was measured. `looks` and `wheel_drag_nm`, the largest
    torque that a wheel lacked of what it was told since the reading before, are None where the computer does
    not say. `late` counts looks at the target that came after readings taken later, and were used;
    `contact_age_s` is the time since the last contact with the ground.
    """

    t_ns: TimeNs
    r_ric_m: Vec3
    v_ric_mps: Vec3
    q_eci_from_target: Quaternion
    w_target_radps: Vec3
    q_eci_from_servicer: Quaternion
    w_servicer_radps: Vec3
    range_m: NonNegative
    range_rate_mps: Float
    port_axial_m: Float
    port_lateral_m: NonNegative
    attitude_error_rad: NonNegative
    pose_known: bool
    delta_v_mps: NonNegative
    rejected: Count
    covariance: bytes
    nis: NonNegative | None = None
    looks: Looks | None = None
    wheel_drag_nm: NonNegative | None = None
    late: Count = 0
    contact_age_s: NonNegative = 0.0


class PhaseChanged(Body, frozen=True, kw_only=True, tag="phase_changed"):
    """The phase table moved on."""

    t_ns: TimeNs
    previous: Name
    phase: Name
    cue: Name
    reason: Text = ""
    terminal: bool = False


class SafetyVerdict(Body, frozen=True, kw_only=True, tag="safety_verdict"):
    """A safety monitor tripped, or the outcome of an abort rung was checked."""

    t_ns: TimeNs
    monitor: Name
    level: Literal["watch", "abort"]
    value: Float
    limit: Float
    text: Text = ""


class LawCompared(Body, frozen=True, kw_only=True, tag="law_compared"):
    """What a shadow would have wanted where the flying law was obeyed, m/s2 in `ric`.

    `failed` says what went wrong in the shadow: then its demand means nothing and it is heard no more.
    """

    t_ns: TimeNs
    phase: Name
    law: Name
    shadow: Name
    flown_ric_mps2: Vec3
    shadow_ric_mps2: Vec3
    difference_mps2: NonNegative
    arrived: bool
    shadow_arrived: bool
    failed: Text = ""
