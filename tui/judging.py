"""The requirements as they stand, judged beside the screens: only where the mission lets truth be shown."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from twin.contracts.codec import decode_event, encode
from twin.contracts.envelope import Event
from twin.errors import TwinError
from twin.mission.script import Mission

if TYPE_CHECKING:
    from twin.mission.verdict import Assessor, Verdict

_SHARE: Final = 0.04
"""Of one core, at most, over time."""
_LEAST_S: Final = 1.0
_MOST: Final = 400_000
"""Events judged of a run that is looked at, about 400 MB; a longer one is judged at its end, by the run."""
_KEPT_BYTES: Final = 32 * 2**20
"""Kept of events while nobody looks: the whole of a flight to the stack (19 MiB), or the last of more."""


class Judging:
    """Takes the events of a run, from a feed's thread; `look` gives the newest verdict and asks for another.

    `since_ns` is from when on it judges; `problem` says why there is none. `events` gives the run's events at
    once instead, for a recording.
    """

    def __init__(self, mission: Mission, events: Callable[[], Iterator[Event]] | None = None) -> None:
        self.verdict: Verdict | None = None
        self.problem = "" if mission.operator.truth else "the mission hides truth: judged when the run ends"
        self.since_ns = 0
        self._mission = mission
        self._events = events
        self._pending: deque[bytes] = deque()  # encoded: a third of the memory
        self._bytes = 0
        self._count = 0
        self._wanted = threading.Event()
        self._until_ns = 0
        self._over = False
        self._thread: threading.Thread | None = None

    def take(self, event: Event) -> None:
        """Note an event, in the order of the run."""
        if self.problem:
            return
        raw = encode(event)
        self._pending.append(raw)
        self._bytes += len(raw)
        while self._thread is None and self._bytes > _KEPT_BYTES:
            self._bytes -= len(self._pending.popleft())
        self._count += self._thread is not None
        if self._count > _MOST:
            self.problem = f"more than {_MOST} events: judged when the run ends"
            self._pending.clear()

    def look(self, now_ns: int) -> "Verdict | None":
        """The newest verdict; one of `now_ns` is on its way."""
        if not self.problem and now_ns != self._until_ns:
            self._until_ns = now_ns
            self._wanted.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="judging", daemon=True)
                self._thread.start()
        return self.verdict

    def close(self) -> None:
        """No more verdicts; the one being made ends with the process."""
        self._over = True
        self._wanted.set()

    def _work(self) -> None:
        try:
            from twin.mission.verdict import Assessor  # not before the screens: it brings what judges

            assessor = Assessor(self._mission)
            for event in self._events() if self._events is not None else ():
                assessor.take(event)
            while not self._over:
                self._judge(assessor)
        except TwinError as error:
            self.problem = str(error)

    def _judge(self, assessor: "Assessor") -> None:
        begun_cpu_s = time.thread_time()
        while self._pending and not self._over:
            assessor.take(decode_event(self._pending.popleft()))
        self.since_ns = max(0, *(track.start_ns for track in assessor.sampler.tracks.values()))
        self._wanted.clear()
        self.verdict = assessor.finish(self._until_ns)
        time.sleep(max(_LEAST_S, (time.thread_time() - begun_cpu_s) / _SHARE))
        self._wanted.wait()
