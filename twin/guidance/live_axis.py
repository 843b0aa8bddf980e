"""A point on the capture axis of a target that tumbles: where it is, moves and is pushed, now and ahead."""

from math import cos, sin

from twin.contracts.fields import Vec3
from twin.guidance import vectors as vec
from twin.guidance.law import Seen
from twin.guidance.tracking import Point


def turned(v: Vec3, rate_radps: Vec3, t_s: float) -> Vec3:
    """`v` carried round by a constant rate for `t_s` (Rodrigues)."""
    size = vec.norm(rate_radps)
    if size * t_s == 0.0:
        return v
    k = vec.scale(1.0 / size, rate_radps)
    s, c = sin(size * t_s), cos(size * t_s)
    return vec.add(vec.along(vec.scale(c, v), s, vec.cross(k, v)), vec.scale((1.0 - c) * vec.dot(k, v), k))


def axis_point(seen: Seen, axial_m: float, axial_mps: float = 0.0, ahead_s: float = 0.0) -> Point:
    """The point `axial_m` out from the fitting, going out at `axial_mps`, `ahead_s` from now.

    Rigid-body kinematics in the `ric` axes (Hughes, Spacecraft Attitude Dynamics (1986), 2.3) with the
    target's angular acceleration. Ahead of now all turns evenly about the angular momentum.
    """
    w, dw = seen.port_rate_ric_radps, seen.port_rate_change_ric_radps2
    even = seen.port_precession_ric_radps or w
    w, dw = turned(w, even, ahead_s), turned(dw, even, ahead_s)
    out_m = axial_m + axial_mps * ahead_s
    axis = turned(seen.port_axis_ric, even, ahead_s)
    r = vec.along(turned(seen.port_ric_m, even, ahead_s), out_m, axis)
    carried, outward = vec.cross(w, r), vec.scale(axial_mps, axis)
    pushed = vec.add(vec.cross(w, carried), vec.cross(dw, r))
    return Point(r, vec.add(carried, outward), vec.along(pushed, 2.0, vec.cross(w, outward)))
