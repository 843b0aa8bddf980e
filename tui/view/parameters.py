"""Key parameters: value, unit, limit, state, age. Late values are shown as old, never alarmed as now."""

from collections.abc import Callable
from dataclasses import dataclass
from math import atan2, degrees
from typing import Final, NamedTuple

from tui.store import Known
from tui.view.looks import CARE, GOOD, LABEL, LETTERS, STYLES, TRUTH, VALUE
from tui.view.words import NOTHING, Line, span, trend
from twin.contracts.radio import Housekeeping
from twin.ground.limits import Severity
from twin.guidance.phases import Phase
from twin.mission.script import Mission

STALE_S: Final = 30.0
"""Three reports missed: from then on a value is history."""


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter. `limit` says what it must keep to now, "" when nothing is demanded in this phase."""

    name: str
    value: float
    unit: str
    digits: int
    limit: str
    severity: Severity | None
    truth: float | None
    history: list[float]


@dataclass(frozen=True, slots=True)
class _Parameter:
    name: str
    unit: str
    digits: int
    of: Callable[[Housekeeping], float]
    truth: str = ""


def corridor_deg(report: Housekeeping) -> float:
    """Angle at the fitting from the capture axis to the servicer."""
    return degrees(atan2(report.port_lateral_m, report.port_axial_m))


_PARAMETERS: Final = (
    _Parameter("range", "m", 2, lambda hk: hk.range_m, "truth.range_m"),
    _Parameter("closing", "m/s", 3, lambda hk: -hk.range_rate_mps, "truth.closing_mps"),
    _Parameter("axial", "m", 2, lambda hk: hk.port_axial_m, "truth.port_axial_m"),
    _Parameter("lateral", "m", 2, lambda hk: hk.port_lateral_m, "truth.port_lateral_m"),
    _Parameter("off axis", "deg", 1, corridor_deg, "truth.corridor_angle_deg"),
    _Parameter("attitude", "deg", 2, lambda hk: degrees(hk.attitude_error_rad), "truth.attitude_error_deg"),
    _Parameter("sigma r", "m", 3, lambda hk: hk.sigma_r_m),
    _Parameter("delta v", "m/s", 3, lambda hk: hk.delta_v_mps),
    _Parameter("propellant", "kg", 2, lambda hk: hk.propellant_kg),
    _Parameter("battery", "%", 1, lambda hk: 100.0 * hk.battery_fraction),
    _Parameter("wheels", "N m s", 2, lambda hk: hk.wheel_momentum_max_nms),
)


def rows(mission: Mission, known: Known, truth: dict[str, float], history: int = 24) -> list[Row]:
    """A row for every key parameter; empty before the first report."""
    newest = known.newest
    if newest is None:
        return []
    phase = next((each for each in mission.guidance.phases if each.name == newest.phase), None)
    made = []
    for each in _PARAMETERS:
        value = each.of(newest)
        limit, severity = _judged(mission, phase, each.name, value)
        past = [each.of(report) for report in known.history[-history:]]
        made.append(
            Row(each.name, value, each.unit, each.digits, limit, severity, truth.get(each.truth), past)
        )
    return made


def _judged(mission: Mission, phase: Phase | None, name: str, value: float) -> tuple[str, Severity | None]:
    """The mission's own limit on a parameter in this phase, and how it is kept: within a tenth is watched."""
    safety, zone = mission.guidance.safety, phase.zone if phase else "free"
    match name, zone:
        case "range", "outside":
            return f">= {safety.keep_out_radius_m:g}", _above(value, safety.keep_out_radius_m)
        case "closing", "outside" | "corridor":
            return f"<= {safety.maximum_closing_mps:g}", _below(value, safety.maximum_closing_mps)
        case "off axis", "corridor":
            half = safety.corridor_half_angle_deg
            return f"<= {half:g}", _below(value, half)
        case "attitude", "corridor":
            return f"<= {safety.corridor_attitude_deg:g}", _below(value, safety.corridor_attitude_deg)
        case "wheels", _:
            largest = min(wheel.maximum_momentum_nms for wheel in mission.servicer.wheels)
            return f"<= {largest:g}", _below(value, largest)
    return "", None


def _below(value: float, limit: float) -> Severity:
    return "critical" if value > limit else "watch" if value > 0.9 * limit else "info"


def _above(value: float, limit: float) -> Severity:
    return "critical" if value < limit else "watch" if value < 1.1 * limit else "info"


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
    limits = f"{'LIMIT':<8}{'STATE':<6}" if judged else ""
    lines: list[Line] = [[(f"{'PARAMETER':<12}{'VALUE':>9} {'UNIT':<6}{limits}{'AGE':>8}", LABEL)]]
    if truth:
        lines[0].append((f"{'TRUTH NOW':>11}", TRUTH))
    if with_trend:
        lines[0].append(("  TREND", LABEL))
    for row in shown:
        lines.append(_line(row, age_s, Columns(stale=stale, truth=truth, judged=judged, trend=with_trend)))
    return lines


def _line(row: Row, age_s: float, columns: Columns) -> Line:
    stale = columns.stale
    word, style = _state(row.severity, stale=stale)
    line: Line = [
        (f"{row.name:<12}", LABEL),
        (f"{row.value:>9.{row.digits}f}", LABEL if stale else VALUE),
        (f" {row.unit:<6}", LABEL),
    ]
    if columns.judged:
        line += [(f"{row.limit or NOTHING:<8}", LABEL), (f"{word:<6}", style)]
    line.append((f"{span(age_s):>8}", CARE if stale else LABEL))
    if columns.truth:
        line.append((f"{NOTHING if row.truth is None else f'{row.truth:.{row.digits}f}':>11}", TRUTH))
    if columns.trend:
        line.append((f"  {trend(row.history, 24)}", LABEL))
    return line


def _state(severity: Severity | None, *, stale: bool) -> tuple[str, str]:
    if stale:
        return "old", CARE
    if severity is None:
        return NOTHING, LABEL
    return ("ok", GOOD) if severity == "info" else (LETTERS[severity], STYLES[severity])
