"""What a command of long evidence says: claims, each with what was found."""

import argparse
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Finding(NamedTuple):
    """One row: what was done, what came of it, and whether that is what is claimed."""

    done: str
    found: str
    holds: bool


Claims = Callable[[argparse.Namespace], Iterator[Finding]]
