"""Starts the terminal UI, and for a flight the mission beside it: two processes, of which either may go.

The mission flies in a session of its own, so that neither Ctrl-C nor the end of the terminal reaches it.
Nothing that flies is imported here: that takes as long as the UI takes to paint.
"""

import os
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from typing import Final

from services.exit_codes import PASSED
from twin.errors import UsageError

PLANES_AT: Final = "seen and steered with: twin watch"
"""What a run prints before the folder of its planes."""
STOPPED_BY_UI: Final = 10
"""Exit code of the UI when it has stopped the run."""
_ENDS_WITHIN_S: Final = 20.0
_MODES: Final = ("1000", "1002", "1003", "1006", "1015", "1049", "2004", "2026")
_GIVEN_BACK: Final = "".join(f"\x1b[?{mode}l" for mode in _MODES) + "\x1b[?25h\x1b[<u"
"""Mouse, alternate screen, bracketed paste and keyboard reports off, cursor on."""


def fly(arguments: list[str], *, light: bool) -> int:
    """Start a mission (`twin run` with `arguments`) and show it; the exit code is the mission's."""
    _require_terminal()
    command = [sys.executable, "-P", "-m", "services.cli", "run", *arguments, "--open", "--quiet"]
    flight = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env=_environment(),
    )
    folder = _folder(flight)
    if not folder:
        return flight.wait()
    code = _show(["--steer", folder], light=light)
    return _after(flight, folder, code)


def watch(places: list[str], *, operator: bool, light: bool) -> int:
    """Show a running mission."""
    _require_terminal()
    found = places or [str(only_run())]
    code = _show([*(["--steer"] if operator else []), *found], light=light)
    return PASSED if code == STOPPED_BY_UI else code


def play(recording: Path, *, light: bool) -> int:
    """Show a recording."""
    _require_terminal()
    return _show(["--play", str(recording)], light=light)


def _require_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("this needs a terminal; `twin run MISSION` flies without one")


def _folder(flight: "subprocess.Popen[str]") -> str:
    """Where the mission is reached; "" if it did not start, and then what it said is passed on."""
    assert flight.stdout is not None
    said = []
    for line in flight.stdout:
        if line.startswith(PLANES_AT):
            return line.removeprefix(PLANES_AT).strip()
        said.append(line)
    sys.stderr.write("".join(said))
    return ""


def _show(arguments: list[str], *, light: bool) -> int:
    command = [sys.executable, "-P", "-m", "tui", *arguments, *(["--light"] if light else [])]
    before = termios.tcgetattr(sys.stdin)
    code = subprocess.run(command, env=_environment(), check=False).returncode
    if code < 0:  # killed: it could not give the terminal back itself
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
        print(_GIVEN_BACK, end="", flush=True)
    return code


def _after(flight: "subprocess.Popen[str]", folder: str, code: int) -> int:
    """The UI is gone: pass on what an ended mission said, leave one that flies."""
    if code == STOPPED_BY_UI or _has_ended(flight, folder):
        assert flight.stdout is not None
        print(flight.stdout.read(), end="")
        return flight.wait()
    if code != PASSED:
        print(f"twin: the UI ended with code {code}; the mission is not touched by that", file=sys.stderr)
    print(f"The mission flies on. See it again: twin watch {folder} --operator")
    return PASSED


def _has_ended(flight: "subprocess.Popen[str]", folder: str) -> bool:
    """Whether the mission is over, or just closing its recording: then its sockets are gone already."""
    if (Path(folder) / "view").exists() and flight.poll() is None:
        return False
    try:
        flight.wait(_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def only_run() -> Path:
    """The folder of the only mission of ours that can be watched on this machine."""
    parent = Path(tempfile.gettempdir())
    found = [
        each.parent
        for each in sorted(parent.glob("twin-*/view"))
        if each.is_socket() and each.stat().st_uid == os.getuid()
    ]
    match found:
        case [folder]:
            return folder
        case []:
            raise UsageError("no mission runs here that can be watched; `twin fly MISSION` starts one")
        case _:
            raise UsageError(f"{len(found)} missions run here, name one: {', '.join(map(str, found))}")


def _environment() -> dict[str, str]:
    """Ours, with the place of this product in front: -P keeps the working folder out."""
    place = str(Path(__file__).parent.parent)
    known = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": f"{place}{os.pathsep}{known}" if known else place}
