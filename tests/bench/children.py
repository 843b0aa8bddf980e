"""What the system says of the processes of a run's services."""

from pathlib import Path

_HOST = "services.bus.host"
_PROC = Path("/proc")


def peak_bytes_by_service(parent: int) -> dict[str, int]:
    """Peak resident memory (VmHWM) of every service whose process is a child of `parent`."""
    peaks: dict[str, int] = {}
    for task in (_PROC / str(parent) / "task").iterdir():
        for child in (task / "children").read_text().split():
            name, peak = _service(_PROC / child)
            if name:
                peaks[name] = peak
    return peaks


def own_peak_bytes() -> int:
    """Peak resident memory of this process."""
    return _peak_bytes(_PROC / "self")


def _service(process: Path) -> tuple[str, int]:
    """Its role and peak memory; an empty role for another sort of process, or one that has ended."""
    try:
        words = (process / "cmdline").read_text().split("\0")
        name = words[words.index(_HOST) + 1] if _HOST in words else ""
        return name, _peak_bytes(process) if name else 0
    except FileNotFoundError:
        return "", 0


def _peak_bytes(process: Path) -> int:
    lines = (process / "status").read_text().splitlines()
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
