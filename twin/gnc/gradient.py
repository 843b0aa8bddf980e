"""How gravity differs between two bodies that fly close together, and what that makes of their motion."""

from math import sqrt
from typing import Literal

import numpy as np

from twin.contracts.fields import Vec3
from twin.gnc.matrices import IDENTITY3, Array
from twin.guidance.free_drift import MU_M3PS2, gravity

Gravity = Literal["point", "j2"]
Six = tuple[float, float, float, float, float, float]
"""xx, xy, xz, yy, yz, zz of a symmetric matrix."""


def symmetric(entries: Six) -> Array:
    """The (3, 3)."""
    xx, xy, xz, yy, yz, zz = entries
    return np.array(((xx, xy, xz), (xy, yy, yz), (xz, yz, zz)))


def gravity_gradient(r_eci_m: Vec3) -> Six:
    """xx, xy, xz, yy, yz, zz of d(acceleration)/d(position), 1/s2, of a point mass: mu/R^3 (3 u u' - 1)."""
    x, y, z = r_eci_m
    r2 = x * x + y * y + z * z
    k = MU_M3PS2 / (r2 * sqrt(r2))
    t = 3.0 * k / r2
    return (t * x * x - k, t * x * y, t * x * z, t * y * y - k, t * y * z, t * z * z - k)


def oblate_gradient(r_eci_m: Array) -> Six:
    """The same of a point mass with J2, by central differences over 2 km: 1e-8 of it off."""
    steps = 1000.0 * np.vstack((IDENTITY3, -IDENTITY3))
    field = gravity(r_eci_m + steps)
    g = (field[:3] - field[3:]) / 2000.0
    return (
        float(g[0, 0]),
        float(g[0, 1]),
        float(g[0, 2]),
        float(g[1, 1]),
        float(g[1, 2]),
        float(g[2, 2]),
    )


def taylor_transition(dt_s: float, gradient: Six) -> Array:
    """(6, 6) of [r, v] over `dt_s` with the gradient G held: 1 + G dt^2/2, dt + G dt^3/6, G dt."""
    xx, xy, xz, yy, yz, zz = gradient
    h, s, c = dt_s, 0.5 * dt_s * dt_s, dt_s**3 / 6.0
    return np.array(
        (
            (1.0 + s * xx, s * xy, s * xz, h + c * xx, c * xy, c * xz),
            (s * xy, 1.0 + s * yy, s * yz, c * xy, h + c * yy, c * yz),
            (s * xz, s * yz, 1.0 + s * zz, c * xz, c * yz, h + c * zz),
            (h * xx, h * xy, h * xz, 1.0 + s * xx, s * xy, s * xz),
            (h * xy, h * yy, h * yz, s * xy, 1.0 + s * yy, s * yz),
            (h * xz, h * yz, h * zz, s * xz, s * yz, 1.0 + s * zz),
        )
    )
