"""Space weather for the thermosphere: measured indices, offline, as heyoka ships them.

CelesTrak's daily table, inside the pinned heyoka package (`TABLE_DATE`): the same on every machine with
the same fingerprint. Outside it, the long-term mean of moderate activity stands in.
"""

from dataclasses import dataclass
from functools import cache

import heyoka as hy
import numpy as np
from numpy.typing import NDArray

from twin.dynamics.epochs import Epoch
from twin.dynamics.settings import Environment

_MJD_JD = 2_400_000.5
_JD_2000, _YEAR_DAYS = 2_451_544.5, 365.25
_MODERATE = (140.0, 140.0, 15.0)
"""ECSS-E-ST-10-04C, table 6-2: moderate long-term activity."""


@dataclass(frozen=True, slots=True)
class Weather:
    """F10.7 of the day before and its 81-day mean (1e-22 W/m2/Hz), and Ap over 24 h."""

    f107: float
    f107_mean: float
    ap: float


@cache
def _table() -> NDArray[np.void]:
    return np.array(hy.sw_data().table)


def table_days() -> tuple[float, float]:
    """First and last day of the table, modified Julian date."""
    days = _table()["mjd"]
    return float(days[0]), float(days[-1])


def weather_at(epoch: Epoch, t_ns: int, environment: Environment) -> Weather:
    """The indices at simulated time `t_ns`; what the mission states goes before the table."""
    measured = _measured(epoch, t_ns)
    stated = (environment.f107, environment.f107_mean, environment.ap)
    flux, mean, ap = (m if s is None else s for s, m in zip(stated, measured, strict=True))
    return Weather(flux, mean, ap)


def _measured(epoch: Epoch, t_ns: int) -> tuple[float, float, float]:
    day, part = epoch.utc_jd(t_ns)
    mjd = day - _MJD_JD + part
    first, last = table_days()
    if not first + 1.0 <= mjd <= last:
        return _MODERATE
    table = _table()
    # A day's value is its observation at 20 h; the network was taught the value of the day before.
    yesterday = float(table["f107"][int(mjd - first) - 1])
    mean, ap = (float(np.interp(mjd, table["mjd"], table[name])) for name in ("f107a_center81", "Ap_avg"))
    return yesterday, mean, ap


def day_of_year(epoch: Epoch, t_ns: int) -> float:
    """Days since 1 January 00:00 UTC, with their fraction."""
    day, part = epoch.utc_jd(t_ns)
    year = int(2000.0 + (day - _JD_2000 + part) / _YEAR_DAYS)
    for candidate in (year + 1, year, year - 1):
        start = _first_of(candidate)
        if day + part >= start:
            return day - start + part
    raise AssertionError("one of three years holds the day")


def _first_of(year: int) -> float:
    """Julian date of 1 January 00:00, Gregorian calendar."""
    before = year - 1
    return 1_721_425.5 + 365.0 * before + before // 4 - before // 100 + before // 400


def weather_warning(epoch: Epoch, environment: Environment) -> str:
    """What is used instead, when the epoch lies outside the table and the model asks for it; else empty."""
    stated = None not in (environment.f107, environment.f107_mean, environment.ap)
    day, part = epoch.utc_jd(0)
    first, last = table_days()
    if stated or first + 1.0 <= day - _MJD_JD + part <= last:
        return ""
    flux, _, ap = _MODERATE
    return (
        f"{epoch.utc} lies outside the space weather known here; moderate activity is used instead: "
        f"F10.7 {flux:.0f}, Ap {ap:.0f} (state `f107`, `f107_mean`, `ap` under [environment] to choose)"
    )
