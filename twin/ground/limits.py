"""Limits as data: what a reported value must keep to, in which phases, and how surely it must leave it.

The five levels are those of XTCE and of the control systems built on it: watch, warning, distress, critical,
severe. A value is judged by the worst bound it lies beyond.
"""

from typing import Annotated, Final, Literal, NamedTuple

from msgspec import Meta, Struct

from twin.contracts.fields import Float, Name, NonNegative, Text

Level = Literal["watch", "warning", "distress", "critical", "severe"]
Severity = Literal["info", "watch", "warning", "distress", "critical", "severe"]
"""`info`: within limits."""
LEVELS: Final[tuple[Level, ...]] = ("watch", "warning", "distress", "critical", "severe")
RANK: Final[dict[Severity, int]] = {"info": 0, **{level: k + 1 for k, level in enumerate(LEVELS)}}
Side = Literal["low", "high"]
Repeats = Annotated[int, Meta(ge=1, le=1000)]


class Limit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bounds on one quantity of the ground plane. `low`: at least, `high`: at most, a bound for each level.

    It is judged in `phases`, or in phases of these `zones`, or everywhere when neither is named.
    `violations` reports in a row beyond a bound raise the alarm, `returns` reports in a row within all of
    them end it; a value that is beyond a bound must come back `deadband` inside it. A `latched` alarm stays
    on the list until it is cleared by hand. `source` says where the numbers are from, or "assumed".
    """

    name: Name
    quantity: Name
    low: dict[Level, Float] = {}
    high: dict[Level, Float] = {}
    phases: tuple[Name, ...] = ()
    zones: tuple[Literal["outside", "far", "corridor", "free"], ...] = ()
    violations: Repeats = 1
    returns: Repeats = 1
    deadband: NonNegative = 0.0
    latched: bool = False
    source: Text

    def applies(self, phase: str, zone: str) -> bool:
        """Whether a report of this phase is judged."""
        everywhere = not self.phases and not self.zones
        return everywhere or phase in self.phases or zone in self.zones


class Judged(NamedTuple):
    """How a value lies: the worst level it is beyond, on which side, and that bound."""

    level: Severity = "info"
    side: Side | None = None
    bound: float | None = None


def judge(limit: Limit, value: float, present: Severity = "info") -> Judged:
    """Judge `value`, judged `present` before: bounds already crossed give way only by the deadband."""
    for level in reversed(LEVELS):
        slack = limit.deadband if RANK[level] <= RANK[present] else 0.0
        if level in limit.low and value < limit.low[level] + slack:
            return Judged(level, "low", limit.low[level])
        if level in limit.high and value > limit.high[level] - slack:
            return Judged(level, "high", limit.high[level])
    return Judged()


def first_bounds(limit: Limit) -> tuple[float | None, float | None]:
    """The mildest bound below and above: where a value stops being within limits."""
    low = next((limit.low[level] for level in LEVELS if level in limit.low), None)
    high = next((limit.high[level] for level in LEVELS if level in limit.high), None)
    return low, high
