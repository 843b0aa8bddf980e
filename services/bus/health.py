"""What a process of ours uses, and the end of what it wrote: read from the system when somebody asks."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from services.bus.peers import Peers
from twin.contracts.steering import ServiceHealth

_LOG_BYTES: Final = 8192
_LINES, _WIDTH = 6, 400


class Usage(NamedTuple):
    """CPU time so far, and memory that is resident now."""

    cpu_s: float
    memory_bytes: int


def usage(pid: int) -> Usage | None:
    """Of a process; None if it is gone. Fields of proc(5): utime, stime and rss of `stat`."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat[stat.rindex(")") + 2 :].split()  # the name before may hold blanks and brackets
    ticks = int(fields[11]) + int(fields[12])
    return Usage(ticks / os.sysconf("SC_CLK_TCK"), int(fields[21]) * os.sysconf("SC_PAGE_SIZE"))


def tail(path: Path, lines: int) -> tuple[str, ...]:
    """The last lines of a log; none if there is no such file."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - _LOG_BYTES))
            return tuple(log.read().decode(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return ()


def health(peers: Peers, said: Mapping[str, int]) -> dict[str, ServiceHealth]:
    """Of every peer in rank order; `said` is how many events came from each."""
    found = {}
    for name in peers.names:
        pid = peers.pids.get(name, 0)
        used = usage(pid) if pid else None
        found[name] = ServiceHealth(
            pid=pid if used else 0,
            cpu_s=used.cpu_s if used else 0.0,
            memory_bytes=used.memory_bytes if used else 0,
            messages=said.get(name, 0),
            log=tuple(line[:_WIDTH] for line in peers.log(name, _LINES)),
        )
    return found
