"""The total order: instants, and what waits for one participant until it is due."""

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import NamedTuple

from msgspec import Raw

from twin.contracts.envelope import Delivery

Instant = tuple[int, int]
"""(t_ns, micro-step): when something happens or may be seen."""
NEVER: Instant = (2**63, 0)
"""Later than the end of time."""


class Letter(NamedTuple):
    """A message to one participant.

    (due, rank of the source, its sequence number) is the total order of delivery and unique, so that
    comparing two letters never comes to what is behind it.
    """

    due: Instant
    rank: int
    sequence: int
    delivery: Delivery
    kind: str
    raw: Raw


def due_instant(at: Instant, delay_ns: int) -> Instant:
    """When a message emitted at `at` may be seen: later by its delay, or at the next micro-step."""
    t_ns, micro = at
    return (t_ns + delay_ns, 0) if delay_ns else (t_ns, micro + 1)


class Mailbox:
    """Letters that one participant has not been given yet."""

    def __init__(self) -> None:
        self._wake: list[Letter] = []
        self._wait: list[Letter] = []
        self._latest: dict[tuple[int, str], list[Letter]] = {}

    def put(self, at: Instant, letter: Letter) -> None:
        """Keep a letter sent at `at` until its time."""
        match letter.delivery:
            case "wake":
                heappush(self._wake, letter)
            case "wait":
                heappush(self._wait, letter)
            case "latest":
                line = self._latest.setdefault((letter.rank, letter.kind), [])
                while line and line[-1].due >= letter.due:  # older, yet due no sooner: never news
                    line.pop()
                line.append(letter)
                _drop_replaced(line, at)

    def wakes_at(self) -> Instant:
        """Instant of the first letter that wakes its receiver, or NEVER."""
        return self._wake[0].due if self._wake else NEVER

    def take(self, now: Instant) -> tuple[Raw, ...]:
        """Everything due by `now`, in the total order; it leaves the mailbox."""
        due: list[Letter] = []
        for heap in (self._wake, self._wait):
            while heap and heap[0].due <= now:
                due.append(heappop(heap))
        for line in self._latest.values():
            _drop_replaced(line, now)
            if line and line[0].due <= now:
                due.append(line.pop(0))
        if len(due) > 1:
            due.sort()
        return tuple([letter.raw for letter in due])

    @property
    def lines(self) -> tuple[tuple[Letter, ...], tuple[Letter, ...], tuple[Letter, ...]]:
        """All letters that are here: those that wake, that wait, and the latest of their kinds."""
        latest = [letter for line in self._latest.values() for letter in line]
        return tuple(self._wake), tuple(self._wait), tuple(latest)

    def fill(self, wake: Iterable[Letter], wait: Iterable[Letter], latest: Iterable[Letter]) -> None:
        """Hold these letters, the `lines` of another mailbox, and no others."""
        self._wake, self._wait = list(wake), list(wait)  # in the order of heaps, which they were
        self._latest = {}
        for letter in latest:
            self._latest.setdefault((letter.rank, letter.kind), []).append(letter)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Kinds of the letters that are here without waking their receiver, in order."""
        lines = [letter for line in self._latest.values() for letter in line]
        return tuple([letter.kind for letter in sorted(self._wait + lines)])


def _drop_replaced(line: list[Letter], now: Instant) -> None:
    """Of `latest` letters due by `now` only the newest stays: a mailbox nobody empties stays small."""
    while len(line) > 1 and line[1].due <= now:
        line.pop(0)
