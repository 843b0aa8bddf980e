"""All participants in this process, through the same codec and the same seats as over the wire."""

import os
from collections import deque
from collections.abc import Sequence
from functools import partial

from services.bus.peers import Loss, Refusals
from services.bus.seat import Seat
from twin.contracts.operations import FaultRequest
from twin.errors import UsageError
from twin.kernel.participant import Participant


class InprocPeers:
    """`Peers` whose participants are objects; rank order is the order given."""

    def __init__(self, participants: Sequence[Participant]) -> None:
        self._seats = {each.name: Seat(each.name, partial(_itself, each)) for each in participants}
        self._answers: deque[tuple[str, bytes]] = deque(
            (name, seat.hello()) for name, seat in self._seats.items()
        )
        self._granted: deque[tuple[Seat, bytes]] = deque()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._seats)

    @property
    def foreign(self) -> frozenset[str]:
        return frozenset()

    @property
    def pids(self) -> dict[str, int]:
        """All are in this process."""
        return dict.fromkeys(self._seats, os.getpid())

    @property
    def refusals(self) -> Refusals:
        """Nobody comes from outside."""
        return Refusals()

    def log(self, name: str, lines: int) -> tuple[str, ...]:
        return ()

    def send(self, name: str, frame: bytes) -> None:
        """Queue the frame: the participant runs when its answer is asked for, so waits are charged to it."""
        self._granted.append((self._seats[name], frame))

    def receive(self, timeout_s: float) -> list[tuple[str, bytes]]:
        """The next answer; never waits, as the participant computes here and now."""
        if self._answers:
            return [self._answers.popleft()]
        while self._granted:
            seat, frame = self._granted.popleft()
            answer = seat.take(frame)
            if answer is not None:
                return [(seat.name, answer)]
        return []

    def losses(self) -> list[Loss]:
        return []

    def disturb(self, fault: FaultRequest) -> None:
        """Objects of this process are disturbed by nothing."""

    @property
    def mortal(self) -> frozenset[str]:
        return frozenset()

    def revive(self, name: str) -> None:
        raise UsageError(f"{name} lives as long as this process")

    def refuse(self, name: str, frame: bytes) -> None:
        self.send(name, frame)

    def stop(self, frame: bytes) -> None:
        for seat in self._seats.values():
            seat.take(frame)

    def close(self) -> None:
        self._granted.clear()


def _itself(participant: Participant) -> Participant:
    return participant
