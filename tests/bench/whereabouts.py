"""Where the time goes: who held time in a run, and a profile of an in-process run by package."""

import cProfile
import pstats
from collections import Counter
from pathlib import Path

import services
from services.outcome import Outcome
from services.run import Options, fly
from twin.mission.script import Mission

_ROOT = Path(services.__file__).parent.parent
_DEPTH = 2
Function = tuple[str, int, str]


def held(outcome: Outcome) -> dict[str, float]:
    """Seconds the rounds waited for each participant; the rest is the conductor's, recorder and judge too."""
    return outcome.waits | {"conductor": outcome.wall_s - sum(outcome.waits.values())}


def by_package(mission: Mission, record: Path, until_s: float | None) -> dict[str, float]:
    """Share of own time of every package in a profiled run; library and built-in code is its caller's.

    A profiler makes Python calls dearer than compiled code: these shares say where to look, not how much.
    """
    profile = cProfile.Profile()
    profile.enable()
    fly(mission, Options(in_process=True, record=record, until_s=until_s))
    profile.disable()
    spent: Counter[str] = Counter()
    statistics = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for function, (_, _, own_s, _, callers) in statistics.items():
        package = _package(function)
        if package:
            spent[package] += own_s
        else:
            for caller, (_, _, share_s, _) in callers.items():
                spent[_package(caller) or "libraries"] += share_s
    total_s = spent.total()
    return {package: own_s / total_s for package, own_s in spent.most_common()}


def _package(function: Function) -> str:
    """Package of a function of ours, `twin.gnc` for example; empty for other code."""
    path = Path(function[0])
    if not path.is_relative_to(_ROOT):
        return ""
    parts = path.relative_to(_ROOT).with_suffix("").parts
    return ".".join(parts[:_DEPTH])
