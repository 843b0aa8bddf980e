"""What the conductor keeps of each participant."""

from msgspec import Struct

from twin.contracts.envelope import Grant, Outgoing
from twin.kernel.ledger import Sent
from twin.kernel.schedule import Instant, Mailbox
from twin.kernel.stalls import Holder


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


def holder(seat: Seat) -> Holder:
    """Who it is when nothing goes on any more."""
    return Holder(seat.name, seat.granted_ns, seat.mailbox.waiting)
