"""The ZeroMQ end of the control plane: a ROUTER that knows its peers by the name they said in HELLO."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable

import zmq

from services.bus.doors import Door, Rates
from services.bus.keys import Gatekeeper
from services.bus.peers import Loss
from twin.contracts.codec import MAX_BYTES, decode_from_peer, encode
from twin.contracts.envelope import Hello, Refused
from twin.errors import ContractError, UsageError

_SEND_TIMEOUT_MS = (
    5_000  # finite: a full peer that leaves can otherwise block the sender for ever (libzmq #4665)
)
_QUEUE = 16  # frames kept of a peer, which owes one at a time: the rest waits on its side
_STRANGERS = 1_000  # of whom it is known how often they were refused
_TOLD_STRANGER = 200  # refusals that one connection is told of; then it is not answered any more
_HEARTBEAT_MS = 1_000
_HEARTBEAT_TIMEOUT_MS = 5_000
_TOLD_REFUSALS = 20
_MORE = int(zmq.SNDMORE)  # as a plain number: `send_multipart` makes a flag anew for every frame
_UNREAD_AT_ONCE = 100  # frames passed over before something else is looked after


def bind(socket: "zmq.Socket[bytes]", endpoint: str) -> str:
    """Bind, and return the endpoint as bound; raises UsageError that names the endpoint and the reason."""
    try:
        socket.bind(endpoint)
    except zmq.ZMQError as error:
        reason = (
            "is already in use" if error.errno == zmq.EADDRINUSE else f"cannot be bound: {error.strerror}"
        )
        raise UsageError(
            f"endpoint {endpoint} {reason}; end the other run or choose another endpoint"
        ) from error
    return socket.get_string(zmq.LAST_ENDPOINT).rstrip("\0")


class RouterPeers:
    """The control plane of a run: every peer is told apart by its connection, named by its HELLO.

    Rubbish is refused at this edge and counted in `refused`; it never ends the run. Strangers (a role that
    is not open, or taken) get one `Refused` with the reason, which `tell` takes too.
    """

    def __init__(
        self,
        names: Iterable[str],
        context: "zmq.Context[zmq.Socket[bytes]]",
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.refused = 0
        self._tell_people = tell
        self._names = tuple(names)
        self._identities: dict[str, bytes] = {}
        self._roles: dict[bytes, str] = {}
        self._connections: dict[int, bytes] = {}
        self._lost: list[Loss] = []
        self._foreign: frozenset[str] = frozenset()
        self._socket = context.socket(zmq.ROUTER)
        self._door = Door(self._socket, "control", tell)
        self._rates = Rates()
        self._socket.linger = 500
        self._socket.router_mandatory = 1
        self._socket.sndtimeo = _SEND_TIMEOUT_MS
        self._socket.maxmsgsize = MAX_BYTES
        self._socket.rcvhwm = _QUEUE
        self._strangers: Counter[bytes] = Counter()
        self._timeout_ms = self._socket.rcvtimeo = 0

    @property
    def names(self) -> tuple[str, ...]:
        return self._names

    @property
    def foreign(self) -> frozenset[str]:
        return self._foreign

    def listen(self, endpoint: str) -> str:
        """Take local peers at `endpoint`; returns it as bound."""
        return bind(self._socket, endpoint)

    @property
    def turned_away(self) -> int:
        """Connections beyond the limits, ended."""
        return self._door.turned_away

    @property
    def unread(self) -> int:
        """Frames sent too fast, not read."""
        return self._rates.over

    def open_to(self, roles: Iterable[str], endpoint: str, keeper: Gatekeeper | None = None) -> str:
        """Leave `roles` to peers that join at `endpoint` by themselves; returns it as bound.

        They are not our children, so their loss is seen by heartbeats, which ZeroMQ's own thread answers:
        a long computation is not a death. With a gatekeeper only its peers are let in; the endpoint of our
        children, bound before, stays as it was.
        """
        self._foreign = frozenset(roles)
        self._socket.heartbeat_ivl = _HEARTBEAT_MS
        self._socket.heartbeat_timeout = _HEARTBEAT_TIMEOUT_MS
        if keeper is not None:
            keeper.lock(self._socket, "control")
        return bind(self._socket, endpoint)

    def send(self, name: str, frame: bytes) -> None:
        try:
            identity = self._identities[name]
            self._socket.send(identity, _MORE)
            self._socket.send(frame)
            self._rates.asked(identity)
        except (zmq.ZMQError, KeyError) as error:
            self._forget(name)
            self._lost.append(Loss(name=name, cause=f"cannot be reached: {error}"))

    def receive(self, timeout_s: float) -> list[tuple[str, bytes]]:
        timeout_ms = int(timeout_s * 1000)
        if timeout_ms != self._timeout_ms:
            self._timeout_ms = self._socket.rcvtimeo = timeout_ms
        try:
            for _ in range(_UNREAD_AT_ONCE):
                identity, frames, connection = self._next_message()
                if self._rates.admits(identity):
                    return self._sorted_in(identity, frames, connection)
                self._overflow(identity)
        except zmq.Again:
            return []
        return []

    def losses(self) -> list[Loss]:
        self._note_disconnections()
        lost, self._lost = self._lost, []
        return lost

    def forget(self, name: str) -> None:
        """A peer is gone: its role is open again."""
        self._forget(name)

    def refuse(self, name: str, frame: bytes) -> None:
        identity = self._identities.get(name)
        self._forget(name)
        if identity is not None:
            self._tell(identity, frame)

    def stop(self, frame: bytes) -> None:
        for identity in self._roles:
            self._tell(identity, frame)

    def close(self) -> None:
        self._door.close()
        self._socket.close()

    def _next_message(self) -> tuple[bytes, list[bytes], int]:
        """Who sends, the frames, and as long as peers are missing the connection: it names a later loss."""
        if len(self._identities) == len(self._names):
            identity, *frames = self._socket.recv_multipart()
            return identity, frames, -1
        first, *parts = self._socket.recv_multipart(copy=False)
        connection = int(parts[-1].get(zmq.SRCFD)) if parts and self._foreign else -1
        self._note_disconnections()  # of those who had this connection's number before
        return first.bytes, [part.bytes for part in parts], connection

    def _overflow(self, identity: bytes) -> None:
        self.refused += 1
        if self._rates.over == 1:
            who = self._roles.get(identity, "somebody without a role")
            self._tell_people(f"{who} sends faster than it is read: what is too much is not read")

    def _sorted_in(self, identity: bytes, frames: list[bytes], connection: int) -> list[tuple[str, bytes]]:
        name = self._roles.get(identity)
        if name is not None and len(frames) == 1:
            return [(name, frames[0])]
        try:
            hello = self._hello(frames)
        except ContractError as error:
            self.refused += 1
            if self._is_muted(identity):
                return []
            if self.refused <= _TOLD_REFUSALS:
                self._tell_people(f"refused a peer that wants to join: {error}")
            self._tell(identity, encode(Refused(reason=str(error)[:4096])))
            return []
        self._identities[hello.name] = identity
        self._roles[identity] = hello.name
        if hello.foreign:
            self._connections[connection] = identity
        return [(hello.name, frames[0])]

    def _is_muted(self, identity: bytes) -> bool:
        """Whether a stranger has been told often enough; what is kept of strangers is bounded."""
        if len(self._strangers) >= _STRANGERS:
            self._strangers.clear()
        self._strangers[identity] += 1
        return self._strangers[identity] > _TOLD_STRANGER

    def _hello(self, frames: list[bytes]) -> Hello:
        if len(frames) != 1:
            raise ContractError(f"a message is one frame after the identity, this one has {len(frames)}")
        hello = decode_from_peer(frames[0])
        if not isinstance(hello, Hello):
            raise ContractError(f"the first frame of a peer is HELLO, not {type(hello).__name__}")
        if hello.name not in self._names:
            raise ContractError(f"no role {hello.name} in this run; its roles: {', '.join(self._names)}")
        if hello.foreign != (hello.name in self._foreign):
            open_roles = ", ".join(sorted(self._foreign)) or "none"
            raise ContractError(
                f"role {hello.name} is not open to a peer of this sort; open to foreign: {open_roles}"
            )
        untold = hello.name in [loss.name for loss in self._lost]  # the run must hear first that it is free
        if hello.name in self._identities or untold:
            raise ContractError(f"role {hello.name} is taken")
        return hello

    def _tell(self, identity: bytes, frame: bytes) -> None:
        # A stranger that has already left, or does not listen, misses its refusal: nobody waits for it.
        with contextlib.suppress(zmq.ZMQError):
            self._socket.send_multipart((identity, frame), zmq.NOBLOCK)

    def _forget(self, name: str) -> None:
        identity = self._identities.pop(name, None)
        if identity is not None:
            self._roles.pop(identity, None)

    def _note_disconnections(self) -> None:
        for connection in self._door.look():
            identity = self._connections.pop(connection, b"")
            name = self._roles.get(identity)
            if name is not None:
                self._forget(name)
                self._lost.append(Loss(name=name, cause="its connection is gone"))
