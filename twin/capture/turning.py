"""What the contact world asks of rotations beside `twin.dynamics.rotation`: tuples of floats throughout.

It asks a few thousand of these a simulated second; arrays would cost more than the physics.
"""

from math import cos, sin

from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import conj, rotate

Matrix3 = tuple[Vec3, Vec3, Vec3]
IDENTITY: Quaternion = (1.0, 0.0, 0.0, 0.0)


def back(q_a_from_b: Quaternion, v_a: Vec3) -> Vec3:
    """Components in b of a vector given in a."""
    return rotate(conj(q_a_from_b), v_a)


def scalar_last(q: Quaternion) -> Quaternion:
    """As Bullet has it."""
    return (q[1], q[2], q[3], q[0])


def about(axis: Vec3, angle_rad: float) -> Quaternion:
    """q_a_from_b when b is a turned by an angle about a unit axis."""
    half = 0.5 * angle_rad
    s = sin(half)
    return (cos(half), s * axis[0], s * axis[1], s * axis[2])


def rows(q_a_from_b: Quaternion) -> Matrix3:
    """Rows (3, 3) of the matrix that turns components in b into components in a."""
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
