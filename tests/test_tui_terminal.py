"""The console in a real terminal: flown, killed, taken up again, left; nothing stays behind."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import ROOT, TWIN, Terminal, left_behind, processes_with


@pytest.fixture
def flown(tmp_path: Path) -> Iterator[Terminal]:
    assert shutil.which("tmux"), "this test drives a real terminal: install tmux"
    terminal = Terminal(tmp_path, [*TWIN, "fly", "quickstart", "--rate", "5"])
    yield terminal
    terminal.close()


def test_a_flight_by_hand_from_go_to_abort_leaves_nothing_behind(flown: Terminal, tmp_path: Path) -> None:
    flown.shows(r"waits for GO to transfer")
    flown.press("g", "y")
    flown.shows(r"GATE +flies on by itself to hold_17")
    flown.press("A", "A")
    flown.shows(r"retreat|drift")
    flown.press("q", "s")
    screen = flown.shows(r"EXIT \d+")
    assert "Traceback" not in screen
    assert "recordings/quickstart-1.mcap" in screen
    assert (tmp_path / "recordings" / "quickstart-1.mcap").exists()
    assert left_behind(tmp_path) == []


def test_a_console_that_is_killed_leaves_the_mission_flying_and_another_sees_all(
    flown: Terminal, tmp_path: Path
) -> None:
    flown.shows(r"waits for GO to transfer")
    flown.press("g", "y")
    flown.shows(r"GATE +flies on by itself to hold_17")
    (console,) = [pid for pid, each in processes_with(str(tmp_path)).items() if "-m tui" in each]
    os.kill(console, signal.SIGKILL)
    screen = flown.shows(r"EXIT \d+")
    assert "The mission flies on" in screen
    assert "Traceback" not in screen
    again = Terminal(tmp_path, [*TWIN, "watch", "--operator"], name="again")
    seen = again.shows(r"GATE +flies on by itself to hold_17")
    assert "hold_50 T+00:00:00 > " in seen
    assert re.search(r"#1 go completed", seen)
    again.press("q", "s")
    again.shows(r"EXIT 0")
    assert left_behind(tmp_path) == []


def test_a_service_that_is_killed_is_named_and_no_traceback_is_shown(flown: Terminal, tmp_path: Path) -> None:
    flown.shows(r"waits for GO to transfer")
    (guidance,) = [pid for pid, each in processes_with(str(tmp_path)).items() if "host guidance" in each]
    os.kill(guidance, signal.SIGKILL)
    screen = flown.shows(r"guidance (was lost|lost|restarted|came back)")
    assert "Traceback" not in screen
    flown.press("q", "s")
    flown.shows(r"EXIT \d+")
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("command", [["fly", "quickstart"], ["watch"], ["play", "any.mcap"]])
def test_without_a_terminal_it_refuses_and_names_twin_run(command: list[str]) -> None:
    done = subprocess.run(
        [*TWIN, *command], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "twin: this needs a terminal; `twin run MISSION` flies without one\n"
