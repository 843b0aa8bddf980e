"""What the kernel asks of everything that takes part in a run."""

from typing import Protocol

from twin.contracts.envelope import Delivered, Reaction
from twin.mission.script import Mission


class Participant(Protocol):
    """Begins once, then reacts to grants.

    A participant must take an empty grant at any time (nothing in the inbox, not its wake time):
    it changes nothing, emits nothing and asks again for the wake time it already had.
    """

    @property
    def name(self) -> str: ...

    def begin(self, mission: Mission) -> Reaction:
        """First reaction, at t = 0."""
        ...

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        """React at `now_ns`; the inbox is sorted by the total order."""
        ...

    def snapshot(self) -> bytes:
        """State after the last reaction: versioned msgpack."""
        ...

    def restore(self, mission: Mission, state: bytes) -> None:
        """Become the participant that gave `state`; continues bit for bit."""
        ...
