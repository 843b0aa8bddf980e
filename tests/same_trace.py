"""One mission flown in ways that must not matter, and with changes that must."""

import hashlib
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

from services.library import find
from tests.meddling import Meddler
from tests.twins import facts, private_folder, started

START_RATE = "300"
"""Simulated seconds a wall second at which a run with a meddler begins: time enough to be meddled with."""


class Way(NamedTuple):
    """How to fly. `blas` are the threads and the kernel that the environment asks numpy's library for."""

    in_process: bool
    hash_seed: int
    meddled: bool = False
    blas: tuple[str, str] = ("", "")

    def __str__(self) -> str:
        words = ["in process" if self.in_process else "processes", f"hash seed {self.hash_seed}"]
        words += ["meddled with"] if self.meddled else []
        words += [f"BLAS asked for {self.blas[1]} x {self.blas[0]}"] if self.blas[0] else []
        return ", ".join(words)


class Flown(NamedTuple):
    """What a flight came to: digest, hash of the recording's bytes, wall seconds, what was done to it."""

    digest: str
    recording: str
    wall_s: float
    verdict: str
    meddling: dict[str, int]


WAYS = (
    Way(in_process=False, hash_seed=0),
    Way(in_process=False, hash_seed=1),
    Way(in_process=True, hash_seed=0),
    Way(in_process=True, hash_seed=1),
    Way(in_process=False, hash_seed=0, meddled=True),
    Way(in_process=True, hash_seed=1, meddled=True),
    Way(in_process=False, hash_seed=1, meddled=True, blas=("2", "Prescott")),
    Way(in_process=True, hash_seed=0, blas=("4", "SkylakeX")),
)
"""Every transport twice, with everything that must not matter."""

CHANGES = {
    "another seed": "",
    "no sensor noise": "\n[dispersions]\nsensor_noise = 0.0\n",
    "no thruster error": "\n[dispersions]\nthruster_error = 0.0\n",
}
"""What is added to the mission file; each must give a trace of its own."""


def flown_each(mission: str, ways: Iterable[Way], until_s: float | None, jobs: int = 2) -> Iterator[Flown]:
    """All ways in order, `jobs` at a time: load on the machine must not matter either."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(partial(flown, mission, until_s), ways)


def changed_each(mission: str, until_s: float | None, jobs: int = 2) -> Iterator[tuple[str, Flown]]:
    """The mission with every change of `CHANGES`."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from zip(CHANGES, pool.map(partial(changed, mission, until_s), CHANGES), strict=True)


def flown(mission: str, until_s: float | None, way: Way, options: tuple[str, ...] = ()) -> Flown:
    """Fly a mission by name or path; `until_s` None flies it to its end."""
    threads, kernel = way.blas
    outside = {"OPENBLAS_NUM_THREADS": threads, "OPENBLAS_CORETYPE": kernel} if threads else {}
    with private_folder() as folder:
        recording = folder / "run.mcap"
        operator, view = (f"ipc://{folder}/{plane}" for plane in ("operator", "view"))
        words = ["run", mission, "--quiet", "--json", "--record", str(recording), *options]
        words += ["--in-process"] if way.in_process else []
        words += ["--until", str(until_s)] if until_s is not None else []
        words += ["--operator", operator, "--view", view, "--rate", START_RATE] if way.meddled else []
        begun_s = time.monotonic()
        process = started(words, folder, PYTHONHASHSEED=str(way.hash_seed), **outside)
        meddler = Meddler(operator, view, way.hash_seed, over=lambda: process.poll() is not None)
        if way.meddled:
            meddler.start()
        said = facts(process)
        wall_s = time.monotonic() - begun_s
        if way.meddled:
            meddler.join()
        file = hashlib.blake2b(recording.read_bytes(), digest_size=8).hexdigest()
        meddling = {**meddler.done, "shown": meddler.seen} if way.meddled else {}
        return Flown(said["digest"], file, wall_s, said["verdict"], meddling)


def changed(mission: str, until_s: float | None, change: str) -> Flown:
    """Fly a packaged mission with a change, in process."""
    with private_folder() as folder:
        file = folder / f"{mission}.toml"
        file.write_text(find(mission).text + CHANGES[change])
        options = () if CHANGES[change] else ("--seed", "987654")
        return flown(str(file), until_s, Way(in_process=True, hash_seed=0), options)
