"""The command `twin` as a process of its own, with what it starts and what it leaves on the machine."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parent.parent
SERVICES = ("target", "servicer", "guidance", "ground")
PATIENCE_S = 60.0
"""For what takes a second on an idle machine."""


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder for sockets: only ours, its path short."""
    with TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder)


def free_endpoint() -> str:
    """An address where nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


def started(arguments: Sequence[str], cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """`twin ARGUMENTS` in a process group of its own, as a shell starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "services.cli", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def facts(process: "subprocess.Popen[str]", timeout_s: float = 10.0 * PATIENCE_S) -> dict[str, Any]:
    """What it printed with --json when it had ended, whatever its verdict."""
    out, err = process.communicate(timeout=timeout_s)
    if process.returncode not in {0, 1}:
        raise AssertionError(f"exit {process.returncode}: {err}")
    found: dict[str, Any] = json.loads(out)
    return found


def services_of(process: "subprocess.Popen[str]") -> dict[str, int]:
    """The services that run now as its children, with their process ids."""
    found = {}
    for pid in _children(process.pid):
        words = _read(f"/proc/{pid}/cmdline").split("\0")
        for name in SERVICES:
            if "services.bus.host" in words and name in words:
                found[name] = pid
    return found


def alive(pids: Sequence[int]) -> list[int]:
    """Those of `pids` that still run; one that is dead but not yet waited for does not."""
    return [
        pid for pid in pids if _read(f"/proc/{pid}/stat").rpartition(")")[2].split()[:1] not in ([], ["Z"])
    ]


def until(happened: Callable[[], Any], what: str, patience_s: float = PATIENCE_S) -> float:
    """Wait until `happened()`; returns the seconds it took, raises AssertionError if it does not."""
    begun_s = time.monotonic()
    while not happened():
        if time.monotonic() - begun_s > patience_s:
            raise AssertionError(f"{what} has not happened within {patience_s:g} s")
        time.sleep(0.005)
    return time.monotonic() - begun_s


def size(path: Path) -> int:
    """Bytes of a file, 0 while it is not there."""
    return path.stat().st_size if path.exists() else 0


def _children(pid: int) -> list[int]:
    return [int(word) for word in _read(f"/proc/{pid}/task/{pid}/children").split()]


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
