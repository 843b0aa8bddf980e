"""The estimate with its uncertainty, beside truth where that may be shown; and what is left to fly with."""

from math import degrees, sqrt
from struct import unpack_from
from typing import Final

from tui.store import Known
from tui.view.looks import CARE, LABEL, PLAIN, REPORTED, TRUTH, VALUE
from tui.view.overlay import TruthNow
from tui.view.words import NOTHING, Line, span, trend
from twin.contracts.radio import Housekeeping
from twin.mission.script import Mission

ESTIMATE: Final = (
    "Servicer from target in ric, as last reported. SIGMA: one standard deviation, from the covariance that "
    "came down. With truth shown (T): what is so at the report's own place in time is not known here, so "
    "TRUTH is of now and moves on while the report gets older; OFF is their difference."
)
RESERVES: Final = (
    "Attitude error of the boresight against its reference, what has been spent and what is left. TREND: the "
    "reports of the last hours, each row from its least to its largest."
)
_AXES: Final = ("radial", "in-track", "cross-track")
_DIAGONAL: Final = (0, 2, 5, 9, 14, 20)
"""Where variances stand in the packed triangle."""


def sigmas(report: Housekeeping) -> tuple[float, ...] | None:
    """Standard deviations of (r_ric_m, v_ric_mps); None where no covariance came down."""
    if len(report.covariance) != 8 * 21:
        return None
    packed = unpack_from("<21d", report.covariance)
    return tuple(sqrt(max(packed[at], 0.0)) for at in _DIAGONAL)


def estimate(known: Known, truth: TruthNow | None) -> list[Line]:
    """Six rows, position and velocity, and how old they are."""
    newest = known.newest
    if newest is None:
        return [[("No report has come down yet.", LABEL)]]
    head: Line = [(f"{'':<15}{'ESTIMATE':>11} {'SIGMA':>9}  UNIT", LABEL)]
    if truth is not None:
        head.append((f"{'TRUTH':>12}{'OFF':>10}", TRUTH))
    spread = sigmas(newest) or (None,) * 6
    values = (*newest.r_ric_m, *newest.v_ric_mps)
    true = _true(truth)
    lines = [head]
    for k, value in enumerate(values):
        unit, digits = ("m", 3) if k < 3 else ("m/s", 5)
        sigma = spread[k]
        line: Line = [
            (f"{'v ' if k >= 3 else ''}{_AXES[k % 3]:<{13 if k >= 3 else 15}}", LABEL),
            (f"{value:>11.{digits}f}", VALUE),
            (f" {NOTHING if sigma is None else f'{sigma:.{digits}f}':>9}", PLAIN),
            (f"  {unit:<4}", LABEL),
        ]
        if truth is not None:
            at = true[k]
            line.append((f"{at:>12.{digits}f}{value - at:>10.{digits}f}", TRUTH))
        lines.append(line)
    age_s = known.age_s or 0.0
    aged: Line = [(f"{'report':<15}{span(age_s):>11} old", CARE if age_s > 30.0 else LABEL)]
    return [*lines, aged]


def _true(truth: TruthNow | None) -> tuple[float, ...]:
    if truth is None:
        return ()
    return (*truth.r_ric_m, *(truth.values[f"truth.v_ric_{axis}_mps"] for axis in "xyz"))


def reserves(mission: Mission, known: Known, width: int) -> list[Line]:
    """Attitude, delta-v, propellant, battery, wheels: now, out of how much, and how they went."""
    newest = known.newest
    if newest is None:
        return [[("No report has come down yet.", LABEL)]]
    vehicle = mission.servicer
    left = newest.propellant_kg / vehicle.propellant_kg if vehicle.propellant_kg else 0.0
    largest = min((wheel.maximum_momentum_nms for wheel in vehicle.wheels), default=0.0)
    past = known.history
    rows = (
        (
            "attitude error",
            f"{degrees(newest.attitude_error_rad):.2f}",
            "deg",
            "boresight",
            [each.attitude_error_rad for each in past],
        ),
        (
            "delta-v spent",
            f"{newest.delta_v_mps:.3f}",
            "m/s",
            _rate(past),
            [each.delta_v_mps for each in past],
        ),
        (
            "propellant",
            f"{newest.propellant_kg:.2f}",
            "kg",
            f"{100.0 * left:.1f} % left",
            [each.propellant_kg for each in past],
        ),
        (
            "battery",
            f"{100.0 * newest.battery_fraction:.1f}",
            "%",
            "",
            [each.battery_fraction for each in past],
        ),
        (
            "wheels",
            f"{newest.wheel_momentum_max_nms:.2f}",
            "N m s",
            f"of {largest:g}",
            [each.wheel_momentum_max_nms for each in past],
        ),
        ("closing", f"{-newest.range_rate_mps:.4f}", "m/s", "", [-each.range_rate_mps for each in past]),
    )
    room = width - 45
    return [
        [
            (f"{name:<14}", LABEL),
            (f"{value:>8}", VALUE),
            (f" {unit:<6}", LABEL),
            (f"{note:<14}" if width >= 43 else "", LABEL),
            (f"  {trend(series[-room:], room)}" if room >= 8 else "", REPORTED),
        ]
        for name, value, unit, note, series in rows
    ]


def _rate(past: list[Housekeeping]) -> str:
    """Delta-v of the last ten minutes that came down."""
    recent = [each for each in past if past[-1].generated_ns - each.generated_ns <= 600_000_000_000]
    if len(recent) < 2:
        return ""
    took_s = (recent[-1].generated_ns - recent[0].generated_ns) * 1e-9
    return f"{recent[-1].delta_v_mps - recent[0].delta_v_mps:.3f} in {span(took_s)}"
