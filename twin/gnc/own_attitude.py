"""The servicer's own attitude and rate: gyro between star-tracker fixes, with the gyro's bias learned.

A filter of constant gains (Markley and Crassidis (2014), 6.4): both sensors are so much better than
what they are used for (10 arcsec against poses of half a degree) that covariances would buy nothing.
"""

import msgspec

from twin.contracts.fields import Quaternion, Vec3
from twin.contracts.sensing import GyroRate, StarTrackerFix
from twin.dynamics.rotation import canonical, conj, from_rotation_vector, mul, rotation_vector
from twin.guidance import vectors as vec

_ATTITUDE_GAIN = 0.5
_BIAS_GAIN = 0.02


class OwnAttitude(msgspec.Struct, frozen=True, kw_only=True):
    """Attitude, rate with the bias taken out, and the bias."""

    q_eci_from_body: Quaternion
    w_body_radps: Vec3
    bias_radps: Vec3 = vec.ZERO


def acquired(star_tracker: StarTrackerFix, gyro: GyroRate | None) -> OwnAttitude:
    """From the first fix."""
    rate = gyro.w_body_radps if gyro else vec.ZERO
    return OwnAttitude(q_eci_from_body=_inverted(star_tracker.q_body_from_eci), w_body_radps=rate)


def updated(
    own: OwnAttitude, dt_s: float, gyro: GyroRate | None, star_tracker: StarTrackerFix | None
) -> OwnAttitude:
    """After `dt_s`, with what was read then."""
    rate = vec.sub(gyro.w_body_radps, own.bias_radps) if gyro else own.w_body_radps
    # Wheel torque is constant over a period, so the mean of the two rates is exact to second order.
    turn = vec.scale(0.5 * dt_s, vec.add(own.w_body_radps, rate))
    q = mul(own.q_eci_from_body, from_rotation_vector(turn))
    bias = own.bias_radps
    if star_tracker is not None and dt_s > 0.0:
        measured = conj(star_tracker.q_body_from_eci)
        x, y, z = rotation_vector(mul(conj(q), measured))
        q = mul(q, from_rotation_vector((_ATTITUDE_GAIN * x, _ATTITUDE_GAIN * y, _ATTITUDE_GAIN * z)))
        bias = vec.along(bias, -_BIAS_GAIN / dt_s, (x, y, z))
    return OwnAttitude(q_eci_from_body=canonical(q), w_body_radps=rate, bias_radps=bias)


def _inverted(q_body_from_eci: Quaternion) -> Quaternion:
    return canonical(conj(q_body_from_eci))
