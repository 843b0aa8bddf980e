"""What `twin` says by its exit code."""

from typing import Final

PASSED: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2
SERVICE_FAILED: Final = 3
INTERRUPTED: Final = 130
READER_GONE: Final = 141
"""Nobody reads standard output any more, as behind `| head`: what a shell says of a SIGPIPE."""
