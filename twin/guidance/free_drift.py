"""Free drift, integrated: how near the servicer comes to the target when nothing is done for a day.

Both bodies move in the field of a point mass and J2; all candidates are integrated at once. The
target is the reference. Drag differs by some 5e-8 m/s2 and is left out: the limit has to hold
with a margin, and the candidates that pass leave the target by kilometres a revolution.
"""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from twin.contracts.fields import Vec3

Array = NDArray[np.float64]

# GNSS orbits are in these constants too (WGS-84, EGM2008); the pole is that of `eci`, 0.15 deg off at most.
MU_M3PS2 = 3.986004418e14
EARTH_RADIUS_M = 6_378_137.0
J2 = 1.08262668e-3
STEP_S = 60.0


def gravity(r_eci_m: Array) -> Array:
    """Acceleration (n, 3) at positions (n, 3): Montenbruck and Gill, Satellite Orbits (2000), section 3.2."""
    x, y, z = r_eci_m[:, 0], r_eci_m[:, 1], r_eci_m[:, 2]
    r2 = x * x + y * y + z * z
    central = MU_M3PS2 / (r2 * np.sqrt(r2))
    oblate = 1.5 * J2 * EARTH_RADIUS_M**2 / r2
    sine2 = z * z / r2
    across = -central * (1.0 + oblate * (1.0 - 5.0 * sine2))
    along = -central * (1.0 + oblate * (3.0 - 5.0 * sine2))
    return np.stack((across * x, across * y, along * z), axis=1)


def nystroem(r: Array, v: Array, h: float) -> tuple[Array, Array]:
    """States (n, 3) after `h` seconds: Nystroem's fourth-order step for r'' = g(r), three fields a step.

    Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, II.14.
    """
    k1 = gravity(r)
    k2 = gravity(r + (0.5 * h) * v + (h * h / 8.0) * k1)
    k3 = gravity(r + h * v + (h * h / 2.0) * k2)
    return r + h * v + (h * h / 6.0) * (k1 + 2.0 * k2), v + (h / 6.0) * (k1 + 4.0 * k2 + k3)


def paths(target_r_eci_m: Vec3, target_v_eci_mps: Vec3, offsets: Array, horizon_s: float) -> Array:
    """Relative positions (steps + 1, n, 3), `eci` axes, of n bodies `offsets` (n, 6) from the target."""
    r = np.vstack((np.zeros(3), offsets[:, :3])) + np.array(target_r_eci_m)
    v = np.vstack((np.zeros(3), offsets[:, 3:])) + np.array(target_v_eci_mps)
    steps = ceil(horizon_s / STEP_S)
    out = np.empty((steps + 1, len(offsets), 3))
    out[0] = offsets[:, :3]
    for k in range(steps):
        r, v = nystroem(r, v, STEP_S)
        out[k + 1] = r[1:] - r[0]
    return out


def least_ranges(path_m: Array) -> Array:
    """Least distance (n,) from the target along paths (steps + 1, n, 3), taken as straight between steps."""
    start, step = path_m[:-1], np.diff(path_m, axis=0)
    length2 = np.sum(step * step, axis=2)
    fraction = -np.sum(start * step, axis=2) / np.where(length2 > 0.0, length2, 1.0)
    nearest = start + np.clip(fraction, 0.0, 1.0)[:, :, None] * step
    least: Array = np.sqrt(np.min(np.sum(nearest * nearest, axis=2), axis=0))
    return least
