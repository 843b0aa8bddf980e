"""Glideslope: go down the live capture axis, slower the nearer, and stop at a distance from the fitting."""

from typing import Any, ClassVar

import msgspec

from twin.contracts.fields import TimeNs
from twin.guidance.along_axis import AlongAxis
from twin.guidance.law import Demand, Seen
from twin.guidance.tracking import Point, fixed, on_axis, pursue


class Slope(msgspec.Struct, frozen=True, kw_only=True):
    """Axial distance that the moving reference point has reached, for how long all has been settled, for how
    long it has been at the end, and when the next step is due (0: not known)."""

    axial_m: float
    settled_s: float = 0.0
    waited_s: float = 0.0
    due_ns: TimeNs = 0


class Glideslope(AlongAxis, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Follows a point that goes along the axis, which turns with the target, up to `end_axial_m`; while the
    pose is not known it stays where it is.
    """

    memory_type: ClassVar[Any] = Slope

    def start(self, seen: Seen) -> Slope:
        return Slope(axial_m=seen.port_axial_m)

    def step(self, memory: Slope, seen: Seen) -> tuple[Slope, Demand]:
        if not seen.pose_known:
            blind = msgspec.structs.replace(memory, due_ns=0)
            return blind, Demand(acceleration_ric_mps2=pursue(self, seen, fixed(seen.r_ric_m)))
        memory = self.resumed(memory, seen)
        point, axial_mps = self.reference(seen, memory.axial_m, on_axis)
        after = self.after(memory, seen, point, axial_mps)
        return after, Demand(
            acceleration_ric_mps2=pursue(self, seen, point),
            arrived=after.settled_s > self.settle_s,
        )

    def resumed(self, memory: Slope, seen: Seen) -> Slope:
        """The memory with the time made up for in which readings did not come."""
        lost_s = self.lost_s(seen, memory.due_ns)
        if not lost_s:
            return memory
        return Slope(
            axial_m=self.caught_up(memory.axial_m, lost_s),
            settled_s=memory.settled_s + lost_s if memory.settled_s else 0.0,
            waited_s=memory.waited_s + lost_s if memory.waited_s else 0.0,
        )

    def after(self, memory: Slope, seen: Seen, point: Point, axial_mps: float) -> Slope:
        """The memory after a period in which the point to follow goes on by `axial_mps`."""
        waited_s = self.waited(seen, memory.waited_s)
        good = self.settled(seen, point, waited_s)
        return Slope(
            axial_m=memory.axial_m + axial_mps * seen.period_s,
            settled_s=memory.settled_s + seen.period_s if good else 0.0,
            waited_s=waited_s,
            due_ns=seen.t_ns + round(seen.period_s * 1e9),
        )
