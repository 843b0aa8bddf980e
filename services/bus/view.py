"""The view plane: every event to whoever looks, numbered, lossy for the slow, never in the loop."""

import contextlib
import struct
import time
from collections.abc import Sequence

import zmq

from services.bus.sockets import bind
from twin.contracts.codec import kind_of
from twin.contracts.envelope import Event
from twin.contracts.steering import Latest

NUMBERS = struct.Struct(">QQ")
"""Second frame: number of the event in the run (from 1), and among the events of its topic (from 1)."""
_QUEUE = 2_000  # events kept for a viewer that is behind; more are dropped for it, and its numbers show it
_LOOK_S = 0.01  # how often new subscriptions are looked for


class View:
    """XPUB at `endpoint`: frames are the topic "KIND/SOURCE", two numbers, the event's canonical bytes."""

    def __init__(self, context: "zmq.Context[zmq.Socket[bytes]]", endpoint: str) -> None:
        """Raises UsageError if the endpoint cannot be had."""
        self._socket = context.socket(zmq.XPUB)
        self._socket.sndhwm = _QUEUE
        self._socket.linger = 200  # ms: the last events still leave when the run ends
        self.endpoint = bind(self._socket, endpoint)
        self._looked_wall_s = 0.0
        self._subscriptions: set[bytes] = set()
        self._number = 0
        self._counts: dict[str, int] = {}
        self._latest: dict[str, tuple[int, bytes]] = {}

    def round(self, committed: Sequence[tuple[Event, bytes]]) -> None:
        """Number the events of a round and send them to whoever is there."""
        if time.perf_counter() - self._looked_wall_s > _LOOK_S:
            self.look()
        for event, raw in committed:
            self._number += 1
            topic = f"{kind_of(event.body)}/{event.source}"
            self._counts[topic] = count = self._counts.get(topic, 0) + 1
            self._latest[topic] = (self._number, raw)
            if self._subscriptions:
                self._socket.send_multipart((topic.encode(), NUMBERS.pack(self._number, count), raw))

    def look(self) -> None:
        """Take note of who came and went."""
        with contextlib.suppress(zmq.Again):
            while True:
                word = self._socket.recv(zmq.NOBLOCK)
                change = self._subscriptions.add if word[:1] == b"\1" else self._subscriptions.discard
                change(word[1:])
        self._looked_wall_s = time.perf_counter()

    @property
    def watched(self) -> bool:
        """Whether anybody had subscribed when last looked for."""
        return bool(self._subscriptions)

    def latest(self, request: int) -> Latest:
        """What a late joiner needs: the newest event of every topic, and up to which number that is all."""
        self.look()
        events = tuple(raw for _, raw in sorted(self._latest.values()))
        return Latest(id=request, number=self._number, events=events)

    def close(self) -> None:
        self._socket.close()
