"""What the on-board computer feels of the arm, and which cues of the phase table that gives."""

from collections.abc import Iterator

import msgspec

from twin.contracts.capture import ArmState, CaptureKind
from twin.guidance.phases import Cue

_REFUSALS: tuple[CaptureKind, ...] = ("latch_refused", "one_sided", "force_exceeded")


class Felt(msgspec.Struct, frozen=True, kw_only=True):
    """What the arm has said since the last readings, and whether its latch's sensor says that it holds."""

    latched: bool = False
    events: tuple[CaptureKind, ...] = ()

    def then(self, arm: ArmState) -> "Felt":
        """With what the arm says now."""
        return Felt(latched=arm.latched, events=self.events + arm.events)

    def cues(self) -> Iterator[Cue]:
        """In the order in which they count."""
        if self.latched:
            yield "latched"
        if any(event in _REFUSALS for event in self.events):
            yield "refused"
        if "stowed" in self.events:
            yield "stowed"
