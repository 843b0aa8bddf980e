"""Frames: `ecef` (ITRF) and geodetic places against `eci` (GCRF), and the target's orbit frame `ric`."""

from functools import lru_cache
from math import cos, radians, sin, sqrt

import erfa
import numpy as np
from numpy.typing import NDArray

from twin.dynamics.constants import EARTH_RADIUS_M, FLATTENING
from twin.dynamics.epochs import NS_PER_DAY, Epoch
from twin.dynamics.orientation import earth_orientation

Array = NDArray[np.float64]
Times = int | NDArray[np.int64]

_NODE_NS = NS_PER_DAY // 4
_JD_2000 = 2_451_544.5
_MJD_2000 = 51_544.0


def ecef_from_eci(epoch: Epoch, t_ns: Times) -> Array:
    """Matrix (3, 3) at one instant, or (n, 3, 3) at n: IAU 2006/2000A through SOFA, CIO based.

    The celestial pole is interpolated between values six hours apart: good to 1 cm on the ground.
    """
    tai_ns = epoch.tai_ns + np.atleast_1d(np.asarray(t_ns, dtype=np.int64))
    days, rest = np.divmod(tai_ns, NS_PER_DAY)
    ut1_minus_tai_s, xp, yp = earth_orientation(_MJD_2000 + days + rest / NS_PER_DAY)
    turn = erfa.era00(_JD_2000 + days, rest / NS_PER_DAY + ut1_minus_tai_s / 86_400.0)
    tt_jd = _JD_2000 + days
    celestial = erfa.c2ixys(*_pole(tai_ns))
    polar = erfa.pom00(xp, yp, erfa.sp00(tt_jd, rest / NS_PER_DAY))
    matrices: Array = erfa.c2tcio(celestial, turn, polar)
    return matrices if np.ndim(t_ns) else matrices[0]


def eci_from_teme(epoch: Epoch, t_ns: int) -> Array:
    """Matrix (3, 3) from TEME to `eci`: through the mean sidereal turn of 1982 and the Earth's frame.

    Vallado et al., AIAA 2006-6753, appendix C; the same UT1 on both ways, so its error cancels.
    """
    days, rest = divmod(epoch.tai_ns + t_ns, NS_PER_DAY)
    ut1_minus_tai_s, xp, yp = earth_orientation(np.array([_MJD_2000 + days + rest / NS_PER_DAY]))
    ut1 = (_JD_2000 + days, rest / NS_PER_DAY + float(ut1_minus_tai_s[0]) / 86_400.0)
    pef_from_teme = erfa.rz(erfa.gmst82(*ut1), np.eye(3))
    ecef_from_pef = erfa.pom00(xp[0], yp[0], 0.0)
    turn: Array = ecef_from_eci(epoch, t_ns).T @ ecef_from_pef @ pef_from_teme
    return turn


def pole_eci(epoch: Epoch) -> tuple[float, float, float]:
    """The Earth's axis of rotation (the celestial intermediate pole) at the epoch: a unit vector."""
    x, y, _ = (float(part[0]) for part in _pole(np.array([epoch.tai_ns])))
    return x, y, sqrt(1.0 - x * x - y * y)


def ecef_of(latitude_deg: float, longitude_deg: float, height_m: float) -> Array:
    """Place (3,), m, of geodetic WGS-84 coordinates."""
    latitude, longitude = radians(latitude_deg), radians(longitude_deg)
    e2 = FLATTENING * (2.0 - FLATTENING)
    curvature_m = EARTH_RADIUS_M / sqrt(1.0 - e2 * sin(latitude) ** 2)
    across_m = (curvature_m + height_m) * cos(latitude)
    return np.array(
        (
            across_m * cos(longitude),
            across_m * sin(longitude),
            (curvature_m * (1.0 - e2) + height_m) * sin(latitude),
        )
    )


def ric_from_eci(r_eci_m: Array, v_eci_mps: Array) -> Array:
    """Matrix (3, 3) or (n, 3, 3) whose rows are radial, in-track, cross-track of that orbit, in `eci`."""
    if r_eci_m.ndim > 1:
        radial = r_eci_m / np.sqrt((r_eci_m * r_eci_m).sum(axis=-1, keepdims=True))
        momentum = np.cross(r_eci_m, v_eci_mps)
        normal = momentum / np.sqrt((momentum * momentum).sum(axis=-1, keepdims=True))
        return np.stack([radial, np.cross(normal, radial), normal], axis=-2)
    # One orbit at a time is what control loops ask for: plain floats take a tenth of the time.
    (x, y, z), (u, v, w) = r_eci_m.tolist(), v_eci_mps.tolist()
    radius = sqrt(x * x + y * y + z * z)
    x, y, z = x / radius, y / radius, z / radius
    a, b, c = y * w - z * v, z * u - x * w, x * v - y * u
    length = sqrt(a * a + b * b + c * c)
    a, b, c = a / length, b / length, c / length
    return np.array(((x, y, z), (b * z - c * y, c * x - a * z, a * y - b * x), (a, b, c)))


def orbit_rate_radps(r_eci_m: Array, v_eci_mps: Array) -> Array:
    """|r x v| / r^2, shape () or (n,): how fast `ric` turns about cross-track.

    The slow turn of the orbit's plane by J2 (about 1e-6 rad/s about the radial) is left out, by
    definition of our `ric` rates: at 300 m it is 0.3 mm/s.
    """
    r2 = (r_eci_m * r_eci_m).sum(axis=-1)
    v2 = (v_eci_mps * v_eci_mps).sum(axis=-1)
    rate: Array = np.sqrt(np.maximum(r2 * v2 - (r_eci_m * v_eci_mps).sum(axis=-1) ** 2, 0.0)) / r2
    return rate


def w_ric_radps(r_eci_m: Array, v_eci_mps: Array) -> Array:
    """Rate (3,) or (n, 3) of `ric` against `eci`, in `ric`: (0, 0, orbit rate)."""
    rate = np.zeros_like(r_eci_m)
    rate[..., 2] = orbit_rate_radps(r_eci_m, v_eci_mps)
    return rate


@lru_cache(maxsize=64)
def _pole_node(node: int) -> tuple[float, float, float]:
    """X, Y and the CIO locator s at a multiple of six hours of TAI; 32 s of TT move it by 1e-12 rad."""
    days, rest = divmod(node * _NODE_NS, NS_PER_DAY)
    x, y, s = erfa.xys06a(_JD_2000 + days, rest / NS_PER_DAY)
    return float(x), float(y), float(s)


def _pole(tai_ns: NDArray[np.int64]) -> tuple[Array, Array, Array]:
    first, last = int(tai_ns.min()) // _NODE_NS, int(tai_ns.max()) // _NODE_NS + 1
    nodes = np.array([_pole_node(k) for k in range(first, last + 1)])
    place = (tai_ns - first * _NODE_NS) / _NODE_NS
    below = place.astype(np.int64)
    part = (place - below)[:, None]
    x, y, s = (nodes[below] * (1.0 - part) + nodes[below + 1] * part).T
    return x, y, s
