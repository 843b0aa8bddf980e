"""Processes that fly whole missions side by side."""

import os
from concurrent.futures import ProcessPoolExecutor

from services.bus.host import follow


def workers(jobs: int) -> ProcessPoolExecutor:
    """A pool of `jobs` processes that end with this one, however it ends."""
    return ProcessPoolExecutor(jobs, initializer=follow, initargs=(os.getpid(),))
