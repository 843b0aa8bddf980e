"""From the command to the first simulated second, with the cache of compiled code empty and filled; `--help`.

A command is timed to its exit: what ends the services and judges the run is in the figure too.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import services
from tests.bench.figures import Figure, most

_ROOT = str(Path(services.__file__).parent.parent)
_CACHE_VARIABLE = "XDG_CACHE_HOME"  # where heyoka looks for the folder of its compiled code
_NOT_READY_YET = 1  # exit code of a run that ends after a second: its requirements are not met


def _seconds(arguments: list[str], cache: Path, expected: int = 0) -> float:
    environment = {**os.environ, "PYTHONPATH": _ROOT, _CACHE_VARIABLE: str(cache)}
    begun_s = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, cwd=cache, check=False
    )
    took_s = time.perf_counter() - begun_s
    if done.returncode != expected:
        raise RuntimeError(f"{' '.join(arguments)} exited with {done.returncode}: {done.stderr.decode()}")
    return took_s


def _first_second(cache: Path, name: str) -> float:
    run = ["-m", "services.cli", "run", "quickstart", "--until", "1", "--quiet", "--record"]
    return _seconds([*run, str(cache / f"{name}.mcap")], cache, _NOT_READY_YET)


def figures(repeats: int) -> list[Figure]:
    """One cold start with an empty cache, then the best of `repeats` warm ones."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        cold_s = _first_second(cache, "cold")
        warm_s = min(_first_second(cache, f"warm-{repeat}") for repeat in range(repeats))
        help_s = min(_seconds(["-m", "services.cli", "--help"], cache) for _ in range(repeats))
        bare_s = min(_seconds(["-c", "pass"], cache) for _ in range(repeats))
        compiled = sum(file.is_file() for file in cache.glob("heyoka/**/*"))
    to_exit = "twin run quickstart --until 1, to its exit"
    return [
        Figure(what="start, nothing compiled yet", measured=cold_s, unit="s", budget=most(6.0), note=to_exit),
        Figure(
            what="start, compiled code cached",
            measured=warm_s,
            unit="s",
            reference=cold_s,
            against="cold",
            budget=most(3.0),
            note=f"{compiled} files in the cache",
        ),
        Figure(
            what="twin --help",
            measured=help_s,
            unit="s",
            reference=bare_s,
            against="python -c pass",
            budget=most(0.3),
        ),
    ]
