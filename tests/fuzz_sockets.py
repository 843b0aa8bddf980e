"""Rubbish over the sockets of a run: no crash, the same digest, bounded memory, every refusal counted."""

import random
from collections.abc import Callable
from typing import Any

import msgpack
import zmq

from twin.contracts.codec import decode_from_peer, decode_request
from twin.errors import ContractError

WORDS = (
    "hello",
    "reply",
    "ready",
    "snapshot_given",
    "failure",
    "ask",
    "pause",
    "frame",
    "kind",
    "run",
    "name",
)
NAMES = ("target", "servicer", "guidance", "ground", "beacon", "relay", "counter", "", "x" * 70)


class Gun:
    """Sends rubbish to an endpoint: bytes, maps that are almost messages, several frames at once."""

    def __init__(self, kind: int, endpoint: str, chance: random.Random) -> None:
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._chance = chance
        self._endpoint = endpoint
        self._kind = kind
        self._all = [self._connected()]
        self._socket = self._all[0]
        self.sent = 0

    def fire(self, harmless: Callable[[bytes], bool]) -> None:
        """One message, which must be one that is refused; now and then over a new connection."""
        if self._chance.random() < 0.002 and len(self._all) < 20:
            # The old one stays open: closed with answers unread, what it sent last would be lost on its way.
            self._all.append(self._connected())
        self._socket = self._chance.choice(self._all)
        frames = [self._frame() for _ in range(self._chance.choice((1, 1, 1, 1, 2, 5)))]
        if len(frames) == 1 and not harmless(frames[0]):
            return
        try:
            self._socket.send_multipart(frames, zmq.NOBLOCK)
            self.sent += 1
        except zmq.Again:  # it is not read as fast as it is written: that is its limit
            self._socket.poll(1, zmq.POLLOUT)
        while self._socket.getsockopt(zmq.EVENTS) & zmq.POLLIN:
            self._socket.recv_multipart()

    def close(self) -> None:
        self._context.destroy(linger=0)

    def _connected(self) -> "zmq.Socket[bytes]":
        socket = self._context.socket(self._kind)
        socket.linger = -1
        socket.connect(self._endpoint)
        return socket

    def _frame(self) -> bytes:
        chance = self._chance
        match chance.randrange(4):
            case 0:
                return chance.randbytes(chance.choice((0, 1, 7, 60, 250)))
            case 1:
                return bytes(msgpack.packb(self._value(0)))
            case 2:
                return bytes(msgpack.packb({"frame": chance.choice(WORDS), **self._map(1)}))
        whole = bytearray(
            msgpack.packb({"frame": "hello", "name": chance.choice(NAMES), "schema": "twin-wire-1"})
        )
        for _ in range(chance.randrange(1, 4)):
            whole[chance.randrange(len(whole))] = chance.randrange(256)
        return bytes(whole)

    def _map(self, depth: int) -> dict[str, Any]:
        return {self._chance.choice(WORDS): self._value(depth + 1) for _ in range(self._chance.randrange(4))}

    def _value(self, depth: int) -> Any:
        chance = self._chance
        values: tuple[Callable[[], Any], ...] = (
            lambda: chance.choice((True, None, float("nan"), float("inf"), -0.0, 1e308)),
            lambda: chance.choice(NAMES),
            lambda: chance.getrandbits(64) - 2**63,
            lambda: chance.randbytes(chance.randrange(20)),
            lambda: [self._value(depth + 1) for _ in range(chance.randrange(4))],
            lambda: self._map(depth),
        )
        return chance.choice(values if depth < 6 else values[:4])()


def is_no_request(frame: bytes) -> bool:
    """A request that can be read would be answered, and might even do something."""
    return _refused(decode_request, frame)


def is_no_hello(frame: bytes) -> bool:
    return _refused(decode_from_peer, frame)


def is_no_subscription(frame: bytes) -> bool:
    """Whoever subscribes to nothing that there is disturbs nobody."""
    return len(frame) <= 1024


def _refused(decode: Callable[[bytes], object], frame: bytes) -> bool:
    try:
        decode(frame)
    except ContractError:
        return True
    return False


class Battery:
    """Guns at the three planes of a run: `operator`, `control` and `view` are endpoints."""

    def __init__(self, seed: int, *, operator: str, control: str, view: str) -> None:
        chance = random.Random(seed)
        self._guns = {
            "operator": (Gun(zmq.DEALER, operator, chance), is_no_request),
            "control": (Gun(zmq.DEALER, control, chance), is_no_hello),
            "view": (Gun(zmq.XSUB, view, chance), is_no_subscription),
        }

    @property
    def sent(self) -> dict[str, int]:
        """Messages sent to each plane."""
        return {name: gun.sent for name, (gun, _) in self._guns.items()}

    def fire(self, count: int, over: Callable[[], bool] = lambda: False) -> None:
        """Fire that many messages in all, in turn, or until it is over."""
        while sum(self.sent.values()) < count and not over():
            for gun, harmless in self._guns.values():
                gun.fire(harmless)

    def close(self) -> None:
        for gun, _ in self._guns.values():
            gun.close()
