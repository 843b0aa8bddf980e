"""The Earth's magnetic field and upper air against samples and another implementation."""

from collections.abc import Iterator
from functools import partial
from math import cos, hypot, log, radians, sin, sqrt

import heyoka as hy
import numpy as np

from twin.accuracy.case import Case, Group, MissingReferenceError, Reference
from twin.dynamics.frames import ecef_of
from twin.dynamics.geomagnetism import geomagnetic_field_ecef

_UNIT_M = {"K": 1e3, "M": 1.0, "F": 0.3048}
_MONTH_DAYS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


_FORMAL_NT = 5.0
"""Rms error of a provisional main field over the Earth's surface: Maus et al., Earth, Planets and Space 57
(2005) 1173, who expect the real one to be somewhat larger."""
_FORECAST_NTPYEAR = (11.5, 10.8, 18.5)
"""Rms error of IGRF-12's change, north, east, down, against observatories from 2015 to 2020: Alken et al.,
Earth, Planets and Space 73 (2021) 48, table 6."""


def geomagnetic(reference: Reference) -> Iterator[Case]:
    """NOAA's samples, computed with IGRF-12; its change from 2015 on, a forecast, is among them."""
    begun: list[float] = []
    later: list[float] = []
    allowed: list[float] = []
    for line in reference("dynamics/igrf12_sample_out.txt").splitlines()[1:]:
        place, rest = line.split(), line.split("m ")[-1].split()
        since = _year(place[0]) - 2015.0
        there = [float(value) for value in rest[1:4]]
        change = [float(value) for value in rest[8:11]]
        ours_2015, ours = _ned_nt(["2015.0", *place[1:]]), _ned_nt(place)
        begun += [
            got - value + since * rate for got, value, rate in zip(ours_2015, there, change, strict=True)
        ]
        later += [got - value for got, value in zip(ours, there, strict=True)]
        allowed += [hypot(_FORMAL_NT, since * rate) for rate in _FORECAST_NTPYEAR]
    case = partial(
        Case,
        model="geomagnetism",
        source="NOAA geomagnetic samples (IGRF-12), in Orekit's tests",
        reference=0.0,
        unit="nT",
    )
    yield case(
        name="IGRF at 16 places in 2015, the samples' change taken off: rms of a component",
        ours=_rms(begun),
        tolerance=_FORMAL_NT,
        because="the formal error of a provisional field, which IGRF-12's of 2015 was; ours is definitive",
    )
    yield case(
        name="IGRF at 16 places and dates of 2015 to 2020: rms of a component",
        ours=_rms(later),
        tolerance=_rms(allowed),
        because="computed: the error of IGRF-12's forecast, 12, 11, 19 nT a year (Alken 2021), and the 5 nT",
    )


def _rms(values: list[float]) -> float:
    return sqrt(sum(value * value for value in values) / len(values))


def _ned_nt(place: list[str]) -> tuple[float, float, float]:
    """Field to the north, east and down, nT, at a sample's date, height and place."""
    date, kind, height, latitude, longitude = place[:5]
    latitude_deg, longitude_deg = _degrees(latitude), _degrees(longitude)
    height_m = _UNIT_M[height[0]] * float(height[1:])
    north_deg = latitude_deg
    if kind == "C":
        north, east = radians(latitude_deg), radians(longitude_deg)
        r_m = height_m * np.array((cos(north) * cos(east), cos(north) * sin(east), sin(north)))
    else:
        r_m = ecef_of(latitude_deg, longitude_deg, height_m)
    x, y, z = (1e9 * geomagnetic_field_ecef(_year(date), r_m)).tolist()
    lat, lon = radians(north_deg), radians(longitude_deg)
    out = cos(lon) * x + sin(lon) * y
    return cos(lat) * z - sin(lat) * out, cos(lon) * y - sin(lon) * x, -cos(lat) * out - sin(lat) * z


def _degrees(text: str) -> float:
    """Degrees, or degrees, minutes and seconds with commas; the sign is that of the first."""
    parts = [float(part) for part in text.split(",") if part]
    size = sum(abs(part) / 60.0**k for k, part in enumerate(parts))
    return -size if text.startswith("-") else size


def _year(text: str) -> float:
    if "," not in text:
        return float(text)
    year, month, day = (int(part) for part in text.split(","))
    leap = year % 4 == 0
    days = _MONTH_DAYS[month - 1] + day - 1 + (1 if leap and month > 2 else 0)
    return year + days / (366.0 if leap else 365.0)


def thermosphere(_: Reference) -> Iterator[Case]:
    """NRLMSISE-00 as heyoka's network against NRL's own code, in pymsis."""
    try:
        import pymsis
    except ImportError as error:
        raise MissingReferenceError("no package pymsis: pip install pymsis") from error
    for low_km, high_km in ((200, 400), (400, 700), (700, 1000)):
        squares = []
        for height_km in np.linspace(low_km, high_km, 4).tolist():
            squares += [log(ours / float(ref)) ** 2 for ours, ref in _densities(pymsis, height_km)]
        yield Case(
            name=f"NRLMSISE-00 from {low_km} to {high_km} km: rms of the density's logarithm",
            model="atmosphere",
            source="NRLMSISE-00 of NRL, in pymsis",
            ours=sqrt(sum(squares) / len(squares)),
            reference=0.0,
            unit="1",
            tolerance=0.15,
            because="a fit may not err by more than the model itself, 15 % of density (Picone et al. 2002)",
        )


_WEATHER = ((70.0, 70.0, 4.0), (150.0, 150.0, 10.0), (220.0, 200.0, 40.0))


def _densities(pymsis: object, height_km: float) -> Iterator[tuple[float, float]]:
    """Ours and theirs (kg/m3) over latitudes, longitudes, seasons and weather."""
    evaluator = _network()
    for day in (15, 105, 196, 288):
        date = np.datetime64("2019-01-01") + np.timedelta64(day, "D") + np.timedelta64(7, "h")
        for latitude in (-75.0, -30.0, 0.0, 50.0):
            for longitude in (-120.0, 10.0, 140.0):
                for flux, mean, ap in _WEATHER:
                    theirs = pymsis.calculate(  # type: ignore[attr-defined]
                        date, longitude, latitude, height_km, flux, mean, [[ap] * 7], version=0
                    )
                    place = [height_km, radians(latitude), radians(longitude)]
                    ours = evaluator([*place, flux, mean, ap, day + 7.0 / 24.0])
                    yield float(ours[0]), float(theirs.ravel()[0])


def _network() -> hy.cfunc:
    names = list(hy.make_vars("height", "latitude", "longitude", "flux", "mean", "ap", "day"))
    return hy.cfunc([hy.model.nrlmsise00_tn(names[:3], *names[3:])], names, compact_mode=True)


GROUPS = (Group("geomagnetic samples", geomagnetic), Group("thermosphere", thermosphere))
