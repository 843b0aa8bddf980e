"""Real SIGKILLs over a mission as processes, the conductor among the victims; it is taken up every time.

Each falls at a moment that is made sure of, not hoped for. A GO in flight: the run is held after the GO has
left the ground and before it arrives. While states are kept: a service is stopped and all are asked for their
states; it or the conductor is killed while the conductor waits for it and hears nobody else. In a write: the
recorder's disk halts with a part of the bytes on it, and what the dead leave must end in a torn write. In
contact: between the opening of the contact window and its closing.
"""

import json
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from services.bus.operator import Console
from services.bus.viewer import Viewer
from services.recording.read import Recording
from tests.twins import ROOT, SERVICES, facts, services_of, started, until
from twin.contracts.capture import WindowClosed, WindowOpened
from twin.contracts.radio import Telecommand
from twin.contracts.steering import AskSnapshot, AskStatus, Pause, Resume, RunUntil, Status
from twin.errors import UsageError

Moment = Literal["in flight", "in contact", "with a GO in flight", "while states are kept", "in a write"]
MOMENTS: Final[tuple[Moment, ...]] = ("while states are kept", "in a write", "in flight")
CONDUCTOR: Final = "conductor"
_AT_GO: Final = 2
_IN_CONTACT: Final = 400  # events between two kills there: a flight has some 4000 in the window
_FOR_CONTACT: Final = 1 / 3
"""Share of the kills that is kept for the contact window, which comes last."""
_BACK = re.compile(r"(\w+) is back at grant (\d+): (\d+) grants told again, ([\d.]+) s lost")
_TAKEN_UP = re.compile(r"taken up at ([\d.]+) s, after (\d+) events")


class Go(NamedTuple):
    """A GO on its way up: when it was sent and when it arrives, ns."""

    sent_ns: int
    due_ns: int


class Kill(NamedTuple):
    """Who was killed when, after which event of the run, at which grant of its own (for the conductor:
    where it was taken up), and how long it was gone: 0 if the conductor fell before it was back."""

    moment: Moment
    victim: str
    t_s: float
    event: int
    at: str = ""
    lost_s: float = 0.0


class Flown(NamedTuple):
    """A run under fire."""

    digest: str
    recording: bytes
    kills: list[Kill]


class Assault:
    """One run of `mission` in `place`, under fire until `count` kills are done or it is over; `spacing`
    events at least between two, for those who fell to come back. `gos` are known from the run in peace.
    """

    def __init__(
        self,
        mission: str,
        place: Path,
        words: list[str],
        *,
        count: int,
        spacing: int,
        seed: int,
        gos: Sequence[Go],
    ) -> None:
        self.kills: list[Kill] = []
        self._place, self._count, self._spacing, self._words = place, count, spacing, words
        self._chance = random.Random(seed)
        self._moments = cycle(MOMENTS)
        self._gos = list(gos)
        self._last = self._seen = self._lived = 0
        self._fell_s = 0.0
        self._in_contact = self._was_in_contact = self._held_for_go = False
        self._process = self._launched("run", mission, "--record", "a.mcap", *words)

    def flown(self) -> Flown:
        """Fly it to its end."""
        out = ""
        while not out:
            self._held_for_go = False
            with Viewer(f"ipc://{self._place}/view") as viewer:
                while self._process.poll() is None and not self._fallen(viewer):
                    pass
            out, err = self._process.communicate(timeout=900.0)
            self._heard(err)
            if self._process.returncode == -signal.SIGKILL:
                self._process = self._launched("resume", "a.mcap", *_pace(self._words))
                out = ""
            elif self._process.returncode not in {0, 1}:
                raise AssertionError(err)
        return Flown(json.loads(out)["digest"], (self._place / "a.mcap").read_bytes(), self.kills)

    def _heard(self, err: str) -> None:
        """Note of this life of the conductor, by its own words, where it began and where others came back."""
        begun = self._lived
        self._lived = len(self.kills)
        if begun:
            found = _TAKEN_UP.search(err)
            at = f"taken up at {found[1]} s, event {found[2]}" if found else "flown from the beginning"
            self.kills[begun - 1] = self.kills[begun - 1]._replace(at=at)
        for name, grant, told, lost in _BACK.findall(err):
            at = f"grant {grant}, {told} told again"
            for index in range(begun, self._lived):
                if self.kills[index].victim == name and not self.kills[index].at:
                    self.kills[index] = self.kills[index]._replace(at=at, lost_s=float(lost))
                    break

    def _fallen(self, viewer: Viewer) -> bool:
        """Watch for a while; True once the conductor was killed."""
        for number, event in viewer.events(0.05):
            if number <= self._seen:
                continue
            self._seen = number
            if isinstance(event.body, WindowOpened | WindowClosed):
                self._in_contact = self._was_in_contact = isinstance(event.body, WindowOpened)
            if self._fell_s:
                lost_s, self._fell_s = time.monotonic() - self._fell_s, 0.0
                self.kills[-1] = self.kills[-1]._replace(lost_s=lost_s)
            if self._gos and event.t_ns > self._gos[0].sent_ns:
                self._gos.pop(0)
                self._held_for_go = False
            if self._due(number) and self._kill(number, event.t_ns * 1e-9):
                return True
        return bool(self._gos and self._seen) and self._at_go()

    def _due(self, number: int) -> bool:
        """A kill right after another says little; some are kept for the contact window."""
        far = min(self._spacing, _IN_CONTACT) if self._in_contact else self._spacing
        most = self._count if self._was_in_contact else round(self._count * (1.0 - _FOR_CONTACT))
        return number - self._last >= far and len(self.kills) < most

    def _at_go(self) -> bool:
        """Have the run hold where the next GO is sent; there, kill two. True if one was the conductor."""
        go = self._gos[0]
        try:
            with self._console() as console:
                if not self._held_for_go:
                    console.ask(RunUntil(t_ns=go.sent_ns))
                    self._held_for_go = True
                status = console.ask(AskStatus())
                if not (isinstance(status, Status) and status.paused and status.now_ns >= go.sent_ns):
                    return False
                assert status.now_ns < go.due_ns, "held too late: the GO has arrived"
                self._gos.pop(0)
                self._held_for_go = False
                for victim in self._chance.sample((*SERVICES, CONDUCTOR), _AT_GO):
                    if self._shot(victim, "with a GO in flight", self._seen, status.now_ns * 1e-9):
                        return True
                console.ask(Resume())
        except UsageError:  # it has gone past, or does not answer now: it is asked again
            self._held_for_go = False
        return False

    def _kill(self, number: int, t_s: float) -> bool:
        """True if it was the conductor that fell."""
        moment: Moment = "in contact" if self._in_contact else next(self._moments)
        victim = CONDUCTOR if self._chance.random() < 0.1 else self._chance.choice(SERVICES)
        match moment:
            case "while states are kept":
                return self._kill_while_asked(victim, number, t_s)
            case "in a write":
                return self._kill_in_a_write(number, t_s)
            case _:
                return self._shot(victim, moment, number, t_s)

    def _kill_in_a_write(self, number: int, t_s: float) -> bool:
        halt, halted, path = (self._place / name for name in ("halt", "halted", "a.mcap"))
        halt.with_suffix(".part").write_text(f"{self._chance.random():.3f}")
        halt.with_suffix(".part").replace(halt)
        until(lambda: halted.exists() or self._process.poll() is not None, "a write to the recording")
        halt.unlink(missing_ok=True)
        if not halted.exists():
            return False  # the run was over before
        halted.unlink()
        self._shot(CONDUCTOR, "in a write", number, t_s)
        self._process.wait()
        dead = Recording(path)
        assert dead.sound_end < dead.size, "no write was torn"
        return True

    def _kill_while_asked(self, victim: str, number: int, t_s: float) -> bool:
        """The conductor waits for the state of one who is stopped: it, or the conductor, is killed there."""
        silent = victim if victim != CONDUCTOR else self._chance.choice(SERVICES)
        pid = services_of(self._process).get(silent, 0)
        if not pid or not self._held():
            return False
        os.kill(pid, signal.SIGSTOP)
        asking = threading.Thread(target=self._ask_states, daemon=True)
        asking.start()
        until(self._deaf, "the conductor to ask for states")
        shot = self._shot(victim, "while states are kept", number, t_s)
        asking.join()
        if shot:
            with suppress(ProcessLookupError):  # it may have gone with its conductor
                os.kill(pid, signal.SIGCONT)
        else:
            with self._console() as console:
                console.ask(Resume())
        return shot

    def _held(self) -> bool:
        """Pause between two rounds, where the conductor answers at once; False if the run is over."""
        try:
            with self._console() as console:
                console.ask(Pause())
                until(lambda: _is_paused(console), "the pause")
        except UsageError:
            return False
        return True

    def _deaf(self) -> bool:
        """A paused conductor hears everybody within 20 ms, unless it waits for states."""
        try:
            with self._console() as console:
                console.ask(AskStatus())
        except UsageError:
            return True
        return False

    def _ask_states(self) -> None:
        with suppress(UsageError), self._console(timeout_s=10.0) as console:  # none if the conductor falls
            console.ask(AskSnapshot())

    def _shot(self, victim: str, moment: Moment, number: int, t_s: float) -> bool:
        """True if it was the conductor."""
        pid = self._process.pid if victim == CONDUCTOR else services_of(self._process).get(victim, 0)
        if not pid:
            return False
        os.kill(pid, signal.SIGKILL)
        self._last = number
        if victim == CONDUCTOR:
            self._fell_s = time.monotonic()
        self.kills.append(Kill(moment, victim, t_s, number))
        return victim == CONDUCTOR

    def _console(self, timeout_s: float = 1.0) -> Console:
        return Console(f"ipc://{self._place}/operator", timeout_s=timeout_s)

    def _launched(self, *words: str) -> "subprocess.Popen[str]":
        planes = ["--view", f"ipc://{self._place}/view", "--operator", f"ipc://{self._place}/operator"]
        for plane in ("view", "operator"):
            (self._place / plane).unlink(missing_ok=True)
        path = os.pathsep.join((str(ROOT / "tests" / "halted_disk"), str(ROOT)))
        return started([*words, *planes, "--json"], self._place, PYTHONPATH=path)


def _is_paused(console: Console) -> bool:
    status: Any = console.ask(AskStatus())
    return isinstance(status, Status) and status.paused and not status.waiting_for


def _pace(words: list[str]) -> list[str]:
    return words[words.index("--rate") :][:2] if "--rate" in words else []


def in_peace(mission: str, place: Path, words: list[str]) -> tuple[Flown, list[Go]]:
    """The run without a kill, and the GOs sent in it."""
    own = [word for word in words if word not in _pace(words)]
    said = facts(
        started(["run", mission, "--in-process", "--record", "b.mcap", *own, "--quiet", "--json"], place)
    )
    gos = [
        Go(event.t_ns, event.due_ns)
        for event, _ in Recording(place / "b.mcap").events()
        if isinstance(event.body, Telecommand) and event.body.name == "go" and event.source == "ground"
    ]
    return Flown(said["digest"], (place / "b.mcap").read_bytes(), []), gos
