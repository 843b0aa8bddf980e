"""The console under load: a run that only publishes, and the console itself in a terminal of its own.

What is fed are a short flight's own telemetry, estimates and motion, over and over with later times. Lag is
measured from outside: a note is published, and read off the terminal as soon as it is painted.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Final

import zmq
from msgspec.structs import replace

from services.bus.endpoints import SocketFolder
from services.bus.health import usage
from services.bus.operator import OperatorPlane
from services.bus.view import View
from services.pacing import Pacing
from services.recording.read import Recording
from services.run import Options, fly
from tests.bench.figures import Budget, Figure, most
from twin.contracts.codec import encode
from twin.contracts.envelope import AnyBody, Event
from twin.contracts.motion import Trajectory
from twin.contracts.navigation import Estimate
from twin.contracts.operations import Mark
from twin.contracts.radio import LinkState, PassEvent, TelemetryFrame
from twin.contracts.steering import ServiceHealth, Status
from twin.errors import UsageError
from twin.kernel.pace import Pace
from twin.mission.script import Mission

RATES: Final = (0, 100, 1_000, 5_000)
_UNTIL_S: Final = 90.0
_NS: Final = 1_000_000_000
_BATCH_S: Final = 0.02
_LOOK_S: Final = 0.004
_NOTE_S: Final = 0.25
_SETTLE_S: Final = 15.0
_FULL: Final = 45_000
"""Events after which nothing more is kept than is let go."""
_DAY_EVENTS: Final = 30_000
"""What a day of coasting, holds and an approach publishes."""


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


class Screen:
    """The console in a terminal of 120 x 40 of its own."""

    def __init__(self, place: Path) -> None:
        self.begun_s = time.monotonic()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(sys.executable, [sys.executable, "-m", "tui", "--steer", str(place)])
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self._written = ""

    def read(self) -> str:
        """What it wrote since the last call."""
        written = b""
        while select.select([self._terminal], [], [], 0.0)[0]:
            written += os.read(self._terminal, 65536)
        return written.decode(errors="replace")

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)


class Load:
    """Drives one console with one published run."""

    def __init__(self, run: Published, screen: Screen) -> None:
        self._run, self._screen = run, screen
        self._noted: dict[str, float] = {}
        self.lags_s: list[float] = []
        self.noting = False

    def until_painted(self, words: str, within_s: float = 30.0) -> float:
        """Seconds from the start of the console until `words` are on its screen."""
        end_s = time.monotonic() + within_s
        while time.monotonic() < end_s:
            self._run.serve(0.005)
            if words in self._screen.read():
                return time.monotonic() - self._screen.begun_s
        raise TimeoutError(f"the console never showed {words!r}")

    def drive(self, per_s: int, for_s: float) -> tuple[float, float]:
        """CPU share and memory (MiB) of the console at so many messages a second; lags are collected."""
        used, begun_s = usage(self._screen.pid), time.monotonic()
        assert used is not None
        sent, note_s = 0, begun_s
        while (now_s := time.monotonic()) - begun_s < for_s:
            wanted = int((now_s - begun_s) * per_s) - sent
            if wanted >= _BATCH_S * per_s > 0:
                self._run.go_on(wanted)
                sent += wanted
            if self.noting and now_s >= note_s:
                self._note(now_s)
                note_s += _NOTE_S
            self._look()
            self._run.serve(_LOOK_S)
        after = usage(self._screen.pid)
        assert after is not None
        return (after.cpu_s - used.cpu_s) / (time.monotonic() - begun_s), after.memory_bytes / 2**20

    def _note(self, now_s: float) -> None:
        name = f"note{len(self._noted):05d}"
        self._noted[name] = now_s
        event = Event(
            t_ns=self._run.now_ns + 1,
            micro=0,
            source="bench",
            sequence=len(self._noted),
            to=(),
            due_ns=self._run.now_ns + 1,
            delivery="wait",
            body=Mark(text=name),
        )
        self._run.say([event])

    def _look(self) -> None:
        now_s = time.monotonic()
        for name in re.findall(r"note\d{5}", self._screen.read()):
            if (noted_s := self._noted.pop(name, None)) is not None:
                self.lags_s.append(now_s - noted_s)
                self._noted[f"seen {name}"] = noted_s


def figures(mission: Mission, folder: Path, rates: tuple[int, ...], for_s: float) -> Iterator[Figure]:
    """First paint, then CPU, lag and memory at each rate, then memory over a day of reports."""
    record = folder / "console.mcap"
    fly(mission, Options(in_process=True, until_s=_UNTIL_S, record=record))
    events = [event for event, _ in Recording(record).events()]
    with SocketFolder() as sockets:
        run = Published(mission, events, sockets)
        run.go_on(200)
        screen = Screen(sockets.path)
        load = Load(run, screen)
        try:
            first_s = load.until_painted("PHASE")
            used = usage(screen.pid)
            note = f"{used.cpu_s:.2f} s of CPU" if used else ""
            yield Figure(what="console, first paint", measured=first_s, unit="s", budget=most(1.0), note=note)
            load.drive(0, _SETTLE_S)
            share, _ = load.drive(0, for_s)
            yield Figure(
                what="console, idle, CPU", measured=100.0 * share, unit="% of a core", budget=most(3.0)
            )
            load.noting = True
            for per_s in rates:
                yield from _at_rate(load, per_s, for_s)
            yield _day(run, load)
        finally:
            screen.close()
            run.close()


def _at_rate(load: Load, per_s: int, for_s: float) -> Iterator[Figure]:
    load.lags_s.clear()
    share, memory = load.drive(per_s, for_s)
    budgets: dict[int, tuple[Budget | None, Budget | None]] = {
        1_000: (most(35.0), most(150.0)),
    }
    cpu_budget, lag_budget = budgets.get(per_s, (None, None))
    what = f"console at {per_s} messages/s"
    note = "notes four times a second are painted meanwhile"
    yield Figure(
        what=f"{what}, CPU", measured=100.0 * share, unit="% of a core", budget=cpu_budget, note=note
    )
    lags = sorted(load.lags_s)
    if lags:
        late = lags[min(int(0.99 * len(lags)), len(lags) - 1)]
        middle = 1000.0 * lags[len(lags) // 2]
        note = f"median {middle:.0f} ms of {len(lags)}, published to painted"
        yield Figure(what=f"{what}, lag p99", measured=1000.0 * late, unit="ms", budget=lag_budget, note=note)
    yield Figure(what=f"{what}, memory", measured=memory, unit="MiB")


def _day(run: Published, load: Load) -> Figure:
    """Memory that half a day of reports costs, once the histories that are kept are full."""
    load.noting = False
    sizes = []
    for count in (_FULL, _DAY_EVENTS // 2):
        for _ in range(count // 500):
            run.go_on(500)
            load.drive(0, 0.1)
        sizes.append(load.drive(0, 2.0)[1])
    note = f"{_DAY_EVENTS // 2} events after {_FULL}"
    return Figure(what="console, growth over half a day", measured=sizes[1] - sizes[0], unit="MiB", note=note)
