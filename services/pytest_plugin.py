"""pytest collects mission files: one flight a mission, in process, and a test for each thing it must show.

Of a folder only files that are missions are taken (they extend one, or have a target and guidance); a file
that is named is always taken. The test `the flight` fails when a service failed; the others are the
requirements of the mission and the steps of its script that expect something. A vacuous one fails.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.junit import FLIGHT
from services.laws import laws
from services.library import load_mission
from services.run import RunReport, fly_whole
from services.words import explained, mission_time
from twin.errors import MissionError
from twin.mission.script import Mission
from twin.mission.verdict import RequirementResult

_LARGEST_BYTES = 4_000_000
REPORTS: pytest.StashKey[list[RunReport]] = pytest.StashKey()
"""What was flown in this process, for those who want more than tests."""


def pytest_configure(config: pytest.Config) -> None:
    """With several workers, all tests of a mission go to one: it is flown once."""
    config.stash[REPORTS] = []
    asks_for_missions = any(".toml" in str(each) or "missions" in str(each) for each in config.args)
    if asks_for_missions and config.getoption("dist", "no") == "load":
        config.option.dist = "loadgroup"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "MissionFile | None":
    """A mission file, or None for everything else."""
    if file_path.suffix != ".toml":
        return None
    if parent.session.isinitpath(file_path) or _is_mission(file_path):
        return MissionFile.from_parent(parent, path=file_path)
    return None


def _is_mission(path: Path) -> bool:
    if path.stat().st_size > _LARGEST_BYTES:
        return False
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):  # not TOML, or not text: nobody said that it is a mission
        return False
    return "extends" in table or {"target", "guidance"} <= table.keys()


class MissionFile(pytest.File):
    """A mission, flown once when its first test runs."""

    mission: Mission
    _report: RunReport | None = None

    def collect(self) -> Iterator["MissionItem"]:
        """The flight, every requirement, every step that expects something."""
        try:
            self.mission = load_mission(str(self.path), laws())
        except MissionError as error:
            raise self.CollectError(str(error)) from None
        names = [FLIGHT, *(each.name for each in self.mission.requirements)]
        names += [step.name for step in self.mission.timeline if step.judged]
        for name in names:
            item = MissionItem.from_parent(self, name=name)
            if self.config.pluginmanager.hasplugin("xdist"):
                item.add_marker(pytest.mark.xdist_group(str(self.path)))
            yield item

    def flown(self) -> RunReport:
        """The report of the one flight."""
        if self._report is None:
            self._report = fly_whole(self.mission)
            self.config.stash[REPORTS].append(self._report)
        return self._report


class UnmetError(Exception):
    """A requirement was not met; the message says by how much and when."""


class MissionItem(pytest.Item):
    """One thing that the flight must show."""

    parent: MissionFile

    def runtest(self) -> None:
        """Raises UnmetError."""
        report = self.parent.flown()
        if report.verdict is None:
            outcome = report.outcome
            moment = mission_time(outcome.end_t_ns)
            raise UnmetError(f"the run was lost: {outcome.cause} at {moment}: {outcome.text}")
        results = {each.name: each for each in report.verdict.results}
        if self.name != FLIGHT:
            _demand([results[self.name]])
            return
        _demand([each for name, each in results.items() if name not in _own(self.parent.mission)])

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """One line for what was not met; everything for what went wrong."""
        if isinstance(excinfo.value, UnmetError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test is, and what it is called."""
        return self.path, None, f"{self.parent.name}::{self.name}"


def _own(mission: Mission) -> set[str]:
    steps = {step.name for step in mission.timeline if step.judged}
    return steps | {each.name for each in mission.requirements}


def _demand(results: list[RequirementResult]) -> None:
    failed = [explained(each) for each in results if each.outcome != "pass"]
    if failed:
        raise UnmetError("; ".join(failed))
