"""Safety ellipse: wait, or inspect, on a free relative orbit that never crosses the target's track.

With parallel relative eccentricity and inclination vectors the radial and cross-track motion are never
zero together, so that an error along the track, the one that grows, cannot bring the two together
(D'Amico and Montenbruck, J. Guidance, Control, and Dynamics 29 (2006) 554). On a circular orbit:

    x = R sin(a), y = c + 2 R cos(a), z = C cos(a), a' = n;  distance from the track at least min(R, C)
"""

from math import atan2, cos, pi, sin
from typing import Any, ClassVar

import msgspec

from twin.contracts.fields import Float, NonNegative
from twin.guidance import vectors as vec
from twin.guidance.law import Demand, Seen
from twin.guidance.tracking import Point, Positive, Tracker, off, pursue


class Circling(msgspec.Struct, frozen=True, kw_only=True):
    """Angle on the ellipse, rad, and how far the servicer has been brought on to it; revolutions flown."""

    angle_rad: float
    size: float
    turned_rad: float = 0.0


class SafetyEllipse(Tracker, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Radial and cross-track amplitude, centre along the track. The ellipse grows from the size at which the
    servicer finds it (`grow_per_s` of itself a second); then nothing but drift is corrected. Arrived after
    `revolutions`; 0: stay.
    """

    memory_type: ClassVar[Any] = Circling

    radial_m: Positive
    cross_track_m: Positive
    centre_m: Float = 0.0
    grow_per_s: Positive = 0.0005
    revolutions: NonNegative = 0.0

    def start(self, seen: Seen) -> Circling:
        x, y, _ = seen.r_ric_m
        along = 0.5 * (y - self.centre_m)
        size = (x * x + along * along) ** 0.5 / self.radial_m
        return Circling(angle_rad=atan2(x, along), size=max(0.2, size))

    def step(self, memory: Circling, seen: Seen) -> tuple[Circling, Demand]:
        point = self.at(memory.angle_rad, memory.size, seen.orbit_rate_radps)
        pull = pursue(self, seen, point)
        turn = seen.orbit_rate_radps * seen.period_s
        # The ellipse waits for a servicer that is still on its way to it.
        near = off(seen, point)[0] <= max(2.0, 0.1 * self.radial_m)
        most = self.grow_per_s * seen.period_s if near else 0.0
        size = memory.size + max(-most, min(most, 1.0 - memory.size))
        turned_rad = memory.turned_rad + (turn if near and size == 1.0 else 0.0)
        arrived = self.revolutions > 0.0 and turned_rad >= 2.0 * pi * self.revolutions
        after = Circling(angle_rad=(memory.angle_rad + turn) % (2.0 * pi), size=size, turned_rad=turned_rad)
        return after, Demand(acceleration_ric_mps2=pull, arrived=arrived)

    def at(self, angle_rad: float, size: float, rate_radps: float) -> Point:
        """The point of the ellipse, moving as it does by nature on a circular orbit of `rate_radps`."""
        s, c, n = sin(angle_rad), cos(angle_rad), rate_radps
        radial, cross = size * self.radial_m, size * self.cross_track_m
        r = (radial * s, self.centre_m + 2.0 * radial * c, cross * c)
        v = (n * radial * c, -2.0 * n * radial * s, -n * cross * s)
        return Point(r, v, vec.scale(-n * n, (r[0], r[1] - self.centre_m, r[2])))
