"""Grasp: keep the body at a place while the arm works; the arm's next mode follows when the one before is
done.
"""

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from twin.contracts.capture import ArmMode, CaptureKind
from twin.guidance.law import Demand, Seen
from twin.guidance.place import Place
from twin.guidance.tracking import Tracker, pursue

_DONE: dict[ArmMode, CaptureKind] = {"standoff": "at_standoff", "reach": "inserted"}
"""What the arm says when a mode has come to its end; the others go on until the phase does."""
_RELEASED_S = 1.0
"""A release is a word, not a state: the arm opens by itself, and what follows is told after this."""


class Working(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the modes the arm is in, and for how long."""

    index: int = 0
    lasted_s: float = 0.0


class Grasp(Tracker, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base control stays on throughout: without it a target that turns is lost between touch and latch."""

    memory_type: ClassVar[Any] = Working

    place: Place
    modes: Annotated[tuple[ArmMode, ...], Meta(min_length=1, max_length=8)]

    def start(self, seen: Seen) -> Working:
        return Working()

    def step(self, memory: Working, seen: Seen) -> tuple[Working, Demand]:
        if self._done(memory, seen) and memory.index + 1 < len(self.modes):
            memory = Working(index=memory.index + 1)
        acceleration = pursue(self, seen, self.place.now(seen))
        lasted = Working(index=memory.index, lasted_s=memory.lasted_s + seen.period_s)
        return lasted, Demand(acceleration_ric_mps2=acceleration, arm=self.modes[memory.index])

    def _done(self, memory: Working, seen: Seen) -> bool:
        mode = self.modes[memory.index]
        if mode == "release":
            return memory.lasted_s > _RELEASED_S
        return _DONE.get(mode) in seen.arm_events
