"""The registry of quantities: everything a condition or a requirement may speak of.

A quantity belongs to a plane: `truth` is what is so, `onboard` what the on-board computer believes,
`ground` what came down the link, `script` the mission's own clock. Commands are decided on `ground` and
`script`; requirements are judged on `truth`, `onboard` and `script`.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from twin.mission.units import unit_of

Plane = Literal["truth", "onboard", "ground", "script"]
Kind = Literal["number", "flag", "text"]

DECIDING: tuple[Plane, ...] = ("ground", "script")
"""Planes a step of the timeline may look at: the ground never sees truth."""
JUDGING: tuple[Plane, ...] = ("truth", "onboard", "script")
"""Planes a requirement may look at."""
EVERY_PLANE: tuple[Plane, ...] = ("truth", "onboard", "ground", "script")
"""Planes the condition of a fault may look at: it stands outside the mission."""


class Quantity(Struct, frozen=True, kw_only=True):
    """One declared quantity; `choices` says what a text may be (`phase`: a phase of the mission)."""

    name: str
    unit: str
    frame: str
    plane: Plane
    kind: Kind
    text: str
    choices: str = ""


_RELATIVE = (
    ("range_m", "", "distance between the centres of mass"),
    ("closing_mps", "", "rate at which the range shrinks"),
    ("r_ric_x_m", "ric", "servicer from target, radial"),
    ("r_ric_y_m", "ric", "servicer from target, in-track"),
    ("r_ric_z_m", "ric", "servicer from target, cross-track"),
    ("v_ric_x_mps", "ric", "velocity in the rotating axes, radial"),
    ("v_ric_y_mps", "ric", "velocity in the rotating axes, in-track"),
    ("v_ric_z_mps", "ric", "velocity in the rotating axes, cross-track"),
    ("port_axial_m", "port", "servicer's centre of mass from the fitting, along the live capture axis"),
    ("port_lateral_m", "port", "distance of the servicer's centre of mass from the live capture axis"),
    (
        "attitude_error_deg",
        "port",
        "angle of the boresight from the opposite of the capture axis; roll is free",
    ),
)

_TRUTH = (
    ("speed_mps", "ric", "speed in the rotating axes"),
    ("port_distance_m", "port", "distance of the servicer's centre of mass from the fitting"),
    ("port_closing_mps", "port", "rate at which port_axial_m shrinks"),
    ("corridor_angle_deg", "port", "angle at the fitting from the live capture axis to the servicer"),
    ("pointing_error_deg", "body", "angle of the boresight from the direction to the target's centre"),
    ("relative_rate_deg_per_s", "", "size of the difference of the two bodies' angular velocities"),
    ("target_rate_deg_per_s", "eci", "size of the target's angular velocity"),
    ("servicer_rate_deg_per_s", "eci", "size of the servicer's angular velocity"),
    (
        "retrograde_error_deg",
        "body",
        "angle of the boresight from the direction against the target's velocity",
    ),
    ("perigee_km", "", "the target's next perigee over the equator's radius; J2 alone disturbing"),
    ("apogee_km", "", "the target's next apogee over the equator's radius; J2 alone disturbing"),
    ("axis_tilt_deg", "ric", "angle of the capture axis from the direction to the Earth's centre"),
    ("navigation_error_m", "ric", "distance of the estimated from the true relative position"),
    (
        "navigation_nees",
        "",
        "the estimate's error squared over its covariance; 6 on the average if consistent",
    ),
    ("propellant_kg", "", "propellant left"),
    ("propellant_used_kg", "", "propellant used since the epoch"),
    ("impulse_ns", "", "impulse given by the thrusters since the epoch"),
    ("firings", "", "thruster pulses since the epoch"),
    ("wheel_momentum_max_nms", "body", "largest momentum held by one wheel"),
    ("battery_fraction", "", "charge of the battery, 0 to 1"),
    ("array_power_w", "", "power from the solar array"),
    ("sunlit", "", "lit fraction of the Sun's disc at the servicer, 0 to 1"),
)

_CAPTURE = (
    (
        "stack_rate_deg_per_s",
        "ric",
        "size of the target's angular velocity against ric, by itself or in the stack",
    ),
    ("contact_force_n", "", "largest vector sum of the contact forces in the control period"),
    ("contact_impulse_ns", "", "size of the contact's impulse from first touch to latch"),
    ("gap_m", "port", "least distance of jaw and ring"),
    ("jaw_offset_m", "port", "jaw's middle from the ring's wall, along the radius"),
    ("misalignment_deg", "port", "angle of the jaw from the ring it is to take"),
    ("joint_torque_max_nm", "", "largest torque of a joint of the arm"),
    ("stack_torque_peak_nm", "body", "largest torque on the stack since it is one body"),
    ("stack_joint_torque_nm", "", "largest torque of a joint of the arm in the stack, in the control period"),
    ("stack_delta_v_mps", "", "impulse given by the thrusters over the stack's mass, since it is one body"),
    ("latch_age_s", "", "time since the latch closed; unknown while it is open"),
    ("latch_delay_s", "", "time from first contact to the latch; unknown while it is open"),
    ("captures_refused", "", "attempts given up since the epoch"),
    ("ledger_margin", "", "share of the contact window's limits on momentum and energy that is unused"),
)

_ONBOARD = (
    ("sigma_r_m", "ric", "root of the trace of the position covariance"),
    ("delta_v_mps", "", "velocity change commanded since the epoch"),
    ("phase_age_s", "", "time since the phase began"),
)

_LOOKS = (
    ("gnss_age_s", "", "time since the last GNSS fix that was used"),
    ("star_tracker_age_s", "", "time since the last star-tracker fix that was used"),
    ("gyro_age_s", "", "time since the last gyro reading that was used"),
    ("camera_age_s", "", "time since the last look of the camera that was used; none in the dark"),
    ("lidar_range_age_s", "", "time since the last range of the lidar that was used"),
    ("lidar_pose_age_s", "", "time since the last place by the lidar's pose that was used"),
    ("target_attitude_age_s", "", "time since the last attitude by a pose that was used"),
    ("sight_misfit", "", "range and bearing: measured over stated variance of late, 1 if as stated"),
    ("pose_misfit", "", "place by a pose: measured over stated variance, 1 if as stated"),
    ("target_attitude_misfit", "", "attitude of the lidar's pose: measured over stated variance"),
    ("rejected", "", "measurements refused by the filter's gate, or too old"),
    ("nis", "", "innovation squared over its variance, 1 if consistent"),
    ("wheel_drag_nm", "body", "largest torque that a wheel lacked of what it was told"),
)

_GROUND = (
    (
        "corridor_angle_deg",
        "port",
        "angle at the fitting from the capture axis to the servicer, from the report",
    ),
    ("propellant_kg", "", "propellant left, as reported"),
    ("battery_fraction", "", "charge of the battery, 0 to 1, as reported"),
    ("wheel_momentum_max_nms", "body", "largest momentum held by one wheel, as reported"),
    ("age_s", "", "time since the newest report was generated on board"),
    ("pass_remaining_s", "", "time until the present pass is predicted to end; unknown outside a pass"),
)


def _numbers(plane: Plane, rows: tuple[tuple[str, str, str], ...]) -> Iterator[Quantity]:
    for name, frame, text in rows:
        yield Quantity(
            name=f"{plane}.{name}", unit=unit_of(name), frame=frame, plane=plane, kind="number", text=text
        )


def _flag(plane: Plane, name: str, text: str, frame: str = "") -> Quantity:
    return Quantity(name=f"{plane}.{name}", unit="", frame=frame, plane=plane, kind="flag", text=text)


def _phase(plane: Plane, text: str) -> Quantity:
    return Quantity(
        name=f"{plane}.phase", unit="", frame="", plane=plane, kind="text", text=text, choices="phase"
    )


def _registered() -> Iterator[Quantity]:
    yield from _numbers("truth", _RELATIVE + _TRUTH)
    yield from _numbers("truth", _CAPTURE)
    yield _flag("truth", "latched", "the latch holds the ring")
    yield _flag("truth", "in_corridor", "the corridor angle is within the mission's half angle", "port")
    yield _flag("truth", "in_keep_out", "the range is less than the mission's keep-out radius")
    yield from _numbers("onboard", _RELATIVE + _ONBOARD + _LOOKS)
    yield from _numbers("onboard", (("late", "", "looks at the target that came late, and were used"),))
    yield from _numbers("onboard", (("contact_age_s", "", "time since the last contact with the ground"),))
    yield from _numbers("onboard", (("aborts", "", "safety verdicts of level abort since the epoch"),))
    yield _flag("onboard", "latched", "the latch's sensor says that it holds")
    yield _flag("onboard", "pose_known", "the target's attitude has been measured")
    yield _phase("onboard", "the phase the on-board computer is in")
    yield from _numbers("ground", _RELATIVE + _ONBOARD + _LOOKS + _GROUND)
    yield _flag("ground", "latched", "the latch holds, as reported")
    yield _flag("ground", "in_pass", "a station has the servicer above its mask")
    yield _phase("ground", "the phase last reported")
    yield from _numbers("script", (("t_s", "", "mission time since the epoch"),))
    yield from _numbers("script", (("since_step_s", "", "time since the step before was done"),))


QUANTITIES: dict[str, Quantity] = {quantity.name: quantity for quantity in _registered()}
"""Every quantity by its name, in the order of planes."""


def described(planes: tuple[Plane, ...] = ("truth", "onboard", "ground", "script")) -> tuple[Quantity, ...]:
    """The rows `twin quantities` shows."""
    return tuple(quantity for quantity in QUANTITIES.values() if quantity.plane in planes)
