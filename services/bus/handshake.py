"""The opening of a run, without a socket: HELLO of all required → START to all → READY of all."""

from collections.abc import Iterable

from twin.contracts.codec import encode, schema_hash
from twin.contracts.envelope import FromPeer, Hello, Ready, Start
from twin.errors import ContractError

WIRE = "twin-wire-1"
"""What a peer that shares no code with us says as its schema: the version of PROTOCOL.md."""


class Handshake:
    """Waits for nobody by itself: `take` every frame until `complete`; `missing` says who is not here yet.

    `starts`: of those who do not begin at the beginning, because the run is taken up later.
    """

    def __init__(self, names: Iterable[str], start: Start) -> None:
        self.starts: dict[str, Start] = {}
        self._names = tuple(names)
        self._start = start
        self._hellos: dict[str, Hello] = {}
        self._started: set[str] = set()
        self._ready: set[str] = set()

    @property
    def missing(self) -> tuple[str, ...]:
        """Roles that have not said HELLO."""
        return tuple(name for name in self._names if name not in self._hellos)

    @property
    def complete(self) -> bool:
        return len(self._ready) == len(self._names)

    @property
    def fingerprints(self) -> dict[str, str]:
        """Numeric environment of every peer that said HELLO, in rank order."""
        return {name: self._hellos[name].fingerprint for name in self._names if name in self._hellos}

    @property
    def start(self) -> Start:
        """What everybody is told at the start."""
        return self._start

    def hello(self, name: str) -> Hello:
        """What a role that is here has said."""
        return self._hellos[name]

    @property
    def with_snapshots(self) -> tuple[str, ...]:
        """Roles that give snapshots, in rank order."""
        return tuple(name for name in self._names if name in self._hellos and self._hellos[name].snapshots)

    def take(self, name: str, frame: FromPeer) -> list[tuple[str, bytes]]:
        """Frames to send now; raises ContractError if `frame` is out of place or of another contract."""
        match frame:
            case Hello():
                self._welcome(name, frame)
                if self.missing:
                    return []
                waiting = [each for each in self._names if each not in self._started]
                self._started.update(waiting)
                return [(each, encode(self.starts.get(each, self._start))) for each in waiting]
            case Ready(run=self._start.run, epoch=self._start.epoch) if not self.missing:
                self._ready.add(name)
                return []
            case _:
                raise ContractError(
                    f"{type(frame).__name__} of {name} is out of place before the run has begun"
                )

    def forget(self, name: str) -> None:
        """A peer left before the first grant: its role is open again."""
        self._hellos.pop(name, None)
        self._started.discard(name)
        self._ready.discard(name)

    def _welcome(self, name: str, hello: Hello) -> None:
        ours = WIRE if hello.foreign else schema_hash()
        if hello.schema != ours:
            raise ContractError(f"{name} speaks schema {hello.schema!r}, this run {ours!r}", place="schema")
        if not self.missing:
            raise ContractError(f"{name} says HELLO twice")
        self._hellos[name] = hello
