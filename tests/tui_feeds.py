"""A short real flight, and a feed that shows a moment of it and remembers what was asked of it."""

import threading
from collections import Counter, deque
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from services.library import load_mission
from services.recording.read import Recording
from services.run import Options, fly
from tui.feed import Note
from tui.judging import Judging
from tui.player import PlayFeed
from tui.store import Store
from twin.contracts.envelope import Event
from twin.contracts.steering import Request, ServicesGiven, Status
from twin.mission.script import Mission

SECOND = 1_000_000_000
UNTIL_S = 150.0
_FOLDER = TemporaryDirectory(prefix="tui-tests-")


@cache
def quickstart() -> Mission:
    """The mission that is flown, read once."""
    return load_mission("quickstart")


@cache
def flight() -> Path:
    """The first 150 s of the quickstart mission, recorded: a hold, a GO at 60 s, the transfer."""
    path = Path(_FOLDER.name) / "short.mcap"
    fly(quickstart(), Options(in_process=True, until_s=UNTIL_S, record=path))
    return path


@cache
def events() -> tuple[Event, ...]:
    return tuple(event for event, _ in Recording(flight()).events())


def store_at(t_s: float) -> Store:
    """What is known at `t_s`."""
    store = Store.of(quickstart())
    for event in events():
        if event.t_ns <= t_s * SECOND:
            store.take(event)
    store.known.advance(round(t_s * SECOND))
    return store


def played() -> PlayFeed:
    """The flight's recording, at its start, paused."""
    feed = PlayFeed(flight())
    feed.start()
    feed.paused = True
    return feed


class StillFeed:
    """A running mission that stands at one moment; every request is kept in `asked`."""

    mode: Literal["live", "replay"] = "live"

    def __init__(self, t_s: float = 100.0, *, may_steer: bool = True) -> None:
        self.store, self.lock = store_at(t_s), threading.Lock()
        self.mission: Mission | None = quickstart()
        self.may_steer = may_steer
        self.problem = ""
        self.notes: deque[Note] = deque(maxlen=20)
        self.received = self.lost = 0
        self.asked: list[Request] = []
        self.judging: Judging | None = None
        self.health: tuple[ServicesGiven, ...] = ()
        self.restarts: Counter[str] = Counter()
        self.paused = False

    @property
    def status(self) -> Status:
        now_ns = self.store.known.now_ns
        return Status(
            now_ns=now_ns,
            position_ns=now_ns,
            end_ns=7200 * SECOND,
            paused=self.paused,
            wanted_rate=1.0,
            achieved_rate=1.0,
            waiting_for=("servicer",),
            waits={"target": 0.5, "servicer": 1.5},
            rounds=10,
            events=20,
        )

    def start(self) -> None: ...

    def tick(self) -> None: ...

    def ask(self, request: Request, words: str = "") -> None:
        self.asked.append(request)

    def close(self) -> None: ...
