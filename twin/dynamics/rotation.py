"""Unit quaternions, scalar first: q_a_from_b turns components in b into components in a.

Every function takes tuples, lists or arrays and gives tuples of floats (`matrix` an array). At this size
plain floats are several times faster than numpy, and no BLAS can change their bits.
"""

from collections.abc import Sequence
from math import atan2, cos, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from twin.contracts.fields import Quaternion, Vec3

Array = NDArray[np.float64]
Floats = Sequence[float] | Array


def mul(q_a_from_b: Floats, q_b_from_c: Floats) -> Quaternion:
    """q_a_from_c (4,): the inner names meet."""
    aw, ax, ay, az = q_a_from_b.tolist() if isinstance(q_a_from_b, np.ndarray) else q_a_from_b
    bw, bx, by, bz = q_b_from_c.tolist() if isinstance(q_b_from_c, np.ndarray) else q_b_from_c
    return (
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def conj(q_a_from_b: Floats) -> Quaternion:
    """q_b_from_a (4,)."""
    w, x, y, z = q_a_from_b.tolist() if isinstance(q_a_from_b, np.ndarray) else q_a_from_b
    return (w, -x, -y, -z)


def rotate(q_a_from_b: Floats, v_b: Floats) -> Vec3:
    """Components (3,) in a of a vector given in b; the quaternion has length 1."""
    w, x, y, z = q_a_from_b.tolist() if isinstance(q_a_from_b, np.ndarray) else q_a_from_b
    u, v, s = v_b.tolist() if isinstance(v_b, np.ndarray) else v_b
    # t = 2 (axis part) x v, then v + w t + (axis part) x t: 15 products instead of 24.
    tx, ty, tz = 2.0 * (y * s - z * v), 2.0 * (z * u - x * s), 2.0 * (x * v - y * u)
    return (
        u + w * tx + y * tz - z * ty,
        v + w * ty + z * tx - x * tz,
        s + w * tz + x * ty - y * tx,
    )


def matrix(q_a_from_b: Floats) -> Array:
    """Matrix (3, 3) that turns components in b into components in a."""
    w, x, y, z = q_a_from_b.tolist() if isinstance(q_a_from_b, np.ndarray) else q_a_from_b
    return np.array(
        (
            (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)),
            (2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)),
            (2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)),
        )
    )


def from_matrix(c_a_from_b: Array) -> Quaternion:
    """q_a_from_b (4,), canonical, of a proper rotation matrix; the largest component is divided by.

    Shepperd, J. Guidance and Control 1 (1978) 223.
    """
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = c_a_from_b.tolist()
    candidates = (
        (1.0 + xx + yy + zz, zy - yz, xz - zx, yx - xy),
        (zy - yz, 1.0 + xx - yy - zz, xy + yx, xz + zx),
        (xz - zx, xy + yx, 1.0 - xx + yy - zz, yz + zy),
        (yx - xy, xz + zx, yz + zy, 1.0 - xx - yy + zz),
    )
    largest = max(range(4), key=lambda k: candidates[k][k])
    return canonical(candidates[largest])


def from_rotation_vector(rotation_rad: Floats) -> Quaternion:
    """q_a_from_b (4,) for a turn of |v| radians of b's axes about v (same components in a and b)."""
    x, y, z = rotation_rad.tolist() if isinstance(rotation_rad, np.ndarray) else rotation_rad
    angle = sqrt(x * x + y * y + z * z)
    # Below 1e-4 rad the series' next term, angle^4 / 3840, is under half a rounding unit.
    half_sinc = 0.5 - angle * angle / 48.0 if angle < 1e-4 else sin(0.5 * angle) / angle
    return (cos(0.5 * angle), half_sinc * x, half_sinc * y, half_sinc * z)


def rotation_vector(q_a_from_b: Floats) -> Vec3:
    """Rotation vector, rad, of length at most pi; inverse of `from_rotation_vector`."""
    w, x, y, z = canonical(q_a_from_b)
    sine = sqrt(x * x + y * y + z * z)
    factor = 2.0 / w if sine < 1e-9 else 2.0 * atan2(sine, w) / sine
    return (factor * x, factor * y, factor * z)


def canonical(q_a_from_b: Floats) -> Quaternion:
    """The same rotation with length 1 and w >= 0, as stored and sent."""
    w, x, y, z = q_a_from_b.tolist() if isinstance(q_a_from_b, np.ndarray) else q_a_from_b
    scale = 1.0 / sqrt(w * w + x * x + y * y + z * z)
    if w < 0.0:
        scale = -scale
    return (w * scale, x * scale, y * scale, z * scale)
