"""The run in peace that every stormy one is compared with."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from services.bus.inproc import InprocPeers
from services.conductor import Coordinator, Outcome
from services.run import participants
from twin.contracts.envelope import Event
from twin.contracts.operations import PeerLost, RunEnded
from twin.errors import TraceMismatchError
from twin.mission.ending import EndingWatch
from twin.mission.script import Mission

KEPT_EVERY: Final = 8
"""Grants between two states: so that a crash is told little again, and states are restored all the time."""
Committed = Sequence[tuple[Event, bytes]]


class Compared:
    """A sink that compares every event with the calm run's."""

    def __init__(self, calm: Sequence[bytes]) -> None:
        self.events = 0
        self._calm = calm

    def round(self, committed: Committed) -> None:
        for event, raw in committed:
            expected = self._calm[self.events] if self.events < len(self._calm) else b""
            if raw != expected and not isinstance(event.body, RunEnded | PeerLost):
                raise TraceMismatchError(f"event {self.events}, {event.source} at {event.t_ns} ns differs")
            self.events += 1


class Calm(NamedTuple):
    """A run without a storm."""

    outcome: Outcome
    events: list[bytes]


def calm(mission: Mission, until_ns: int | None) -> Calm:
    """The same mission as objects of this process."""
    events: list[bytes] = []

    class Keeps:
        def round(self, committed: Committed) -> None:
            events.extend(raw for _, raw in committed)

    peers = InprocPeers(participants())
    run = Coordinator(mission, peers, Keeps(), ending=EndingWatch(mission), until_ns=until_ns)
    return Calm(run.run(), events)
