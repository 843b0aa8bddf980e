"""A long hold, watched: simulated seconds a CPU second and memory, day by day."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
from msgspec.structs import replace

from services.bus.inproc import InprocPeers
from services.conductor import Coordinator
from services.laws import laws
from services.library import load_mission
from services.recording.write import Recorder
from services.run import participants, run_facts
from tests.patience import without_link_limits
from twin.contracts.envelope import Event
from twin.mission.ending import EndingWatch
from twin.mission.script import Mission

PARTS = 10


class Part(NamedTuple):
    """A tenth of the soak: simulated seconds a CPU second in it, memory at its end, events so far."""

    days: float
    speed: float
    memory_mib: float
    events: int


def long_hold(days: float) -> Mission:
    """The rendezvous without its GO: it keeps the 50 m hold until the end."""
    mission = without_link_limits(load_mission("rendezvous", laws()))
    ending = replace(mission.ending, latest_s=days * 86400.0)
    return replace(mission, timeline=(), ending=ending, sample_s=60.0)


def soaked(days: float, folder: Path) -> Iterator[Part]:
    """Fly it in this process, recorded; a part after the other."""
    mission = long_hold(days)
    recorder = Recorder(folder / "soak.mcap", mission, run_facts(mission))
    parts: list[Part] = []
    last = [0.0, time.process_time()]
    process = psutil.Process()

    def watch(event: Event) -> None:
        now_s = event.t_ns * 1e-9
        if now_s - last[0] < days * 86400.0 / PARTS:
            return
        cpu_s = time.process_time()
        speed = (now_s - last[0]) / (cpu_s - last[1])
        parts.append(Part(now_s / 86400.0, speed, process.memory_info().rss / 2**20, recorder.events))
        last[:] = [now_s, cpu_s]

    run = Coordinator(mission, InprocPeers(participants()), recorder, (watch,), ending=EndingWatch(mission))
    outcome = run.run()
    recorder.close()
    assert outcome.cause == "deadline", outcome.text
    yield from parts
