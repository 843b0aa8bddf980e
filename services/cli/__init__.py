"""The command `twin`: options in, one line for every mistake, exit codes out.

A module holds the commands of one subject, and is named here; the order is that of the help.
Nothing heavy is imported: each command loads what it needs when it is called.
"""

from services.cli import flights, keys, laws, missions, models, recordings
from services.cli.entry import call, main
from services.exit_codes import BAD_INPUT, FAILED, INTERRUPTED, PASSED, SERVICE_FAILED

__all__ = [
    "BAD_INPUT",
    "FAILED",
    "INTERRUPTED",
    "PASSED",
    "SERVICE_FAILED",
    "call",
    "flights",
    "keys",
    "laws",
    "main",
    "missions",
    "models",
    "recordings",
]
