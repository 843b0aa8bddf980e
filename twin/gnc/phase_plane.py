"""Attitude by thrusters alone: about each axis a dead band, crossed at the rate that the least pulse leaves.

Angle and rate of each axis are a point in a plane. Within the band and below the rate limit nothing is fired.
At an edge one pulse turns the rate about: the least one, which changes it by d, leaves half of d each way
(Wie, Space Vehicle Dynamics and Control (2008), 7.4); the period is then 8 bands over d. A pulse that finds a
greater rate is longer by as much, so that other cycles come to that one. Far beyond the band the body is
turned back at a rate that grows with the angle up to the slew limit.

Assumptions and limitations: the axes are taken one by one; no torque acts between two pulses.
"""

from math import copysign

import numpy as np

from twin.contracts.fields import Vec3
from twin.dynamics.settings import Matrix3
from twin.gnc.allocation import Allocator
from twin.gnc.matrices import Array

_BACK_PER_S = 0.05
"""Of the angle beyond the wide band: time constant of 20 s, ten periods of a slow phase."""
_WIDE = 1.5
_AXES = np.eye(3)


class PhasePlane:
    """`band_rad` and `most_radps` are the dead band and the rate within it that is left alone."""

    def __init__(
        self, allocator: Allocator, inertia_body_kgm2: Matrix3, band_rad: float, most_radps: float
    ) -> None:
        self._inertia: Array = np.array(inertia_body_kgm2)
        self._band_rad = band_rad
        self._most_radps = most_radps
        least = [allocator.least_moment_nms(axis) for axis in _AXES]
        self.least_radps = tuple(
            each / float(moment) for each, moment in zip(least, self._inertia.diagonal(), strict=True)
        )

    def moment_nms(self, off_rad: Vec3, off_radps: Vec3, slew_radps: float) -> Vec3:
        """Moment impulse (N m s, body axes) to be fired for the angle and rate that the body is off by."""
        change = [
            self._change(angle, rate, least, slew_radps)
            for angle, rate, least in zip(off_rad, off_radps, self.least_radps, strict=True)
        ]
        x, y, z = (self._inertia @ np.array(change)).tolist()
        return (x, y, z) if any(change) else (0.0, 0.0, 0.0)

    def _change(self, angle_rad: float, rate_radps: float, least_radps: float, slew_radps: float) -> float:
        """Change of the rate about one axis, rad/s: none, or at least a least pulse's."""
        half = 0.5 * least_radps
        if abs(angle_rad) <= self._band_rad:
            wanted = copysign(half, rate_radps)
            due = abs(rate_radps) > max(self._most_radps, least_radps)
        else:
            far_rad = max(0.0, abs(angle_rad) - _WIDE * self._band_rad)
            wanted = -copysign(min(slew_radps, half + _BACK_PER_S * far_rad), angle_rad)
            away = copysign(1.0, angle_rad) * rate_radps > -0.5 * half
            due = away or abs(rate_radps - wanted) > max(self._most_radps, least_radps)
        change = wanted - rate_radps
        return copysign(max(abs(change), least_radps), change) if due else 0.0
