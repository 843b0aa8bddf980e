"""What each rung of the abort ladder would come to, by linear covariance: HOLD, RETREAT, CAM, FREE DRIFT.

From an estimate with its covariance, wherever that is: on board, or on the ground from what came down. A rung
is judged by the least distance over the horizon of the ellipsoid of `sigmas` from the target: outside the
keep-out sphere once it has been left, and clear of the bodies before. From inside the sphere the same
ellipsoid must keep to the corridor on the way out (`twin.guidance.way_out`), where the axis is known.
Assumptions and limitations: braking is straight, a retreat goes out along the axis; the estimate gets no
better meanwhile.
"""

from collections.abc import Callable
from math import inf, sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.contracts.fields import Vec3
from twin.guidance.dispersion import Closest, Zone, closest, distances, entry_s, least_nominal
from twin.guidance.escape import changes
from twin.guidance.retreat import Retreat
from twin.guidance.transitions import Transitions
from twin.guidance.way_out import Corridor

Array = NDArray[np.float64]

_AHEAD_S: Final = (15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 2400.0, 3600.0, 5400.0)
LONGEST_WAIT_S: Final = _AHEAD_S[-1]
_RESOLUTION_S: Final = 5.0


class Place(NamedTuple):
    """(r_ric, v_ric) `elapsed_s` after the start of the transitions, and its covariance (6, 6)."""

    motion: Transitions
    elapsed_s: float
    state: Array
    covariance: Array

    def coasted(self, ahead_s: float) -> "Place":
        """The same after a free motion of `ahead_s`."""
        now, then = self.motion.to(self.elapsed_s), self.motion.to(self.elapsed_s + ahead_s)
        step = then @ np.linalg.inv(now)
        covariance = step @ self.covariance @ step.T
        return Place(self.motion, self.elapsed_s + ahead_s, step @ self.state, covariance)


class Rules(NamedTuple):
    """What the rungs are judged by, how hard the servicer brakes, and how late it begins to. `corridor` is as
    of the place they are judged from, None where the axis is not known."""

    zone: Zone
    sigmas: float
    horizon_s: float
    brake_mps2: float
    latency_s: float
    corridor: Corridor | None = None


class Outcome(NamedTuple):
    """What a rung comes to; `change_ric_mps` is its velocity change, where it has one; `room_m` the least
    room beside its way out of the sphere, infinite where that is not judged."""

    closest: Closest
    change_ric_mps: Vec3 | None = None
    room_m: float = inf

    @property
    def margin_m(self) -> float:
        return min(self.closest.margin_m, self.room_m)

    @property
    def qualifies(self) -> bool:
        return self.margin_m >= 0.0


Rung = Callable[[Place, Rules], Outcome]


def free_drift(place: Place, rules: Rules) -> Outcome:
    """Nothing is done any more."""
    rows, times_s = place.motion.after(place.elapsed_s, rules.horizon_s)
    near = closest(rows, times_s, place.state, place.covariance, zone=rules.zone, sigmas=rules.sigmas)
    return Outcome(near, room_m=_drift_room_m(rules, rows, times_s, place.state, place.covariance))


def hold(place: Place, rules: Rules) -> Outcome:
    """Brake, then stay there under control: from then on the estimate's own error is all there is."""
    return Outcome(_stopping(place, rules)[0])


def avoid(place: Place, rules: Rules, sizes_mps: tuple[float, ...], error_mps: float) -> Outcome:
    """The smallest change of velocity whose dispersed drift keeps clear, made at once; if there is none, the
    one with the most room. `error_mps` bounds how well it is made.
    """
    rows, times_s = place.motion.after(place.elapsed_s, rules.horizon_s)
    covariance = place.covariance.copy()
    covariance[3:, 3:] += np.eye(3) * error_mps**2 / 5.0  # even in a ball: a fifth of its radius squared
    options = changes(_vec(place.state[:3]), _vec(place.state[3:]), sizes_mps)
    states = np.array([[*place.state[:3], *(place.state[3:] + option)] for option in options])
    best: Outcome | None = None
    for k in _promising(rows, states, rules.zone):
        found = closest(rows, times_s, states[k], covariance, zone=rules.zone, sigmas=rules.sigmas)
        made = Outcome(found, options[k], _drift_room_m(rules, rows, times_s, states[k], covariance))
        if best is None or made.margin_m > best.margin_m:
            best = made
        if made.qualifies:
            break
    assert best is not None
    return best


def retreat(place: Place, rules: Rules, law: Retreat) -> Outcome:
    """Brake, go straight out until clear, then leave on a drift that keeps clear: the law of that name."""
    sigma_r_m = sqrt(float(np.trace(place.covariance[:3, :3])))
    clear_m = max(law.clear_m, rules.zone.outside_m + law.margin_m + law.sigmas * sigma_r_m)
    range_m = sqrt(float((place.state[:3] ** 2).sum()))
    if range_m >= clear_m:
        return avoid(place, rules, law.sizes_mps, law.within_mps)
    stopped, r_m, took_s = _stopping(place, rules)
    way = _way_out(place, rules, r_m, took_s, (clear_m, law.speed_mps))
    took_s += way.took_s
    left = avoid(
        Place(place.motion, place.elapsed_s + took_s, way.state, place.covariance),
        rules._replace(corridor=None),
        law.sizes_mps,
        law.within_mps,
    )
    late = left.closest._replace(at_s=left.closest.at_s + took_s)
    both = Closest(
        min(stopped.nominal_m, late.nominal_m),
        min(stopped.low_m, late.low_m),
        stopped.at_s if stopped.margin_m < late.margin_m else late.at_s,
        min(stopped.margin_m, late.margin_m),
    )
    return Outcome(both, left.change_ric_mps, way.room_m)


class _Way(NamedTuple):
    """Out of the sphere: the state (6,) where it is clear, the least room beside it, how long it takes."""

    state: Array
    room_m: float
    took_s: float


def _way_out(place: Place, rules: Rules, stop_m: Array, took_s: float, clear: tuple[float, float]) -> _Way:
    """From a stop out along the axis where the servicer is in the corridor, else straight away; `clear` is
    the range (m) where it ends and the speed (m/s)."""
    clear_m, speed_mps = clear
    range_m = sqrt(float((stop_m * stop_m).sum()))
    straight = _Way(
        np.concatenate((stop_m * clear_m / max(range_m, 1e-3), np.zeros(3))),
        inf,
        (clear_m - range_m) / speed_mps,
    )
    if rules.corridor is None:
        return straight
    judged = {"outside_m": rules.zone.outside_m, "sigmas": rules.sigmas}
    spread, here = place.covariance[:3, :3], rules.corridor
    braking = np.linspace(place.state[:3], stop_m, 9)
    room_m = here.path_room_m(braking, np.linspace(0.0, took_s, 9), spread, **judged)
    there = here.later(took_s)
    if there.room_m(stop_m, np.zeros((3, 3)), 0.0) < 0.0:  # not in it: the law goes straight away
        return straight._replace(room_m=room_m)
    places, times_s = there.along(stop_m, clear_m, speed_mps)
    room_m = min(room_m, there.path_room_m(places, times_s, spread, **judged))
    carried = np.cross(here.rate_ric_radps, places[-1])
    return _Way(np.concatenate((places[-1], carried)), room_m, float(times_s[-1]))


def _drift_room_m(rules: Rules, rows: Array, times_s: Array, state: Array, covariance: Array) -> float:
    if rules.corridor is None:
        return inf
    return rules.corridor.drift_room_m(
        rows, times_s, state, covariance, outside_m=rules.zone.outside_m, sigmas=rules.sigmas
    )


def no_return_s(rung: Rung, place: Place, rules: Rules) -> float | None:
    """How long the rung may wait while the servicer coasts on, uncontrolled, and still come out well: 0 when
    it is too late, None beyond `LONGEST_WAIT_S`. To some seconds. From outside, entering the sphere is too
    late; from inside, touching.
    """
    if sqrt(float((place.state[:3] ** 2).sum())) >= rules.zone.outside_m:
        rules = rules._replace(zone=Zone(rules.zone.outside_m, rules.zone.outside_m))
    rows, times_s = place.motion.after(place.elapsed_s, LONGEST_WAIT_S)
    end_s = entry_s(rows, times_s, place.state, rules.zone.inside_m)
    if not rung(place, rules).qualifies:
        return 0.0
    good_s = 0.0
    for ahead_s in (*(each for each in _AHEAD_S if end_s is None or each < end_s), end_s):
        if ahead_s is None:
            break
        if not rung(place.coasted(ahead_s), rules).qualifies:
            return _between(rung, place, rules, good_s, ahead_s)
        good_s = ahead_s
    return end_s


def _between(rung: Rung, place: Place, rules: Rules, good_s: float, late_s: float) -> float:
    while late_s - good_s > _RESOLUTION_S:
        middle_s = 0.5 * (good_s + late_s)
        if rung(place.coasted(middle_s), rules).qualifies:
            good_s = middle_s
        else:
            late_s = middle_s
    return good_s


def _promising(rows: Array, states: Array, zone: Zone) -> list[int]:
    """Candidates whose mean keeps clear, in their order; else the one whose mean comes least near."""
    nominal = least_nominal(rows, states)
    start_m = sqrt(float((states[0, :3] ** 2).sum()))
    limit_m = zone.outside_m if start_m >= zone.outside_m else zone.inside_m
    clear = [int(k) for k in np.flatnonzero(nominal >= limit_m)]
    return clear or [int(np.argmax(nominal))]


def _stopping(place: Place, rules: Rules) -> tuple[Closest, Array, float]:
    """The way to a stop, where that is (3,), and how long it takes."""
    r_m, v_mps = place.state[:3], place.state[3:]
    speed_mps = sqrt(float((v_mps * v_mps).sum()))
    braking_s = speed_mps / rules.brake_mps2
    took_s = rules.latency_s + braking_s
    end_m = r_m + (rules.latency_s + 0.5 * braking_s) * v_mps
    way = np.linspace(r_m, end_m, 9)
    spread = place.covariance[:3, :3] + took_s**2 * place.covariance[3:, 3:]
    lows = distances(way, np.broadcast_to(spread, (len(way), 3, 3)), rules.sigmas)
    worst = int(np.argmin(lows))
    nominal_m = float(np.sqrt((way * way).sum(axis=1).min()))
    start_m = sqrt(float((r_m * r_m).sum()))
    limit_m = rules.zone.outside_m if start_m >= rules.zone.outside_m else rules.zone.inside_m
    low_m = float(lows[worst])
    return Closest(nominal_m, low_m, took_s * worst / (len(way) - 1), low_m - limit_m), end_m, took_s


def _vec(array: Array) -> Vec3:
    x, y, z = array.tolist()
    return (x, y, z)
