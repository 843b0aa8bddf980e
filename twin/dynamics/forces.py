"""What nature adds to the point mass, as expressions: field, air, Sun, Moon and light.

All through heyoka's model library: EGM2008, NRLMSISE-00 as its network (3 to 10 % rms of the original
from 150 to 1200 km), VSOP2013 and ELP2000. Lengths are multiples of LENGTH_M, as in `models`.
Assumptions and limitations: no tides, no relativity, no light from the Earth; the Earth's axis is
held over an advance (1e-7 rad a day); the thermosphere turns with the Earth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import heyoka as hy

from twin.dynamics.constants import (
    ASTRONOMICAL_UNIT_M,
    EARTH_RADIUS_M,
    EARTH_ROTATION_RADPS,
    EARTH_TURN_RADPS,
    MU_M3PS2,
    MU_MOON_M3PS2,
    SOLAR_PRESSURE_PA,
    SUN_RADIUS_M,
)
from twin.dynamics.slots import Slots

Terms = list[hy.expression]
Vector = Sequence[hy.expression]

LENGTH_M = 2.0**20
"""Metres in the integrator's unit of length; a power of two, so that turning units is exact."""
_CENTURY_S = 36_525.0 * 86_400.0
_SUN_THRESHOLD, _MOON_THRESHOLD = 1e-5, 1e-5
"""Cut series: the Sun within 3e-5 AU, the Moon within 26 km, their pull within 3e-10 m/s2 up to the
geostationary ring; the full ones take forty times as long."""


def dot(a: Vector, b: Vector) -> hy.expression:
    return hy.sum([x * y for x, y in zip(a, b, strict=True)])


def symmetric(slots: Slots, name: str, v: Vector) -> Terms:
    """Symmetric matrix held in parameters as xx, yy, zz, xy, xz, yz, times a vector."""
    xx, yy, zz, xy, xz, yz = slots.par(name)
    return [dot(row, v) for row in ((xx, xy, xz), (xy, yy, yz), (xz, yz, zz))]


def cross(a: Vector, b: Vector) -> Terms:
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def plus(*vectors: Vector) -> Terms:
    return [hy.sum(list(parts)) for parts in zip(*vectors, strict=True)]


def scaled(factor: hy.expression | float, v: Vector) -> Terms:
    return [factor * x for x in v]


class EarthAxes:
    """Vectors of `eci` in the Earth's own axes and back: SOFA's matrix, the turn, and the pole's wander."""

    def __init__(self, slots: Slots) -> None:
        q = slots.par("celestial")
        self._rows = [q[0:3], q[3:6], q[6:9]]
        angle = slots.one("turn_rad") + EARTH_TURN_RADPS * hy.time
        self._cos, self._sin = hy.cos(angle), hy.sin(angle)
        self._x, self._y = slots.par("polar_rad")

    def to(self, v_eci: Vector) -> Terms:
        """Components along the Earth's axes."""
        a, b, c = (dot(row, v_eci) for row in self._rows)
        a, b = self._cos * a + self._sin * b, self._cos * b - self._sin * a
        return [a + self._x * c, b - self._y * c, c - self._x * a + self._y * b]

    def back(self, v_ecef: Vector) -> Terms:
        """Components in `eci`."""
        u, v, w = v_ecef
        a, b, c = u - self._x * w, v + self._y * w, w + self._x * u - self._y * v
        a, b = self._cos * a - self._sin * b, self._sin * a + self._cos * b
        return [dot([row[k] for row in self._rows], (a, b, c)) for k in range(3)]

    def axis(self) -> Terms:
        """Unit vector along the Earth's axis of rotation, in `eci`."""
        return self._rows[2]

    def wind(self, r_eci: Vector) -> Terms:
        """Velocity of what turns with the Earth."""
        return cross([EARTH_ROTATION_RADPS * x for x in self._rows[2]], r_eci)


def harmonic_field(r_ecef: Vector, degree: int) -> Terms:
    """EGM2008 to `degree` and order, the point mass included, in the Earth's axes."""
    mu, radius = MU_M3PS2 / LENGTH_M**3, hy.model.get_egm2008_a() / LENGTH_M
    field: Terms = hy.model.egm2008_acc(r_ecef, degree, degree, hy.expression(mu), hy.expression(radius))
    return field


def thermosphere(r_ecef: Vector, slots: Slots) -> hy.expression:
    """Density of NRLMSISE-00, kg/m3."""
    height, latitude, longitude = hy.model.cart2geo([LENGTH_M * x for x in r_ecef])
    flux, mean_flux, ap, day = slots.par("weather")
    return hy.model.nrlmsise00_tn(
        [1e-3 * height, latitude, longitude], flux, mean_flux, ap, day + hy.time / 86_400.0
    )


@dataclass(frozen=True, slots=True)
class Sky:
    """Positions of Sun and Moon from the Earth's centre."""

    sun: Terms
    moon: Terms


def sky(slots: Slots) -> Sky:
    """Geometric positions; TT for TDB moves the Sun by 60 m."""
    centuries = (slots.one("clock_s") + hy.time) / _CENTURY_S
    geocentric_km = hy.model.rot_fk5j2000_icrs(hy.model.elp2000_cartesian_fk5(centuries, _MOON_THRESHOLD))
    moon = scaled(1e3 / LENGTH_M, geocentric_km)
    barycentre_au = hy.model.vsop2013_cartesian_icrf(3, centuries / 10.0, _SUN_THRESHOLD)[:3]
    share = MU_MOON_M3PS2 / (MU_M3PS2 + MU_MOON_M3PS2)
    sun = [share * m - (ASTRONOMICAL_UNIT_M / LENGTH_M) * b for m, b in zip(moon, barycentre_au, strict=True)]
    return Sky(sun, moon)


def third_body(r: Vector, body: Vector, mu_m3ps2: float) -> Terms:
    """Pull of a far body less its pull on the Earth: Montenbruck and Gill (2000), 3.3.1.

    By Battin's function, An Introduction to Astrodynamics (1999), 8.4: the difference of two large
    numbers would lose six digits.
    """
    mu = mu_m3ps2 / LENGTH_M**3
    body2 = dot(body, body)
    q = dot(r, [x - 2.0 * b for x, b in zip(r, body, strict=True)]) / body2
    f = q * (3.0 + 3.0 * q + q * q) / (1.0 + (1.0 + q) ** 1.5)
    away = [x - b for x, b in zip(r, body, strict=True)]
    factor = -mu * dot(away, away) ** -1.5
    return [factor * (x + f * b) for x, b in zip(r, body, strict=True)]


def radiation_pressure(r: Vector, sun: Vector, light: hy.expression) -> Terms:
    """Pressure of sunlight along its way, N/m2, at the Sun's distance: Montenbruck and Gill, 3.4."""
    away = [x - s for x, s in zip(r, sun, strict=True)]
    distance2 = dot(away, away)
    factor = (SOLAR_PRESSURE_PA * (ASTRONOMICAL_UNIT_M / LENGTH_M) ** 2) * light * distance2**-1.5
    return scaled(factor, away)


@dataclass(frozen=True, slots=True)
class Cones:
    """Squared distance from the shadow's axis, less that of penumbra and umbra; distance behind the Earth."""

    penumbra: hy.expression
    umbra: hy.expression
    behind: hy.expression


def cones(r: Vector, sun: Vector) -> Cones:
    """The cones that touch Sun and Earth from outside and from inside: Montenbruck and Gill, 3.4.2."""
    sun_m = hy.sqrt(dot(sun, sun))
    behind = -dot(r, sun) / sun_m
    aside2 = dot(r, r) - behind * behind
    edges = []
    for side in (1.0, -1.0):
        sine = (SUN_RADIUS_M + side * EARTH_RADIUS_M) / LENGTH_M / sun_m
        cosine = hy.sqrt(1.0 - sine * sine)
        radius = EARTH_RADIUS_M / LENGTH_M / cosine + side * behind * sine / cosine
        edges.append(aside2 - radius * radius)
    return Cones(edges[0], edges[1], behind)


def light(shadow: Cones, slots: Slots) -> hy.expression:
    """Part of the Sun seen: whole outside the cones, none in the umbra, and between them a polynomial.

    A half plane that crosses a disk leaves 1/2 + (asin u + u sqrt(1 - u^2)) / pi; the odd polynomial
    agrees with it to 0.2 % and, unlike it, has derivatives at the edges.
    """
    whole, between = slots.par("light")
    # Both cones have one radius beside the Earth: only in the penumbra is their difference divided by.
    width = between * (shadow.umbra - shadow.penumbra) + (1.0 - between)
    u = (shadow.penumbra + shadow.umbra) / width
    return whole + between * penumbral(u)


_Number = TypeVar("_Number", float, hy.expression)


def penumbral(u: _Number) -> _Number:
    """The polynomial, from -1 at the umbra to 1 at the penumbra's outer edge."""
    u2 = u * u
    return 0.5 + u * (_PENUMBRA[0] + u2 * (_PENUMBRA[1] + u2 * _PENUMBRA[2]))


_PENUMBRA = (0.6329346, -0.0805664, -0.0523682)
