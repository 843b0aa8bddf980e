"""Following a moving point in the target's rotating frame, with what nature does there taken out."""

from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from twin.contracts.fields import NonNegative, Vec3
from twin.guidance import vectors as vec
from twin.guidance.gains import gains
from twin.guidance.law import Seen

Positive = Annotated[float, Meta(gt=0.0, le=1e9)]


class Point(NamedTuple):
    """Where to be, how fast to move there and how that changes, in `ric`."""

    r_ric_m: Vec3
    v_ric_mps: Vec3 = vec.ZERO
    a_ric_mps2: Vec3 = vec.ZERO


class Tracker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parameters common to laws that follow a point.

    Inside the dead zones nothing is done: within a thruster's least impulse and the estimate's noise,
    correcting costs propellant and gains nothing. Feedback asks for at most `limit_mps2`.
    """

    bandwidth_radps: Positive = 0.05
    damping: Positive = 1.0
    deadband_m: NonNegative = 0.0
    deadband_mps: NonNegative = 0.0
    limit_mps2: Positive = 0.04


def natural_acceleration(seen: Seen, r_ric_m: Vec3, v_ric_mps: Vec3) -> Vec3:
    """Acceleration of a free body in the rotating axes, m/s2.

    Linearised about an elliptic orbit (Alfriend et al., Spacecraft Formation Flying (2010), eq. 4.14-4.16
    to first order); the Clohessy-Wiltshire equations when the orbit is circular.
    """
    w, dw, k = seen.orbit_rate_radps, seen.orbit_rate_change_radps2, seen.gravity_per_s2
    x, y, z = r_ric_m
    vx, vy, _ = v_ric_mps
    return (
        2.0 * w * vy + dw * y + (w * w + 2.0 * k) * x,
        -2.0 * w * vx - dw * x + (w * w - k) * y,
        -k * z,
    )


def fixed(r_ric_m: Vec3) -> Point:
    """A point at rest in the rotating axes."""
    return Point(r_ric_m)


def on_axis(seen: Seen, axial_m: float, axial_mps: float = 0.0) -> Point:
    """A point on the live capture axis, `axial_m` out from the fitting, carried round with the target."""
    w = seen.port_rate_ric_radps
    r = vec.along(seen.port_ric_m, axial_m, seen.port_axis_ric)
    carried = vec.cross(w, r)
    outward = vec.scale(axial_mps, seen.port_axis_ric)
    # The target's own angular acceleration is left out: 1e-6 rad/s2 on 10 m, 1e-5 m/s2.
    turning = vec.add(vec.cross(w, carried), vec.scale(2.0, vec.cross(w, outward)))
    return Point(r, vec.add(carried, outward), turning)


def pursue(tracker: Tracker, seen: Seen, point: Point) -> Vec3:
    """Acceleration demand in `ric` that brings the servicer to the point and keeps it there."""
    kp, kd = gains(tracker.bandwidth_radps, tracker.damping, seen.period_s)
    behind_m = vec.beyond(vec.sub(point.r_ric_m, seen.r_ric_m), tracker.deadband_m)
    behind_mps = vec.beyond(vec.sub(point.v_ric_mps, seen.v_ric_mps), tracker.deadband_mps)
    feedback = vec.limited(vec.add(vec.scale(kp, behind_m), vec.scale(kd, behind_mps)), tracker.limit_mps2)
    nature = natural_acceleration(seen, point.r_ric_m, point.v_ric_mps)
    return vec.add(feedback, vec.sub(point.a_ric_mps2, nature))


def brake(seen: Seen, v_ric_mps: Vec3, left_s: float) -> Vec3:
    """Even change to the velocity `v_ric_mps` over the time that is left, at least a control period."""
    change = vec.sub(v_ric_mps, seen.v_ric_mps)
    nature = natural_acceleration(seen, seen.r_ric_m, seen.v_ric_mps)
    return vec.sub(vec.scale(1.0 / max(left_s, seen.period_s), change), nature)


def off(seen: Seen, point: Point) -> tuple[float, float]:
    """(distance, speed) relative to the point."""
    return (
        vec.norm(vec.sub(seen.r_ric_m, point.r_ric_m)),
        vec.norm(vec.sub(seen.v_ric_mps, point.v_ric_mps)),
    )
