"""Retreat: leave the corridor the way it was entered, then so that drifting is safe for a day."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from twin.contracts.fields import NonNegative, Vec3
from twin.guidance import vectors as vec
from twin.guidance.escape import escape
from twin.guidance.law import Demand, DriftCheck, Seen
from twin.guidance.tracking import Positive, Tracker, on_axis, pursue


class Leaving(msgspec.Struct, frozen=True, kw_only=True):
    """How far the way out has come; the velocity to leave with, once chosen, and its check."""

    stage: Literal["corridor", "choose", "leave", "done"]
    axial_m: float
    leave_ric_mps: Vec3 = vec.ZERO
    check: DriftCheck | None = None


class Retreat(Tracker, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Inside `clear_m` of the target, and with its attitude known, go out along the live capture axis at
    `speed_mps`; then choose a change of velocity of one of `sizes_mps`. Arrived when it has been made
    to within `within_mps`.
    """

    memory_type: ClassVar[Any] = Leaving

    clear_m: Positive = 26.0
    speed_mps: Positive = 0.1
    sizes_mps: Annotated[tuple[Positive, ...], Meta(min_length=1, max_length=16)] = (0.05, 0.1, 0.2, 0.4)
    margin_m: NonNegative = 3.0
    sigmas: NonNegative = 3.0
    within_mps: Positive = 0.005

    def start(self, seen: Seen) -> Leaving:
        inside = seen.pose_known and vec.norm(seen.r_ric_m) < self.clear_m
        return Leaving(stage="corridor" if inside else "choose", axial_m=seen.port_axial_m)

    def step(self, memory: Leaving, seen: Seen) -> tuple[Leaving, Demand]:
        if memory.stage == "corridor" and vec.norm(seen.r_ric_m) < self.clear_m:
            return self._out(memory, seen)
        if memory.stage in ("corridor", "choose"):
            chosen = escape(seen, self.sizes_mps, self.margin_m, self.sigmas)
            leave = vec.add(seen.v_ric_mps, chosen.change_ric_mps)
            memory = Leaving(stage="leave", axial_m=memory.axial_m, leave_ric_mps=leave, check=chosen.check)
        return self._leave(memory, seen)

    def _out(self, memory: Leaving, seen: Seen) -> tuple[Leaving, Demand]:
        """Follow a point that moves outwards on the axis; never let it run ahead by more than 1 m."""
        axial_m = min(memory.axial_m + self.speed_mps * seen.period_s, seen.port_axial_m + 1.0)
        point = on_axis(seen, axial_m, self.speed_mps)
        moved = Leaving(stage="corridor", axial_m=axial_m)
        return moved, Demand(acceleration_ric_mps2=pursue(self, seen, point))

    def _leave(self, memory: Leaving, seen: Seen) -> tuple[Leaving, Demand]:
        missing = vec.sub(memory.leave_ric_mps, seen.v_ric_mps)
        if memory.stage == "done" or vec.norm(missing) <= self.within_mps:
            done = Leaving(stage="done", axial_m=memory.axial_m, check=memory.check)
            return done, Demand(arrived=True, checked=memory.check)
        return memory, Demand(acceleration_ric_mps2=vec.scale(1.0 / seen.period_s, missing))
