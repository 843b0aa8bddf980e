"""`twin shrink`: of a mission that fails, the fewest faults and the shortest script that still fail so.

What must still fail is one requirement, in the way it failed. As a mission without its script fails as well,
though for another reason, a smaller script counts only if without faults it passes: then it is the faults
that do it. (A mission that fails without any is shrunk by its script alone.) What a requirement broke, it
broke by its worst moment, so a flight need go no further; one that was not met in time needs all its time.
"""

import sys
from math import ceil
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from services.exit_codes import PASSED
from services.laws import laws
from services.library import SUFFIX, find, load_mission
from services.run import fly_whole
from services.words import explained
from twin.errors import UsageError
from twin.mission.script import Fault, Mission, Step
from twin.mission.shrinking import smallest
from twin.mission.strict import nearest
from twin.mission.verdict import RequirementResult

_BROKEN: Final = frozenset({"always", "never", "count", "maximum", "time_above"})
"""Kinds that, once broken, no later moment can mend."""
_Part = tuple[tuple[str, ...], tuple[str, ...], float]


def shrink(name: str, seed: int | None, requirement: str, out: Path | None, *, quiet: bool) -> int:
    """Shrink, write the reproducer, say where. UsageError when the mission does not fail."""
    found = find(name)
    mission = load_mission(name, laws())
    mission = mission if seed is None else replace(mission, seed=seed)
    path = out or _place(name, found.name)
    if path.exists():
        raise UsageError(f"{path} exists; choose another file with --out, or remove it")
    search = _Search(mission, quiet=quiet)
    worst = search.aim(requirement)
    faults, steps = search.smallest()
    small = search.part(faults, steps)
    text = _reproducer(found.name, mission, small, worst)
    _write(path, text)
    again = load_mission(str(path), laws())
    if again != replace(small, name=again.name):
        raise UsageError(f"{path} says something else than was flown: put it beside {found.place}")
    print(text)
    before = f"{len(mission.faults)} faults and {len(mission.timeline)} steps"
    print(f"# {before} became {len(faults)} and {len(steps)}, in {search.flights} flights: twin run {path}")
    return PASSED


class _Search:
    """Flies parts of a mission; each once."""

    def __init__(self, mission: Mission, *, quiet: bool) -> None:
        self.mission = mission
        self.flights = 0
        self._quiet = quiet
        self._aim = ""
        self._outcome = ""
        self._latest_s = mission.ending.latest_s
        self._known: dict[_Part, RequirementResult | None] = {}

    def aim(self, requirement: str) -> RequirementResult:
        """What must still fail: the requirement named, or the first that failed (a broken one before a
        vacuous one)."""
        report = fly_whole(self.mission)
        self.flights += 1
        if report.verdict is None:
            raise UsageError(f"the run itself was lost, nothing was judged: {report.outcome.text}")
        failed = [each for each in report.verdict.results if each.outcome != "pass"]
        if requirement:
            names = [each.name for each in report.verdict.results]
            if requirement not in names:
                raise UsageError(f"no requirement `{requirement}`{nearest(requirement, names)}")
            failed = [each for each in failed if each.name == requirement]
        if not failed:
            raise UsageError(f"{requirement or self.mission.name} passes: there is nothing to shrink")
        worst = min(failed, key=lambda each: each.outcome == "vacuous")
        self._aim, self._outcome = worst.name, worst.outcome
        self._say(f"aims at {explained(worst)}")
        if worst.kind in _BROKEN and worst.outcome == "fail" and worst.worst_t_ns is not None:
            self._latest_s = min(self._latest_s, ceil(worst.worst_t_ns / 1e9) + 1.0)
        return worst

    def smallest(self) -> tuple[tuple[Fault, ...], tuple[Step, ...]]:
        """Faults first, then steps, then faults again: with fewer steps fewer faults may do."""
        all_steps = self.mission.timeline
        by_faults = bool(self.mission.faults) and not self.fails((), all_steps)

        def still(faults: tuple[Fault, ...], steps: tuple[Step, ...]) -> bool:
            return self.fails(faults, steps) and not (by_faults and self.fails((), steps))

        faults = smallest(self.mission.faults, lambda part: still(part, all_steps))
        steps = smallest(all_steps, lambda part: still(faults, part))
        return smallest(faults, lambda part: still(part, steps)), steps

    def part(self, faults: tuple[Fault, ...], steps: tuple[Step, ...]) -> Mission:
        """The mission with these alone, as long as it has to be."""
        ending = replace(self.mission.ending, latest_s=self._latest_s)
        return replace(self.mission, faults=faults, timeline=steps, ending=ending)

    def fails(self, faults: tuple[Fault, ...], steps: tuple[Step, ...]) -> bool:
        """Whether the requirement fails as it did."""
        key = (tuple(each.name for each in faults), tuple(each.name for each in steps), self._latest_s)
        if key not in self._known:
            report = fly_whole(self.part(faults, steps))
            self.flights += 1
            results = report.verdict.results if report.verdict else ()
            self._known[key] = next((each for each in results if each.name == self._aim), None)
            self._say(f"{len(faults)} faults, {len(steps)} steps: {self._outcome_of(key)}")
        return self._outcome_of(key) == self._outcome

    def _outcome_of(self, key: _Part) -> str:
        """How the requirement came out; a step that was left out has no line."""
        result = self._known[key]
        return "none" if result is None else result.outcome

    def _say(self, line: str) -> None:
        if not self._quiet:
            print(line, file=sys.stderr, flush=True)


def _reproducer(name: str, mission: Mission, small: Mission, worst: RequirementResult) -> str:
    """A mission file that extends the one that was shrunk."""
    lines = [f"# Fails as {name} does: {explained(worst)}", "", f'extends = "{name}"']
    lines += [f"seed = {mission.seed}"]
    if small.ending != mission.ending:
        lines += [f"ending = {{ latest_s = {small.ending.latest_s} }}"]
    for key, whole, kept in (
        ("faults", mission.faults, small.faults),
        ("timeline", mission.timeline, small.timeline),
    ):
        names = {each.name for each in kept}
        for each in whole:
            if each.name not in names:
                lines += ["", f"[[{key}]]", f'name = "{each.name}"', "remove = true"]
    return "\n".join(lines) + "\n"


def _place(asked: str, name: str) -> Path:
    """<mission>-shrunk.toml: beside a mission file that was named by its path, else here."""
    folder = Path(asked).parent if asked.endswith(SUFFIX) else Path()
    return folder / f"{name}-shrunk{SUFFIX}"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}; choose another place with --out") from error
