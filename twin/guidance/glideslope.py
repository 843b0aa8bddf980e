"""Glideslope: go down the live capture axis, slower the nearer, and stop at a distance from the fitting."""

from math import copysign, radians
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from twin.contracts.fields import NonNegative
from twin.guidance.law import Demand, Seen
from twin.guidance.tracking import Point, Positive, Tracker, fixed, off, on_axis, pursue


class Slope(msgspec.Struct, frozen=True, kw_only=True):
    """Axial distance that the moving reference point has reached, and for how long all has been settled."""

    axial_m: float
    settled_s: float = 0.0


class Glideslope(Tracker, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Speed is `gain_per_s` times the distance to go, between `end_speed_mps` and `speed_mps`; the reference
    point waits for a servicer that is more than `slack_m` from it. It goes outwards as well as inwards.

    Arrived when for `settle_s` the axial error is within `within_m`, the lateral error together with `sigmas`
    of its estimate within `lateral_m`, and speed, attitude and rate within their limits.
    """

    memory_type: ClassVar[Any] = Slope

    end_axial_m: Positive
    speed_mps: Positive = 0.04
    end_speed_mps: Positive = 0.005
    gain_per_s: Positive = 0.01
    slack_m: Positive = 0.5
    within_m: Positive = 0.1
    lateral_m: Positive = 0.05
    sigmas: Annotated[float, Meta(ge=0.0, le=10.0)] = 3.0
    within_mps: Positive = 0.01
    attitude_deg: Positive = 2.0
    rate_deg_per_s: Positive = 0.1
    settle_s: NonNegative = 10.0

    def start(self, seen: Seen) -> Slope:
        return Slope(axial_m=seen.port_axial_m)

    def step(self, memory: Slope, seen: Seen) -> tuple[Slope, Demand]:
        if not seen.pose_known:
            return memory, Demand(acceleration_ric_mps2=pursue(self, seen, fixed(seen.r_ric_m)))
        axial_mps = self._speed(self.end_axial_m - memory.axial_m, seen.period_s)
        point = on_axis(seen, memory.axial_m, axial_mps)
        if off(seen, point)[0] > self.slack_m:
            axial_mps = 0.0
            point = on_axis(seen, memory.axial_m)
        settled_s = memory.settled_s + seen.period_s if self._settled(seen, point) else 0.0
        demand = Demand(
            acceleration_ric_mps2=pursue(self, seen, point),
            arrived=settled_s > self.settle_s,
        )
        return Slope(axial_m=memory.axial_m + axial_mps * seen.period_s, settled_s=settled_s), demand

    def _speed(self, to_go_m: float, period_s: float) -> float:
        """Signed speed along the axis; the last step ends on the end point."""
        size_mps = min(self.speed_mps, max(self.end_speed_mps, self.gain_per_s * abs(to_go_m)))
        return copysign(min(size_mps, abs(to_go_m) / period_s), to_go_m)

    def _settled(self, seen: Seen, point: Point) -> bool:
        return (
            abs(seen.port_axial_m - self.end_axial_m) <= self.within_m
            and seen.port_lateral_m + self.sigmas * seen.sigma_lateral_m <= self.lateral_m
            and off(seen, point)[1] <= self.within_mps
            and seen.attitude_error_rad <= radians(self.attitude_deg)
            and seen.rate_error_radps <= radians(self.rate_deg_per_s)
        )
