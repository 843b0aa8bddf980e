"""Waypoints: coast from place to place, two impulses a leg, corrections on the way; then hold."""

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from twin.contracts.fields import NonNegative, TimeNs, Vec3
from twin.guidance import vectors as vec
from twin.guidance.law import Demand, Seen
from twin.guidance.place import Place
from twin.guidance.tracking import Point, Positive, Tracker, brake, off, pursue
from twin.guidance.transfer import departure_velocity

# A place on the live axis swings with the target: a straight line holds for about this long.
_AHEAD_S = 60.0


class Leg(Place, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place to reach `duration_s` after the leg began."""

    duration_s: Annotated[float, Meta(gt=0.0, le=2500.0)]


class Flown(msgspec.Struct, frozen=True, kw_only=True):
    """Which leg is being flown and when it ends; for how long the last place has been held."""

    leg: int
    end_ns: TimeNs
    settled_s: float = 0.0


class Waypoints(Tracker, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A correction is made when the velocity is off by more than `correct_mps`; in the last `brake_s` of the
    last leg the speed is brought to that of its place. Arrived when within limits of it for `settle_s`.
    """

    memory_type: ClassVar[Any] = Flown

    legs: Annotated[tuple[Leg, ...], Meta(min_length=1, max_length=32)]
    correct_mps: Positive = 0.005
    brake_s: Positive = 20.0
    within_m: Positive = 1.0
    within_mps: Positive = 0.02
    settle_s: NonNegative = 30.0

    def start(self, seen: Seen) -> Flown:
        return Flown(leg=0, end_ns=seen.t_ns + round(self.legs[0].duration_s * 1e9))

    def step(self, memory: Flown, seen: Seen) -> tuple[Flown, Demand]:
        memory = self._on_leg(memory, seen.t_ns)
        point = self.legs[memory.leg].now(seen)
        left_s = (memory.end_ns - seen.t_ns) * 1e-9
        last = memory.leg == len(self.legs) - 1
        if not last or left_s > self.brake_s:
            # A correction aimed at an instant nearer than a few periods would only amplify noise.
            left_s = max(left_s, 3.0 * seen.period_s)
            return memory, Demand(acceleration_ric_mps2=self._correction(seen, point, left_s))
        if left_s > 0.0:
            return memory, Demand(acceleration_ric_mps2=brake(seen, point.v_ric_mps, left_s))
        return self._held(memory, seen, point)

    def _on_leg(self, memory: Flown, t_ns: int) -> Flown:
        if t_ns < memory.end_ns or memory.leg == len(self.legs) - 1:
            return memory
        following = memory.leg + 1
        return Flown(leg=following, end_ns=memory.end_ns + round(self.legs[following].duration_s * 1e9))

    def _correction(self, seen: Seen, point: Point, left_s: float) -> Vec3:
        aim = vec.along(point.r_ric_m, min(left_s, _AHEAD_S), point.v_ric_mps)
        wanted = departure_velocity(seen.orbit_rate_radps, seen.r_ric_m, aim, left_s)
        change = vec.sub(wanted, seen.v_ric_mps)
        if vec.norm(change) <= self.correct_mps:
            return vec.ZERO
        return vec.limited(vec.scale(1.0 / seen.period_s, change), self.limit_mps2)

    def _held(self, memory: Flown, seen: Seen, point: Point) -> tuple[Flown, Demand]:
        distance_m, speed_mps = off(seen, point)
        known = self.legs[memory.leg].known(seen)
        there = known and distance_m <= self.within_m and speed_mps <= self.within_mps
        settled_s = memory.settled_s + seen.period_s if there else 0.0
        memory = Flown(leg=memory.leg, end_ns=memory.end_ns, settled_s=settled_s)
        pull = pursue(self, seen, point)
        return memory, Demand(acceleration_ric_mps2=pull, arrived=settled_s > self.settle_s)
