"""What a run has on the record already when it is taken up again: given once more, and compared."""

from collections.abc import Iterator, Sequence

from services.onlookers import Sink
from services.recording.difference import Difference, compare
from services.recording.milestone import Milestone
from twin.contracts.envelope import Event
from twin.contracts.operations import RunEnded
from twin.errors import TraceMismatchError

Committed = Sequence[tuple[Event, bytes]]


class History:
    """The recorded events of a run, in order; a sink that passes on to `sink` only what is new.

    `milestone` is where the run can be taken up without flying what came before, if that was kept. Raises
    TraceMismatchError at the first event that is not the one on the record.
    """

    def __init__(
        self, recorded: Iterator[tuple[Event, bytes]], sink: Sink, milestone: Milestone | None = None
    ) -> None:
        self.verified = 0
        self.milestone = milestone
        self._recorded = recorded
        self._sink = sink
        self._next = next(recorded, None)

    def before(self) -> Iterator[tuple[Event, bytes]]:
        """The events before the milestone, which are given once more as they are: `round` must take each."""
        while self.milestone is not None and self.verified < self.milestone.events and self._next:
            yield self._next

    @property
    def expected(self) -> Event | None:
        """The next event on the record; None when all but the end of the run have come again."""
        if self._next is None or isinstance(self._next[0].body, RunEnded):
            return None
        return self._next[0]

    def round(self, committed: Committed) -> None:
        """Compare the events of a round with the record; record those beyond it."""
        fresh = len(committed)
        for index, (event, raw) in enumerate(committed):
            if self._next is None:
                fresh = index
                break
            if raw != self._next[1]:
                raise TraceMismatchError(f"the run taken up again is another: {_named(self._next[0], event)}")
            self._next = next(self._recorded, None)
            self.verified += 1
        if fresh < len(committed):
            self._sink.round(committed[fresh:])


def _named(expected: Event, got: Event) -> Difference | str:
    return compare(expected, got, exact=True) or "the bytes differ"
