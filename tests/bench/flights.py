"""Runs of real missions, recorded and digested, with what they took."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from msgspec import Struct

from services.recording.write import Recorder
from services.run import Options, RunReport, fly
from tests.bench.children import peak_bytes_by_service
from twin.contracts.actuation import ActuatorCommand
from twin.contracts.envelope import Event
from twin.mission.script import Mission

_EVERY_EVENTS = 512
"""How often the memory of the services is looked at, about once in a hundred control cycles; at first at
powers of two, so that a short run has a figure too."""


class Flight(Struct, kw_only=True):
    """One run. Wall and CPU seconds of `cycles` run from the first actuator command to the last.

    `flying_s` are wall seconds from the first event to the last: the start is a figure of its own.
    """

    report: RunReport
    cycles: int
    flying_s: float
    cycles_wall_s: float
    cycles_cpu_s: float
    recorder_s: float
    whole_s: float
    peak_bytes: dict[str, int]

    @property
    def cycles_per_s(self) -> float:
        return self.cycles / self.cycles_wall_s

    @property
    def cycles_per_cpu_s(self) -> float:
        """Per CPU second of the conductor's process: all there is in process, its own part otherwise."""
        return self.cycles / self.cycles_cpu_s

    @property
    def speed(self) -> float:
        """Simulated seconds a wall second, while it flew."""
        return self.report.end_s / self.flying_s

    @property
    def held_s(self) -> dict[str, float]:
        """Seconds the rounds waited for each participant; the rest is the conductor's, with what it feeds."""
        waits = self.report.outcome.waits
        return waits | {"conductor, recorder, judge": self.flying_s - sum(waits.values())}


class _Watch:
    """Observer that counts control cycles and looks at the services' memory from time to time."""

    def __init__(self, *, in_process: bool) -> None:
        self.commands = 0
        self.events = 0
        self.first = self.last = (0.0, 0.0)
        self.begun_s = self.ended_s = 0.0
        self.peaks: Counter[str] = Counter()
        self._in_process = in_process

    def take(self, event: Event) -> None:
        self.events += 1
        self.ended_s = time.perf_counter()
        self.begun_s = self.begun_s or self.ended_s
        if isinstance(event.body, ActuatorCommand):
            self.last = (self.ended_s, time.process_time())
            self.first = self.last if self.commands == 0 else self.first
            self.commands += 1
        if not self._in_process and self._looks():
            self.peaks |= Counter(peak_bytes_by_service(os.getpid()))

    def _looks(self) -> bool:
        return self.events % _EVERY_EVENTS == 0 or self.events & (self.events - 1) == 0


def flown(mission: Mission, record: Path, *, in_process: bool, until_s: float | None = None) -> Flight:
    """Fly `mission` as fast as it goes, recorded to `record`."""
    watch = _Watch(in_process=in_process)
    options = Options(in_process=in_process, record=record, until_s=until_s)
    begun_s = time.perf_counter()
    with _timed_recorder() as recorder_s:
        report = fly(mission, options, observers=(watch.take,))
    return Flight(
        report=report,
        cycles=watch.commands - 1,
        flying_s=watch.ended_s - watch.begun_s,
        cycles_wall_s=watch.last[0] - watch.first[0],
        cycles_cpu_s=watch.last[1] - watch.first[1],
        recorder_s=sum(recorder_s),
        whole_s=time.perf_counter() - begun_s,
        peak_bytes=dict(watch.peaks),
    )


@contextmanager
def _timed_recorder() -> Iterator[list[float]]:
    """Every second spent in the recorder, while this lasts."""
    spent_s: list[float] = []

    def timed(verb: Any) -> Any:
        def call(*arguments: Any) -> None:
            begun_s = time.perf_counter()
            verb(*arguments)
            spent_s.append(time.perf_counter() - begun_s)

        return call

    with (
        patch.object(Recorder, "round", timed(Recorder.round)),
        patch.object(Recorder, "finish", timed(Recorder.finish)),
    ):
        yield spent_s
