"""What the on-board computer feels of the arm, and which cues of the phase table that gives."""

from collections.abc import Iterator

import msgspec

from twin.contracts.capture import ArmState, CaptureKind
from twin.guidance.phases import Cue

_REFUSALS: tuple[CaptureKind, ...] = ("latch_refused", "one_sided", "force_exceeded")


_EMPTY_M = 0.004
"""Fingers that have closed to less than this hold nothing: thinner than any fitting's wall."""


class Felt(msgspec.Struct, frozen=True, kw_only=True):
    """What the arm has said since the last readings, and whether the ring is held by all it says."""

    latched: bool = False
    events: tuple[CaptureKind, ...] = ()

    def then(self, arm: ArmState) -> "Felt":
        """With what the arm says now."""
        return Felt(latched=_holds(arm), events=self.events + arm.events)

    def cues(self) -> Iterator[Cue]:
        """In the order in which they count."""
        if self.latched:
            yield "latched"
        if any(event in _REFUSALS for event in self.events):
            yield "refused"
        if "stowed" in self.events:
            yield "stowed"


def _holds(arm: ArmState) -> bool:
    """One sensor is not believed: the arm must have closed its latch, with something between the fingers."""
    return arm.latched and arm.phase == "latched" and arm.finger_gap_m > _EMPTY_M
