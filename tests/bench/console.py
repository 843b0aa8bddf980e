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
from pathlib import Path
from typing import Final

from services.bus.endpoints import SocketFolder
from services.bus.health import usage
from services.recording.read import Recording
from services.run import Options, fly
from tests.bench.figures import Budget, Figure, most
from tests.bench.published import Published
from twin.contracts.envelope import Event
from twin.contracts.operations import Mark
from twin.mission.script import Mission

RATES: Final = (0, 100, 1_000, 5_000)
_UNTIL_S: Final = 90.0
_BATCH_S: Final = 0.02
_LOOK_S: Final = 0.004
_NOTE_S: Final = 0.25
_SETTLE_S: Final = 15.0
_FULL: Final = 45_000
"""Events after which nothing more is kept than is let go."""
_DAY_EVENTS: Final = 30_000
"""What a day of coasting, holds and an approach publishes."""
_AGAIN: Final = 5
_BACKLOG: Final = 6_000


class Screen:
    """The console in a terminal of 120 x 40 of its own; by the whole command `twin watch` if so asked."""

    def __init__(self, place: Path, *, command: bool = False) -> None:
        program = ["services.cli", "watch", "--operator"] if command else ["tui", "--steer"]
        self.begun_s = time.monotonic()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(sys.executable, [sys.executable, "-m", *program, str(place)])
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self._written = ""

    def read(self) -> str:
        """What it wrote since the last call."""
        written = b""
        while select.select([self._terminal], [], [], 0.0)[0]:
            written += os.read(self._terminal, 65536)
        return written.decode(errors="replace")

    def close(self) -> None:
        """SIGKILL to all in this terminal."""
        os.killpg(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)


class Load:
    """Drives one console with one published run."""

    def __init__(self, run: Published, screen: Screen) -> None:
        self._run, self._screen = run, screen
        self._noted: dict[str, float] = {}
        self.lags_s: list[float] = []
        self.noting = False

    def until_painted(self, *words: str, within_s: float = 30.0) -> float:
        """Seconds from the start of the console until all of `words` are on its screen."""
        end_s, seen = time.monotonic() + within_s, ""
        while time.monotonic() < end_s:
            self._run.serve(0.005)
            seen += self._screen.read()
            if all(each in seen for each in words):
                return time.monotonic() - self._screen.begun_s
        raise TimeoutError(f"the console never showed {words!r}")

    def again(self, place: Path) -> float:
        """Kill the console; seconds from the start of `twin watch` until the whole picture is there: phase,
        all key parameters, what happened lately."""
        self._screen.close()
        self._say_note("the last before the end")
        self._screen = Screen(place, command=True)
        return self.until_painted("PHASE", "wheels", "the last before the end", "jiamusi")

    def anew(self, place: Path) -> None:
        """A console started by itself: its process is that of the terminal, and can be measured."""
        self._screen.close()
        self._screen = Screen(place)
        self.until_painted("PHASE")

    def close(self) -> None:
        """End the console."""
        self._screen.close()

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
        self._say_note(name)

    def _say_note(self, text: str) -> None:
        event = Event(
            t_ns=self._run.now_ns + 1,
            micro=0,
            source="bench",
            sequence=len(self._noted),
            to=(),
            due_ns=self._run.now_ns + 1,
            delivery="wait",
            body=Mark(text=text),
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
            run.go_on(_BACKLOG)
            yield _again(load, sockets.path, f"{_BACKLOG} events, more to tell than adras-j2 has", most(1.0))
            load.anew(sockets.path)
            load.drive(0, _SETTLE_S)
            share, _ = load.drive(0, for_s)
            yield Figure(
                what="console, idle, CPU", measured=100.0 * share, unit="% of a core", budget=most(3.0)
            )
            load.noting = True
            for per_s in rates:
                yield from _at_rate(load, per_s, for_s)
            yield _day(run, load)
            yield _again(load, sockets.path, "the longest backlog", None)
        finally:
            load.close()
            run.close()


def _again(load: Load, place: Path, what: str, budget: Budget | None) -> Figure:
    return Figure(
        what=f"console, whole picture by twin watch after SIGKILL: {what}",
        measured=sorted(load.again(place) for _ in range(_AGAIN))[_AGAIN // 2],
        unit="s",
        budget=budget,
        note=f"middle of {_AGAIN}, command line included",
    )


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
    """Memory that a day of reports costs, once the histories that are kept are full."""
    load.noting = False
    sizes, hours = [], []
    for count in (_FULL, _DAY_EVENTS):
        for _ in range(count // 500):
            run.go_on(500)
            load.drive(0, 0.1)
        sizes.append(load.drive(0, 2.0)[1])
        hours.append(run.now_ns / 3.6e12)
    note = f"{_DAY_EVENTS} events, {hours[1] - hours[0]:.1f} h of telemetry, after {_FULL}"
    growth = sizes[1] - sizes[0]
    return Figure(what="console, growth over a day", measured=growth, unit="MiB", budget=most(2.0), note=note)
