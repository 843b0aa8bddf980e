"""Real SIGKILLs over a mission as processes, the conductor among the victims; it is taken up every time.

With a GO in flight the run is held at the instant it was sent, and two are killed there. States are kept
when the one killed was being asked for its own, which the answer shows by coming after its return.
"""

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from services.bus.operator import Console
from services.bus.viewer import Viewer
from services.recording.read import Recording
from tests.twins import SERVICES, facts, services_of, size, started, until
from twin.contracts.capture import WindowClosed, WindowOpened
from twin.contracts.radio import Telecommand
from twin.contracts.steering import AskSnapshot, AskStatus, Resume, RunUntil, Status
from twin.errors import UsageError

Moment = Literal["in flight", "in contact", "with a GO in flight", "while states are kept", "in a write"]
CONDUCTOR = "conductor"
_AT_GO = 2
_IN_CONTACT = 400  # events between two kills there: a flight has some 2000 in contact


class Kill(NamedTuple):
    """Who was killed when, at which event of the run, and how long until the run went on."""

    moment: Moment
    victim: str
    t_s: float
    event: int
    lost_s: float


class Flown(NamedTuple):
    """A run under fire; `restarts` are those of the conductor's last life."""

    digest: str
    recording: bytes
    kills: list[Kill]
    restarts: list[dict[str, Any]]


class Assault:
    """One run of `mission` in `place`, under fire until `count` kills are done or it is over; `spacing`
    events at least between two, for those who fell to come back.

    `gos`: when a GO is sent, ns, as known from the run in peace.
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
        gos: Sequence[int],
    ) -> None:
        self.kills: list[Kill] = []
        self._place, self._count, self._spacing, self._words = place, count, spacing, words
        self._chance = random.Random(seed)
        self._gos = list(gos)
        self._last = self._seen = 0
        self._fell_s = 0.0
        self._in_contact = self._held_for_go = False
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
            if self._process.returncode == -signal.SIGKILL:
                self._process = self._launched("resume", "a.mcap", *_pace(self._words))
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
            if isinstance(event.body, WindowOpened | WindowClosed):
                self._in_contact = isinstance(event.body, WindowOpened)
            if self._fell_s:
                lost_s, self._fell_s = time.monotonic() - self._fell_s, 0.0
                self.kills = [each if each.lost_s else each._replace(lost_s=lost_s) for each in self.kills]
            if self._gos and event.t_ns > self._gos[0]:
                self._gos.pop(0)
                self._held_for_go = False
            if self._due(number) and self._kill(self._moment(), number, event.t_ns * 1e-9):
                return True
        return bool(self._gos and self._seen) and self._at_go()

    def _due(self, number: int) -> bool:
        """A kill right after another says little."""
        far = self._spacing if not self._in_contact else min(self._spacing, _IN_CONTACT)
        return number - self._last >= far and len(self.kills) < self._count

    def _moment(self) -> Moment:
        place: Moment = "in contact" if self._in_contact else "in flight"
        return self._chance.choice((place, place, "while states are kept", "in a write"))

    def _at_go(self) -> bool:
        """Have the run hold where the next GO is sent; there, kill two. True if one was the conductor."""
        try:
            with Console(f"ipc://{self._place}/operator", timeout_s=1.0) as console:
                if not self._held_for_go:
                    console.ask(RunUntil(t_ns=self._gos[0]))
                    self._held_for_go = True
                status = console.ask(AskStatus())
                if not (isinstance(status, Status) and status.paused and status.now_ns >= self._gos[0]):
                    return False
                t_s = self._gos.pop(0) * 1e-9
                self._held_for_go = False
                for victim in self._chance.sample((*SERVICES, CONDUCTOR), _AT_GO):
                    if self._shot(victim, "with a GO in flight", self._seen, t_s) and victim == CONDUCTOR:
                        return True
                console.ask(Resume())
        except UsageError:  # it has gone past, or does not answer now: it is asked again
            self._held_for_go = False
        return False

    def _kill(self, moment: Moment, number: int, t_s: float) -> bool:
        """True if it was the conductor that fell."""
        of_conductor = moment == "in a write" or self._chance.random() < 0.1
        victim = CONDUCTOR if of_conductor else self._chance.choice(SERVICES)
        match moment:
            case "while states are kept":
                return self._kill_while_asked(victim, number, t_s)
            case "in a write":
                before = size(self._place / "a.mcap")
                until(lambda: size(self._place / "a.mcap") != before or self._process.poll() is not None, "")
        return self._shot(victim, moment, number, t_s) and of_conductor

    def _kill_while_asked(self, victim: str, number: int, t_s: float) -> bool:
        """The conductor asks everybody for a state; if the answer comes after the kill, it fell meanwhile."""
        answered_s: list[float] = []
        asking = threading.Thread(target=self._ask_states, args=(answered_s,), daemon=True)
        asking.start()
        time.sleep(self._chance.uniform(0.0, 0.003))
        shot = self._shot(victim, "while states are kept", number, t_s)
        if victim != CONDUCTOR:
            asking.join()
            if shot and not (answered_s and answered_s[0] > self._fell_s):
                self.kills[-1] = self.kills[-1]._replace(moment="in flight")
        return shot and victim == CONDUCTOR

    def _shot(self, victim: str, moment: Moment, number: int, t_s: float) -> bool:
        of_conductor = victim == CONDUCTOR
        pid = self._process.pid if of_conductor else services_of(self._process).get(victim, 0)
        if not pid:
            return False
        os.kill(pid, signal.SIGKILL)
        self._last, self._fell_s = number, time.monotonic()
        self.kills.append(Kill(moment, victim, t_s, number, 0.0))
        return True

    def _ask_states(self, answered_s: list[float]) -> None:
        try:
            with Console(f"ipc://{self._place}/operator", timeout_s=60.0) as console:
                console.ask(AskSnapshot())
                answered_s.append(time.monotonic())
        except UsageError:  # not between two rounds just now, or the run is over
            return

    def _launched(self, *words: str) -> "subprocess.Popen[str]":
        planes = ["--view", f"ipc://{self._place}/view", "--operator", f"ipc://{self._place}/operator"]
        for plane in ("view", "operator"):
            (self._place / plane).unlink(missing_ok=True)
        return started([*words, *planes, "--quiet", "--json"], self._place)


def _pace(words: list[str]) -> list[str]:
    return words[words.index("--rate") :][:2] if "--rate" in words else []


def in_peace(mission: str, place: Path, words: list[str]) -> tuple[Flown, list[int]]:
    """The run without a kill, and when a GO was sent in it, ns."""
    own = [word for word in words if word not in _pace(words)]
    said = facts(
        started(["run", mission, "--in-process", "--record", "b.mcap", *own, "--quiet", "--json"], place)
    )
    gos = [
        event.t_ns
        for event, _ in Recording(place / "b.mcap").events()
        if isinstance(event.body, Telecommand) and event.body.name == "go" and event.source == "ground"
    ]
    return Flown(said["digest"], (place / "b.mcap").read_bytes(), [], []), gos
