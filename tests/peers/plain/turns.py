"""Rotations. Quaternions are scalar first; `q_a_from_b` turns components in b into components in a."""

from math import atan2, cos

import numpy as np


def mul(p, q):
    a, b = p[0], p[1:]
    c, d = q[0], q[1:]
    return np.concatenate(([a * c - b @ d], a * d + c * b + np.cross(b, d)))


def conj(q):
    return q * np.array([1.0, -1.0, -1.0, -1.0])


def canonical(q):
    """The same rotation as a unit quaternion with w >= 0, as the wire wants it."""
    q = q / np.linalg.norm(q)
    return -q if q[0] < 0.0 else q


def matrix(q):
    w, v = q[0], q[1:]
    return (w * w - v @ v) * np.eye(3) + 2.0 * np.outer(v, v) + 2.0 * w * skew(v)


def skew(v):
    """The matrix of the cross product with v."""
    x, y, z = v
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def turn(v):
    """The quaternion of a rotation vector (rad)."""
    angle = np.linalg.norm(v)
    return np.concatenate(([cos(angle / 2)], 0.5 * np.sinc(angle / (2 * np.pi)) * v))


def rotation_vector(q):
    """The other way round."""
    q = canonical(q)
    sine = np.linalg.norm(q[1:])
    return 2.0 * q[1:] if sine < 1e-12 else 2.0 * atan2(sine, q[0]) / sine * q[1:]
