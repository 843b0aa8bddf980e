"""`twin compare`: an hour of a mission against the same hour with other noise."""

import time
from pathlib import Path

from msgspec.structs import replace

from services.recording.comparison import Tolerances, compare_recordings
from services.recording.read import Recording
from services.run import Options, fly
from tests.bench.figures import Figure, most
from twin.mission.script import Mission

_HOUR_S = 3600.0


def figure(mission: Mission, folder: Path) -> Figure:
    """Reading both files, their events and all quantities."""
    paths = [folder / f"hour-{seed}.mcap" for seed in (1, 2)]
    for seed, path in enumerate(paths, start=1):
        fly(replace(mission, seed=seed), Options(in_process=True, record=path, until_s=_HOUR_S))
    begun_s = time.perf_counter()
    found = compare_recordings(Recording(paths[0]), Recording(paths[1]), Tolerances())
    return Figure(
        what=f"twin compare, one hour of {mission.name} against one hour",
        measured=time.perf_counter() - begun_s,
        unit="s",
        budget=most(10.0),
        note=f"{found.quantities} quantities and {found.happened} events",
    )
