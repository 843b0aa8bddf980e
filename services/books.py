"""Enters the events of a run: on the record at once, into digests and before observers when there is time."""

from collections import Counter
from collections.abc import Callable, Sequence

from services.onlookers import Ending, Sink
from twin.contracts.envelope import Event
from twin.kernel.digest import Digests

Committed = Sequence[tuple[Event, bytes]]


class Books:
    """`enter` every round before the next grant; `settle` while the participants compute.

    `said` counts events by source, `over_ns` is when the mission ends, as soon as `ending` knows.
    """

    def __init__(
        self, sinks: Sequence[Sink], observers: Sequence[Callable[[Event], None]], ending: Ending | None
    ) -> None:
        self.digests = Digests()
        self.events = 0
        self.said: Counter[str] = Counter()
        self.over_ns: int | None = None
        self._sinks = tuple(sinks)
        self._observers = tuple(observers)
        self._ending = ending
        self._unsettled: list[tuple[Event, bytes]] = []

    def enter(self, committed: Committed) -> None:
        """What must be done before anything more is granted: the record, and the end of the mission."""
        self.events += len(committed)
        self.said.update(event.source for event, _ in committed)
        self._unsettled += committed
        sinks, self._sinks = self._sinks, ()  # a sink that fails is given no more, not even the last events
        for sink in sinks:
            sink.round(committed)
        self._sinks = sinks
        if self._ending is not None:
            for event, _ in committed:
                self._note_end(self._ending.take(event))

    def settle(self) -> None:
        """What can be done later: digests and observers, in order."""
        unsettled, self._unsettled = self._unsettled, []
        for event, raw in unsettled:
            self.digests.update(event, raw)
            for observe in self._observers:
                observe(event)

    def _note_end(self, end_ns: int | None) -> None:
        if end_ns is not None and (self.over_ns is None or end_ns < self.over_ns):
            self.over_ns = end_ns
