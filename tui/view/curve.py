"""One quantity over mission time as a drawing: what was reported when it was generated, and its limits."""

from dataclasses import dataclass, field
from typing import Final

from tui.store import Known
from tui.view.words import clock
from twin.ground.alarms import LATE_NS
from twin.ground.knowledge import REPORTED
from twin.ground.limits import LEVELS, Severity
from twin.mission.quantities import QUANTITIES

SPANS_S: Final = (600.0, 3600.0, 6 * 3600.0, 0.0)
"""Widths of the window; 0: all that is kept."""
_GAP_NS: Final = 35_000_000_000
"""Reports further apart are not joined: between them nothing is known."""
_MARGIN: Final = 0.08


@dataclass
class Curve:
    """Stretches of (time in s, value) from `start_s` to `end_s`; late ones came down long after."""

    start_s: float
    end_s: float
    low: float
    high: float
    unit: str
    stretches: list[list[tuple[float, float]]] = field(default_factory=list)
    late: list[tuple[float, float]] = field(default_factory=list)
    limits: list[tuple[float, Severity]] = field(default_factory=list)

    @property
    def ends(self) -> tuple[str, str]:
        """The two ends of the time axis in words."""
        return clock(round(self.start_s * 1e9)), clock(round(self.end_s * 1e9))


def curve(known: Known, name: str, span_s: float) -> Curve | None:
    """The last `span_s` of a number that comes down; None of anything else, or before the first report."""
    of, quantity = REPORTED.get(name), QUANTITIES[name]
    if of is None or quantity.kind != "number" or not known.history:
        return None
    first_ns = known.history[0].generated_ns if not span_s else known.now_ns - round(span_s * 1e9)
    kept = [report for report in known.history if report.generated_ns >= first_ns]
    told = [(report, float(value)) for report in kept if (value := of(report)) is not None]
    limits = _limits(known, name)
    low, high = _reach([value for _, value in told], [value for value, _ in limits])
    start_s = max(first_ns, 0) * 1e-9
    drawn = Curve(start_s, max(known.now_ns * 1e-9, start_s + 1.0), low, high, quantity.unit)
    before_ns = None
    for report, value in told:
        point = (report.generated_ns * 1e-9, value)
        if known.heard_ns.get(report.generated_ns, 0) - report.generated_ns > LATE_NS:
            drawn.late.append(point)
        if before_ns is None or report.generated_ns - before_ns > _GAP_NS:
            drawn.stretches.append([])
        drawn.stretches[-1].append(point)
        before_ns = report.generated_ns
    drawn.limits = [(value, level) for value, level in limits if low <= value <= high]
    return drawn


def _limits(known: Known, name: str) -> list[tuple[float, Severity]]:
    """Bounds that hold in the phase last reported."""
    found: list[tuple[float, Severity]] = []
    for limit in known.alarms.applying(name, known.phase or ""):
        for sides in (limit.low, limit.high):
            found += [(sides[level], level) for level in LEVELS if level in sides]
    return found


def _reach(values: list[float], limits: list[float]) -> tuple[float, float]:
    """From the least to the most, with a margin; a limit within one height of the curve is shown too."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    height = (high - low) or max(abs(high) * 0.1, 1e-6)
    for each in limits:
        if low - height <= each <= high + height:
            low, high = min(low, each), max(high, each)
    margin = _MARGIN * ((high - low) or height)
    return low - margin, high + margin
