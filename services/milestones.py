"""What a run keeps so that it can be taken up in its midst, and how it hears again what came before."""

from collections.abc import Callable

from services.books import Books, Committed
from services.recording.history import History
from services.recording.milestone import Milestone
from twin.contracts.operations import FaultRequest
from twin.errors import TraceMismatchError
from twin.kernel.standing import Standing


def milestone_of(books: Books, standing: Standing, states: dict[str, bytes]) -> Milestone:
    """Of a run between two rounds, with the states of all its participants."""
    books.settle()
    return Milestone(events=books.events, digest=books.digests.run_hex, standing=standing, states=states)


def heard_again(
    history: History, milestone: Milestone, books: Books, enter: Callable[[Committed], None]
) -> list[FaultRequest]:
    """Enter the events before the milestone as they are on the record; the faults switched by them.

    Raises TraceMismatchError if their digest is not the one that was kept with the states.
    """
    told: list[FaultRequest] = []
    for event, raw in history.before():
        enter(((event, raw),))
        books.settle()
        if event.external and isinstance(event.body, FaultRequest):
            told.append(event.body)
    found = books.digests.run_hex
    if (books.events, found) != (milestone.events, milestone.digest):
        raise TraceMismatchError(
            f"states were kept after {milestone.events} events with digest {milestone.digest}, on the record "
            f"are {books.events} with {found}: remove the file of states to fly it again from its beginning"
        )
    return told
