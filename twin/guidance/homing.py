"""Homing: from a drift orbit far behind to stations nearer and nearer, by few impulses and passively safe.

Thought in mean relative orbital elements (`relative_elements`), in which 300 km bend nothing. A leg ends at a
station: a distance behind, a drift there, and an ellipse about it with parallel relative eccentricity and
inclination vectors, so that whoever drifts on passes beside the target (D'Amico and Montenbruck, J. Guidance,
Control, and Dynamics 29 (2006) 554). Impulses along the track and across it lie at quarters of a revolution
from the vectors' own angle; which of them are used, and how large, is the plan with the least sum of sizes
that ends at the station (Gaias and D'Amico, J. Guidance, Control, and Dynamics 38 (2015) 1036, give some of
these in closed form), found by reweighted least squares (Daubechies et al., Communications on Pure and
Applied Mathematics 63 (2010) 1). The plan is made anew before each impulse.

Assumptions and limitations: near-circular orbits; an impulse takes a small part of a revolution, and is made
about the middle of its time; the Sun in the camera is not planned for.
"""

from math import cos, pi, radians, sin
from typing import Annotated, Any, ClassVar, NamedTuple

import msgspec
import numpy as np
from msgspec import Meta

from twin.contracts.fields import Float, NonNegative, TimeNs, Vec3
from twin.guidance import vectors as vec
from twin.guidance.law import Demand, Seen
from twin.guidance.relative_elements import Array, Reference, advance, kicked, mean_between
from twin.guidance.ric import axes_ric, from_ric, to_ric
from twin.guidance.tracking import Positive

_QUARTER = 0.5 * pi
_ROUNDS = 25
_SMALL_MPS = 1e-4
_SOON_S = 300.0
"""An impulse is not planned for so little time from now: the next quarter will do."""


class Station(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a leg ends after `revolutions`: `along_m` (negative: behind), drifting by an axis that is
    `above_m` longer than the target's, on an ellipse of `radial_m` and `cross_track_m` about it."""

    along_m: Float
    above_m: Float = 0.0
    radial_m: NonNegative
    cross_track_m: NonNegative
    revolutions: Annotated[float, Meta(ge=0.5, le=50.0)]


class Homeward(msgspec.Struct, frozen=True, kw_only=True):
    """Which leg and when it ends; the quarter for which an impulse is planned, and when to begin it; what is
    left of the impulse that is being made (m/s, the servicer's own `ric`); the long period, of coasting."""

    leg: int
    end_ns: TimeNs
    quarter_ns: TimeNs
    begin_ns: TimeNs
    left_ric_mps: Vec3 = vec.ZERO
    pace_s: float = 0.0


class Plan(NamedTuple):
    """Impulses (m/s, along the track and across) and when they are due (s from now)."""

    due_s: Array
    along_mps: Array
    across_mps: Array


class Homing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`phase_deg`: angle of the eccentricity and inclination vectors from the node; the ellipse's highest and
    lowest points lie there and opposite. Impulses below `least_mps` are left out. Stations are met to
    `close_m` in the ellipse and the drift, and to `close_share` of their distance along the track. Arrived at
    the last one's time.
    """

    memory_type: ClassVar[Any] = Homeward

    stations: Annotated[tuple[Station, ...], Meta(min_length=1, max_length=32)]
    phase_deg: Float
    least_mps: Positive = 0.002
    limit_mps2: Positive = 0.015
    close_m: Positive = 3.0
    close_share: Positive = 0.003

    def start(self, seen: Seen) -> Homeward:
        return self._leg(0, seen.t_ns, seen.t_ns, seen)

    def step(self, memory: Homeward, seen: Seen) -> tuple[Homeward, Demand]:
        if memory.left_ric_mps != vec.ZERO:
            return self._burn(memory, seen)
        if seen.t_ns >= memory.end_ns:
            if memory.leg == len(self.stations) - 1:
                return memory, Demand(arrived=True)
            pace_s, memory = memory.pace_s, self._leg(memory.leg + 1, memory.end_ns, seen.t_ns, seen)
            memory = msgspec.structs.replace(memory, pace_s=pace_s)
        memory = msgspec.structs.replace(memory, pace_s=max(memory.pace_s, seen.period_s))
        if seen.t_ns + round(memory.pace_s * 1e9) <= memory.begin_ns:
            return memory, Demand()
        if seen.t_ns < memory.begin_ns:
            return memory, Demand(quick=True)
        memory, first = self._planned(memory, seen)
        # The push is made of short periods: none before they are in force.
        return msgspec.structs.replace(memory, left_ric_mps=first), Demand(quick=first != vec.ZERO)

    def _leg(self, leg: int, from_ns: TimeNs, now_ns: TimeNs, seen: Seen) -> Homeward:
        lasts_s = self.stations[leg].revolutions * 2.0 * pi / _around(seen)[1].turn_radps
        return Homeward(leg=leg, end_ns=from_ns + round(lasts_s * 1e9), quarter_ns=now_ns, begin_ns=now_ns)

    def _burn(self, memory: Homeward, seen: Seen) -> tuple[Homeward, Demand]:
        """A period's share of what is left of the impulse."""
        if vec.norm(memory.left_ric_mps) < _SMALL_MPS:
            return msgspec.structs.replace(memory, left_ric_mps=vec.ZERO), Demand()
        push = vec.limited(vec.scale(1.0 / seen.period_s, memory.left_ric_mps), self.limit_mps2)
        left = vec.along(memory.left_ric_mps, -seen.period_s, push)
        if vec.norm(left) < _SMALL_MPS:
            left = vec.ZERO
        _, own = _states(seen)
        target_axes = axes_ric(seen.target_r_eci_m, seen.target_v_eci_mps)
        turned = to_ric(target_axes, from_ric(axes_ric(*own), push))
        after = msgspec.structs.replace(memory, left_ric_mps=left)
        return after, Demand(acceleration_ric_mps2=turned, quick=True)

    def _planned(self, memory: Homeward, seen: Seen) -> tuple[Homeward, Vec3]:
        """The impulse of the quarter that has come, and when the next one is due."""
        apart, orbit = _around(seen)
        left_s = (memory.end_ns - seen.t_ns) * 1e-9
        middle_s = max(0.0, (memory.quarter_ns - seen.t_ns) * 1e-9)
        plan = self._plan(self.stations[memory.leg], apart, orbit, middle_s, left_s)
        sizes = np.hypot(plan.along_mps, plan.across_mps)
        now = bool(len(sizes)) and plan.due_s[0] <= middle_s + _SOON_S and sizes[0] >= self.least_mps
        first = (0.0, float(plan.along_mps[0]), float(plan.across_mps[0])) if now else vec.ZERO
        later = [k for k in range(len(sizes)) if plan.due_s[k] > middle_s + _SOON_S]
        if not later:
            return msgspec.structs.replace(memory, quarter_ns=memory.end_ns, begin_ns=memory.end_ns), first
        due_s, half_s = float(plan.due_s[later[0]]), 0.5 * float(sizes[later[0]]) / self.limit_mps2
        quarter_ns = seen.t_ns + round(due_s * 1e9)
        return msgspec.structs.replace(
            memory, quarter_ns=quarter_ns, begin_ns=quarter_ns - round(half_s * 1e9)
        ), first

    def _plan(
        self, station: Station, apart_m: Array, orbit: Reference, middle_s: float, left_s: float
    ) -> Plan:
        """From mean differences now to those of the station at the end, `left_s` from now."""
        latitude = orbit.latitude_rad + float(apart_m[1]) / orbit.axis_m
        phase = radians(self.phase_deg)
        # A quarter that is some seconds past counts as now.
        first = (phase - latitude - orbit.turn_radps * (middle_s - 60.0)) % _QUARTER
        step_s = _QUARTER / orbit.turn_radps
        due_s = np.arange(middle_s - 60.0 + first / orbit.turn_radps, left_s, step_s)
        wanted = np.array(
            (
                station.above_m,
                station.along_m,
                station.radial_m * cos(phase),
                station.radial_m * sin(phase),
                station.cross_track_m * cos(phase),
                station.cross_track_m * sin(phase),
            )
        )
        missing = wanted - advance(orbit, left_s) @ apart_m
        effects = np.array(
            [
                advance(orbit, left_s - t) @ kicked(orbit, latitude + orbit.turn_radps * t)
                for t in due_s.tolist()
            ]
        ).reshape(-1, 6, 3)
        close = np.full(6, self.close_m)
        close[1] = max(self.close_m, self.close_share * abs(station.along_m))
        plane, across = slice(0, 4), slice(4, 6)
        return Plan(
            due_s,
            _least(effects[:, plane, 1].T, missing[plane], close[plane]),
            _least(effects[:, across, 2].T, missing[across], close[across]),
        )


def _least(effects: Array, missing: Array, close: Array) -> Array:
    """Impulses (n,) of least sum of sizes with `effects` (m, n) @ impulses = `missing`, to `close` (m,)."""
    count = effects.shape[1]
    impulses = np.ones(count)
    scaled, wanted = effects / close[:, None], missing / close
    for _ in range(_ROUNDS if count else 0):
        weighted = scaled * (np.abs(impulses) + _SMALL_MPS)
        impulses = weighted.T @ np.linalg.solve(weighted @ scaled.T + np.eye(len(wanted)), wanted)
    return impulses


def _states(seen: Seen) -> tuple[tuple[Vec3, Vec3], tuple[Vec3, Vec3]]:
    """(r, v) in `eci` of the target and of the servicer."""
    axes = axes_ric(seen.target_r_eci_m, seen.target_v_eci_mps)
    x, y, _ = seen.r_ric_m
    n = seen.orbit_rate_radps
    moving = vec.add(seen.v_ric_mps, (-n * y, n * x, 0.0))
    own = (
        vec.add(seen.target_r_eci_m, from_ric(axes, seen.r_ric_m)),
        vec.add(seen.target_v_eci_mps, from_ric(axes, moving)),
    )
    return (seen.target_r_eci_m, seen.target_v_eci_mps), own


def _around(seen: Seen) -> tuple[Array, Reference]:
    return mean_between(*_states(seen))
