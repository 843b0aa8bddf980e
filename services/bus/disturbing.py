"""Faults of processes, carried out on the children of a run: killed, stalled, slowed. None leaves a trace."""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Mapping

from twin.contracts.faults import OfProcess, Slowed, Stalled

_BEAT_S = 0.05
"""Period in which a slowed process stands still and runs."""


class Disturbances:
    """`pids` gives the process of every role; what is under way ends with `close`."""

    def __init__(self, pids: Callable[[], Mapping[str, int]]) -> None:
        self._pids = pids
        self._standing: dict[str, threading.Event] = {}

    def begin(self, name: str, kind: str, fault: OfProcess) -> None:
        """Carry out a fault; of a role that is not a process of ours nothing comes."""
        match kind:
            case "process.kill":
                self._signal(fault.role, signal.SIGKILL)
            case "process.stall" if isinstance(fault, Stalled):
                self._standing[name] = self._beating(fault.role, fault.wall_s, 0.0, once=True)
            case "process.slow" if isinstance(fault, Slowed):
                still_s = _BEAT_S * (1.0 - fault.share)
                self._standing[name] = self._beating(fault.role, still_s, _BEAT_S - still_s, once=False)

    def end(self, name: str) -> None:
        """A fault that lasted is over."""
        if (over := self._standing.pop(name, None)) is not None:
            over.set()

    def close(self) -> None:
        """Let everybody run again."""
        for name in tuple(self._standing):
            self.end(name)

    def _beating(self, role: str, still_s: float, running_s: float, *, once: bool) -> threading.Event:
        """A process that stands still and runs in turn, until the event is set."""
        over = threading.Event()

        def beat() -> None:
            while not over.is_set():
                self._signal(role, signal.SIGSTOP)
                over.wait(still_s)
                self._signal(role, signal.SIGCONT)
                if once:
                    return
                over.wait(running_s)

        threading.Thread(target=beat, daemon=True).start()
        return over

    def _signal(self, role: str, number: signal.Signals) -> None:
        pid = self._pids().get(role)
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
