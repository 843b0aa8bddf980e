"""The `ric` axes of an orbit, and components in them."""

from twin.contracts.fields import Vec3
from twin.guidance import vectors as vec

Axes = tuple[Vec3, Vec3, Vec3]
"""Rows: radial, in-track, cross-track unit vectors in `eci`."""


def axes_ric(r_eci_m: Vec3, v_eci_mps: Vec3) -> Axes:
    """Radial, cross-track along the angular momentum, in-track completing the set."""
    h = vec.cross(r_eci_m, v_eci_mps)
    radial = vec.scale(1.0 / vec.norm(r_eci_m), r_eci_m)
    cross_track = vec.scale(1.0 / vec.norm(h), h)
    return (radial, vec.cross(cross_track, radial), cross_track)


def to_ric(axes: Axes, a_eci: Vec3) -> Vec3:
    return (vec.dot(axes[0], a_eci), vec.dot(axes[1], a_eci), vec.dot(axes[2], a_eci))


def from_ric(axes: Axes, a_ric: Vec3) -> Vec3:
    (a, b, c), (d, e, f), (g, h, i) = axes
    x, y, z = a_ric
    return (a * x + d * y + g * z, b * x + e * y + h * z, c * x + f * y + i * z)
