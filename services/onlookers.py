"""What a run asks of those around it: who takes its events, who ends it, who steers it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from twin.contracts.envelope import Event

if TYPE_CHECKING:
    from services.conductor import Coordinator


class Sink(Protocol):
    """Takes the events of every round before the next grant: the recorder, the view plane."""

    def round(self, committed: Sequence[tuple[Event, bytes]]) -> None:
        """The events of one round in total order, with their canonical bytes."""
        ...


class Ending(Protocol):
    """Watches for the end of the mission."""

    def take(self, event: Event) -> int | None:
        """Simulated time (ns) at which the run shall end, as soon as it is known."""
        ...


class Operator(Protocol):
    """Whoever steers a run from outside: looked after between rounds, and while the run waits."""

    def serve(self, run: "Coordinator", timeout_s: float) -> None:
        """Answer requests that are there; wait for one at most `timeout_s`."""
        ...
