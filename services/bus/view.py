"""The view plane: every event to whoever looks, numbered, lossy for the slow, never in the loop."""

import contextlib
import struct
import time
from collections import deque
from collections.abc import Sequence

import zmq

from services.bus.doors import Door
from services.bus.keys import Gatekeeper
from services.bus.peers import Refusals
from services.bus.sockets import bind
from twin.contracts.codec import kind_of
from twin.contracts.envelope import Event
from twin.contracts.steering import Latest

NUMBERS = struct.Struct(">QQ")
"""Second frame: number of the event in the run (from 1), and among the events of its topic (from 1)."""
_QUEUE = 2_000  # events kept for a viewer that is behind; more are dropped for it, and its numbers show it
_LONGEST = 2**10  # bytes of a subscription, or of a handshake with keys; a longer one costs its connection
_AT_ONCE = 1_000  # subscriptions looked at before the run goes on: a flood cannot hold time
_LOOK_S = 0.01  # how often new subscriptions are looked for
_TOLD = frozenset(
    {
        "pass_event",
        "telemetry_frame",
        "link_state",
        "command_verification",
        "step_taken",
        "phase_changed",
        "safety_verdict",
        "alarm_handled",
        "telecommand_request",
    }
)
"""Kinds of which a late joiner needs more than the newest: what happened, and what came down."""
_KEPT_EVENTS = 3_000
_KEPT_BYTES = 4 * 2**20  # a quarter of the longest frame


class Recent:
    """The last events of the told kinds, bounded in number and in bytes."""

    def __init__(self) -> None:
        self._events: deque[tuple[int, bytes]] = deque()
        self._bytes = 0

    def add(self, number: int, raw: bytes) -> None:
        self._events.append((number, raw))
        self._bytes += len(raw)
        while len(self._events) > _KEPT_EVENTS or self._bytes > _KEPT_BYTES:
            self._bytes -= len(self._events.popleft()[1])

    def with_latest(self, latest: dict[str, tuple[int, bytes]]) -> tuple[bytes, ...]:
        """Both, each event once, in order."""
        merged = dict(self._events) | dict(latest.values())
        return tuple(merged[number] for number in sorted(merged))


class View:
    """XPUB at `endpoint`: frames are the topic "KIND/SOURCE", two numbers, the event's canonical bytes."""

    def __init__(
        self, context: "zmq.Context[zmq.Socket[bytes]]", endpoint: str, keeper: Gatekeeper | None = None
    ) -> None:
        """Raises UsageError if the endpoint cannot be had. With a gatekeeper only its viewers are let in."""
        self._socket = context.socket(zmq.XPUB)
        self._door = Door(self._socket, "view")
        self._socket.sndhwm = _QUEUE
        self._socket.linger = 200  # ms: the last events still leave when the run ends
        self._socket.maxmsgsize = _LONGEST
        self._socket.rcvhwm = _QUEUE
        self._keeper = keeper
        if keeper is not None:
            keeper.lock(self._socket, "view")
        self.endpoint = bind(self._socket, endpoint)
        self._looked_wall_s = 0.0
        self._subscriptions: set[bytes] = set()
        self._number = 0
        self._counts: dict[str, int] = {}
        self._latest: dict[str, tuple[int, bytes]] = {}
        self._recent = Recent()

    def round(self, committed: Sequence[tuple[Event, bytes]]) -> None:
        """Number the events of a round and send them to whoever is there."""
        if time.perf_counter() - self._looked_wall_s > _LOOK_S:
            self.look()
        for event, raw in committed:
            self._number += 1
            kind = kind_of(event.body)
            topic = f"{kind}/{event.source}"
            self._counts[topic] = count = self._counts.get(topic, 0) + 1
            self._latest[topic] = (self._number, raw)
            if kind in _TOLD:
                self._recent.add(self._number, raw)
            if self._subscriptions:
                self._socket.send_multipart((topic.encode(), NUMBERS.pack(self._number, count), raw))

    def look(self) -> None:
        """Take note of who came and went."""
        self._door.look()
        with contextlib.suppress(zmq.Again):
            for _ in range(_AT_ONCE):
                word = self._socket.recv(zmq.NOBLOCK)
                if word[:1] != b"\1":
                    self._subscriptions.discard(word[1:])
                elif len(self._subscriptions) < _QUEUE:
                    self._subscriptions.add(word[1:])
        self._looked_wall_s = time.perf_counter()

    @property
    def watched(self) -> bool:
        """Whether anybody had subscribed when last looked for."""
        return bool(self._subscriptions)

    def latest(self, request: int) -> Latest:
        """What a late joiner needs: the newest event of every topic, and what happened lately."""
        self.look()
        events = self._recent.with_latest(self._latest)
        return Latest(id=request, number=self._number, events=events)

    @property
    def refusals(self) -> Refusals:
        """What was not let in so far."""
        keyless = self._keeper.refused["view"] if self._keeper else 0
        return Refusals(connections=self._door.turned_away + keyless)

    def close(self) -> None:
        self._door.close()
        self._socket.close()
