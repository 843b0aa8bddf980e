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

    The celestial and the terrestrial pole are interpolated between values six hours apart: good to
    1 cm on the ground.
    """
    tai_ns = epoch.tai_ns + (t_ns if isinstance(t_ns, int) else np.asarray(t_ns, dtype=np.int64))
    celestial, polar, ut1_minus_tai_s = _poles(tai_ns)
    days, rest_ns = np.divmod(tai_ns, NS_PER_DAY)
    angle = erfa.era00(_JD_2000 + days, rest_ns / NS_PER_DAY + ut1_minus_tai_s / 86_400.0)
    c, s = np.cos(angle)[..., None], np.sin(angle)[..., None]
    turned = np.empty_like(celestial)
    turned[..., 0, :] = c * celestial[..., 0, :] + s * celestial[..., 1, :]
    turned[..., 1, :] = c * celestial[..., 1, :] - s * celestial[..., 0, :]
    turned[..., 2, :] = celestial[..., 2, :]
    return _times(polar, turned)


def eci_from_teme(epoch: Epoch, t_ns: int) -> Array:
    """Matrix (3, 3) from TEME to `eci`: through the mean sidereal turn of 1982 and the Earth's frame.

    Vallado et al., AIAA 2006-6753, appendix C; the same UT1 on both ways, so its error cancels.
    """
    tai_ns = epoch.tai_ns + t_ns
    _, polar, ut1_minus_tai_s = _poles(tai_ns)
    days, rest_ns = divmod(tai_ns, NS_PER_DAY)
    ut1 = (_JD_2000 + days, rest_ns / NS_PER_DAY + float(ut1_minus_tai_s) / 86_400.0)
    pef_from_teme = erfa.rz(erfa.gmst82(*ut1), np.eye(3))
    return _times(ecef_from_eci(epoch, t_ns).T, _times(polar, pef_from_teme))


def pole_eci(epoch: Epoch) -> tuple[float, float, float]:
    """The Earth's axis of rotation (the celestial intermediate pole) at the epoch: a unit vector."""
    celestial, _, _ = _poles(epoch.tai_ns)
    x, y, z = celestial[2].tolist()
    length = sqrt(x * x + y * y + z * z)
    return x / length, y / length, z / length


def earth_turn(epoch: Epoch, t_ns: int) -> tuple[tuple[Array, Array], float]:
    """Celestial and polar matrix (3, 3) and the Earth rotation angle between them, rad."""
    tai_ns = epoch.tai_ns + t_ns
    celestial, polar, ut1_minus_tai_s = _poles(tai_ns)
    days, rest_ns = divmod(tai_ns, NS_PER_DAY)
    angle = erfa.era00(_JD_2000 + days, rest_ns / NS_PER_DAY + float(ut1_minus_tai_s) / 86_400.0)
    return (celestial, polar), float(angle)


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


def vnc_from_eci(r_eci_m: Array, v_eci_mps: Array) -> Array:
    """Matrix (3, 3) whose rows are velocity, orbit normal, and what completes them (outwards), in `eci`."""
    along = v_eci_mps / np.sqrt((v_eci_mps * v_eci_mps).sum())
    momentum = np.cross(r_eci_m, v_eci_mps)
    normal = momentum / np.sqrt((momentum * momentum).sum())
    return np.stack((along, normal, np.cross(along, normal)))


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


def _times(a: Array, b: Array) -> Array:
    """Product of matrices (..., 3, 3) without BLAS: the same bits whatever numpy is linked to."""
    product: Array = (a[..., :, :, None] * b[..., None, :, :]).sum(axis=-2)
    return product


@lru_cache(maxsize=64)
def _node(node: int) -> tuple[Array, Array, float]:
    """Celestial and polar matrix (3, 3) and UT1 - TAI at a multiple of six hours of TAI.

    TAI stands for TT here: the 32 s between them move the poles by 1e-12 rad.
    """
    days, rest_ns = divmod(node * _NODE_NS, NS_PER_DAY)
    tt = (_JD_2000 + days, rest_ns / NS_PER_DAY)
    ut1_minus_tai_s, xp, yp = earth_orientation(np.array([_MJD_2000 + days + tt[1]]))
    celestial: Array = erfa.c2ixys(*erfa.xys06a(*tt))
    polar: Array = erfa.pom00(xp[0], yp[0], erfa.sp00(*tt))
    return celestial, polar, float(ut1_minus_tai_s[0])


def _poles(tai_ns: Times) -> tuple[Array, Array, Array | float]:
    """Both matrices and UT1 - TAI, interpolated linearly, at one instant or at n."""
    if isinstance(tai_ns, int):
        below, rest_ns = divmod(tai_ns, _NODE_NS)
        (q0, p0, u0), (q1, p1, u1) = _node(below), _node(below + 1)
        fraction = rest_ns / _NODE_NS
        return q0 + fraction * (q1 - q0), p0 + fraction * (p1 - p0), u0 + fraction * (u1 - u0)
    first = int(tai_ns.min()) // _NODE_NS
    nodes = [_node(k) for k in range(first, int(tai_ns.max()) // _NODE_NS + 2)]
    q, p, u = (np.array(column) for column in zip(*nodes, strict=True))
    k = tai_ns // _NODE_NS - first
    part = (tai_ns % _NODE_NS) / _NODE_NS
    wide = part[:, None, None]
    return q[k] + wide * (q[k + 1] - q[k]), p[k] + wide * (p[k + 1] - p[k]), u[k] + part * (u[k + 1] - u[k])
