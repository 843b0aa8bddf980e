"""Messages on their way into the order: checked, numbered, encoded once, put into mailboxes."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from msgspec import Raw

from twin.contracts.codec import encode, encode_delivered, encode_event, kind_of
from twin.contracts.envelope import Event, Outgoing
from twin.contracts.operations import FaultRequest
from twin.errors import ContractError
from twin.kernel.schedule import Instant, Letter, Mailbox, due_instant
from twin.kernel.tampering import Left, Tampering

LAST_NS = 2**62
"""The end of time: every time on the wire is at most this."""


class Sent(NamedTuple):
    """An event on its way into the order, with the bytes it is recorded and delivered as."""

    event: Event
    kind: str
    raw: bytes
    due: Instant
    delivered: Raw | None


class Ledger:
    """What has entered the order and was not taken yet, and the mailbox of every participant.

    `sequences`: the next number of every source that has said something.
    """

    def __init__(self, names: tuple[str, ...], seed: int = 0) -> None:
        self.tampering = Tampering(seed)
        self.mailboxes = {name: Mailbox() for name in names}
        self._ranks = {name: rank for rank, name in enumerate(names)}
        self.sequences: dict[str, int] = {}
        self._committed: list[tuple[Event, bytes]] = []

    def sent(
        self, source: str, at: Instant, message: Outgoing, *, ahead: int = 0, external: bool = False
    ) -> Sent:
        """The event that `message` of `source`, emitted at `at`, will be; `ahead` others of it come first.

        Nothing enters the order yet. Raises ContractError if it cannot be delivered.
        """
        due = due_instant(at, message.delay_ns)
        if due[0] > LAST_NS:
            raise ContractError(f"due after the end of time, {LAST_NS} ns; shorten it", place="delay_ns")
        if message.to:
            self._check(message.to)
        if isinstance(message.body, FaultRequest):
            self.tampering.check(message.body)
        body = Raw(encode(message.body))
        sequence = self.sequences.get(source, 0) + ahead
        event = Event(
            t_ns=at[0],
            micro=at[1],
            source=source,
            sequence=sequence,
            to=message.to,
            due_ns=due[0],
            delivery=message.delivery,
            external=external,
            body=message.body,
        )
        delivered = Raw(encode_delivered(*due, source, sequence, body)) if message.to else None
        return Sent(event, kind_of(message.body), encode_event(event, body), due, delivered)

    def said(self, name: str, at: Instant, messages: tuple[Outgoing, ...]) -> tuple[Sent, ...]:
        """`sent` of all messages of a participant's reaction: an error names the place."""
        return tuple([self._said(name, at, message, index) for index, message in enumerate(messages)])

    def _said(self, name: str, at: Instant, message: Outgoing, index: int) -> Sent:
        try:
            return self.sent(name, at, message, ahead=index)
        except ContractError as error:
            place = f"reaction.messages[{index}].{error.place}"
            raise ContractError(f"{name}: {error.args[0]}", place=place) from error

    def commit_disturbances(self, source: str, at: Instant) -> None:
        """What faults of messages have done at this instant is on the record too, as said by `source`."""
        disturbed, self.tampering.done = self.tampering.done, []
        for body in disturbed:
            self.commit(self.sent(source, at, Outgoing(body=body)))

    def commit(self, sent: Sent) -> None:
        """Enter the next event of the total order and put it before its receivers."""
        event = sent.event
        self.sequences[event.source] = event.sequence + 1
        self._committed.append((event, sent.raw))
        if event.external and isinstance(event.body, FaultRequest):
            self.tampering.hear(event.body)
        if sent.delivered is None:
            return
        at = (event.t_ns, event.micro)
        for name in event.to:
            for due, delivered in self._arriving(sent, sent.delivered, name):
                rank = self._ranks.get(event.source, len(self._ranks))
                letter = Letter(due, rank, event.sequence, event.delivery, sent.kind, delivered)
                self.mailboxes[name].put(at, letter)

    def _arriving(self, sent: Sent, delivered: Raw, to: str) -> list[tuple[Instant, Raw]]:
        """What a receiver gets of an event, and when."""
        if not self.tampering.in_force:
            return [(sent.due, delivered)]
        event = sent.event
        left = self.tampering.left(event, sent.kind, to, Left(sent.due, encode(event.body)))
        return [(due, Raw(encode_delivered(*due, event.source, event.sequence, body))) for due, body in left]

    def take(self) -> tuple[tuple[Event, bytes], ...]:
        """Events committed since the last call, each with its canonical bytes."""
        taken, self._committed = tuple(self._committed), []
        return taken

    def take_up(self, sequences: Mapping[str, int], told: Iterable[FaultRequest]) -> None:
        """Go on where another ledger was, after faults were switched as `told`."""
        self.sequences.update(sequences)
        for request in told:
            self.tampering.hear(request)

    def _check(self, to: tuple[str, ...]) -> None:
        for index, name in enumerate(to):
            if name not in self.mailboxes or name in to[:index]:
                known = ", ".join(self.mailboxes)
                raise ContractError(
                    f"receiver {name!r} is unknown or named twice; known: {known}", place=f"to[{index}]"
                )
