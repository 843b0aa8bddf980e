"""Progress of a run on standard error: one living line in a terminal, plain lines at events elsewhere.

It hears the same events as the record and looks at the wall clock only to decide when to paint.
"""

import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

from services.words import mission_time
from twin.contracts.envelope import Event
from twin.contracts.navigation import Estimate, PhaseChanged, SafetyVerdict
from twin.contracts.radio import CommandVerification, PassEvent, StepTaken
from twin.dynamics.epochs import Epoch, utc_text
from twin.mission.script import Mission

_PAINT_S: Final = 0.1
_RATE_SPAN_S: Final = 2.0
_CLEAR: Final = "\r\x1b[2K"
_TOLD_STAGES: Final = frozenset({"released", "completed", "failed", "timed_out"})


class Progress:
    """An observer of events; call `close` before printing anything else.

    What is shown is what the on-board computer believes: range and closing rate are estimates.
    """

    def __init__(
        self, mission: Mission, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._epoch = Epoch(mission.epoch_utc)
        self._phase = mission.guidance.start_phase
        self._stream = stream or sys.stderr
        self._clock = clock
        self._terminal = self._stream.isatty()
        self._estimate: Estimate | None = None
        self._station = ""
        self._painted_s = -_PAINT_S
        self._rate_from = (clock(), 0)
        self._rate = 0.0
        self._t_ns = 0

    def take(self, event: Event) -> None:
        """Note an event; paint if it is time."""
        self._t_ns = event.t_ns
        line = self._noted(event)
        if line:
            self._tell(f"{mission_time(event.t_ns)}  {line}")
        if self._terminal and self._clock() - self._painted_s >= _PAINT_S:
            self._paint(event.t_ns)

    def say(self, text: str) -> None:
        """A line about the run itself, which is no event of it."""
        self._tell(f"{mission_time(self._t_ns)}  {text}")

    def close(self) -> None:
        """Take the living line away."""
        if self._terminal:
            self._stream.write(_CLEAR)
            self._stream.flush()

    def _noted(self, event: Event) -> str:
        """What is worth a line of its own, or ""."""
        match event.body:
            case Estimate() as estimate:
                self._estimate = estimate
            case PhaseChanged() as change:
                self._phase = change.phase
                moved = f"phase {change.previous} -> {change.phase} ({change.cue})"
                return f"{moved}{_why(change.reason)}{self._where()}"
            case PassEvent() as contact:
                return self._contact(contact)
            case CommandVerification() as command if command.stage in _TOLD_STAGES:
                return f"command {command.name} {command.stage} ({command.origin}){_why(command.reason)}"
            case StepTaken(outcome="timed_out" | "failed") as step:
                how = "ran out of time" if step.outcome == "timed_out" else "failed"
                return f"step {step.step} {how}{_why(step.text)}"
            case SafetyVerdict(level="abort") as verdict:
                seen = f"{verdict.value:.4g}, limit {verdict.limit:.4g}"
                return f"abort by {verdict.monitor}: {seen}{_why(verdict.text)}"
        return ""

    def _contact(self, contact: PassEvent) -> str:
        match contact.event:
            case "acquired":
                self._station = contact.station
                return f"pass over {contact.station} until {mission_time(contact.set_ns)}"
            case "lost":
                self._station = "" if self._station == contact.station else self._station
                return f"pass over {contact.station} ended"
        return ""

    def _where(self) -> str:
        seen = self._estimate
        return f", range {seen.range_m:.1f} m" if seen else ""

    def _tell(self, line: str) -> None:
        self._stream.write(f"{_CLEAR if self._terminal else ''}{line}\n")
        self._stream.flush()

    def _paint(self, t_ns: int) -> None:
        self._painted_s = now_s = self._clock()
        since_s, since_ns = self._rate_from
        if now_s - since_s >= _RATE_SPAN_S or not self._rate:
            self._rate = (t_ns - since_ns) * 1e-9 / max(now_s - since_s, 1e-3)
            self._rate_from = (now_s, t_ns)
        seen = self._estimate
        relative = f"  {seen.range_m:8.2f} m  closing {-seen.range_rate_mps:+.3f} m/s" if seen else ""
        link = f"pass {self._station}" if self._station else "no pass"
        utc = utc_text(self._epoch, t_ns)[:19]
        line = f"{mission_time(t_ns)[:-4]}  {utc}Z  {self._phase:<10}{relative}  {link}  x{self._rate:.0f}"
        self._stream.write(f"{_CLEAR}{line}")
        self._stream.flush()


def _why(reason: str) -> str:
    return f": {reason}" if reason else ""
