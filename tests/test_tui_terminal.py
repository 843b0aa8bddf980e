"""The console in a real terminal: started, GO, abort, left; nothing stays behind. Without one: a refusal."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TWIN = [sys.executable, "-m", "services.cli"]


class Terminal:
    """A tmux server of its own, with one window of 100 x 30."""

    def __init__(self, folder: Path, command: list[str]) -> None:
        self._socket = folder / "tmux"
        words = " ".join(["env", f"PYTHONPATH={ROOT}", f"TMPDIR={folder}", *command])
        line = f"cd {folder} && {words}; echo EXIT $?; sleep 60"
        self._tmux("new-session", "-d", "-x", "100", "-y", "30", "-s", "t", line)

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self._socket), "-f", os.devnull, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def press(self, *keys: str) -> None:
        for key in keys:
            self._tmux("send-keys", "-t", "t", key)
            time.sleep(0.2)

    def shows(self, pattern: str, within_s: float = 40.0) -> str:
        """The screen, as soon as `pattern` is found on it."""
        end_wall_s = time.monotonic() + within_s
        while not re.search(pattern, screen := self._tmux("capture-pane", "-p", "-t", "t")):
            assert time.monotonic() < end_wall_s, f"no {pattern!r} in\n{screen}"
            time.sleep(0.1)
        return screen

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture
def flown(tmp_path: Path) -> Iterator[Terminal]:
    assert shutil.which("tmux"), "this test drives a real terminal: install tmux"
    terminal = Terminal(tmp_path, [*TWIN, "fly", "quickstart", "--rate", "5"])
    yield terminal
    terminal.close()


def processes_with(word: str) -> list[str]:
    """Command lines of living processes that hold `word` in their environment or arguments."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            line = (each / "cmdline").read_bytes() + (each / "environ").read_bytes()
        except (PermissionError, FileNotFoundError, ProcessLookupError):
            continue
        if word.encode() in line and b"services" in line:
            found.append((each / "cmdline").read_text().replace("\0", " "))
    return found


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
    assert [
        line for line in processes_with(str(tmp_path)) if "tmux" not in line and "sleep" not in line
    ] == []


@pytest.mark.parametrize("command", [["fly", "quickstart"], ["watch"], ["play", "any.mcap"]])
def test_without_a_terminal_it_refuses_and_names_twin_run(command: list[str]) -> None:
    done = subprocess.run(
        [*TWIN, *command], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "twin: this needs a terminal; `twin run MISSION` flies without one\n"
