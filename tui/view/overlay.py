"""Truth for the overlay: what is so now, where the published motions say it."""

from typing import NamedTuple

import numpy as np

from tui.store import Truth
from twin.dynamics.frames import ric_from_eci
from twin.dynamics.relative import relative_state
from twin.dynamics.state import KinematicState
from twin.mission.geometry import motion_columns, port_axis_body, turned
from twin.mission.script import Mission

Vec = tuple[float, float, float]


class TruthNow(NamedTuple):
    """True relative position, live capture axis (both `ric`), and the `truth.*` quantities of motion."""

    r_ric_m: Vec
    axis_ric: Vec
    values: dict[str, float]


def truth_now(mission: Mission, truth: Truth, t_ns: int) -> TruthNow | None:
    """Truth at `t_ns`; None where it is not published (after custody has passed, or before the start)."""
    if not truth.covers(t_ns):
        return None
    target, servicer = (
        _one(track.state(t_ns)) for track in (truth.tracks["target"], truth.tracks["servicer"])
    )
    columns = motion_columns(mission, target, servicer)
    axes = ric_from_eci(target.r_eci_m[0], target.v_eci_mps[0])
    axis_eci = turned(target.q_eci_from_body, port_axis_body(mission))[0]
    r_ric_m = relative_state(target, servicer).r_ric_m[0]
    return TruthNow(_vec(r_ric_m), _vec(axes @ axis_eci), {name: float(v[0]) for name, v in columns.items()})


def nominal_axis(mission: Mission) -> Vec:
    """The capture axis in `ric` as the body file states it: towards the Earth, or away from it."""
    return (-1.0 if mission.target.port_towards == "earth" else 1.0, 0.0, 0.0)


def fitting_m(mission: Mission) -> float:
    """Distance of the fitting from the target's centre along the capture axis."""
    return float(np.dot(port_axis_body(mission), np.array(mission.target.port.r_body_m)))


def _one(state: KinematicState) -> KinematicState:
    return KinematicState(*(np.ascontiguousarray(part[None, :]) for part in state))


def _vec(array: np.ndarray) -> Vec:
    x, y, z = (float(each) for each in array)
    return (x, y, z)
