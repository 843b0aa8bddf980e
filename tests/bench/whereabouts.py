"""Where the time goes: a profile of an in-process run by package."""

import cProfile
import pstats
from collections import defaultdict
from pathlib import Path
from typing import Any

import services
from services.run import Options, fly
from twin.mission.script import Mission

_ROOT = Path(services.__file__).parent.parent
_DEPTH = 2
_LIBRARIES = "libraries"
_FURTHEST = 8
"""How many library calls up their caller is looked for."""
Function = tuple[str, int, str]


def by_package(mission: Mission, record: Path, until_s: float | None) -> dict[str, float]:
    """Share of own time of every package in a profiled run; library and built-in code is its caller's.

    A profiler makes Python calls dearer than compiled code: these shares say where to look, not how much.
    """
    profile = cProfile.Profile()
    profile.enable()
    fly(mission, Options(in_process=True, record=record, until_s=until_s))
    profile.disable()
    statistics = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    spent: defaultdict[str, float] = defaultdict(float)
    for function, (_, _, own_s, _, _) in statistics.items():
        _book(statistics, function, own_s, spent, _FURTHEST)
    total_s = sum(spent.values())
    return {package: own_s / total_s for package, own_s in sorted(spent.items(), key=lambda item: -item[1])}


def _book(statistics: Any, function: Function, own_s: float, spent: dict[str, float], further: int) -> None:
    """Book time to the package of `function`, or to those of its callers by their shares of its time."""
    package = _package(function)
    callers = statistics[function][4] if function in statistics else {}
    whole_s = sum(each[3] for each in callers.values())
    if package or not further or whole_s <= 0.0:
        spent[package or _LIBRARIES] += own_s
        return
    for caller, (_, _, _, part_s) in callers.items():
        if part_s > 0.0:
            _book(statistics, caller, own_s * part_s / whole_s, spent, further - 1)


def _package(function: Function) -> str:
    """Package of a function of ours, `twin.gnc` for example; empty for other code."""
    path = Path(function[0])
    if not path.is_relative_to(_ROOT):
        return ""
    parts = path.relative_to(_ROOT).with_suffix("").parts
    return ".".join(parts[:_DEPTH])
