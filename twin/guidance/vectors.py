"""Arithmetic of 3-vectors as tuples of floats: for three numbers this is several times faster than numpy."""

from math import sqrt

from twin.contracts.fields import Vec3

ZERO: Vec3 = (0.0, 0.0, 0.0)


def add(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2])


def sub(a: Vec3, b: Vec3) -> Vec3:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def scale(factor: float, a: Vec3) -> Vec3:
    return (factor * a[0], factor * a[1], factor * a[2])


def along(a: Vec3, factor: float, b: Vec3) -> Vec3:
    """a + factor * b."""
    return (a[0] + factor * b[0], a[1] + factor * b[1], a[2] + factor * b[2])


def dot(a: Vec3, b: Vec3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vec3, b: Vec3) -> Vec3:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def times(m: tuple[Vec3, Vec3, Vec3], a: Vec3) -> Vec3:
    """Matrix times vector."""
    return (dot(m[0], a), dot(m[1], a), dot(m[2], a))


def norm(a: Vec3) -> float:
    return sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])


def limited(a: Vec3, most: float) -> Vec3:
    """The same direction, no longer than `most`."""
    length = norm(a)
    return a if length <= most else scale(most / length, a)


def beyond(a: Vec3, radius: float) -> Vec3:
    """What is left of the vector outside a ball of `radius`: the dead zone of a controller."""
    length = norm(a)
    return ZERO if length <= radius else scale(1.0 - radius / length, a)
