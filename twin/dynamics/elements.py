"""Two-line element sets: checked as published text, then propagated by SGP4 into `eci`."""

from math import pi

import numpy as np
from numpy.typing import NDArray
from sgp4.api import WGS72, Satrec

from twin.dynamics.epochs import NS_PER_DAY, Epoch
from twin.dynamics.frames import eci_from_teme
from twin.dynamics.settings import ElementSet
from twin.errors import MissionError

Array = NDArray[np.float64]

_COLUMNS = 69
_MU_KM3PS2, _RADIUS_KM = 398_600.8, 6_378.135  # WGS-72, what element sets are fitted with
_LOWEST_KM = 100.0
LONGEST_DAYS = 30.0
"""A set is not taken further from its epoch than this: its error has grown to tens of kilometres."""


def checked(elements: ElementSet) -> ElementSet:
    """The set itself if it is a plausible one; else MissionError that names the line and the fault."""
    for number, line in (("1", elements.line1), ("2", elements.line2)):
        _check_line(number, line)
    if elements.line1[2:7] != elements.line2[2:7]:
        raise MissionError(
            f"the lines are of two objects, {elements.line1[2:7]} and {elements.line2[2:7]}",
            place="target.elements",
        )
    _check_orbit(_satellite(elements))
    return elements


def _check_line(number: str, line: str) -> None:
    place = f"target.elements.line{number}"
    if len(line) != _COLUMNS or not line.isascii():
        raise MissionError(f"an element line has {_COLUMNS} columns, this one {len(line)}", place=place)
    if line[:2] != f"{number} ":
        raise MissionError(f"must begin with '{number} ', not {line[:2]!r}", place=place)
    digits = sum(int(c) if c.isdigit() else c == "-" for c in line[:-1]) % 10
    if line[-1] != str(digits):
        raise MissionError(
            f"checksum is {line[-1]}, the columns sum to {digits}: a digit is wrong or the set is invented",
            place=place,
        )


def _check_orbit(satellite: Satrec) -> None:
    place = "target.elements.line2"
    if not 0.0 <= satellite.inclo <= pi:
        raise MissionError("inclination is not within 0 to 180 deg", place=place)
    n_radps = satellite.no_kozai / 60.0
    if n_radps <= 0.0:
        raise MissionError("mean motion must be positive", place=place)
    semi_major_km = (_MU_KM3PS2 / n_radps**2) ** (1.0 / 3.0)
    perigee_km = semi_major_km * (1.0 - satellite.ecco) - _RADIUS_KM
    if perigee_km < _LOWEST_KM:
        raise MissionError(
            f"perigee at {perigee_km:.0f} km altitude: an orbit starts above {_LOWEST_KM:.0f} km", place=place
        )


def _satellite(elements: ElementSet) -> Satrec:
    try:
        return Satrec.twoline2rv(elements.line1, elements.line2, WGS72)
    except ValueError as error:
        raise MissionError(f"not an element set: {error}", place="target.elements") from error


def state_teme(elements: ElementSet, minutes: float) -> tuple[Array, Array]:
    """SGP4 position (m) and velocity (m/s), (3,) each, in TEME, minutes after the set's epoch."""
    code, r_km, v_kmps = _satellite(checked(elements)).sgp4_tsince(minutes)
    if code:
        raise MissionError(
            f"SGP4 refuses the set with code {code} at {minutes:.0f} min", place="target.elements"
        )
    return 1e3 * np.array(r_km), 1e3 * np.array(v_kmps)


def sgp4_teme(elements: ElementSet, minutes: Array) -> tuple[NDArray[np.int64], Array, Array]:
    """SGP4's error codes (n,), position (n, 3) in m and velocity (n, 3) in m/s at n times.

    Of any set that can be read, plausible or not: the published test sets are meant to strain it.
    """
    satellite = _satellite(elements)
    # One by one by minutes since the epoch: a sum of days would round them by 40 us.
    found = [satellite.sgp4_tsince(each) for each in minutes.tolist()]
    codes, r_km, v_kmps = (np.array(column) for column in zip(*found, strict=True))
    return codes, 1e3 * r_km, 1e3 * v_kmps


def state_eci(elements: ElementSet, epoch: Epoch) -> tuple[Array, Array]:
    """Position (m) and velocity (m/s), (3,) each, in `eci` at the mission epoch."""
    satellite = _satellite(checked(elements))
    day, part = epoch.utc_jd()
    days = (day - satellite.jdsatepoch) + (part - satellite.jdsatepochF)
    if abs(days) > LONGEST_DAYS:
        raise MissionError(
            f"the epoch is {days:+.1f} days from the element set's; at most {LONGEST_DAYS:.0f} either way",
            place="epoch_utc",
        )
    r_m, v_mps = state_teme(elements, days * NS_PER_DAY / 60e9)
    # TEME itself turns by 1e-12 rad/s against eci, which adds nothing to the velocity.
    turn = eci_from_teme(epoch, 0)
    return (turn * r_m).sum(axis=1), (turn * v_mps).sum(axis=1)
