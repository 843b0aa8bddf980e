"""What the coordinator asks of a transport, whether the participants are processes or objects."""

from typing import Protocol

from msgspec import Struct

from twin.contracts.operations import FaultRequest


class Loss(Struct, frozen=True, kw_only=True):
    """A peer that is gone: why, and the last lines it logged."""

    name: str
    cause: str
    log: tuple[str, ...] = ()


class Refusals(Struct, frozen=True, kw_only=True):
    """What was not let in at a plane: frames refused, those of them that came too fast to be read, and
    connections beyond the limits or without a key."""

    frames: int = 0
    unread: int = 0
    connections: int = 0

    def __bool__(self) -> bool:
        return self != Refusals()


class Peers(Protocol):
    """One conversation of encoded frames with every participant of a run."""

    @property
    def names(self) -> tuple[str, ...]:
        """The roles of the run in rank order."""
        ...

    @property
    def foreign(self) -> frozenset[str]:
        """The roles played by somebody else's process: not re-executed on replay."""
        ...

    @property
    def pids(self) -> dict[str, int]:
        """The process of every peer that runs in one of ours."""
        ...

    @property
    def refusals(self) -> Refusals:
        """What was not let in so far."""
        ...

    def log(self, name: str, lines: int) -> tuple[str, ...]:
        """The last lines that a peer of ours wrote."""
        ...

    def send(self, name: str, frame: bytes) -> None:
        """Hand a frame to a peer; a peer that cannot be reached shows up in `losses`."""
        ...

    def receive(self, timeout_s: float) -> list[tuple[str, bytes]]:
        """Frames that arrived; waits for the first one at most `timeout_s`."""
        ...

    def losses(self) -> list[Loss]:
        """The peers found gone since the last call."""
        ...

    def disturb(self, fault: FaultRequest) -> None:
        """A fault of processes begins or ends; nothing comes of it where the peers are no processes."""
        ...

    @property
    def mortal(self) -> frozenset[str]:
        """Roles that may die and come back."""
        ...

    def revive(self, name: str) -> None:
        """Begin a new life of a mortal role: start its process again, or leave it open to whoever joins."""
        ...

    def refuse(self, name: str, frame: bytes) -> None:
        """Send a last `Refused`, and forget the peer: its role is open again."""
        ...

    def stop(self, frame: bytes) -> None:
        """Tell everybody that the run is over."""
        ...

    def close(self) -> None:
        """End the conversation with everybody: nothing of it stays behind."""
        ...
