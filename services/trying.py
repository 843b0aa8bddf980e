"""`twin test`: missions as tests, by pytest with our plugin; here only what is shown while they fly."""

import os
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from services.exit_codes import FAILED, PASSED
from services.library import find, names
from services.report import print_json, print_table
from twin.errors import MissionError, UsageError

if TYPE_CHECKING:
    import pytest

_PLUGIN: Final = "services.pytest_plugin"
_CLEAR: Final = "\r\x1b[2K"


def fly_all(asked: Sequence[str], jobs: int, junit: Path | None, *, quiet: bool, as_json: bool) -> int:
    """Fly the missions asked for (files, folders, names; none: all that `twin list` lists) and judge them."""
    try:
        import pytest
    except ImportError:
        raise UsageError("twin test needs pytest: pip install 'debris-removal-twin[test]'") from None
    display = Display(quiet=quiet)
    # No configuration and no plugin of the place where it is called may decide on a verdict.
    places = _places(asked)
    root = os.path.commonpath([Path.cwd(), *(Path(each).absolute() for each in places)])
    words = ["-c", os.devnull, f"--rootdir={root}", "--disable-plugin-autoload", "-p", _PLUGIN]
    words += ["-p", "no:terminal", "-p", "no:cacheprovider", *_workers(jobs)]
    words += [f"--junitxml={junit}"] if junit else []
    code = pytest.main([*words, *places], plugins=[display])
    display.close()
    if display.refused:
        raise MissionError("; ".join(display.refused))
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if as_json:
        print_json({"passed": display.passed, "tests": display.facts})
    else:
        display.print_outcome()
    return PASSED if display.passed else FAILED


def _workers(jobs: int) -> list[str]:
    if jobs == 1:
        return []
    if find_spec("xdist") is None:
        raise UsageError("-n needs pytest-xdist: pip install 'debris-removal-twin[test]', or leave -n out")
    return ["-p", "xdist", "-n", str(jobs), "--dist", "loadgroup"]


def _places(asked: Sequence[str]) -> list[str]:
    """Files and folders as they are; anything else is the name of a mission."""
    wanted = asked or names()
    return [each if asked and Path(each).exists() else find(each).place for each in wanted]


class Display:
    """A pytest plugin that says on standard error how far the missions are; `close` before printing."""

    def __init__(self, *, quiet: bool) -> None:
        self.facts: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self._quiet = quiet
        self._live = sys.stderr.isatty() and not quiet
        self._begun_s = time.monotonic()
        self._open: dict[str, bool] = {}
        self._collected: dict[str, int] = {}

    @property
    def passed(self) -> bool:
        return bool(self.facts) and all(each["outcome"] == "passed" for each in self.facts)

    def pytest_collectreport(self, report: "pytest.CollectReport") -> None:
        """A file that is no mission."""
        if report.failed:
            self.refused.append(" ".join(str(report.longrepr).split()))

    def pytest_itemcollected(self, item: "pytest.Item") -> None:
        """Count what is to come (with several workers only they know)."""
        mission = _mission(item.nodeid)
        self._collected[mission] = self._collected.get(mission, 0) + 1

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A mission flies when its first test begins."""
        self._open[_mission(nodeid)] = True
        self._paint()

    def pytest_runtest_logreport(self, report: "pytest.TestReport") -> None:
        """A requirement has been judged."""
        if report.when != "call" and not report.failed:
            return
        mission = _mission(report.nodeid)
        fact = {
            "mission": mission,
            "test": report.nodeid.partition("::")[2].partition("@")[0],
            "outcome": report.outcome,
            "text": "" if report.passed else str(report.longrepr),
        }
        self.facts.append(fact)
        if report.failed and not self._quiet:
            self._say(f"FAIL  {mission}  {fact['text']}")
        self._paint()

    def close(self) -> None:
        """Take the living line away."""
        if self._live:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()

    def print_outcome(self) -> None:
        """A row a mission, then the whole in one line."""
        missions = list(dict.fromkeys(each["mission"] for each in self.facts))
        rows = []
        for mission in missions:
            own = [each for each in self.facts if each["mission"] == mission]
            failed = [each["test"] for each in own if each["outcome"] != "passed"]
            rows.append((mission, str(len(own)), str(len(failed)), ", ".join(failed)))
        print_table(("mission", "tests>", "failed>", "which"), rows)
        failing = sum(each["outcome"] != "passed" for each in self.facts)
        took_s = time.monotonic() - self._begun_s
        print(f"{len(missions)} missions, {len(self.facts)} tests, {failing} failed, {took_s:.1f} s")

    def _say(self, line: str) -> None:
        sys.stderr.write(f"{_CLEAR if self._live else ''}{line}\n")
        sys.stderr.flush()

    def _paint(self) -> None:
        if not self._live:
            return
        judged = {each["mission"] for each in self.facts}
        flying = [each for each in self._open if each not in judged]
        of = f" of {sum(self._collected.values())}" if self._collected else ""
        failing = sum(each["outcome"] != "passed" for each in self.facts)
        line = f"{len(self.facts)}{of} judged, {failing} failed"
        sys.stderr.write(f"{_CLEAR}{line}{'; flying ' + ', '.join(flying) if flying else ''}")
        sys.stderr.flush()


def _mission(nodeid: str) -> str:
    return Path(nodeid.partition("::")[0]).stem
