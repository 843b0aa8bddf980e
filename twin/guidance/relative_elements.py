"""Relative orbital elements: where one orbit lies beside another, in six lengths that hold at any distance.

With a, u, ex, ey, i, W of each orbit (semi-major axis, mean argument of latitude, eccentricity vector from
the node, inclination, node), differences servicer less target times the target's a: da, dl = du + dW cos i,
dex, dey, dix = di, diy = dW sin i (D'Amico, Autonomous Formation Flying in Low Earth Orbit (2010), 2.1). Near
the target, with u its angle: x = da - dex cos u - dey sin u, y = dl + 2 (dex sin u - dey cos u),
z = dix sin u - diy cos u; nothing in them is straight, so 300 km are as good as 300 m.

Mean elements: averages over two revolutions flown with J2 (`free_drift`), one back and one on, the farther
from now the less: no period is left in them, not even one whose size grows. They change by `advance` alone.
Osculating ones: Broucke and Cefola, Celestial Mechanics 5 (1972) 303, in which the
inclination is left as it is: not for orbits within a degree of the equator's plane.
"""

from math import cos, pi, sin, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.contracts.fields import Vec3
from twin.guidance.free_drift import EARTH_RADIUS_M, J2, MU_M3PS2, nystroem

Array = NDArray[np.float64]

_SAMPLES = 72
"""Of a revolution: 80 s apart, where Nystroem's step is 0.2 m off in a revolution, alike for both bodies."""
_REFINED = 6


class Reference(NamedTuple):
    """Of the target's orbit, its mean elements: what carries differences on."""

    axis_m: float
    inclination_rad: float
    latitude_rad: float

    @property
    def rate_radps(self) -> float:
        """Mean motion."""
        return sqrt(MU_M3PS2 / self.axis_m**3)

    @property
    def turn_radps(self) -> float:
        """Rate of the mean argument of latitude."""
        cosine2 = cos(self.inclination_rad) ** 2
        return self.rate_radps * (1.0 + _flattening(self.axis_m) * 1.5 * (8.0 * cosine2 - 2.0))


def _flattening(axis_m: float) -> float:
    return 0.5 * J2 * (EARTH_RADIUS_M / axis_m) ** 2


def osculating(r_eci_m: Array, v_eci_mps: Array) -> Array:
    """a (m), u (rad, 0 to 2 pi), ex, ey, i (rad), W (rad) of states (..., 3); (..., 6)."""
    radius, speed2 = _norm(r_eci_m), (v_eci_mps * v_eci_mps).sum(axis=-1)
    axis = 1.0 / (2.0 / radius - speed2 / MU_M3PS2)
    momentum = np.cross(r_eci_m, v_eci_mps)
    normal = momentum / _norm(momentum)[..., None]
    node = np.stack((-normal[..., 1], normal[..., 0], np.zeros_like(radius)), axis=-1)
    node /= _norm(node)[..., None]
    ahead = np.cross(normal, node)
    eccentric = np.cross(v_eci_mps, momentum) / MU_M3PS2 - r_eci_m / radius[..., None]
    ex, ey = (eccentric * node).sum(axis=-1), (eccentric * ahead).sum(axis=-1)
    x, y = (r_eci_m * node).sum(axis=-1) / axis, (r_eci_m * ahead).sum(axis=-1) / axis
    root = np.sqrt(1.0 - ex * ex - ey * ey)
    beta = 1.0 / (1.0 + root)
    cosine = ex + ((1.0 - ex * ex * beta) * x - ex * ey * beta * y) / root
    sine = ey + ((1.0 - ey * ey * beta) * y - ex * ey * beta * x) / root
    latitude = np.arctan2(sine, cosine) - ex * sine + ey * cosine
    inclination = np.arctan2(np.hypot(normal[..., 0], normal[..., 1]), normal[..., 2])
    ascending = np.arctan2(normal[..., 0], -normal[..., 1])
    return np.stack((axis, latitude % (2.0 * pi), ex, ey, inclination, ascending), axis=-1)


def state_of(elements: Array) -> tuple[Array, Array]:
    """Position (m) and velocity (m/s), (3,) each, of osculating elements (6,)."""
    axis, latitude, ex, ey, inclination, ascending = elements.tolist()
    k = latitude
    for _ in range(12):
        k -= (k - ex * sin(k) + ey * cos(k) - latitude) / (1.0 - ex * cos(k) - ey * sin(k))
    beta = 1.0 / (1.0 + sqrt(1.0 - ex * ex - ey * ey))
    c, s = cos(k), sin(k)
    x = axis * ((1.0 - ey * ey * beta) * c + ex * ey * beta * s - ex)
    y = axis * ((1.0 - ex * ex * beta) * s + ex * ey * beta * c - ey)
    scale = sqrt(MU_M3PS2 * axis) / (axis * (1.0 - ex * c - ey * s))
    u = scale * (ex * ey * beta * c - (1.0 - ey * ey * beta) * s)
    w = scale * ((1.0 - ex * ex * beta) * c - ex * ey * beta * s)
    node = np.array((cos(ascending), sin(ascending), 0.0))
    ahead = np.array(
        (-sin(ascending) * cos(inclination), cos(ascending) * cos(inclination), sin(inclination))
    )
    return x * node + y * ahead, u * node + w * ahead


def between(target: Array, servicer: Array) -> Array:
    """Differences (..., 6) in m of elements (..., 6): da, dl, dex, dey, dix, diy."""
    apart = servicer - target
    around = (apart[..., (1, 5)] + pi) % (2.0 * pi) - pi
    cosine, sine = np.cos(target[..., 4]), np.sin(target[..., 4])
    return np.stack(
        (
            apart[..., 0],
            target[..., 0] * (around[..., 0] + around[..., 1] * cosine),
            target[..., 0] * apart[..., 2],
            target[..., 0] * apart[..., 3],
            target[..., 0] * apart[..., 4],
            target[..., 0] * around[..., 1] * sine,
        ),
        axis=-1,
    )


def mean_between(target: tuple[Vec3, Vec3], servicer: tuple[Vec3, Vec3]) -> tuple[Array, Reference]:
    """Mean differences (6,) in m of two states (r, v in `eci`), and the target's mean orbit."""
    r = np.array((target[0], servicer[0]))
    v = np.array((target[1], servicer[1]))
    axis = float(osculating(r, v)[0, 0])
    step_s = 2.0 * pi * sqrt(axis**3 / MU_M3PS2) / _SAMPLES
    flown = np.concatenate((_flown(r, v, -step_s)[::-1], _flown(r, v, step_s)[1:]))
    weight = 1.0 - np.abs(np.arange(-_SAMPLES, _SAMPLES + 1)) / _SAMPLES
    weight /= weight.sum()
    apart = between(flown[:, 0], flown[:, 1])
    mean = (weight[:, None] * apart).sum(axis=0)
    latitude = float((weight * np.unwrap(flown[:, 0, 1])).sum())
    held_m, inclination = (float((weight * flown[:, 0, k]).sum()) for k in (0, 4))
    return mean, Reference(held_m, inclination, latitude % (2.0 * pi))


def placed(target: tuple[Vec3, Vec3], mean_m: Array) -> tuple[Array, Array]:
    """State (r, v in `eci`) of a servicer whose mean differences (6,) in m from the target's are these."""
    r, v = (np.array(each) for each in target)
    own = osculating(r, v)
    guess = mean_m.copy()
    for _ in range(_REFINED):
        r_m, v_mps = state_of(beside(own, guess))
        found, _ = mean_between(target, (_three(r_m), _three(v_mps)))
        guess = guess + mean_m - found
    return state_of(beside(own, guess))


def beside(target: Array, apart_m: Array) -> Array:
    """Elements (6,) that differ from the target's by `apart_m`: the inverse of `between`."""
    da, dl, dex, dey, dix, diy = (apart_m / target[0]).tolist()
    node = diy / sin(float(target[4]))
    turned = dl - node * cos(float(target[4]))
    changes: Array = target + np.array((da * float(target[0]), turned, dex, dey, dix, node))
    return changes


def advance(orbit: Reference, dt_s: float) -> Array:
    """Matrix (6, 6) of mean differences over `dt_s` (Gaias, Ardaens and Montenbruck, Celestial Mechanics and
    Dynamical Astronomy 123 (2015) 411, without terms in the target's eccentricity)."""
    n, i, turn = orbit.rate_radps, orbit.inclination_rad, _flattening(orbit.axis_m)
    whole = np.eye(6)
    whole[1, 0] = -(1.5 + turn * 3.5 * (1.5 * (8.0 * cos(i) ** 2 - 2.0) - 3.0 * cos(i) ** 2)) * n * dt_s
    whole[1, 4] = -10.5 * turn * sin(2.0 * i) * n * dt_s
    angle = turn * 1.5 * (5.0 * cos(i) ** 2 - 1.0) * n * dt_s
    whole[2:4, 2:4] = ((cos(angle), -sin(angle)), (sin(angle), cos(angle)))
    whole[5, 0] = 5.25 * turn * sin(2.0 * i) * n * dt_s
    whole[5, 4] = 3.0 * turn * sin(i) ** 2 * n * dt_s
    return whole


def kicked(orbit: Reference, latitude_rad: float) -> Array:
    """What velocity changes (m/s) along radial, in-track and cross-track at an argument of latitude do to the
    differences, (6, 3) in m (D'Amico 2010, 2.2: Gauss' equations on a circle)."""
    s, c = sin(latitude_rad), cos(latitude_rad)
    effect: Array = (
        np.array(
            (
                (0.0, 2.0, 0.0),
                (-2.0, 0.0, 0.0),
                (s, 2.0 * c, 0.0),
                (-c, 2.0 * s, 0.0),
                (0.0, 0.0, c),
                (0.0, 0.0, s),
            )
        )
        / orbit.rate_radps
    )
    return effect


def spread(orbit: Reference, latitude_rad: float) -> Array:
    """Matrix (6, 6) from small differences (m) to position (m) and inertial velocity (m/s) in `ric`."""
    s, c, n = sin(latitude_rad), cos(latitude_rad), orbit.rate_radps
    place = np.array(
        ((1.0, 0.0, -c, -s, 0.0, 0.0), (0.0, 1.0, 2.0 * s, -2.0 * c, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0, s, -c))
    )
    rate = n * np.array(
        ((0.0, 0.0, s, -c, 0.0, 0.0), (-1.5, 0.0, 2.0 * c, 2.0 * s, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0, c, s))
    )
    turned = n * np.array((-place[1], place[0], np.zeros(6)))
    return np.concatenate((place, rate + turned))


def _flown(r: Array, v: Array, step_s: float) -> Array:
    """Osculating elements (steps + 1, n, 6) of bodies (n, 3) over a revolution."""
    places, speeds = [r], [v]
    for _ in range(_SAMPLES):
        r, v = nystroem(r, v, step_s)
        places.append(r)
        speeds.append(v)
    return osculating(np.array(places), np.array(speeds))


def _norm(a: Array) -> Array:
    length: Array = np.sqrt((a * a).sum(axis=-1))
    return length


def _three(v: Array) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)
