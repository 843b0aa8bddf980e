"""Mends the cache of compiled models: a file cut by a crash is not repaired by its own library."""

from pathlib import Path

from twin.dynamics.models import cache_fault, cache_folder

_NAMES = ("cache.db", "cache.db-wal", "cache.db-shm")


def mend() -> str:
    """Remove the cache's files if they cannot be read; says what was wrong, or nothing.

    Where there is no folder to write to, models are compiled anew at each start: slower, not different.
    """
    fault = cache_fault()
    folder = Path(cache_folder())
    if fault and folder.is_dir():
        for name in _NAMES:
            (folder / name).unlink(missing_ok=True)
    return fault
