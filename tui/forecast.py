"""Computes the abort ladder's outlook beside the screens: a thread, at most so often, newest report first."""

import threading
import time
from typing import TYPE_CHECKING, Final

from twin.contracts.radio import Housekeeping
from twin.errors import TwinError
from twin.mission.script import Mission

if TYPE_CHECKING:
    from twin.gnc.outlook import Outlook

_SHARE: Final = 0.06
"""Of one core, at most, over time: an outlook takes some tenths of a second."""
_LEAST_S: Final = 2.0
_FIRST_S: Final = 0.5  # the screens are painted first


class Forecaster:
    """`want` a report's outlook; `newest` is the last one made, `problem` why there are no more."""

    def __init__(self) -> None:
        self.newest: Outlook | None = None
        self.problem = ""
        self._lock = threading.Condition()
        self._wanted: tuple[Mission, Housekeeping] | None = None
        self._done: tuple[Mission, Housekeeping] | None = None
        self._over = False
        self._thread: threading.Thread | None = None

    def want(self, mission: Mission, report: Housekeeping | None) -> None:
        """Returns at once; of reports that come faster than outlooks only the newest counts."""
        if report is None or (self._wanted is not None and self._wanted[1] is report):
            return
        with self._lock:
            self._wanted = (mission, report)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="outlook", daemon=True)
                self._thread.start()
            self._lock.notify()

    def close(self) -> None:
        """No more outlooks; the one being made ends with the process."""
        with self._lock:
            self._over = True
            self._lock.notify()

    def _work(self) -> None:
        self._rest(_FIRST_S)
        from twin.gnc.outlook import Prophet  # not before the screens: it brings orbits and their data

        prophet: Prophet | None = None
        while (wanted := self._next()) is not None:
            mission, report = wanted
            begun_cpu_s = time.thread_time()
            try:
                prophet = prophet or Prophet(mission)
                self.newest = prophet.outlook(report)
            except TwinError as error:
                self.problem = str(error)
                return
            self._rest(max(_LEAST_S, (time.thread_time() - begun_cpu_s) / _SHARE))

    def _next(self) -> tuple[Mission, Housekeeping] | None:
        """The newest report, as soon as there is another; None at the end."""
        with self._lock:
            self._lock.wait_for(lambda: self._over or self._wanted is not self._done)
            self._done = self._wanted
            return None if self._over else self._wanted

    def _rest(self, rest_s: float) -> None:
        with self._lock:
            self._lock.wait_for(lambda: self._over, timeout=rest_s)
