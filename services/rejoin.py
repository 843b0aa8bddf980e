"""A service that died comes back: restored, told again what it had heard, taken in if it answers as before.

No socket and no clock: frames in, frames out.
"""

from typing import NamedTuple

from msgspec.structs import replace

from services.recording.difference import first_difference
from twin.contracts.codec import encode
from twin.contracts.envelope import FromPeer, Grant, Hello, Reaction, Ready, Reply, Start
from twin.errors import ContractError, TraceMismatchError


class Exchanged(NamedTuple):
    """A grant, and what was answered."""

    grant: Grant
    reaction: Reaction


class Logbook:
    """What one participant was, after its first `granted` grants, and all it was told and said since."""

    def __init__(self) -> None:
        self.state = b""
        self.granted = 0
        self.since: list[Exchanged] = []

    def answered(self, grant: Grant, reaction: Reaction) -> None:
        """A reply was taken."""
        self.since.append(Exchanged(grant, reaction))

    def kept(self, state: bytes) -> None:
        """The participant's state after its last answer."""
        self.state = state
        self.granted += len(self.since)
        self.since.clear()

    def frames(self, start: Start) -> tuple[bytes, ...]:
        """All that brings a fresh participant to where this one is: START, then its grants."""
        first = replace(start, granted=self.granted, state=self.state)
        return (encode(first), *(encode(replace(each.grant, epoch=start.epoch)) for each in self.since))


class Rejoin:
    """The conversation with a new life of `name`; `owed` is the grant its former life did not answer.

    `fed` counts the grants it was given again. `take` raises TraceMismatchError for an answer that is not the
    one on the record, ContractError for a frame that is out of place.
    """

    def __init__(self, name: str, log: Logbook, start: Start, hello: Hello, owed: Grant | None) -> None:
        self.name = name
        self.owed = owed
        self.fed = 0
        self.done = False
        self._log = log
        self._hello = hello
        self._frames = log.frames(start)
        self._epoch = start.epoch
        self._heard: Hello | None = None

    @property
    def heard(self) -> bool:
        """Whether the new life has said HELLO."""
        return self._heard is not None

    @property
    def last(self) -> int | None:
        """Number of the grant it was given again last, or None."""
        return self._log.since[self.fed - 1].grant.number if self.fed else None

    def take(self, frame: FromPeer) -> bytes | None:
        """The frame to send next, or None: then it is `done`, or what came was of no use."""
        match frame:
            case Hello():
                self._heard = frame
                return self._frames[0]
            case Ready(epoch=epoch) if epoch == self._epoch and self._heard:
                return None if self.fed else self._next()
            case Reply(epoch=epoch) if epoch == self._epoch and self.fed:
                return self._compared(frame)
        raise ContractError(f"{type(frame).__name__} of {self.name} is out of place: it is catching up")

    def _compared(self, reply: Reply) -> bytes | None:
        grant, expected = self._log.since[self.fed - 1]
        if reply.number != grant.number:
            return None
        if encode(reply.reaction) != encode(expected):
            path, recorded, got = first_difference(expected, reply.reaction)
            raise TraceMismatchError(
                f"{self.name} came back different: its answer to grant {grant.number} "
                f"({grant.t_ns * 1e-9:.9f} s) differs at {path}: on the record {recorded}, now {got}"
            )
        return self._next()

    def _next(self) -> bytes | None:
        if self.fed < len(self._log.since):
            self.fed += 1
            return self._frames[self.fed]
        self._refuse_other_code()
        self.done = True
        return None

    def _refuse_other_code(self) -> None:
        """Answers may agree up to here and differ later: the code must be the same too."""
        assert self._heard is not None
        for what in ("schema", "fingerprint", "source"):
            before, now = getattr(self._hello, what), getattr(self._heard, what)
            if before != now:
                raise TraceMismatchError(
                    f"{self.name} came back different: its {what} is {now or 'not said'}, it was {before}"
                )
