"""A run that only publishes: a short flight's telemetry, estimates and motion, later and later."""

from collections.abc import Iterator
from itertools import cycle
from typing import Final

import zmq
from msgspec.structs import replace

from services.bus.endpoints import SocketFolder
from services.bus.operator import OperatorPlane
from services.bus.view import View
from services.pacing import Pacing
from twin.contracts.codec import encode
from twin.contracts.envelope import AnyBody, Event
from twin.contracts.motion import Trajectory
from twin.contracts.navigation import Estimate
from twin.contracts.radio import LinkState, PassEvent, TelemetryFrame
from twin.contracts.steering import ServiceHealth, Status
from twin.errors import UsageError
from twin.kernel.pace import Pace
from twin.mission.script import Mission

_NS: Final = 1_000_000_000


class Published:
    """A run as the console sees it: what is published, and an operator plane that answers."""

    def __init__(self, mission: Mission, events: list[Event], folder: SocketFolder) -> None:
        self.mission = mission
        self.pacing = Pacing(Pace(paused=True))
        self.now_ns = 0
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._view = View(self._context, folder.endpoint("view"))
        self._operator = OperatorPlane(self._context, folder.endpoint("operator"), self._view)
        self._lasting = [each for each in events if isinstance(each.body, PassEvent | LinkState)]
        moving = [each for each in events if isinstance(each.body, Trajectory | TelemetryFrame | Estimate)]
        self._coming = _endless(moving)
        self.published = self.rounds = 0
        self.say(self._lasting)

    def say(self, events: list[Event]) -> None:
        """Publish events as one round."""
        self._view.round([(each, encode(each)) for each in events])
        self.now_ns = max(self.now_ns, *(each.t_ns for each in events)) if events else self.now_ns
        self.published += len(events)
        self.rounds += 1

    def go_on(self, count: int) -> None:
        """Publish the next `count` events."""
        self.say([next(self._coming) for _ in range(count)])

    def serve(self, timeout_s: float) -> None:
        """Answer the console."""
        self._operator.serve(self, timeout_s)

    def close(self) -> None:
        self._operator.close()
        self._view.close()
        self._context.destroy(linger=0)

    def status(self) -> Status:
        return Status(
            now_ns=self.now_ns,
            position_ns=self.now_ns,
            end_ns=2**61,
            paused=False,
            wanted_rate=None,
            achieved_rate=None,
            waiting_for=(),
            waits={"target": 1.0, "servicer": 1.0, "guidance": 1.0, "ground": 1.0},
            rounds=self.rounds,
            events=self.published,
        )

    def services(self) -> dict[str, ServiceHealth]:
        return {}

    def inject(self, source: str, to: tuple[str, ...], body: AnyBody) -> None:
        raise UsageError("this run only publishes")

    def probe(self, name: str) -> None:
        raise UsageError("this run only publishes")

    def snapshot(self) -> dict[str, bytes]:
        raise UsageError("this run only publishes")

    def stop(self, reason: str) -> None:
        raise UsageError("this run only publishes")


def _endless(events: list[Event]) -> Iterator[Event]:
    """The events again and again, each time later by their whole span."""
    span_ns, sequence = events[-1].t_ns - events[0].t_ns + _NS, 0
    for number, event in enumerate(cycle(events)):
        by_ns = number // len(events) * span_ns
        body = event.body
        match body:
            case TelemetryFrame():
                sequence += 1
                body = replace(body, sequence=sequence, housekeeping=tuple(_later(body, by_ns)), events=())
            case Trajectory():
                pieces = tuple(replace(each, start_ns=each.start_ns + by_ns) for each in body.pieces)
                body = replace(body, pieces=pieces)
            case Estimate():
                body = replace(body, t_ns=body.t_ns + by_ns)
        yield replace(event, t_ns=event.t_ns + by_ns, due_ns=event.due_ns + by_ns, body=body)


def _later(frame: TelemetryFrame, by_ns: int) -> Iterator[object]:
    for report in frame.housekeeping:
        yield replace(report, generated_ns=report.generated_ns + by_ns)
