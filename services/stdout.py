"""Standard output belongs to results: libraries that write to file descriptor 1 are sent to standard error.

And what the contact engine says of itself when it is loaded, from C on descriptor 2, is said to nobody.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from errno import EPIPE
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from io import BufferedWriter, FileIO, TextIOWrapper
from types import ModuleType
from typing import Any, Final

_TALKATIVE: Final = "pybullet"


def guard() -> None:
    """From here on only Python's `sys.stdout` reaches the real standard output, once in a process."""
    sys.stdout.flush()
    real, encoding = os.dup(1), sys.stdout.encoding
    os.dup2(2, 1)
    results = BufferedWriter(_Results(real, "w", closefd=False))
    sys.stdout = TextIOWrapper(results, encoding=encoding, line_buffering=os.isatty(real))
    if _TALKATIVE not in sys.modules:
        sys.meta_path.insert(0, _Quietly())


class UnwrittenError(Exception):
    """Results could not be written to standard output; `reader_gone` if nobody reads it, as behind `| head`.

    No OSError: libraries on the way have their own idea of what to do about a closed pipe.
    """

    def __init__(self, cause: OSError) -> None:
        super().__init__(cause.strerror)
        self.reader_gone = cause.errno == EPIPE


class _Results(FileIO):
    """The real standard output."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise UnwrittenError(error) from error


class _Quietly(MetaPathFinder):
    """Finds the one talkative library, once, and has it loaded in silence."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _TALKATIVE:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Silent(spec.loader)
        return spec


class _Silent(Loader):
    """A loader whose library's first words go nowhere; if it cannot be loaded, that is raised as ever."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        with _silence():
            return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        with _silence():
            self._loader.exec_module(module)


@contextmanager
def _silence() -> Iterator[None]:
    """File descriptor 2 leads nowhere meanwhile."""
    sys.stderr.flush()
    real, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(real, 2)
        os.close(real)
        os.close(nowhere)
