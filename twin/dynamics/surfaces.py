"""Forces and torques on a body's outside: air and sunlight on a cylinder along body x.

Assumptions and limitations: all force along the stream (no lift, no specular light), at the hull's
centre; the surface does not shade itself. Right for convex bodies whose re-emission is diffuse, within
what their coefficients are known to (20 %).
"""

from math import pi

import heyoka as hy

from twin.dynamics.forces import Terms, Vector, cross, dot, scaled
from twin.dynamics.settings import Hull
from twin.dynamics.slots import Slots

Area = tuple[float, float, float]


def area_of(hull: Hull | None, constant_m2: float) -> Area:
    """Area seen along a stream, as coefficients of 1, c^2 and c^4, c the cosine from the long axis.

    Right side-on (D L), end-on (pi D^2 / 4) and on the mean of all directions (a quarter of the
    surface: Cauchy's theorem for convex bodies); in between within 7 % of the cylinder's
    D L |sin| + pi D^2 / 4 |cos|, whose edges no Taylor series would follow.
    """
    if hull is None:
        return constant_m2, 0.0, 0.0
    side = hull.length_m * hull.diameter_m
    end = 0.25 * pi * hull.diameter_m**2
    mean = 0.25 * pi * hull.diameter_m * (hull.length_m + 0.5 * hull.diameter_m)
    # mean of c^2 (1 - c^2) over the sphere is 2/15
    bulge = 7.5 * (mean - (2.0 * side + end) / 3.0)
    return side, end - side + bulge, -bulge


def area_seen(long_axis: Vector, stream: Vector, slots: Slots) -> hy.expression:
    """Area (m2) across a stream; both vectors in the same axes, the first of length 1."""
    along = dot(long_axis, stream)
    c2 = along * along / dot(stream, stream)
    a0, a2, a4 = slots.par("area_m2")
    return a0 + c2 * (a2 + c2 * a4)


def torque_of(force_eci_n: Vector, axes: list[Terms], slots: Slots) -> Terms:
    """Torque in body axes of a force in `eci` at the hull's centre; `axes` turns body into eci."""
    in_body = [dot([row[k] for row in axes], force_eci_n) for k in range(3)]
    return cross(slots.par("centre_body_m"), in_body)


def air_force(density: hy.expression, air_mps: Vector, area_m2: hy.expression, slots: Slots) -> Terms:
    """Drag, N, of air of this density (kg/m3) met at this velocity (m/s): Vallado (2013), 8.6.2."""
    drag_coefficient = slots.par("coefficients")[0]
    return scaled(-0.5 * drag_coefficient * area_m2 * density * hy.sqrt(dot(air_mps, air_mps)), air_mps)
