"""Where the screens get what they show: a running mission over the wire. Threads fill it, a timer reads it.

Nothing here touches a widget, and nothing here can slow the run: the view plane is lossy for the slow.
"""

import threading
import time
from collections import Counter, deque
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final, Literal, NamedTuple, Protocol

import msgspec

from services.bus.operator import Console
from services.bus.viewer import Viewer
from tui.judging import Judging
from tui.store import Store
from tui.view.words import clock
from twin.contracts.codec import decode_event
from twin.contracts.envelope import Event
from twin.contracts.steering import (
    AskLatest,
    AskMission,
    AskServices,
    AskStatus,
    Latest,
    MissionGiven,
    Request,
    ServicesGiven,
    Status,
)
from twin.errors import TwinError, UsageError
from twin.ground.limits import Severity
from twin.mission.script import Mission

_STATUS_S: Final = 0.25
_HEALTH_S: Final = 1.0
_POLL_S: Final = 0.5  # at most: what comes is taken at once
_PATIENCE_S: Final = 3.0  # without an answer: the run is named lost


class Place(NamedTuple):
    """Where a run is seen and steered."""

    view: str
    operator: str


class Note(NamedTuple):
    """An answer of the run to what the operator did."""

    severity: Severity
    text: str


class Feed(Protocol):
    """What the screens need. Hold `lock` while reading `store`."""

    store: Store
    lock: threading.Lock
    mission: Mission | None
    mode: Literal["live", "replay"]
    may_steer: bool
    problem: str
    notes: deque[Note]
    received: int
    lost: int
    judging: Judging | None
    health: tuple[ServicesGiven, ...]
    """The last two answers about the services; none of a recording."""
    restarts: Counter[str]
    """How often each service was lost and came back, as far as this screen has seen."""

    @property
    def status(self) -> Status | None:
        """Where the run is, as last answered."""
        ...

    def start(self) -> None:
        """Begin to fill the store."""
        ...

    def tick(self) -> None:
        """Called before each paint."""
        ...

    def ask(self, request: Request, words: str = "") -> None:
        """Ask the run for something; the answer becomes a note that begins with `words`."""
        ...

    def close(self) -> None: ...


class LiveFeed:
    """A running mission. `may_steer` False: watches, and asks for nothing that changes the run."""

    mode: Literal["live", "replay"] = "live"

    def __init__(self, place: Place, *, may_steer: bool) -> None:
        self.place, self.may_steer = place, may_steer
        self.store, self.lock = Store(), threading.Lock()
        self.mission: Mission | None = None
        self._status: Status | None = None
        self.problem = self._broken = ""
        self.notes: deque[Note] = deque(maxlen=20)
        self.lost = self.received = 0
        self.judging: Judging | None = None
        self.health: tuple[ServicesGiven, ...] = ()
        self.restarts: Counter[str] = Counter()
        self._health_wall_s = 0.0
        self._shown_ns = 0
        self._heard = (0, 0)
        self._heard_wall_s = time.monotonic()
        self._asked: SimpleQueue[tuple[Request, str]] = SimpleQueue()
        self._over = threading.Event()
        self._threads = (
            threading.Thread(target=self._watch, name="view", daemon=True),
            threading.Thread(target=self._converse, name="operator", daemon=True),
        )

    @property
    def status(self) -> Status | None:
        return self._status

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def tick(self) -> None:
        """Nothing: the threads do it."""

    def ask(self, request: Request, words: str = "") -> None:
        if not self.may_steer:
            self.notes.append(Note("warning", "read only: this UI was not given the operator role"))
            return
        self._asked.put((request, words))

    def close(self) -> None:
        """End both threads; what was asked before is still sent."""
        self._over.set()
        for thread in self._threads:
            thread.join(_PATIENCE_S)
        if self.judging:
            self.judging.close()

    def _watch(self) -> None:
        """A fault of this side is named on screen: a still picture must not look like a still mission."""
        try:
            self._follow()
        except Exception as error:
            self._broken = f"this screen no longer follows the mission: {type(error).__name__}: {error}"
            self.problem = self._broken

    def _follow(self) -> None:
        """First what is there, then what comes."""
        with Viewer(self.place.view) as viewer:
            upto = self._catch_up(viewer)
            while not self._over.is_set():
                for number, event in viewer.events(_POLL_S):
                    if number > upto:
                        self._take(event)
                self.lost, self.received = viewer.lost, viewer.received

    def _take(self, event: Event) -> None:
        with self.lock:
            self.store.take(event)
            self._shown_ns = event.t_ns
        if self.judging:
            self.judging.take(event)

    def _catch_up(self, viewer: Viewer) -> int:
        """The mission and all that was published so far; the number up to which that is all."""
        while not self._over.is_set():
            try:
                with Console(self.place.operator, _PATIENCE_S) as console:
                    given, latest = console.ask(AskMission()), console.ask(AskLatest())
                    assert isinstance(given, MissionGiven)
                    assert isinstance(latest, Latest)
                    events = [decode_event(raw) for raw in latest.events]
            except UsageError as error:
                self.problem = f"nobody answers at {self.place.operator}: {error}"
                continue
            mission = msgspec.json.decode(given.mission, type=Mission)
            self.judging = Judging(mission)
            with self.lock:
                self.store = Store.of(mission)
                self.mission = mission
            for event in events:
                self._take(event)
            self.problem = ""
            return latest.number
        return 0

    def _converse(self) -> None:
        with Console(self.place.operator, _PATIENCE_S) as console:
            while not self._over.is_set() or not self._asked.empty():
                self._say_one(console)
                self._look(console)
                self._look_at_services(console)

    def _say_one(self, console: Console) -> None:
        try:
            request, words = self._asked.get(timeout=_STATUS_S)
        except Empty:
            return
        try:
            console.ask(request)
        except TwinError as error:
            self.notes.append(Note("warning", f"{words or 'request'}: {error}"))
            return
        if words:
            self.notes.append(Note("info", words))

    def _look(self, console: Console) -> None:
        if self._over.is_set():
            return
        try:
            status = console.ask(AskStatus())
        except TwinError as error:
            if self.store.known.ended is None:
                self.problem = f"the run does not answer: {error}"
            time.sleep(_STATUS_S)
            return
        assert isinstance(status, Status)
        with self.lock:
            self._status = status
            self.store.known.now_ns = max(self.store.known.now_ns, status.position_ns)
        if self.mission is not None:
            self.problem = self._broken or self._silence(status)

    def _silence(self, status: Status) -> str:
        """What is wrong when the run goes on and nothing of it comes; "" while all is well."""
        wall_s, heard = time.monotonic(), (self.received, status.events)
        if heard[0] != self._heard[0] or heard[1] == self._heard[1]:
            self._heard, self._heard_wall_s = heard, wall_s
        if wall_s - self._heard_wall_s < _PATIENCE_S:
            return ""
        return f"the view plane is silent: the run goes on, what is shown is of {clock(self._shown_ns)}"

    def _look_at_services(self, console: Console) -> None:
        wall_s = time.monotonic()
        if self._over.is_set() or self.problem or wall_s - self._health_wall_s < _HEALTH_S:
            return
        self._health_wall_s = wall_s
        with suppress(TwinError):  # the next status says that nobody answers
            given = console.ask(AskServices())
            assert isinstance(given, ServicesGiven)
            self._note_restarts(given)
            self.health = (*self.health[-1:], given)

    def _note_restarts(self, given: ServicesGiven) -> None:
        """Another process under a service's name: it was lost, and came back; the run says nothing of it."""
        before = self.health[-1].services if self.health else {}
        for name, each in given.services.items():
            old = before.get(name)
            if old is not None and old.pid and each.pid and old.pid != each.pid:
                self.restarts[name] += 1
                self.notes.append(Note("warning", f"service {name} was lost and restarted; the run goes on"))


def place_of(addresses: list[str]) -> Place:
    """Where a run is, from a folder of sockets or from the two addresses; UsageError says what is wrong."""
    match addresses:
        case [folder]:
            path = Path(folder).absolute()
            missing = [name for name in ("view", "operator") if not (path / name).is_socket()]
            if missing:
                raise UsageError(
                    f"no running mission in {folder}: no socket {' and '.join(missing)} there; "
                    "`twin run --open` and `twin fly` name their folder"
                )
            return Place(f"ipc://{path / 'view'}", f"ipc://{path / 'operator'}")
        case [view, operator]:
            for each in addresses:
                if not each.startswith(("ipc:///", "tcp://")):
                    raise UsageError(f"{each!r} is no address: ipc:///PATH or tcp://127.0.0.1:PORT")
            return Place(view, operator)
        case _:
            raise UsageError("give the folder of a running mission, or its view and operator addresses")
