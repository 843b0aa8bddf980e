"""How many may be connected to a socket, and how much each may say: beyond that they are turned away.

libzmq takes every connection there is; what is too much is closed here, by whom it comes from, counted, and
said once in a while. What is sent too fast is not read. Neither reaches the run.
"""

import os
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import zmq
from zmq.utils.monitor import recv_monitor_message

CONNECTIONS: Final = 64
"""Open at a time to one plane."""
_ARRIVALS: Final = 50.0  # connections a second, over and over
_ARRIVALS_AT_ONCE: Final = 2 * CONNECTIONS
_FRAMES: Final = 5_000.0  # frames a second of one connection that nobody asked for
_FRAMES_AT_ONCE: Final = 10_000.0
_SENDERS: Final = 1_000  # of whom it is known how much they said
_HANDSHAKE_MS: Final = 5_000  # who connects and says nothing gives its place up again
_TOLD: Final = 10
_PEER: Final = struct.Struct("3i")  # pid, uid, gid of SO_PEERCRED

Clock = Callable[[], float]


def _nobody(text: str) -> None:
    """Nobody listens."""


class Allowance:
    """So many at once, then so many a second (a token bucket); `clock` in seconds."""

    def __init__(self, per_s: float, at_once: float, clock: Clock = time.monotonic) -> None:
        self._per_s, self._at_once, self._clock = per_s, at_once, clock
        self._left, self._last_s = at_once, clock()

    def take(self) -> bool:
        """Whether one more is within the limit."""
        now_s = self._clock()
        self._left = min(self._at_once, self._left + (now_s - self._last_s) * self._per_s)
        self._last_s = now_s
        within = self._left >= 1.0
        self._left -= within
        return within


class Rates:
    """An allowance for each connection of a ROUTER, by its identity. `over` counts frames beyond it."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.over = 0
        self._clock = clock
        self._senders: dict[bytes, Allowance] = {}
        self._expected: set[bytes] = set()

    def admits(self, sender: bytes) -> bool:
        """Whether a frame of `sender` is to be read."""
        if sender in self._expected:
            self._expected.remove(sender)
            return True
        within = self._of(sender).take()
        self.over += not within
        return within

    def asked(self, sender: bytes) -> None:
        """A frame of it is expected: an answer counts against nobody, however fast the run."""
        self._expected.add(sender)

    def _of(self, sender: bytes) -> Allowance:
        if sender not in self._senders:
            if len(self._senders) >= _SENDERS:  # what is kept of strangers is bounded
                self._senders.clear()
            self._senders[sender] = Allowance(_FRAMES, _FRAMES_AT_ONCE, self._clock)
        return self._senders[sender]


class Door:
    """Watches who connects to a socket of a plane; make it before the socket listens.

    `look` must be called all the time: it turns away those beyond the limits, counted in `turned_away`. Each
    endpoint has places of its own: strangers at one for foreign peers cannot keep our children out.
    """

    def __init__(
        self,
        watched: "zmq.Socket[bytes]",
        plane: str,
        tell: Callable[[str], None] = _nobody,
        clock: Clock = time.monotonic,
    ) -> None:
        self.turned_away = 0
        self._watched, self._plane, self._tell = watched, plane, tell
        self._inside: dict[int, bytes] = {}
        self._arrivals = Allowance(_ARRIVALS, _ARRIVALS_AT_ONCE, clock)
        watched.handshake_ivl = _HANDSHAKE_MS
        self._monitor = watched.get_monitor_socket(zmq.EVENT_ACCEPTED | zmq.EVENT_DISCONNECTED)

    def look(self) -> list[int]:
        """The numbers of connections that are gone since the last call."""
        gone = []
        while self._monitor.poll(0):
            note = recv_monitor_message(self._monitor)
            number = int(note["value"])
            if note["event"] == zmq.EVENT_ACCEPTED:
                self._arrived(number, bytes(note["endpoint"]))
            else:
                self._inside.pop(number, None)
                gone.append(number)
        return gone

    def close(self) -> None:
        self._watched.disable_monitor()

    def _arrived(self, number: int, endpoint: bytes) -> None:
        full = list(self._inside.values()).count(endpoint) >= CONNECTIONS
        self._inside[number] = endpoint
        if not full and self._arrivals.take():
            return
        self.turned_away += 1
        why = f"{CONNECTIONS} are connected" if full else f"more than {_ARRIVALS:g} a second connect"
        who = _turned_away(number)
        if self.turned_away <= _TOLD:
            self._tell(f"{who} was turned away from the {self._plane} plane: {why}")


def _turned_away(number: int) -> str:
    """End a connection of libzmq, which then finds that its peer has left; returns who it was."""
    with suppress(OSError), socket.socket(fileno=os.dup(number)) as ours:  # it may have left already
        who = _name(ours)
        ours.shutdown(socket.SHUT_RDWR)
        return who
    return "somebody"


def _name(ours: socket.socket) -> str:
    if ours.family == socket.AF_UNIX:
        pid, _, _ = _PEER.unpack(ours.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
        return f"process {pid}"
    host, port, *_ = ours.getpeername()
    return f"{host}:{port}"
