"""Standard output belongs to results: libraries that write to file descriptor 1 are sent to standard error.

The contact engine announces itself there when it is loaded, from C, past Python's own streams.
"""

import os
import sys


def guard() -> None:
    """From here on only Python's `sys.stdout` reaches the real standard output, once in a process."""
    sys.stdout.flush()
    real = os.dup(1)
    os.dup2(2, 1)
    buffering = 1 if os.isatty(real) else -1
    sys.stdout = os.fdopen(real, "w", buffering=buffering, encoding=sys.stdout.encoding, closefd=False)
