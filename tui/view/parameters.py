"""Key parameters: value, unit, limit, state, age. Late values are shown as old, never alarmed as now."""

from collections.abc import Callable
from dataclasses import dataclass
from math import atan2, degrees
from typing import Final, NamedTuple

from tui.store import Known
from tui.view.limits import demanded, kept
from tui.view.looks import CARE, LABEL, TRUTH, VALUE
from tui.view.words import NOTHING, Line, span, trend
from twin.contracts.radio import Housekeeping

STALE_S: Final = 30.0
"""Three reports missed: from then on a value is history."""


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter: what it must keep to now, and how it does, in a word and its style."""

    name: str
    value: float
    unit: str
    digits: int
    limit: str
    state: tuple[str, str]
    truth: float | None
    history: list[float]


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    unit: str
    digits: int
    quantity: str
    of: Callable[[Housekeeping], float]
    truth: str = ""
    scale: float = 1.0
    """From the quantity's unit to the one shown."""


def corridor_deg(report: Housekeeping) -> float:
    """Angle at the fitting from the capture axis to the servicer."""
    return degrees(atan2(report.port_lateral_m, report.port_axial_m))


_PARAMETERS: Final = (
    _Parameter("range", "m", 2, "range_m", lambda hk: hk.range_m, "truth.range_m"),
    _Parameter("closing", "m/s", 3, "closing_mps", lambda hk: -hk.range_rate_mps, "truth.closing_mps"),
    _Parameter("axial", "m", 2, "port_axial_m", lambda hk: hk.port_axial_m, "truth.port_axial_m"),
    _Parameter("lateral", "m", 2, "port_lateral_m", lambda hk: hk.port_lateral_m, "truth.port_lateral_m"),
    _Parameter("off axis", "deg", 1, "corridor_angle_deg", corridor_deg, "truth.corridor_angle_deg"),
    _Parameter(
        "attitude",
        "deg",
        2,
        "attitude_error_deg",
        lambda hk: degrees(hk.attitude_error_rad),
        "truth.attitude_error_deg",
    ),
    _Parameter("sigma r", "m", 3, "sigma_r_m", lambda hk: hk.sigma_r_m),
    _Parameter("delta v", "m/s", 3, "delta_v_mps", lambda hk: hk.delta_v_mps),
    _Parameter("propellant", "kg", 2, "propellant_kg", lambda hk: hk.propellant_kg),
    _Parameter("battery", "%", 1, "battery_fraction", lambda hk: 100.0 * hk.battery_fraction, scale=100.0),
    _Parameter("wheels", "N m s", 2, "wheel_momentum_max_nms", lambda hk: hk.wheel_momentum_max_nms),
)


def rows(known: Known, truth: dict[str, float], history: int = 24) -> list[Row]:
    """A row for every key parameter; empty before the first report."""
    newest = known.newest
    if newest is None:
        return []
    stale = known.age_s is None or known.age_s > STALE_S
    return [
        Row(
            each.name,
            each.of(newest),
            each.unit,
            each.digits,
            demanded(known, f"ground.{each.quantity}", each.scale),
            kept(known, f"ground.{each.quantity}", stale=stale),
            truth.get(each.truth),
            [each.of(report) for report in known.history[-history:]],
        )
        for each in _PARAMETERS
    ]


class Columns(NamedTuple):
    """Which columns there is room for; `stale`: the values are history."""

    stale: bool
    truth: bool
    judged: bool
    trend: bool


def table(shown: list[Row], age_s: float | None, width: int, *, truth: bool) -> list[Line]:
    """Rows as aligned text; the columns that do not fit are left out from the right."""
    if age_s is None:
        return [[("No report has come down yet.", LABEL)]]
    stale = age_s > STALE_S
    with_trend = width >= (87 if truth else 76)
    judged = not truth or width >= 61  # where there is no room for both, truth stands in place of the limit
    limits = f"{'LIMIT':<9}{'STATE':<6}" if judged else ""
    lines: list[Line] = [[(f"{'PARAMETER':<11}{'VALUE':>9} {'UNIT':<6}{limits}{'AGE':>8}", LABEL)]]
    if truth:
        lines[0].append((f"{'TRUTH NOW':>11}", TRUTH))
    if with_trend:
        lines[0].append(("  TREND", LABEL))
    for row in shown:
        lines.append(_line(row, age_s, Columns(stale=stale, truth=truth, judged=judged, trend=with_trend)))
    return lines


def _line(row: Row, age_s: float, columns: Columns) -> Line:
    stale = columns.stale
    word, style = row.state
    line: Line = [
        (f"{row.name:<11}", LABEL),
        (f"{row.value:>9.{row.digits}f}", LABEL if stale else VALUE),
        (f" {row.unit:<6}", LABEL),
    ]
    if columns.judged:
        line += [(f"{row.limit:<9}", LABEL), (f"{word:<6}", style)]
    line.append((f"{span(age_s):>8}", CARE if stale else LABEL))
    if columns.truth:
        line.append((f"{NOTHING if row.truth is None else f'{row.truth:.{row.digits}f}':>11}", TRUTH))
    if columns.trend:
        line.append((f"  {trend(row.history, 24)}", LABEL))
    return line
