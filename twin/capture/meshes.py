"""Surfaces for pictures: bodies of revolution with their own normals, doubled where an edge is sharp.

Without normals of its own the renderer shades a tank like a ball.
"""

from itertools import pairwise
from math import cos, hypot, pi, sin
from typing import NamedTuple

from twin.contracts.fields import Vec3

_SIDES = 48


class Mesh(NamedTuple):
    """Triangles by index into places and normals."""

    places: list[Vec3]
    normals: list[Vec3]
    indices: list[int]


def lathe(profile: tuple[tuple[float, float], ...]) -> Mesh:
    """Turn a profile of (x, radius) about x; each stretch of it is a cone of its own, seen from its left.

    Walking along the profile the outside is on the left hand when radius points up and x to the right.
    """
    mesh = Mesh([], [], [])
    for (x0, r0), (x1, r1) in pairwise(profile):
        length = hypot(x1 - x0, r1 - r0)
        if length == 0.0:
            continue
        along, out = -(r1 - r0) / length, (x1 - x0) / length
        first = len(mesh.places)
        for k in range(_SIDES + 1):
            c, s = cos(2.0 * pi * k / _SIDES), sin(2.0 * pi * k / _SIDES)
            for x, r in ((x0, r0), (x1, r1)):
                mesh.places.append((x, r * c, r * s))
                mesh.normals.append((along, out * c, out * s))
        for k in range(_SIDES):
            a = first + 2 * k
            mesh.indices.extend((a, a + 2, a + 1, a + 1, a + 2, a + 3))
    return mesh


def stage(length_m: float, radius_m: float) -> Mesh:
    """A rocket stage about x, without its fitting: nozzle, and the tank with its shoulders."""
    half = 0.5 * length_m
    nozzle, throat = 0.35 * radius_m, 0.15 * radius_m
    return lathe(
        (
            (-half - 0.6, 0.9 * nozzle),
            (-half - 1.2, nozzle),
            (-half, throat),
            (-half, 0.8 * radius_m),
            (-half + 0.8, radius_m),
            (half - 0.4, radius_m),
            (half, 0.6 * radius_m),
            (half, 0.0),
        )
    )


def fitting(radius_m: float, height_m: float, wall_m: float) -> Mesh:
    """A payload-attach fitting: a wall about x, open at its end, whose edge is at x = 0."""
    outer, inner = radius_m + 0.5 * wall_m, radius_m - 0.5 * wall_m
    return lathe(((-height_m, outer), (0.0, outer), (0.0, inner), (-height_m, inner)))
