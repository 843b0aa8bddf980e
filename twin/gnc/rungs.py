"""Which rung of the abort ladder to take: the first whose dispersed outcome over a day is safe.

HOLD, RETREAT, CAM, FREE DRIFT, in this order, as far as the mission names phases for them. A rung is safe
when its prediction (`twin.guidance.ladder`: linear covariance, a point a minute) stays outside the keep-out
sphere once it has left it, and on the way out away from the target and inside the corridor (where its axis
is known). If none is, the one with the most room is taken, and the verdict says so.
"""

from collections.abc import Iterator
from math import inf, radians
from typing import NamedTuple

import numpy as np

from twin.contracts.navigation import SafetyVerdict
from twin.gnc.knowledge import Knowledge, covariance_ric
from twin.gnc.matrices import Array
from twin.gnc.settings import Guidance, Ladder, Safety
from twin.guidance import ladder
from twin.guidance import vectors as vec
from twin.guidance.cam import Cam
from twin.guidance.dispersion import Zone
from twin.guidance.ladder import Outcome, Place, Rules
from twin.guidance.retreat import Retreat
from twin.guidance.transitions import transitions
from twin.guidance.way_out import Corridor, corridor_of

_MARGIN_S = 7200.0
"""Longer than a retreat takes to come clear: its drift is judged for the whole horizon from then on."""


class Rung(NamedTuple):
    """The phase that flies it, and what is said of it."""

    phase: str
    verdict: SafetyVerdict


def best_rung(settings: Guidance, period_s: float, known: Knowledge, clear_m: float) -> Rung:
    """`clear_m`: distance of the centres at which the bodies may touch. A ladder has at least one rung."""
    safety = settings.safety
    assert safety.ladder is not None
    horizon_s = safety.drift_horizon_h * 3600.0
    motion = transitions(known.target_orbit.r_eci_m, known.target_orbit.v_eci_mps, horizon_s + _MARGIN_S)
    state = np.array((*known.r_ric_m, *known.v_ric_mps))
    place = Place(motion, 0.0, state, covariance_ric(known))
    near_m = min(max(clear_m, safety.ladder.near_m), 0.98 * vec.norm(known.r_ric_m))
    latency_s = settings.compute_delay_s + period_s
    most = settings.control.maximum_acceleration_mps2
    corridor = _corridor(safety, known, place.covariance[:3, :3])
    zone = Zone(near_m, safety.keep_out_radius_m)
    rules = Rules(zone, safety.sigmas, horizon_s, most, latency_s, corridor)
    tried = list(_outcomes(safety.ladder, place, rules))
    safe = next((each for each in tried if each[2].qualifies and _leaves(each, known, rules)), None)
    name, phase, outcome = safe or max(
        tried, key=lambda each: (_leaves(each, known, rules), each[2].margin_m)
    )
    return Rung(phase, _verdict(name, outcome, safe is not None, known.t_ns, safety.drift_horizon_h))


def _outcomes(rungs: Ladder, place: Place, rules: Rules) -> Iterator[tuple[str, str, Outcome]]:
    if rungs.hold is not None:
        yield "hold", rungs.hold, ladder.hold(place, rules)
    if rungs.retreat is not None:
        yield "retreat", rungs.retreat, ladder.retreat(place, rules, Retreat())
    if rungs.cam is not None:
        yield "cam", rungs.cam, ladder.avoid(place, rules, Cam().sizes_mps, rungs.error_mps)
    if rungs.free_drift is not None:
        yield "free_drift", rungs.free_drift, ladder.free_drift(place, rules)


def _corridor(safety: Safety, known: Knowledge, covariance: Array) -> Corridor | None:
    """The cone about the live axis, where that is known."""
    port = known.port
    if not known.pose_known:
        return None
    return corridor_of(
        (port.r_ric_m, port.axis_ric, port.precession_ric_radps),
        (radians(safety.corridor_half_angle_deg), safety.corridor_apex_slack_m),
        (known.r_ric_m, covariance),
        port.sigma_lateral_m,
    )


def _leaves(tried: tuple[str, str, Outcome], known: Knowledge, rules: Rules) -> bool:
    """Staying inside the sphere is no way out of it."""
    return tried[0] != "hold" or vec.norm(known.r_ric_m) >= rules.zone.outside_m


def _verdict(name: str, outcome: Outcome, safe: bool, t_ns: int, hours: float) -> SafetyVerdict:
    least = outcome.closest
    what = "the first that is safe" if safe else "none is safe, this one has the most room"
    change = ""
    if outcome.change_ric_mps is not None:
        x, y, z = (1000.0 * each for each in outcome.change_ric_mps)
        change = f", ({x:.0f}, {y:.0f}, {z:.0f}) mm/s in ric"
    comes = f"{hours:g} h come no nearer than {least.low_m:.1f} m, at {least.at_s / 3600.0:.1f} h"
    if outcome.room_m < inf:
        beside = "inside" if outcome.room_m >= 0.0 else "beside"
        comes += f"; out {beside} the corridor, {abs(outcome.room_m):.2f} m from its edge"
    return SafetyVerdict(
        t_ns=t_ns,
        monitor="ladder",
        level="watch" if safe else "abort",
        value=least.low_m,
        limit=least.low_m - least.margin_m,
        text=f"{name}: {what}{change}; {comes}",
    )
