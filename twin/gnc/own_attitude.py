"""The servicer's own attitude and rate: gyro between star-tracker fixes, with the gyro's bias learned.

Attitude by a Kalman filter of one variance, alike about all axes; the bias by a constant gain (Markley and
Crassidis (2014), 6.4). Between two readings of the rate the wheels turn it evenly, but valves do so at once:
with the mean of both readings a burn of half a second at the start of a period of 2 s would leave 1e-3 rad,
ten times the camera's noise, though on the whole it left the rate as it was. How much valves changed the rate
is what the wheels' momentum does not account for; how that was spread in time is known from the on-times.
"""

import msgspec
import numpy as np

from twin.contracts.fields import Quaternion, Vec3
from twin.contracts.sensing import GyroRate, StarTrackerFix
from twin.dynamics.rotation import canonical, conj, from_rotation_vector, mul, rotation_vector
from twin.dynamics.settings import Matrix3
from twin.gnc.impulse import Impulse
from twin.gnc.matrices import rows3
from twin.guidance import vectors as vec

_BIAS_GAIN = 0.02
_LEAST_RAD2 = 1e-20


class OwnAttitude(msgspec.Struct, frozen=True, kw_only=True):
    """Attitude, rate with the bias taken out, the bias; `variance_rad2` of the attitude about each axis."""

    q_eci_from_body: Quaternion
    w_body_radps: Vec3
    bias_radps: Vec3 = vec.ZERO
    variance_rad2: float = 0.0


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """What else is known of the turn since the reading before: how long it took, the wheels' momentum (body
    axes) at its beginning and end, and what the valves did; None where nothing was fired, or the body is not
    alone, so that wheels and valves cannot be told apart."""

    dt_s: float
    momentum_before_nms: Vec3
    momentum_nms: Vec3
    fired: Impulse | None


class OwnAttitudeFilter:
    """The body's inertia and the noise of its sensors (1 sigma, per axis)."""

    def __init__(self, inertia: Matrix3, sigma_rad: float, sigma_radps: float) -> None:
        self._inertia = inertia
        self._inverse = rows3(np.linalg.inv(np.array(inertia)))
        self._most_per_kgm2 = float(np.linalg.eigvalsh(np.array(self._inverse)).max())
        self._fix_rad2 = sigma_rad * sigma_rad
        self._rate2 = sigma_radps * sigma_radps

    def acquired(self, star_tracker: StarTrackerFix, gyro: GyroRate | None) -> OwnAttitude:
        """From the first fix."""
        return OwnAttitude(
            q_eci_from_body=canonical(conj(star_tracker.q_body_from_eci)),
            w_body_radps=gyro.w_body_radps if gyro else vec.ZERO,
            variance_rad2=self._fix_rad2,
        )

    def updated(
        self, own: OwnAttitude, turned: Turned, gyro: GyroRate | None, star_tracker: StarTrackerFix | None
    ) -> OwnAttitude:
        """After `turned`, with what was read then."""
        dt_s = turned.dt_s
        rate = vec.sub(gyro.w_body_radps, own.bias_radps) if gyro else own.w_body_radps
        turn, doubt_rad = self._turn(own.w_body_radps, rate, turned)
        q = mul(own.q_eci_from_body, from_rotation_vector(turn))
        variance = own.variance_rad2 + self._rate2 * dt_s * dt_s + doubt_rad * doubt_rad
        bias = own.bias_radps
        if star_tracker is not None and dt_s > 0.0:
            missing = rotation_vector(mul(conj(q), conj(star_tracker.q_body_from_eci)))
            gain = variance / max(variance + self._fix_rad2, _LEAST_RAD2)
            q = mul(q, from_rotation_vector(vec.scale(gain, missing)))
            # What is missing after a doubtful turn says little of the gyro.
            share = self._fix_rad2 / max(variance + self._fix_rad2, _LEAST_RAD2)
            bias = vec.along(bias, -_BIAS_GAIN * share / dt_s, missing)
            variance *= 1.0 - gain
        return OwnAttitude(
            q_eci_from_body=canonical(q), w_body_radps=rate, bias_radps=bias, variance_rad2=variance
        )

    def _turn(self, w_before_radps: Vec3, w_radps: Vec3, turned: Turned) -> tuple[Vec3, float]:
        """The rotation (rad, body) from one rate to the other, and what the valves make doubtful of it."""
        even = vec.scale(0.5 * turned.dt_s, vec.add(w_before_radps, w_radps))
        fired = turned.fired
        if fired is None:
            return even, 0.0
        kick = vec.times(self._inverse, self.gained(w_before_radps, w_radps, turned))
        after = vec.along(even, fired.opened_before_s - 0.5 * turned.dt_s, kick)
        lag = vec.times(self._inverse, fired.lag_body_nms2)
        return vec.sub(after, lag), fired.sigma_lag_nms2 * self._most_per_kgm2

    def gained(self, w_before_radps: Vec3, w_radps: Vec3, turned: Turned) -> Vec3:
        """Moment impulse (N m s, body) on body and wheels from outside: J dw + dh + dt w x (J w + h)."""
        middle = vec.scale(0.5, vec.add(w_before_radps, w_radps))
        wheels = vec.scale(0.5, vec.add(turned.momentum_before_nms, turned.momentum_nms))
        stored = vec.add(vec.times(self._inertia, middle), wheels)
        gained = vec.add(
            vec.times(self._inertia, vec.sub(w_radps, w_before_radps)),
            vec.sub(turned.momentum_nms, turned.momentum_before_nms),
        )
        return vec.along(gained, turned.dt_s, vec.cross(middle, stored))
