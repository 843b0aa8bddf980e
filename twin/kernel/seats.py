"""What the conductor keeps of each participant."""

from msgspec import Struct

from twin.contracts.envelope import Grant, Outgoing, Reaction
from twin.errors import ContractError
from twin.kernel.ledger import Sent
from twin.kernel.schedule import Instant, Mailbox
from twin.kernel.stalls import Holder
from twin.kernel.standing import SeatStanding


class Seat(Struct):
    """What the conductor knows of one participant; `number` is its last grant, `replied` its last answer,
    `epoch` counts its lives."""

    name: str
    mailbox: Mailbox
    epoch: int = 0
    granted: Grant | None = None
    number: int = -1
    replied: int = -1
    wake_ns: int | None = 0
    granted_ns: int = 0
    probing: bool = False
    sent: tuple[Sent, ...] = ()
    said: tuple[Outgoing, ...] = ()

    def due(self) -> Instant:
        """When it is to be granted next, if nothing else happens."""
        mail = self.mailbox.wakes_at()
        if self.wake_ns is None:
            return mail
        wake = (self.wake_ns, 0)
        return wake if wake < mail else mail

    def check(self, reaction: Reaction, now_ns: int) -> None:
        """Raise ContractError for an answer that cannot be taken at `now_ns`."""
        wake_ns, messages = reaction.wake_ns, reaction.messages
        if self.probing and (messages or wake_ns != self.wake_ns):
            raise ContractError(
                f"{self.name} did not stay idle on an empty grant: {len(messages)} messages, wake "
                f"{self.wake_ns} -> {wake_ns}; without a message or its wake time nothing may change",
                place="reaction",
            )
        if wake_ns is not None and wake_ns <= now_ns:
            raise ContractError(
                f"{self.name} asks to be woken at {wake_ns} ns, which is not after {now_ns} ns",
                place="reaction.wake_ns",
            )

    def standing(self) -> SeatStanding:
        """What another conductor needs of it."""
        wake, wait, latest = self.mailbox.lines
        return SeatStanding(
            number=self.number,
            replied=self.replied,
            wake_ns=self.wake_ns,
            granted_ns=self.granted_ns,
            wake=wake,
            wait=wait,
            latest=latest,
        )

    def take_up(self, standing: SeatStanding) -> None:
        """Become what another seat was."""
        self.number, self.replied = standing.number, standing.replied
        self.wake_ns, self.granted_ns = standing.wake_ns, standing.granted_ns
        self.mailbox.fill(standing.wake, standing.wait, standing.latest)


def holder(seat: Seat) -> Holder:
    """Who it is when nothing goes on any more."""
    return Holder(seat.name, seat.granted_ns, seat.mailbox.waiting)
