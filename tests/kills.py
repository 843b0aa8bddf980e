"""Real SIGKILLs over a mission as processes, the conductor among the victims; it is taken up every time."""

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from services.bus.operator import Console
from services.bus.viewer import Viewer
from tests.twins import SERVICES, facts, services_of, size, started, until
from twin.contracts.capture import WindowClosed, WindowOpened
from twin.contracts.envelope import Event
from twin.contracts.radio import CommandReport, Telecommand
from twin.contracts.steering import AskSnapshot
from twin.errors import UsageError

Moment = Literal["in flight", "in contact", "with a GO in flight", "while states are kept", "in a write"]
CONDUCTOR = "conductor"
SPACING = 40
"""Events between two kills at least: time to come back."""


class Kill(NamedTuple):
    """Who was killed when, at which event of the run, and how long until the run went on."""

    moment: Moment
    victim: str
    t_s: float
    event: int
    lost_s: float


class Flown(NamedTuple):
    """A run under fire."""

    digest: str
    recording: bytes
    kills: list[Kill]
    restarts: list[dict[str, Any]]


class Assault:
    """One run of `mission` in `place`, under fire until `count` kills are done or it is over."""

    def __init__(self, mission: str, place: Path, count: int, seed: int, words: list[str]) -> None:
        self.kills: list[Kill] = []
        self._place, self._count, self._words = place, count, words
        self._chance = random.Random(seed)
        self._last = self._seen = 0
        self._fell_s = 0.0
        self._in_contact = False
        self._process = self._launched("run", mission, "--record", "a.mcap", *words)
        self._restarts: list[dict[str, Any]] = []

    def flown(self) -> Flown:
        """Fly it to its end."""
        out = ""
        while not out:
            with Viewer(f"ipc://{self._place}/view") as viewer:
                while self._process.poll() is None and not self._fallen(viewer):
                    pass
            out, err = self._process.communicate(timeout=900.0)
            if self._process.returncode == -signal.SIGKILL:
                self._take_up()
                out = ""
            elif self._process.returncode not in {0, 1}:
                raise AssertionError(err)
        side = json.loads((self._place / "a.mcap.side.json").read_text())["outcome"]
        recording = (self._place / "a.mcap").read_bytes()
        return Flown(json.loads(out)["digest"], recording, self.kills, side["restarts"])

    def _fallen(self, viewer: Viewer) -> bool:
        """Watch for a while; True once the conductor was killed."""
        for number, event in viewer.events(0.05):
            if number <= self._seen:
                continue
            self._seen = number
            if self._fell_s:
                self.kills[-1] = self.kills[-1]._replace(lost_s=time.monotonic() - self._fell_s)
                self._fell_s = 0.0
            moment = self._moment(event)
            if moment is not None and self._due(moment, number) and self._kill(moment, number, event):
                return True
        return False

    def _due(self, moment: Moment, number: int) -> bool:
        """A GO in flight is rare; a kill right after another says little, and contact has many events."""
        far = SPACING if moment == "with a GO in flight" else SPACING * (20 if self._in_contact else 8)
        return number - self._last >= far and len(self.kills) < self._count

    def _moment(self, event: Event) -> Moment | None:
        """What kind of moment an event makes it."""
        match event.body:
            case WindowOpened() | WindowClosed():
                self._in_contact = isinstance(event.body, WindowOpened)
            case Telecommand(name="go") if event.source == "ground":
                return "with a GO in flight"
            case CommandReport():
                return None
        place: Moment = "in contact" if self._in_contact else "in flight"
        return self._chance.choice((place, place, place, "while states are kept", "in a write"))

    def _kill(self, moment: Moment, number: int, event: Event) -> bool:
        of_conductor = moment == "in a write" or self._chance.random() < 0.15
        victim = CONDUCTOR if of_conductor else self._chance.choice(SERVICES)
        pid = self._process.pid if of_conductor else services_of(self._process).get(victim, 0)
        if not pid:
            return False
        match moment:
            case "while states are kept":
                threading.Thread(target=self._ask_states, daemon=True).start()
                time.sleep(self._chance.uniform(0.0, 0.004))
            case "in a write":
                before = size(self._place / "a.mcap")
                until(lambda: size(self._place / "a.mcap") != before or self._process.poll() is not None, "")
        os.kill(pid, signal.SIGKILL)
        self._last, self._fell_s = number, time.monotonic()
        self.kills.append(Kill(moment, victim, event.t_ns * 1e-9, number, 0.0))
        return of_conductor

    def _take_up(self) -> None:
        self._process = self._launched("resume", "a.mcap", *_pace(self._words))

    def _ask_states(self) -> None:
        try:
            with Console(f"ipc://{self._place}/operator", timeout_s=5.0) as console:
                console.ask(AskSnapshot())
        except UsageError:  # not between two rounds just now
            return

    def _launched(self, *words: str) -> "subprocess.Popen[str]":
        planes = ["--view", f"ipc://{self._place}/view", "--operator", f"ipc://{self._place}/operator"]
        for plane in ("view", "operator"):
            (self._place / plane).unlink(missing_ok=True)
        return started([*words, *planes, "--quiet", "--json"], self._place)


def _pace(words: list[str]) -> list[str]:
    return words[words.index("--rate") :][:2] if "--rate" in words else []


def under_fire(mission: str, place: Path, count: int, seed: int, words: list[str]) -> Iterator[Flown]:
    """The run under fire, then the same one in peace."""
    yield Assault(mission, place, count, seed, words).flown()
    calm = [word for word in words if word not in _pace(words)]
    said = facts(
        started(["run", mission, "--in-process", "--record", "b.mcap", *calm, "--quiet", "--json"], place)
    )
    yield Flown(said["digest"], (place / "b.mcap").read_bytes(), [], [])
