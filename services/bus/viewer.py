"""A client of the view plane: events as they are published, with the number of those it lost."""

import time
from collections.abc import Iterator
from typing import Self

import zmq

from services.bus.keys import unlock
from services.bus.view import NUMBERS
from twin.contracts.codec import decode_event
from twin.contracts.envelope import Event

_QUEUE = 20_000  # events kept here while the viewer does something else
_AT_ONCE = 2_000


class Viewer:
    """Subscribes to everything at `endpoint`.

    `lost` counts events published between the first and the last one seen that never came.
    """

    def __init__(self, endpoint: str) -> None:
        self.lost = 0
        self.received = 0
        self.number = 0
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.SUB)
        self._socket.rcvhwm = _QUEUE
        self._socket.linger = 0
        unlock(self._socket)
        self._socket.subscribe(b"")
        self._socket.connect(endpoint)

    def events(self, timeout_s: float) -> Iterator[tuple[int, Event]]:
        """Events that are there, with their numbers; waits at most `timeout_s` for the first.

        Raises ContractError for bytes that are no event.
        """
        if not self._socket.poll(int(timeout_s * 1000)):
            return
        until_wall_s = time.perf_counter() + max(timeout_s, 0.05)
        for _ in range(_AT_ONCE):
            try:
                _, numbers, raw = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            number, _ = NUMBERS.unpack(numbers)
            if self.number:
                self.lost += max(0, number - self.number - 1)
            self.number = number
            self.received += 1
            yield number, decode_event(raw)
            if time.perf_counter() > until_wall_s:
                return

    def close(self) -> None:
        self._context.destroy(linger=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
