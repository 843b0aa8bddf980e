"""Rotations of tuples of floats: quaternions scalar first, as in `twin.dynamics.rotation`, without arrays.

The contact world asks a few thousand of these a simulated second; arrays would cost more than the physics.
"""

from math import atan2, cos, sin, sqrt

from twin.contracts.fields import Quaternion, Vec3

Matrix3 = tuple[Vec3, Vec3, Vec3]
IDENTITY: Quaternion = (1.0, 0.0, 0.0, 0.0)


def mul(q_a_from_b: Quaternion, q_b_from_c: Quaternion) -> Quaternion:
    """q_a_from_c: the inner names meet."""
    aw, ax, ay, az = q_a_from_b
    bw, bx, by, bz = q_b_from_c
    return (
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def conj(q_a_from_b: Quaternion) -> Quaternion:
    """q_b_from_a."""
    w, x, y, z = q_a_from_b
    return (w, -x, -y, -z)


def rotate(q_a_from_b: Quaternion, v_b: Vec3) -> Vec3:
    """Components in a of a vector given in b."""
    w, x, y, z = q_a_from_b
    u, v, s = v_b
    tx, ty, tz = 2.0 * (y * s - z * v), 2.0 * (z * u - x * s), 2.0 * (x * v - y * u)
    return (u + w * tx + y * tz - z * ty, v + w * ty + z * tx - x * tz, s + w * tz + x * ty - y * tx)


def back(q_a_from_b: Quaternion, v_a: Vec3) -> Vec3:
    """Components in b of a vector given in a."""
    return rotate(conj(q_a_from_b), v_a)


def canonical(q_a_from_b: Quaternion) -> Quaternion:
    """The same rotation with length 1 and w >= 0."""
    w, x, y, z = q_a_from_b
    scale = 1.0 / sqrt(w * w + x * x + y * y + z * z)
    if w < 0.0:
        scale = -scale
    return (w * scale, x * scale, y * scale, z * scale)


def scalar_last(q: Quaternion) -> Quaternion:
    """As Bullet has it."""
    return (q[1], q[2], q[3], q[0])


def about(axis: Vec3, angle_rad: float) -> Quaternion:
    """q_a_from_b when b is a turned by an angle about a unit axis."""
    half = 0.5 * angle_rad
    s = sin(half)
    return (cos(half), s * axis[0], s * axis[1], s * axis[2])


def turned(rotation_rad: Vec3) -> Quaternion:
    """q_a_from_b when b is a turned by a rotation vector."""
    x, y, z = rotation_rad
    angle = sqrt(x * x + y * y + z * z)
    # Below 1e-4 rad the series' next term, angle^4 / 3840, is under half a rounding unit.
    half_sinc = 0.5 - angle * angle / 48.0 if angle < 1e-4 else sin(0.5 * angle) / angle
    return (cos(0.5 * angle), half_sinc * x, half_sinc * y, half_sinc * z)


def rotation_vector(q_a_from_b: Quaternion) -> Vec3:
    """Rotation vector, rad, of length at most pi; inverse of `turned`."""
    w, x, y, z = canonical(q_a_from_b)
    sine = sqrt(x * x + y * y + z * z)
    factor = 2.0 / w if sine < 1e-9 else 2.0 * atan2(sine, w) / sine
    return (factor * x, factor * y, factor * z)


def matrix(q_a_from_b: Quaternion) -> Matrix3:
    """Rows of the matrix that turns components in b into components in a."""
    w, x, y, z = q_a_from_b
    return (
        (1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)),
        (2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)),
        (2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)),
    )


def product(m: Matrix3, v: Vec3) -> Vec3:
    """Matrix times vector."""
    x, y, z = v
    a, b, c = m
    return (
        a[0] * x + a[1] * y + a[2] * z,
        b[0] * x + b[1] * y + b[2] * z,
        c[0] * x + c[1] * y + c[2] * z,
    )
