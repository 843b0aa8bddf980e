"""Quantities of the truth plane that follow from the two motions, for many instants at once."""

import numpy as np
from numpy.typing import NDArray

from twin.dynamics.apsides import apsides
from twin.dynamics.constants import EARTH_RADIUS_M
from twin.dynamics.frames import orbit_rate_radps, ric_from_eci
from twin.dynamics.relative import RelativeState, relative_state
from twin.dynamics.state import KinematicState
from twin.mission.script import Mission

Array = NDArray[np.float64]


def motion_columns(mission: Mission, target: KinematicState, servicer: KinematicState) -> dict[str, Array]:
    """Quantities of the truth plane that follow from the two motions, arrays over n instants."""
    relative = relative_state(target, servicer)
    range_m = length(relative.r_ric_m)
    columns = _relative_columns(relative, range_m)
    columns |= _pointing_columns(mission, target, servicer)
    columns |= _port_columns(mission, target, servicer)
    columns |= _orbit_columns(target)
    safety = mission.guidance.safety
    columns["in_keep_out"] = (range_m < safety.keep_out_radius_m).astype(np.float64)
    inside = columns["corridor_angle_deg"] <= safety.corridor_half_angle_deg
    columns["in_corridor"] = inside.astype(np.float64)
    return {f"truth.{name}": values for name, values in columns.items()}


def _relative_columns(relative: RelativeState, range_m: Array) -> dict[str, Array]:
    columns: dict[str, Array] = {"range_m": range_m, "speed_mps": length(relative.v_ric_mps)}
    columns["closing_mps"] = -dot(relative.r_ric_m, relative.v_ric_mps) / range_m
    for index, axis in enumerate("xyz"):
        columns[f"r_ric_{axis}_m"] = relative.r_ric_m[:, index]
        columns[f"v_ric_{axis}_mps"] = relative.v_ric_mps[:, index]
    return columns


def _pointing_columns(mission: Mission, target: KinematicState, servicer: KinematicState) -> dict[str, Array]:
    """Angles of boresight and capture axis, and angular rates."""
    boresight_eci = turned(servicer.q_eci_from_body, np.array([1.0, 0.0, 0.0]))
    axis_eci = turned(target.q_eci_from_body, port_axis_body(mission))
    w_target_eci = turned(target.q_eci_from_body, target.w_body_radps)
    w_servicer_eci = turned(servicer.q_eci_from_body, servicer.w_body_radps)
    to_target_eci = target.r_eci_m - servicer.r_eci_m
    turning = orbit_rate_radps(target.r_eci_m, target.v_eci_mps)[:, None]
    w_ric_eci = turning * ric_from_eci(target.r_eci_m, target.v_eci_mps)[:, 2]
    return {
        "stack_rate_deg_per_s": np.degrees(length(w_target_eci - w_ric_eci)),
        "attitude_error_deg": _angle_deg(boresight_eci, -axis_eci),
        "retrograde_error_deg": _angle_deg(boresight_eci, -target.v_eci_mps),
        "pointing_error_deg": _angle_deg(boresight_eci, to_target_eci),
        "axis_tilt_deg": _angle_deg(axis_eci, -target.r_eci_m),
        "relative_rate_deg_per_s": np.degrees(length(w_servicer_eci - w_target_eci)),
        "target_rate_deg_per_s": np.degrees(length(target.w_body_radps)),
        "servicer_rate_deg_per_s": np.degrees(length(servicer.w_body_radps)),
    }


def _orbit_columns(target: KinematicState) -> dict[str, Array]:
    """Heights of perigee and apogee; unknown where the orbit is not closed."""
    with np.errstate(invalid="ignore"):
        lowest_m, highest_m, _ = apsides(target.r_eci_m, target.v_eci_mps)
    return {
        "perigee_km": 1e-3 * (lowest_m - EARTH_RADIUS_M),
        "apogee_km": 1e-3 * (highest_m - EARTH_RADIUS_M),
    }


def _port_columns(mission: Mission, target: KinematicState, servicer: KinematicState) -> dict[str, Array]:
    """Where the servicer's centre of mass is about the live capture axis; the fitting is the apex."""
    axis_eci = turned(target.q_eci_from_body, port_axis_body(mission))
    fitting_eci_m = turned(target.q_eci_from_body, np.array(mission.target.port.r_body_m))
    w_target_eci = turned(target.q_eci_from_body, target.w_body_radps)
    separation_m = servicer.r_eci_m - target.r_eci_m
    from_fitting_m = separation_m - fitting_eci_m
    # In axes that turn with the target: the fitting itself stands still in them.
    v_turning_mps = servicer.v_eci_mps - target.v_eci_mps - np.cross(w_target_eci, separation_m)
    axial_m = dot(from_fitting_m, axis_eci)
    return {
        "port_axial_m": axial_m,
        "port_lateral_m": length(from_fitting_m - axial_m[:, None] * axis_eci),
        "port_distance_m": length(from_fitting_m),
        "port_closing_mps": -dot(v_turning_mps, axis_eci),
        "corridor_angle_deg": _angle_deg(from_fitting_m, axis_eci),
    }


def port_axis_body(mission: Mission) -> Array:
    """The capture axis (3,), a unit vector outward, in the target's body axes: port x."""
    w, x, y, z = mission.target.port.q_port_from_body
    axis: Array = turned(np.array([[w, -x, -y, -z]]), np.array([1.0, 0.0, 0.0]))[0]
    return axis


def turned(q_a_from_b: Array, v_b: Array) -> Array:
    """Components (n, 3) in a of vectors (n, 3) or (3,) given in b; quaternions (n, 4) of length 1."""
    w, axis = q_a_from_b[:, :1], q_a_from_b[:, 1:]
    v = np.broadcast_to(v_b, axis.shape)
    twice = 2.0 * np.cross(axis, v)
    rotated: Array = v + w * twice + np.cross(axis, twice)
    return rotated


def dot(a: Array, b: Array) -> Array:
    product: Array = (a * b).sum(axis=-1)
    return product


def length(v: Array) -> Array:
    length: Array = np.sqrt(dot(v, v))
    return length


def _angle_deg(a: Array, b: Array) -> Array:
    """Angle between vectors, good near 0 and near 180 deg too."""
    angle: Array = np.degrees(np.arctan2(length(np.cross(a, b)), dot(a, b)))
    return angle
