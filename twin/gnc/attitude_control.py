"""Attitude control by wheels: a rate command from the missing rotation, a torque from the missing rate.

Small errors see a linear loop with the poles of `gains`; large ones are turned at a rate from which the
wheels can still brake, and no faster than the slew limit.
"""

from collections.abc import Sequence
from math import inf, sqrt

import numpy as np

from twin.contracts.fields import Vec3
from twin.dynamics.settings import Matrix3
from twin.gnc.matrices import Array
from twin.gnc.pointing import Pointing
from twin.guidance import vectors as vec
from twin.guidance.gains import gains
from twin.vehicle.settings import Wheel

Four = tuple[float, float, float, float]
# The rest is for the gyroscopic torque, the dispersions and the feedback itself.
_BRAKING_SHARE = 0.5


class Wheels:
    """The wheel set: torques (N m, of the motors on the wheels) for a torque on the body."""

    def __init__(self, wheels: Sequence[Wheel], inertia: Matrix3) -> None:
        axes = np.array([wheel.axis_body for wheel in wheels]).T
        self._axes: Array = np.ascontiguousarray(axes)
        # The body feels the opposite of what the motor does to the wheel.
        self._share: Array = np.ascontiguousarray(-np.linalg.pinv(axes))
        self.inertia_kgm2: Array = np.array(inertia)
        self.torque_limits_nm = tuple(wheel.maximum_torque_nm for wheel in wheels)
        self.momentum_limits_nms = tuple(wheel.maximum_momentum_nms for wheel in wheels)
        reach = min(self.torque_limits_nm) / float(np.abs(self._share).sum(axis=0).max())
        self.angular_acceleration_radps2 = reach / float(np.linalg.eigvalsh(self.inertia_kgm2).max())

    def momentum_body(self, momentum_nms: Four) -> Vec3:
        """Sum of the wheels' momentum, body axes."""
        x, y, z = (self._axes @ np.array(momentum_nms)).tolist()
        return (x, y, z)

    def fullness(self, momentum_nms: Four) -> float:
        """Largest share of a wheel's momentum limit that is used up."""
        return max(abs(h) / most for h, most in zip(momentum_nms, self.momentum_limits_nms, strict=True))

    def taking_up(self, momentum_nms: Four, momentum_body_nms: Vec3) -> Four:
        """The wheels' momenta once they have taken so much from the body."""
        taken = (self._share @ np.array(momentum_body_nms)).tolist()
        a, b, c, d = (h - each for h, each in zip(momentum_nms, taken, strict=True))
        return (a, b, c, d)

    def torque_for(self, acceleration_radps2: Vec3, w_body_radps: Vec3, momentum_body_nms: Vec3) -> Vec3:
        """Torque on the body: the angular acceleration, and what the body's and wheels' momentum need."""
        hx, hy, hz = (self.inertia_kgm2 @ np.array(w_body_radps)).tolist()
        gyroscopic = vec.cross(w_body_radps, vec.add((hx, hy, hz), momentum_body_nms))
        ax, ay, az = (self.inertia_kgm2 @ np.array(acceleration_radps2)).tolist()
        return vec.add((ax, ay, az), gyroscopic)

    def torque_of(self, torques_nm: Four) -> Vec3:
        """What the body feels of the motors' torques."""
        x, y, z = (-self._axes @ np.array(torques_nm)).tolist()
        return (x, y, z)

    def most_nm(self, way_body: Vec3) -> float:
        """The most torque (N m) on the body along a unit vector; infinite for none."""
        shares = (self._share @ np.array(way_body)).tolist()
        return min(most / abs(s) if s else inf for s, most in zip(shares, self.torque_limits_nm, strict=True))

    def most_nms(self, way_body: Vec3) -> float:
        """The most momentum (N m s) of the body along a unit vector that empty wheels can take."""
        return 1.0 / self.fullness(self.taking_up((0.0, 0.0, 0.0, 0.0), way_body))

    def command(self, torque_body_nm: Vec3) -> Four:
        """Motor torques, scaled down together so that the direction is kept at the limit."""
        shares = (self._share @ np.array(torque_body_nm)).tolist()
        over = max(abs(s) / most for s, most in zip(shares, self.torque_limits_nm, strict=True))
        a, b, c, d = shares if over <= 1.0 else [s / over for s in shares]
        return (a, b, c, d)


def wanted_acceleration(
    pointing: Pointing,
    w_body_radps: Vec3,
    loop: tuple[float, float, float],
    brake_radps2: float,
    slew_radps: float,
) -> Vec3:
    """Angular acceleration (rad/s2, body axes); `loop` is (bandwidth rad/s, damping, period s)."""
    _, kd = gains(*loop)
    return vec.scale(kd, vec.sub(wanted_rate(pointing, loop, brake_radps2, slew_radps), w_body_radps))


def wanted_rate(
    pointing: Pointing, loop: tuple[float, float, float], brake_radps2: float, slew_radps: float
) -> Vec3:
    """Rate (rad/s, body axes) at which to turn to the reference, from which it can still be braked."""
    kp, kd = gains(*loop)
    angle = vec.norm(pointing.missing_rad)
    linear = kp / kd * angle
    allowed = min(linear, sqrt(2.0 * _BRAKING_SHARE * brake_radps2 * angle), slew_radps)
    towards = vec.scale(allowed / angle, pointing.missing_rad) if angle > 0.0 else vec.ZERO
    return vec.add(pointing.rate_radps, towards)
