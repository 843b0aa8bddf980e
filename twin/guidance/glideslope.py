"""Glideslope: go down the live capture axis, slower the nearer, and stop at a distance from the fitting."""

from typing import Any, ClassVar

import msgspec

from twin.guidance.along_axis import AlongAxis
from twin.guidance.law import Demand, Seen
from twin.guidance.tracking import Point, fixed, on_axis, pursue


class Slope(msgspec.Struct, frozen=True, kw_only=True):
    """Axial distance that the moving reference point has reached, for how long all has been settled, and for
    how long it has been at the end."""

    axial_m: float
    settled_s: float = 0.0
    waited_s: float = 0.0


class Glideslope(AlongAxis, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Follows a point that goes along the axis, which turns with the target, up to `end_axial_m`; while the
    pose is not known it stays where it is.
    """

    memory_type: ClassVar[Any] = Slope

    def start(self, seen: Seen) -> Slope:
        return Slope(axial_m=seen.port_axial_m)

    def step(self, memory: Slope, seen: Seen) -> tuple[Slope, Demand]:
        if not seen.pose_known:
            return memory, Demand(acceleration_ric_mps2=pursue(self, seen, fixed(seen.r_ric_m)))
        point, axial_mps = self.reference(seen, memory.axial_m, on_axis)
        after = self.after(memory, seen, point, axial_mps)
        return after, Demand(
            acceleration_ric_mps2=pursue(self, seen, point),
            arrived=after.settled_s > self.settle_s,
        )

    def after(self, memory: Slope, seen: Seen, point: Point, axial_mps: float) -> Slope:
        """The memory after a period in which the point to follow goes on by `axial_mps`."""
        waited_s = self.waited(seen, memory.waited_s)
        good = self.settled(seen, point, waited_s)
        return Slope(
            axial_m=memory.axial_m + axial_mps * seen.period_s,
            settled_s=memory.settled_s + seen.period_s if good else 0.0,
            waited_s=waited_s,
        )
