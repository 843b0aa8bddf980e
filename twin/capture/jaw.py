"""Geometry of the jaw against the ring: where the tool shall be, and how far from there it is."""

from math import pi
from typing import NamedTuple

from twin.capture.bodies import nearest_plate
from twin.capture.engine import Motion
from twin.capture.interface import Port
from twin.capture.settings import Ring
from twin.capture.turning import about, back
from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import conj, mul, rotate, rotation_vector
from twin.guidance.vectors import add, cross, norm, sub

_X: Vec3 = (1.0, 0.0, 0.0)
_FACING: Quaternion = (0.0, 0.0, 0.0, 1.0)
"""Hand x against port x, hand z along port z."""


class Grip(NamedTuple):
    """A place and an attitude for the tool, or where it is."""

    r_m: Vec3
    q: Quaternion


class Moving(NamedTuple):
    """A frame that moves, in window axes: the port as estimated, or the tool."""

    grip: Grip
    v_mps: Vec3
    w_radps: Vec3

    def velocity_at(self, r_m: Vec3) -> Vec3:
        """Of a point fixed to the frame."""
        return add(self.v_mps, cross(self.w_radps, sub(r_m, self.grip.r_m)))


class Misfit(NamedTuple):
    """Tool against the nearest plate of the true ring: along the radius, angle, and relative motion."""

    offset_m: float
    depth_m: float
    misalignment_rad: float
    speed_mps: float
    rate_radps: float


def grip_on(ring: Ring, plate_rad: float, port: Grip, standoff_m: float) -> Grip:
    """The tool's pose before a plate: edge in the jaw's middle, `standoff_m` out along the axis."""
    q_port_from_hand = mul(about(_X, plate_rad - 0.5 * pi), _FACING)
    radial = rotate(about(_X, plate_rad - 0.5 * pi), (0.0, 0.0, ring.radius_m))
    r_port_m = (standoff_m, radial[1], radial[2])
    return Grip(add(port.r_m, rotate(port.q, r_port_m)), mul(port.q, q_port_from_hand))


def true_port(port: Port, target: Motion) -> Grip:
    """The port as it is, from the target's motion."""
    r_m = add(target.r_m, rotate(target.q, port.r_body_m))
    return Grip(r_m, mul(target.q, conj(port.q_port_from_body)))


def misfit(ring: Ring, port: Port, target: Motion, tool: Moving) -> Misfit:
    """How the jaw sits on the true ring."""
    place = true_port(port, target)
    r_m, q = tool.grip
    r_port_m = back(place.q, sub(r_m, place.r_m))
    plate_rad = nearest_plate(r_port_m)
    wanted = grip_on(ring, plate_rad, place, 0.0)
    x, _, z = back(wanted.q, sub(r_m, wanted.r_m))
    turn = rotation_vector(mul(conj(wanted.q), q))
    carried = add(target.v_mps, cross(target.w_radps, sub(r_m, target.r_m)))
    speed_mps, rate_radps = norm(sub(tool.v_mps, carried)), norm(sub(tool.w_radps, target.w_radps))
    return Misfit(abs(z), x, norm(turn), speed_mps, rate_radps)
