"""From the command to the first simulated second, with the cache of compiled code empty and filled; `--help`.

A command is timed to its exit: what ends the services and judges the run is in the figure too.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import services
from tests.bench.figures import Figure, most

_ROOT = str(Path(services.__file__).parent.parent)
_CACHE_VARIABLE = "XDG_CACHE_HOME"  # where heyoka looks for the folder of its compiled code
_NOT_READY_YET = 1  # exit code of a run that ends after a second: its requirements are not met


class _Took(NamedTuple):
    """Wall seconds, and CPU seconds of all processes of the command."""

    wall_s: float
    cpu_s: float


def _run(arguments: list[str], cache: Path, expected: int = 0) -> _Took:
    environment = {**os.environ, "PYTHONPATH": _ROOT, _CACHE_VARIABLE: str(cache)}
    begun_s, used_s = time.perf_counter(), _children_cpu_s()
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, cwd=cache, check=False
    )
    took = _Took(time.perf_counter() - begun_s, _children_cpu_s() - used_s)
    if done.returncode != expected:
        raise RuntimeError(f"{' '.join(arguments)} exited with {done.returncode}: {done.stderr.decode()}")
    return took


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _first_second(cache: Path, name: str) -> _Took:
    run = ["-m", "services.cli", "run", "quickstart", "--until", "1", "--quiet", "--record"]
    return _run([*run, str(cache / f"{name}.mcap")], cache, _NOT_READY_YET)


def help_figure(repeats: int) -> Figure:
    """The best of `repeats` calls of `twin --help`, against an interpreter that does nothing."""
    folder = Path(tempfile.gettempdir())
    help_s = min(_run(["-m", "services.cli", "--help"], folder).wall_s for _ in range(repeats))
    bare_s = min(_run(["-c", "pass"], folder).wall_s for _ in range(repeats))
    return Figure(
        what="twin --help",
        measured=help_s,
        unit="s",
        reference=bare_s,
        against="python -c pass",
        budget=most(0.3),
    )


def figures(repeats: int) -> list[Figure]:
    """One cold start with an empty cache, then the best of `repeats` warm ones."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        cold = _first_second(cache, "cold")
        warm = min(_first_second(cache, f"warm-{repeat}") for repeat in range(repeats))
        compiled = sum(file.is_file() for file in cache.glob("heyoka/**/*"))
    return [
        Figure(
            what="start, nothing compiled yet",
            measured=cold.wall_s,
            unit="s",
            budget=most(6.0),
            note=f"twin run quickstart --until 1, to its exit; {cold.cpu_s:.1f} s of CPU",
        ),
        Figure(
            what="start, compiled code cached",
            measured=warm.wall_s,
            unit="s",
            reference=cold.wall_s,
            against="the cold start",
            budget=most(3.0),
            note=f"{warm.cpu_s:.1f} s of CPU, {compiled} files in the cache",
        ),
    ]
