"""Hops: from place to place by two impulses, the fewest firings that get there; then hold.

Curtis, Orbital Mechanics for Engineering Students (2014), 7.5, on the transition matrix of Clohessy and
Wiltshire (1960) or, about an elliptic orbit, of Yamanaka and Ankersen (2002). Each leg burns once, coasts,
burns once or a few times more on the way where the estimate says so, and comes to rest at its end.
"""

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from twin.contracts.fields import NonNegative, TimeNs, Vec3
from twin.guidance import vectors as vec
from twin.guidance.impulses import leaving, towards
from twin.guidance.law import Demand, Seen
from twin.guidance.tracking import Positive, Tracker, brake, fixed, off, pursue


class Hop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the leg ends, and how long it takes; not a multiple of half a revolution."""

    r_ric_m: Vec3
    duration_s: Annotated[float, Meta(gt=0.0, le=40_000.0)]


class Hopping(msgspec.Struct, frozen=True, kw_only=True):
    """Which leg, when it ends, whether it burns now, how many corrections are behind; the rest at the end."""

    leg: int
    end_ns: TimeNs
    burning: bool = True
    corrected: int = 0
    settled_s: float = 0.0


class Hops(Tracker, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`corrections` are spread evenly over a leg and made where the velocity is off by `correct_mps`. The
    stop takes the last `brake_s`. Arrived when within limits of the last place for `settle_s`.
    """

    memory_type: ClassVar[Any] = Hopping

    hops: Annotated[tuple[Hop, ...], Meta(min_length=1, max_length=32)]
    theory: Literal["clohessy_wiltshire", "yamanaka_ankersen"] = "yamanaka_ankersen"
    corrections: Annotated[int, Meta(ge=0, le=50)] = 2
    correct_mps: Positive = 0.003
    burnt_mps: Positive = 0.0005
    brake_s: Positive = 10.0
    within_m: Positive = 1.0
    within_mps: Positive = 0.01
    settle_s: NonNegative = 30.0

    def start(self, seen: Seen) -> Hopping:
        return Hopping(leg=0, end_ns=seen.t_ns + round(self.hops[0].duration_s * 1e9))

    def step(self, memory: Hopping, seen: Seen) -> tuple[Hopping, Demand]:
        memory = self._on_leg(memory, seen.t_ns)
        hop = self.hops[memory.leg]
        left_s = (memory.end_ns - seen.t_ns) * 1e-9
        last = memory.leg == len(self.hops) - 1
        if last and left_s <= 0.0:
            return self._held(memory, seen, hop)
        if last and left_s <= self.brake_s:
            return memory, Demand(acceleration_ric_mps2=brake(seen, vec.ZERO, left_s))
        if left_s < 3.0 * seen.period_s:
            return memory, Demand()
        due = 1 + int((1.0 - left_s / hop.duration_s) * (self.corrections + 1))
        wanted = leaving(seen, hop.r_ric_m, left_s, elliptic=self.theory == "yamanaka_ankersen")
        if not memory.burning and due > memory.corrected + 1:
            missing_mps = vec.norm(vec.sub(wanted, seen.v_ric_mps))
            burning = missing_mps > self.correct_mps
            memory = msgspec.structs.replace(memory, burning=burning, corrected=due - 1)
        if not memory.burning:
            return memory, Demand()
        push = towards(seen, wanted, self.burnt_mps, self.limit_mps2)
        return msgspec.structs.replace(memory, burning=not push.done), Demand(
            acceleration_ric_mps2=push.acceleration_ric_mps2
        )

    def _on_leg(self, memory: Hopping, t_ns: int) -> Hopping:
        if t_ns < memory.end_ns or memory.leg == len(self.hops) - 1:
            return memory
        following = memory.leg + 1
        return Hopping(leg=following, end_ns=memory.end_ns + round(self.hops[following].duration_s * 1e9))

    def _held(self, memory: Hopping, seen: Seen, hop: Hop) -> tuple[Hopping, Demand]:
        point = fixed(hop.r_ric_m)
        distance_m, speed_mps = off(seen, point)
        there = distance_m <= self.within_m and speed_mps <= self.within_mps
        settled_s = memory.settled_s + seen.period_s if there else 0.0
        demand = Demand(acceleration_ric_mps2=pursue(self, seen, point), arrived=settled_s > self.settle_s)
        return msgspec.structs.replace(memory, settled_s=settled_s), demand
