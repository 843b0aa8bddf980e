"""Deorbit: lower the perigee of the stack by pushing against the velocity about apogee, revolution by
revolution.

An impulse against the velocity at apogee lowers the perigee most (Hohmann's first impulse; Curtis, Orbital
Mechanics (2014), 6.2). A burn takes time: at the angle u from apogee of a nearly circular orbit a push
lowers the perigee by (1 + cos u) / 2 of what it does there, so that an arc of +-u gives (1 + sin u / u) / 2
of it (from Gauss' equations, Vallado, Fundamentals of Astrodynamics (2013), 9.3): 0.97 of the ideal for
+-35 deg. So the change is split over revolutions, each with a burn of `half_arc_deg` to either side of
apogee; an orbit whose perigee and apogee are within `circular_km` has none to wait for, and its first burn
begins at once. The last burn is one, to the end: it begins at a perigee of `last_from_km`, where no passage
yet meets thick air, as much before apogee as it will end after it.

Perigee is that of the coming passage, its height above the radius of the equator (`twin.dynamics.apsides`).
"""

from math import radians, sin, sqrt
from typing import Annotated, Any, ClassVar, NamedTuple

import msgspec
import numpy as np
from msgspec import Meta

from twin.contracts.fields import NonNegative, Vec3
from twin.dynamics.apsides import apsides
from twin.guidance import vectors as vec
from twin.guidance.free_drift import EARTH_RADIUS_M, MU_M3PS2
from twin.guidance.law import Demand, Seen
from twin.guidance.ric import axes_ric, to_ric
from twin.guidance.tracking import Positive

_WIDEST_RAD = radians(110.0)
"""Further than this from apogee a push does a third of its work at the best."""
_BEGIN = 0.8
"""The last burn begins in the first tenth of its arc, or waits for the next apogee."""
_AT_LAST_M = 1500.0
"""So near above `last_from_km` the perigee is there: what is measured scatters by 20 m."""
_GIVEN = 0.93
"""Of the most that a push gives, what is left on the average: valves are shut to turn the stack."""
_ROUNDS = 8


class Orbit(NamedTuple):
    """Heights above the radius of the equator, km, and the angle from apogee on, rad."""

    perigee_km: float
    apogee_km: float
    from_apogee_rad: float


class Lowering(msgspec.Struct, frozen=True, kw_only=True):
    """Angle that is left of a burn which began where there was no apogee, and whether the last burn is on."""

    first_rad: float = 0.0
    last: bool = False


class Deorbit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Arrived at a perigee of `perigee_km`; called off when no more than `reserve_kg` is in the tank. No push
    while the boresight is further off than `aim_deg`."""

    memory_type: ClassVar[Any] = Lowering

    perigee_km: NonNegative = 50.0
    half_arc_deg: Annotated[float, Meta(gt=0.0, le=110.0)] = 35.0
    last_from_km: NonNegative = 180.0
    circular_km: NonNegative = 25.0
    aim_deg: Positive = 5.0
    reserve_kg: NonNegative = 10.0

    def start(self, seen: Seen) -> Lowering:
        orbit = orbit_of(seen.target_r_eci_m, seen.target_v_eci_mps)
        has_none = orbit.apogee_km - orbit.perigee_km < self.circular_km
        return Lowering(first_rad=2.0 * radians(self.half_arc_deg) if has_none else 0.0)

    def step(self, memory: Lowering, seen: Seen) -> tuple[Lowering, Demand]:
        orbit = orbit_of(seen.target_r_eci_m, seen.target_v_eci_mps)
        if orbit.perigee_km <= self.perigee_km:
            return memory, Demand(arrived=True, reason=f"perigee {orbit.perigee_km:.1f} km")
        if seen.push_mps2 <= 0.0:
            return memory, Demand()
        if seen.propellant_kg <= self.reserve_kg:
            return memory, Demand(abort=self._short(orbit, seen.propellant_kg))
        last = self._last(memory, orbit, seen)
        after = msgspec.structs.replace(memory, last=last)
        aimed = seen.attitude_error_rad <= radians(self.aim_deg)
        if not aimed or not (last or self._in_arc(memory, orbit)):
            return after, Demand()
        goal_km = self.perigee_km if last else max(self.perigee_km, self.last_from_km)
        swept = seen.orbit_rate_radps * seen.period_s
        after = msgspec.structs.replace(after, first_rad=max(0.0, memory.first_rad - swept))
        return after, Demand(acceleration_ric_mps2=_against(seen, goal_km), quick=True)

    def _short(self, orbit: Orbit, propellant_kg: float) -> str:
        left_mps = lowering_mps(orbit.apogee_km, orbit.perigee_km, self.perigee_km)
        return (
            f"{propellant_kg:.1f} kg left, perigee {orbit.perigee_km:.1f} km: {left_mps:.1f} m/s short "
            f"of {self.perigee_km:g} km"
        )

    def _in_arc(self, memory: Lowering, orbit: Orbit) -> bool:
        """Near apogee, or where there was none; and not where the last burn has to follow."""
        near = abs(orbit.from_apogee_rad) <= radians(self.half_arc_deg)
        return (near or memory.first_rad > 0.0) and not self._at_last(orbit)

    def _at_last(self, orbit: Orbit) -> bool:
        above_m = 1e3 * (orbit.perigee_km - self.last_from_km)
        return self.perigee_km < self.last_from_km and above_m <= _AT_LAST_M

    def _last(self, memory: Lowering, orbit: Orbit, seen: Seen) -> bool:
        """Whether the last burn goes on, or begins."""
        if memory.last or not self._at_last(orbit):
            return memory.last
        change_mps = lowering_mps(orbit.apogee_km, orbit.perigee_km, self.perigee_km)
        half = half_arc_rad(change_mps / (_GIVEN * seen.push_mps2) * _apogee_rate_radps(orbit))
        return -half <= orbit.from_apogee_rad <= -_BEGIN * half


def orbit_of(r_eci_m: Vec3, v_eci_mps: Vec3) -> Orbit:
    """Where the next passages are."""
    lowest, highest, angle = apsides(np.array([r_eci_m]), np.array([v_eci_mps]))
    return Orbit(
        1e-3 * (float(lowest[0]) - EARTH_RADIUS_M),
        1e-3 * (float(highest[0]) - EARTH_RADIUS_M),
        float(angle[0]),
    )


def lowering_mps(apogee_km: float, from_km: float, to_km: float) -> float:
    """Change of velocity at apogee that brings the perigee down, the Earth taken for a point: the vis-viva
    equation (Curtis (2014), 2.81)."""
    return _apogee_mps(apogee_km, from_km) - _apogee_mps(apogee_km, to_km)


def _apogee_mps(apogee_km: float, perigee_km: float) -> float:
    high_m, low_m = EARTH_RADIUS_M + 1e3 * apogee_km, EARTH_RADIUS_M + 1e3 * perigee_km
    return sqrt(2.0 * MU_M3PS2 * low_m / (high_m * (high_m + low_m)))


def _apogee_rate_radps(orbit: Orbit) -> float:
    """How fast the body goes round there."""
    return _apogee_mps(orbit.apogee_km, orbit.perigee_km) / (EARTH_RADIUS_M + 1e3 * orbit.apogee_km)


def half_arc_rad(turned_rad: float) -> float:
    """Half of the arc of a burn that would last while the body turns by `turned_rad`, were all of it given at
    apogee: longer, as (1 + sin u / u) / 2 says."""
    ideal = max(1e-6, 0.5 * turned_rad)
    half = ideal
    for _ in range(_ROUNDS):
        half = min(_WIDEST_RAD, 2.0 * ideal / (1.0 + sin(half) / half))
    return half


def _against(seen: Seen, goal_km: float) -> Vec3:
    """The push against the velocity, in `ric`: all there is, or what is left to do."""
    r, v = seen.target_r_eci_m, seen.target_v_eci_mps
    ahead = to_ric(axes_ric(r, v), vec.scale(1.0 / vec.norm(v), v))
    change_mps = _change_to(r, v, goal_km, seen.push_mps2 * seen.period_s)
    return vec.scale(-change_mps / seen.period_s, ahead)


def _change_to(r_eci_m: Vec3, v_eci_mps: Vec3, goal_km: float, most_mps: float) -> float:
    """Change against the velocity that puts the perigee at `goal_km`, if it is less than the most: by the
    secant rule, on what is all but a straight line."""
    speed_mps = vec.norm(v_eci_mps)

    def above_km(change_mps: float) -> float:
        return orbit_of(r_eci_m, vec.scale(1.0 - change_mps / speed_mps, v_eci_mps)).perigee_km - goal_km

    low, high = 0.0, most_mps
    above, below = above_km(low), above_km(high)
    if below >= 0.0 or above <= 0.0:
        return most_mps if below >= 0.0 else 0.0
    for _ in range(_ROUNDS):
        high -= below * (high - low) / (below - above)
        below = above_km(high)
    return min(max(high, 0.0), most_mps)
