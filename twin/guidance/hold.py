"""Hold: stay at a place."""

from typing import Any, ClassVar

from twin.contracts.fields import NonNegative
from twin.guidance.law import Demand, Seen
from twin.guidance.place import Place
from twin.guidance.tracking import Tracker, off, pursue


class Hold(Tracker, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Arrived while within `within_m` of the place and slower than `within_mps` relative to it."""

    memory_type: ClassVar[Any] = None

    place: Place
    within_m: NonNegative = 1.0
    within_mps: NonNegative = 0.02

    def start(self, seen: Seen) -> None:
        return None

    def step(self, memory: None, seen: Seen) -> tuple[None, Demand]:
        point = self.place.now(seen)
        distance_m, speed_mps = off(seen, point)
        there = self.place.known(seen) and distance_m <= self.within_m and speed_mps <= self.within_mps
        return None, Demand(acceleration_ric_mps2=pursue(self, seen, point), arrived=there)
