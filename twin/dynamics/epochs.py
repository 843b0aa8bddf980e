"""Epochs: UTC text to and from the time scales of astronomy, through SOFA."""

import re
import warnings
from dataclasses import dataclass, field

import erfa

from twin.dynamics.constants import NS_PER_S
from twin.errors import MissionError

NS_PER_DAY = 86_400 * NS_PER_S
FIRST_YEAR, LAST_YEAR = 1972, 2059
"""UTC has had whole leap seconds since 1972; far beyond the last one known nobody can say what it will be.

The Earth's orientation is shipped for fewer years: see `orientation`, which says so in a warning.
"""

# SOFA warns, on standard error, of any year more than five past its last leap second; `orientation_warning`
# says that once, and what is used instead.
warnings.filterwarnings("ignore", category=erfa.ErfaWarning, message=".*dubious year.*")

_JD_2000, _JD_UNIX = 2_451_544.5, 2_440_587.5
_TEXT = re.compile(r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z?")

JulianDate = tuple[float, float]
"""Two parts, the first of whole days and a half: in one float the sum would resolve only 40 us."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """The instant of `utc`, `YYYY-MM-DDTHH:MM:SS[.fffffffff][Z]`; MissionError when it is none.

    `tai_ns` counts nanoseconds of TAI from 2000-01-01T00:00:00 TAI, so adding simulated time is exact.
    """

    utc: str
    tai_ns: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tai_ns", _tai_ns(self.utc))

    @property
    def tt_jd(self) -> JulianDate:
        """Terrestrial time of the epoch itself."""
        return self.tt(0)

    def tai(self, t_ns: int = 0) -> JulianDate:
        """TAI at simulated time `t_ns`."""
        days, rest = divmod(self.tai_ns + t_ns, NS_PER_DAY)
        return _JD_2000 + days, rest / NS_PER_DAY

    def tt(self, t_ns: int = 0) -> JulianDate:
        """Terrestrial time at simulated time `t_ns`: TAI + 32.184 s."""
        days, rest = divmod(self.tai_ns + t_ns + 32_184_000_000, NS_PER_DAY)
        return _JD_2000 + days, rest / NS_PER_DAY

    def utc_jd(self, t_ns: int = 0) -> JulianDate:
        """UTC at simulated time `t_ns`, in SOFA's quasi-Julian form."""
        day, part = erfa.taiutc(*self.tai(t_ns))
        return float(day), float(part)


def utc_text(epoch: Epoch, t_ns: int, *, digits: int = 6) -> str:
    """UTC at simulated time `t_ns`, to so many digits of a second, e.g. 2022-01-22T18:35:21.789000Z."""
    year, month, day, clock = erfa.d2dtf("UTC", digits, *epoch.utc_jd(t_ns))
    hour, minute, second, part = (int(clock[field]) for field in ("h", "m", "s", "f"))
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}.{part:0{digits}d}Z"


def unix_ns(epoch: Epoch, t_ns: int) -> int:
    """POSIX time (UTC days of 86,400 s since 1970) in nanoseconds at simulated time `t_ns`."""
    year, month, day, part = erfa.jd2cal(*epoch.utc_jd(t_ns))
    behind_ns = round(float(erfa.dat(year, month, day, part))) * NS_PER_S
    return epoch.tai_ns + t_ns - behind_ns + int(_JD_2000 - _JD_UNIX) * NS_PER_DAY


def _tai_ns(utc: str) -> int:
    match = _TEXT.fullmatch(utc)
    if match is None:
        raise MissionError(f"{utc!r} is not a UTC instant like 2022-01-22T18:35:21.5Z", place="epoch_utc")
    year, month, day, hour, minute, second = (int(x) for x in match.groups()[:6])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise MissionError(
            f"{utc} lies outside {FIRST_YEAR} to {LAST_YEAR}, in which UTC has whole leap seconds",
            place="epoch_utc",
        )
    if not (1 <= month <= 12 and 1 <= day <= _days_in(year, month)):
        raise MissionError(f"{utc} names a day that does not exist", place="epoch_utc")
    if hour > 23 or minute > 59 or second > 59:
        raise MissionError(f"{utc} names a time of day that does not exist", place="epoch_utc")
    tai = erfa.utctai(*erfa.dtf2d("UTC", year, month, day, hour, minute, float(second)))
    whole_s = round((float(tai[0]) - _JD_2000) * 86_400 + float(tai[1]) * 86_400)
    return whole_s * NS_PER_S + int((match[7] or "").ljust(9, "0"))


def _days_in(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 30 + (month + month // 8) % 2 if month != 2 else 28 + leap
