"""The Earth's measured orientation: UT1 and polar motion, offline, as heyoka ships them.

The IERS rapid service's finals2000A.all (USNO), a row a day, inside the pinned heyoka package: the same on
every machine with the same fingerprint. Linear interpolation between days keeps UT1 to 0.1 ms (the tides of
a fortnight; 5 cm at the equator). Before the first row UT1 = UTC, after the last row that one is held. The
corrections dX, dY of the celestial pole, 0.3 mas (1 cm on the ground), are left out.
"""

from functools import cache

import erfa
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MJD_JD = 2_400_000.5


@cache
def _table() -> Array:
    """Rows (4, n): day, UT1 - TAI (s), the pole's x and y (rad); no day is missing."""
    import heyoka as hy  # a fifth of a second: not for all who turn a vector

    rows = np.array(hy.eop_data().table)
    day = rows["mjd"]
    year, month, day_of_month, _ = erfa.jd2cal(_MJD_JD, day)
    ut1_minus_tai_s = rows["delta_ut1_utc"] - erfa.dat(year, month, day_of_month, 0.0)
    return np.stack((day, ut1_minus_tai_s, erfa.DAS2R * rows["pm_x"], erfa.DAS2R * rows["pm_y"]))


def table_days() -> tuple[float, float]:
    """First and last day, modified Julian date, for which the Earth's orientation is known."""
    days = _table()[0]
    return float(days[0]), float(days[-1])


def orientation_warning(mjd: float) -> str:
    """What is used instead, when a day lies outside the table; else empty."""
    first, last = table_days()
    if first <= mjd <= last:
        return ""
    if mjd < first:
        instead = "UT1 = UTC is used instead, right to 0.9 s: stations may be off by 0.4 km"
    else:
        # UT1 ran off TAI by 0.1 s a year since 2017, by 1 s a year at most since 1972 (IERS).
        years = (mjd - last) / 365.25
        instead = f"the last row is held instead: stations may be off by {0.46 * years:.1g} km"
    span = f"{_day(first)} to {_day(last)}"
    return f"the epoch lies outside the Earth orientation shipped, {span}; {instead}, the orbit is not"


def _day(mjd: float) -> str:
    year, month, day, _ = erfa.jd2cal(_MJD_JD, mjd)
    return f"{int(year)}-{int(month):02d}-{int(day):02d}"


def earth_orientation(mjd: Array) -> tuple[Array, Array, Array]:
    """UT1 - TAI (s) and the pole's x and y (rad), each (n,), at days (n,) of modified Julian date."""
    days, *columns = _table()
    ut1_minus_tai_s, x_rad, y_rad = (np.interp(mjd, days, column) for column in columns)
    for k in np.flatnonzero(mjd < days[0]).tolist():
        year, month, day, part = erfa.jd2cal(_MJD_JD, float(mjd[k]))
        ut1_minus_tai_s[k] = -erfa.dat(year, month, day, part)
    return ut1_minus_tai_s, x_rad, y_rad
