"""A law that hangs: its process is ended by the computing time it has used, and told of it in its next life.

The time is that of the process, not of the wall: a crowded machine trips nothing, and a law that sleeps is
not caught. The kernel's profiling timer ends the process even where a C library hangs; what was being
executed is in its log. Services in one process have no such guard.
"""

import faulthandler
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.bus.peers import Loss
from twin.contracts.envelope import Event
from twin.contracts.navigation import PhaseChanged
from twin.contracts.operations import LawSwap, LawUnresponsive
from twin.mission.script import Mission

GUIDANCE: Final = "guidance"
_ENDED: Final = f"killed by {signal.SIGPROF.name}"


@contextmanager
def limited(cpu_s: float | None) -> Iterator[None]:
    """End this process when what is inside takes more than `cpu_s` of computing; None is no limit."""
    if cpu_s is None:
        yield
        return
    if not faulthandler.is_enabled():
        faulthandler.enable(sys.stderr)
        faulthandler.register(signal.SIGPROF, file=sys.stderr, chain=True)
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


def overran(loss: Loss) -> bool:
    """Whether the guidance was ended by its limit."""
    return loss.name == GUIDANCE and loss.cause == _ENDED


class LawWatch:
    """Which law flies: what there is to say of it when it hangs."""

    def __init__(self, mission: Mission) -> None:
        self._laws = {row.name: row.law for row in mission.guidance.phases}
        self._phase = mission.guidance.start_phase

    def take(self, event: Event) -> None:
        match event.body:
            case PhaseChanged(phase=phase) if event.source == GUIDANCE:
                self._phase = phase
            case LawSwap(phase=phase, law=law, shadow=False):
                self._laws[phase] = law

    @property
    def finding(self) -> LawUnresponsive:
        from services.guidance import CPU_LIMIT_S

        return LawUnresponsive(law=self._laws.get(self._phase, "unknown"), cpu_s=CPU_LIMIT_S)
