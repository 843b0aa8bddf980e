"""Ctrl-C and termination as a question that a loop asks, so that everything can be put away in order."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PATIENCE = 3


class Interrupts:
    """While open, signals that end a program only set a mark; the third in a row raises KeyboardInterrupt,
    and so does leaving with a mark that nobody asked for any more: no signal is lost.

    Outside the main thread signals cannot be taken: then nothing is ever asked.
    """

    def __init__(self) -> None:
        self._taken = 0
        self._name = ""
        self._heard = False
        self._before: dict[signal.Signals, Any] = {}

    def asked(self) -> str:
        """Name of the signal that asked for the end, or ""."""
        self._heard = bool(self._name)
        return self._name

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {each: signal.signal(each, self._take) for each in _SIGNALS}
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)
        if self._name and not self._heard and kind is None:
            raise KeyboardInterrupt

    def _take(self, number: int, frame: FrameType | None) -> None:
        self._taken += 1
        self._name = signal.Signals(number).name
        if self._taken >= _PATIENCE:
            raise KeyboardInterrupt


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ctrl-C waits while the main thread loads modules: numpy and heyoka would make an import error of it.

    A mask would not do: it holds for one thread, and the signal is then handed to another.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: asked.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if asked:
            signal.raise_signal(signal.SIGINT)
