"""A start that is given by relative orbital elements: what place and velocity it is, and what it needs."""

import msgspec
import numpy as np

from twin.contracts.fields import Vec3
from twin.dynamics.epochs import Epoch
from twin.dynamics.relative import relative_state
from twin.dynamics.settings import TargetBody
from twin.dynamics.state import KinematicState
from twin.errors import MissionError
from twin.guidance.relative_elements import Array, osculating, placed
from twin.mission.orbit import orbit_at, refuse_unflyable
from twin.mission.script import Mission, Start
from twin.mission.strict import Table, at

_LEAST_TILT_RAD = 0.02
_SIGMA = "elements_sigma, six above 0 m: how well the ground knows the target's orbit"
_FARTHEST_M, _FARTHEST_BY_ELEMENTS_M = 1e5, 1e6


def given_by_elements(table: Table, place: str) -> bool:
    """Whether the start of a mission's table has elements; a place follows from them then, and for the time
    being it is put at the target. MissionError where both are given."""
    start = table.get("start")
    if not isinstance(start, dict) or "elements" not in start:
        return False
    if "r_ric_m" in start or "v_ric_mps" in start:
        raise MissionError(
            "one start only: elements, or r_ric_m and v_ric_mps", place=at(place, "start.elements")
        )
    table["start"] = {**start, "r_ric_m": [0.0, 0.0, 0.0]}
    return True


def placed_start(start: Start, target: TargetBody, epoch_utc: str, place: str) -> Start:
    """The start with the place and velocity that its elements mean. MissionError about an orbit near the
    equator's plane, in which the node is not to be had."""
    assert start.elements is not None
    try:
        r_eci_m, v_eci_mps = orbit_at(target, Epoch(epoch_utc))
        refuse_unflyable(r_eci_m, v_eci_mps, "target")
    except MissionError as error:
        raise MissionError(str(error), place=place) from None
    tilt_rad = float(osculating(r_eci_m, v_eci_mps)[4])
    if not _LEAST_TILT_RAD < tilt_rad < np.pi - _LEAST_TILT_RAD:
        raise MissionError(
            "elements count from the node, which an orbit along the equator has not: give r_ric_m",
            place=at(place, "start.elements"),
        )
    r_m, v_mps = placed((_three(r_eci_m), _three(v_eci_mps)), np.array(start.elements.row()))
    relative = relative_state(_point(r_eci_m, v_eci_mps), _point(r_m, v_mps))
    return msgspec.structs.replace(
        start, r_ric_m=_three(relative.r_ric_m), v_ric_mps=_three(relative.v_ric_mps)
    )


def refuse_start(mission: Mission, range_m: float, place: str) -> None:
    """MissionError for a start too far away, or by elements without what they need besides."""
    reason = _wrong(mission, range_m)
    if reason:
        raise MissionError(reason, place=at(place, "start"))


def _wrong(mission: Mission, range_m: float) -> str:
    start, sigma = mission.start, mission.start.elements_sigma
    if start.elements is None:
        reasons: tuple[tuple[bool, str], ...] = (
            (sigma is not None, "elements_sigma is for a start that is given by elements"),
            (range_m > _FARTHEST_M, "r_ric_m must be within 100000 m of the target"),
        )
    else:
        far_from_m = mission.guidance.navigation.far_from_m
        unsure = sigma is not None and min(sigma.row()) > 0.0
        reasons = (
            (range_m > _FARTHEST_BY_ELEMENTS_M, "elements must be within 1000 km of the target"),
            (not unsure, f"elements need {_SIGMA}"),
            (start.sigma_r_m + start.sigma_v_mps > 0.0, f"what disperses elements is {_SIGMA}: no sigma_r_m"),
            (far_from_m is None, "elements need guidance.navigation.far_from_m: the near filter is straight"),
        )
    return next((reason for wrong, reason in reasons if wrong), "")


def _point(r_eci_m: Array, v_eci_mps: Array) -> KinematicState:
    return KinematicState(r_eci_m, v_eci_mps, np.array((1.0, 0.0, 0.0, 0.0)), np.zeros(3))


def _three(v: Array) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)
