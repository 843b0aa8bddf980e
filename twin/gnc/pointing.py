"""Where the servicer should point, how fast that turns, and how far off it is."""

from math import asin, atan2, pi, sqrt
from typing import NamedTuple

from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import Floats, conj, mul, rotate, rotation_vector
from twin.guidance import vectors as vec

_FACING: Quaternion = (0.0, 0.0, 0.0, 1.0)
"""q_port_from_servicer when aligned: servicer x against port x, y against y, z along z."""


class Pointing(NamedTuple):
    """All in servicer body axes: rotation that is missing (rad, towards the reference), rate of the
    reference (rad/s, inertial)."""

    missing_rad: Vec3
    rate_radps: Vec3


def at_target(q_eci_from_body: Quaternion, r_eci_m: Vec3, v_eci_mps: Vec3) -> Pointing:
    """Boresight to the target's centre; the turn about it is left free and its rate brought to zero."""
    q_body_from_eci = conj(q_eci_from_body)
    x, y, z = rotate(q_body_from_eci, r_eci_m)
    # Shortest turn from (1, 0, 0) to the line of sight (-x, -y, -z): about (0, z, -y).
    across = sqrt(y * y + z * z)
    angle = atan2(across, -x)
    # Dead astern every way round is as short: take y.
    missing = (0.0, angle * z / across, -angle * y / across) if across > 0.0 else (0.0, angle, 0.0)
    turning = vec.scale(1.0 / vec.dot(r_eci_m, r_eci_m), vec.cross(r_eci_m, v_eci_mps))
    _, wy, wz = rotate(q_body_from_eci, turning)
    return Pointing(missing, (0.0, wy, wz))


def at_port(
    q_eci_from_body: Quaternion,
    q_eci_from_target: Quaternion,
    w_target_radps: Vec3,
    q_port_from_body: Quaternion,
) -> Pointing:
    """Boresight against the capture axis, rolling with the target."""
    q_body_from_target = mul(conj(q_eci_from_body), q_eci_from_target)
    q_body_from_reference = mul(mul(q_body_from_target, conj(q_port_from_body)), _FACING)
    return Pointing(rotation_vector(q_body_from_reference), rotate(q_body_from_target, w_target_radps))


def along(q_eci_from_body: Quaternion, direction_eci: Vec3, w_eci_radps: Vec3) -> Pointing:
    """Boresight along a direction (of length 1) that turns; the turn about it is left free and its rate
    brought to zero."""
    q_body_from_eci = conj(q_eci_from_body)
    x, y, z = rotate(q_body_from_eci, direction_eci)
    # Shortest turn from (1, 0, 0) to it: about (0, -z, y). Dead astern every way round is as short: take y.
    across = sqrt(y * y + z * z)
    angle = atan2(across, x)
    missing = (0.0, -angle * z / across, angle * y / across) if across > 0.0 else (0.0, angle, 0.0)
    _, wy, wz = rotate(q_body_from_eci, w_eci_radps)
    return Pointing(missing, (0.0, wy, wz))


def with_ric(q_eci_from_body: Quaternion, w_ric_eci_radps: Vec3) -> Pointing:
    """Turning with `ric`, the attitude left as it is."""
    return Pointing(vec.ZERO, rotate(conj(q_eci_from_body), w_ric_eci_radps))


def kept(q_eci_from_body: Quaternion, q_eci_from_wanted: Floats, w_ric_eci_radps: Vec3) -> Pointing:
    """The wanted attitude, which turns with `ric`."""
    missing = rotation_vector(mul(conj(q_eci_from_body), q_eci_from_wanted))
    return Pointing(missing, with_ric(q_eci_from_body, w_ric_eci_radps).rate_radps)


def boresight_error(q_eci_from_body: Quaternion, port_axis_eci: Vec3) -> float:
    """Angle (rad) of the boresight from the opposite of the capture axis."""
    boresight = rotate(q_eci_from_body, (1.0, 0.0, 0.0))
    half = 0.5 * vec.norm(vec.add(boresight, port_axis_eci))
    return pi if half >= 1.0 else 2.0 * asin(half)
