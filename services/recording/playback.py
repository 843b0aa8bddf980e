"""Says again what the record holds of a foreign peer: its process is not re-executed."""

from collections import deque
from collections.abc import Iterable

from twin.contracts.envelope import Event, Grant, Outgoing, Reaction, Reply


class Playback:
    """Answers the grants of one foreign peer from its recorded events."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._coming = deque(events)

    def answer(self, grant: Grant) -> Reply:
        """The messages recorded at the grant's instant, whatever its inbox; woken for the next ones.

        Where the next message is of a later micro-step of the same time, it answered something that is
        due there again: no wake is asked for.
        """
        now = (grant.t_ns, grant.micro)
        messages: list[Outgoing] = []
        while self._coming and (self._coming[0].t_ns, self._coming[0].micro) == now:
            event = self._coming.popleft()
            messages.append(
                Outgoing(
                    to=event.to,
                    delay_ns=event.due_ns - event.t_ns,
                    delivery=event.delivery,
                    body=event.body,
                )
            )
        reaction = Reaction(messages=tuple(messages), wake_ns=self._wake_ns(grant.t_ns))
        return Reply(run=grant.run, epoch=grant.epoch, number=grant.number, reaction=reaction)

    def _wake_ns(self, now_ns: int) -> int | None:
        return next((event.t_ns for event in self._coming if event.t_ns > now_ns), None)
