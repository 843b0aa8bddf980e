"""A real terminal for the console: a tmux server of its own, driven by keys and read as text."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
TWIN: Final = [sys.executable, "-m", "services.cli"]


class Terminal:
    """One window; `line` of a command runs in it, in `folder`, and then its exit code is shown."""

    def __init__(
        self, folder: Path, command: list[str], *, size: tuple[int, int] = (100, 30), name: str = "t"
    ) -> None:
        self._socket, self._name = folder / "tmux", name
        words = " ".join(["env", f"PYTHONPATH={ROOT}", f"TMPDIR={folder}", *command])
        line = f"cd {folder} && {words}; echo EXIT $?; sleep 600"
        self._tmux("new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), "-s", name, line)

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self._socket), "-f", os.devnull, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    @property
    def screen(self) -> str:
        """What is on it now."""
        return self._tmux("capture-pane", "-p", "-t", self._name)

    def press(self, *keys: str) -> None:
        for key in keys:
            self._tmux("send-keys", "-t", self._name, key)
            time.sleep(0.2)

    def shows(self, pattern: str, within_s: float = 120.0) -> str:
        """The screen, as soon as `pattern` is found on it."""
        end_wall_s = time.monotonic() + within_s
        while not re.search(pattern, screen := self.screen):
            assert time.monotonic() < end_wall_s, f"no {pattern!r} in\n{screen.strip()}"
            assert "EXIT" not in screen or "EXIT" in pattern, f"ended without {pattern!r}\n{screen.strip()}"
            time.sleep(0.1)
        return screen

    def close(self) -> None:
        """End the server with all its windows."""
        self._tmux("kill-server")


def processes_with(word: str) -> dict[int, str]:
    """Living processes of ours whose command or environment holds `word`: process to command."""
    found = {}
    for each in Path("/proc").glob("[0-9]*"):
        try:
            told = (each / "cmdline").read_bytes() + (each / "environ").read_bytes()
            command = (each / "cmdline").read_text().replace("\0", " ")
        except (PermissionError, FileNotFoundError, ProcessLookupError):
            continue
        if word.encode() in told and sys.executable in command:
            found[int(each.name)] = command
    return {pid: each for pid, each in found.items() if "tmux" not in each and "sleep" not in each}


def left_behind(folder: Path, within_s: float = 30.0) -> list[str]:
    """Processes of a flight in `folder` that have not ended by themselves."""
    end_wall_s = time.monotonic() + within_s
    while (left := processes_with(str(folder))) and time.monotonic() < end_wall_s:
        time.sleep(0.1)
    return list(left.values())
