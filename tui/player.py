"""A recording as a feed: the same store, filled up to a moment that the viewer chooses."""

import threading
import time
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from tui.feed import Note
from tui.judging import Judging
from tui.marks import Landmark, Marks, landmark_of
from tui.store import Store
from twin.contracts.capture import ArmState
from twin.contracts.envelope import Event
from twin.contracts.motion import Trajectory
from twin.contracts.operations import AlarmHandled, Mark, PeerLost, RunEnded, TelecommandRequest
from twin.contracts.radio import CommandVerification, LinkState, PassEvent, StepTaken, TelemetryFrame
from twin.contracts.steering import Request, ServicesGiven, Status
from twin.mission.script import Mission

if TYPE_CHECKING:
    pass

RATES: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
_SHOWN: Final = (
    AlarmHandled,
    TelecommandRequest,
    Trajectory,
    ArmState,
    TelemetryFrame,
    PassEvent,
    LinkState,
    CommandVerification,
    StepTaken,
    Mark,
    PeerLost,
    RunEnded,
)


class PlayFeed:
    """A recording at a moment. Nothing can be asked of it: what happened has happened."""

    mode: Literal["live", "replay"] = "replay"
    may_steer = False
    received = lost = 0
    health: tuple[ServicesGiven, ...] = ()

    def __init__(self, path: Path) -> None:
        """Raises RecordingError when the file is corrupt or too short to hold a mission."""
        from services.recording.read import Recording  # a flight's console reads no files

        self.recording: Recording = Recording(path)
        _, mission = self.recording.require_sound()
        self.mission: Mission | None = mission
        self.end_ns = self.recording.until_ns
        self._mission = mission
        self.store, self.lock = Store.of(mission), threading.Lock()
        self.problem = "" if self.recording.condition == "complete" else self.recording.problem
        self.notes: deque[Note] = deque(maxlen=20)
        self.position_ns, self.paused, self.rate = 0, False, 1.0
        self._events: list[Event] = []
        self._times: list[int] = []
        self.landmarks: tuple[Landmark, ...] = ()
        """Moments where something happened, in order."""
        self.marks = Marks(path)
        self.restarts: Counter[str] = Counter()
        self.judging: Judging | None = Judging(mission, lambda: (e for e, _ in self.recording.events()))
        self._next = 0
        self._wall_s = time.monotonic()

    @property
    def status(self) -> Status | None:
        """The player in the words of a run; who held time is not in a recording."""
        return Status(
            now_ns=self.store.known.now_ns,
            position_ns=self.position_ns,
            end_ns=self.end_ns,
            paused=self.paused,
            wanted_rate=self.rate,
            achieved_rate=None if self.paused else self.rate,
            waiting_for=(),
            waits={},
            rounds=0,
            events=self.recording.saved,
        )

    def start(self) -> None:
        """Read the events; raises RecordingError."""
        self._events = [event for event, _ in self.recording.events() if isinstance(event.body, _SHOWN)]
        self._times = [event.t_ns for event in self._events]
        found = (landmark_of(event) for event in self._events)
        self.landmarks = tuple(each for each in found if each is not None)
        self._wall_s = time.monotonic()
        self.seek(0)

    def tick(self) -> None:
        """Play on for the wall time that has passed."""
        wall_s = time.monotonic()
        passed_s, self._wall_s = wall_s - self._wall_s, wall_s
        if not self.paused:
            self._move(min(self.position_ns + round(passed_s * self.rate * 1e9), self.end_ns))
            self.paused = self.position_ns >= self.end_ns

    def seek(self, t_ns: int) -> None:
        """Show the moment `t_ns`, within the recording."""
        t_ns = min(max(t_ns, 0), self.end_ns)
        if t_ns < self.position_ns:
            with self.lock:
                self.store = Store.of(self._mission)
                self._next = 0
        self._move(t_ns)

    def jump(self, direction: Literal[-1, 1]) -> None:
        """Show the next event, or the one before."""
        times = sorted({each.t_ns for each in (*self.landmarks, *self.marks.all)})
        at = bisect_right(times, self.position_ns)
        target = times[at : at + 1] if direction > 0 else [t for t in times[:at] if t < self.position_ns][-1:]
        if target:
            self.seek(target[0])

    def mark(self, name: str) -> None:
        """Keep this moment under a name, beside the recording."""
        self._change_marks(lambda: self.marks.add(self.position_ns, name), f"marked {name or 'this moment'}")

    def unmark(self, mark: Landmark) -> None:
        """Take a mark away."""
        self._change_marks(lambda: self.marks.remove(mark), f"mark {mark.text} taken away")

    def _change_marks(self, change: Callable[[], None], words: str) -> None:
        try:
            change()
        except OSError as error:
            words = f"{words}, for now only: {self.marks.place} cannot be written ({error.strerror})"
        self.notes.append(Note("info", words))

    def faster(self, direction: Literal[-1, 1]) -> None:
        """The next rate of the ladder."""
        at = min(range(len(RATES)), key=lambda k: abs(RATES[k] - self.rate))
        self.rate = RATES[min(max(at + direction, 0), len(RATES) - 1)]

    def ask(self, request: Request, words: str = "") -> None:
        self.notes.append(Note("warning", "a recording takes no commands"))

    def close(self) -> None:
        """Nothing is held open; what is being judged ends."""
        if self.judging:
            self.judging.close()

    def _move(self, t_ns: int) -> None:
        upto = bisect_right(self._times, t_ns)
        with self.lock:
            for event in self._events[self._next : upto]:
                self.store.take(event)
            self._next = upto
            self.store.known.advance(t_ns)
        self.position_ns = t_ns
