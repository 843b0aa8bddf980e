"""Sunlight: where the Sun is, how much of it the Earth leaves, and when a body crosses the shadow's edges."""

from functools import lru_cache
from math import acos, asin, pi, sqrt
from typing import Literal

import erfa
import numpy as np
from numpy.typing import NDArray

from twin.contracts.fields import Vec3
from twin.contracts.motion import EclipseCrossed
from twin.dynamics.constants import ASTRONOMICAL_UNIT_M, EARTH_RADIUS_M, NS_PER_S, SUN_RADIUS_M
from twin.dynamics.epochs import Epoch
from twin.dynamics.roots import Signal, crossings
from twin.dynamics.segments import Track

Array = NDArray[np.float64]
Times = int | NDArray[np.int64]

_NODE_NS = 3600 * NS_PER_S
_SCAN_NS = 20 * NS_PER_S
"""First look at the shadow; a graze of less is found by its extremum."""

Edge = Literal["penumbra", "umbra"]
EDGES: dict[Edge, float] = {"penumbra": 1.0, "umbra": -1.0}
"""The shadow's edges, where the disks touch from outside (+1) and from inside (-1)."""


def sun_position_eci(epoch: Epoch, t_ns: Times) -> Array:
    """Geometric position (3,) or (n, 3) of the Sun from the Earth's centre, m: SOFA epv00.

    Interpolated between hours (error 7e-8 rad); aberration and light time, 1e-4 rad, are left out.
    """
    if isinstance(t_ns, int):
        return np.array(sun_at(epoch, t_ns))
    first, last = int(t_ns.min()) // _NODE_NS, int(t_ns.max()) // _NODE_NS + 1
    nodes = np.array([_sun_node(epoch, k) for k in range(first, last + 1)])
    below = t_ns // _NODE_NS - first
    part = ((t_ns % _NODE_NS) / _NODE_NS)[:, None]
    positions: Array = nodes[below] + part * (nodes[below + 1] - nodes[below])
    return positions


def sun_direction_eci(epoch: Epoch, t_ns: Times) -> Array:
    """Unit vector (3,) or (n, 3) towards the Sun from the Earth's centre."""
    sun = sun_position_eci(epoch, t_ns)
    direction: Array = sun / np.sqrt((sun * sun).sum(axis=-1, keepdims=True))
    return direction


def sunlight(epoch: Epoch, t_ns: int, r_eci_m: Array) -> float:
    """Part of the Sun's disk that a spherical, airless Earth leaves visible from (3,), 0 to 1."""
    (x, y, z), (sx, sy, sz) = r_eci_m.tolist(), sun_at(epoch, t_ns)
    dx, dy, dz = sx - x, sy - y, sz - z
    earth_m, sun_m = sqrt(x * x + y * y + z * z), sqrt(dx * dx + dy * dy + dz * dz)
    cosine = -(x * dx + y * dy + z * dz) / (sun_m * earth_m)
    apart_rad = acos(max(-1.0, min(1.0, cosine)))
    return lit_fraction(asin(SUN_RADIUS_M / sun_m), asin(min(EARTH_RADIUS_M / earth_m, 1.0)), apart_rad)


def lit_fraction(sun_rad: float, earth_rad: float, apart_rad: float) -> float:
    """Visible part of a disk behind another, from their apparent radii and distance, rad.

    Montenbruck and Gill, Satellite Orbits (2000), 3.4.2, eqs. 3.92 to 3.94, with the annulus added.
    """
    if apart_rad >= earth_rad + sun_rad:
        return 1.0
    if apart_rad <= abs(earth_rad - sun_rad):
        return max(0.0, 1.0 - (earth_rad / sun_rad) ** 2)
    x = (apart_rad**2 + sun_rad**2 - earth_rad**2) / (2.0 * apart_rad)
    y = sqrt(max(sun_rad**2 - x**2, 0.0))
    covered = (
        sun_rad**2 * acos(x / sun_rad) + earth_rad**2 * acos((apart_rad - x) / earth_rad) - apart_rad * y
    )
    return 1.0 - covered / (pi * sun_rad**2)


def eclipses(epoch: Epoch, track: Track, body: str, t0_ns: int, t1_ns: int) -> tuple[EclipseCrossed, ...]:
    """Every crossing of the shadow's edges in (t0_ns, t1_ns], in time order.

    Each is given at the first nanosecond on the far side.
    """
    found: list[EclipseCrossed] = []
    for boundary in EDGES:
        for t_ns, entering in crossings(_depth_of(epoch, track, boundary), t0_ns, t1_ns, _SCAN_NS):
            found.append(EclipseCrossed(body=body, t_ns=t_ns, boundary=boundary, entering=entering))
    return tuple(sorted(found, key=lambda crossing: crossing.t_ns))


def shadow_depth(epoch: Epoch, t_ns: Times, r_eci_m: Array, boundary: Edge) -> Array:
    """Angle (n,) by which places (n, 3) are inside an edge of the shadow, rad; negative outside."""
    sun_rad, earth_rad, apart_rad = _disks(r_eci_m, sun_position_eci(epoch, t_ns))
    return earth_rad + EDGES[boundary] * sun_rad - apart_rad


def _depth_of(epoch: Epoch, track: Track, boundary: Edge) -> Signal:
    """The depth of a body as a function of times."""
    return lambda times: shadow_depth(epoch, times, track.states(times).r_eci_m, boundary)


def _disks(r_eci_m: Array, sun_eci_m: Array) -> tuple[Array, Array, Array]:
    """Apparent radii of Sun and Earth, and the angle between their centres, rad."""
    to_sun = sun_eci_m - r_eci_m
    sun_m = np.sqrt((to_sun * to_sun).sum(axis=-1))
    earth_m = np.sqrt((r_eci_m * r_eci_m).sum(axis=-1))
    cosine = -(r_eci_m * to_sun).sum(axis=-1) / (sun_m * earth_m)
    return (
        np.arcsin(SUN_RADIUS_M / sun_m),
        np.arcsin(np.minimum(EARTH_RADIUS_M / earth_m, 1.0)),
        np.arccos(np.clip(cosine, -1.0, 1.0)),
    )


def sun_at(epoch: Epoch, t_ns: int) -> Vec3:
    """`sun_position_eci` at one instant, as floats: a servicer asks twice in every control cycle."""
    below, rest_ns = divmod(t_ns, _NODE_NS)
    (x0, y0, z0), (x1, y1, z1) = _sun_node(epoch, below), _sun_node(epoch, below + 1)
    part = rest_ns / _NODE_NS
    return x0 + part * (x1 - x0), y0 + part * (y1 - y0), z0 + part * (z1 - z0)


@lru_cache(maxsize=256)
def _sun_node(epoch: Epoch, hour: int) -> tuple[float, float, float]:
    # TT for TDB: 2 ms at most, 4e-10 rad of the Sun's motion.
    heliocentric, _ = erfa.epv00(*epoch.tt(hour * _NODE_NS))
    x, y, z = (-ASTRONOMICAL_UNIT_M * heliocentric["p"]).tolist()
    return x, y, z
