"""The cache of compiled models: where it is, how large it may be, and mended when it is broken.

Processes that start at once share it safely: its library keeps it in one SQLite file.
"""

import os
from pathlib import Path

from twin.dynamics.models import cache_fault, cache_folder, keep_compiled_in, limit_compiled

_NAMES = ("cache.db", "cache.db-wal", "cache.db-shm")


_LIMIT_BYTES = 512 * 2**20
"""All models of all levels of fidelity take 60 MB."""


def prepare() -> None:
    """Before a process compiles its first model: say where the cache is, mend it, bound it, once.

    $XDG_CACHE_HOME/debris-removal-twin, or ~/.cache/debris-removal-twin.
    """
    given = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(given) if given else Path.home() / ".cache") / "debris-removal-twin"
    if Path(cache_folder()) == folder:
        return  # opening it anew takes 40 ms, and in one process three services would
    keep_compiled_in(str(folder))
    mend()
    limit_compiled(_LIMIT_BYTES)


def mend() -> str:
    """Remove the cache's files if they cannot be read; says what was wrong, or nothing.

    A file cut by a crash is not repaired by its own library.
    Where there is no folder to write to, models are compiled anew at each start: slower, not different.
    """
    fault = cache_fault()
    folder = Path(cache_folder())
    if fault and folder.is_dir():
        for name in _NAMES:
            (folder / name).unlink(missing_ok=True)
    return fault
