"""Retreat: leave the corridor the way it was entered, then so that drifting is safe for a day."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from twin.contracts.fields import NonNegative, Vec3
from twin.guidance import vectors as vec
from twin.guidance.escape import escape
from twin.guidance.law import Demand, DriftCheck, Seen
from twin.guidance.tracking import Point, Positive, Tracker, on_axis, pursue


class Leaving(msgspec.Struct, frozen=True, kw_only=True):
    """How far the way out has come: `out_m` along the live axis from the fitting, or along `way_ric` from the
    target's centre; the velocity to leave with, once chosen, and its check."""

    stage: Literal["corridor", "outwards", "choose", "leave", "done"]
    out_m: float = 0.0
    way_ric: Vec3 = vec.ZERO
    leave_ric_mps: Vec3 = vec.ZERO
    check: DriftCheck | None = None


class Retreat(Tracker, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nearer than `clear_m` (and `margin_m` with `sigmas` outside the sphere) go out at `speed_mps`: in the
    corridor along the live capture axis, elsewhere straight away from the target, which from outside never
    enters the sphere. Then choose a change of velocity of one of `sizes_mps`. Arrived when it has been
    made to within `within_mps`.
    """

    memory_type: ClassVar[Any] = Leaving

    clear_m: Positive = 26.0
    speed_mps: Positive = 0.1
    sizes_mps: Annotated[tuple[Positive, ...], Meta(min_length=1, max_length=16)] = (0.05, 0.1, 0.2, 0.4)
    margin_m: NonNegative = 3.0
    sigmas: NonNegative = 3.0
    within_mps: Positive = 0.005

    def start(self, seen: Seen) -> Leaving:
        range_m = vec.norm(seen.r_ric_m)
        if self._clear(seen):
            return Leaving(stage="choose")
        if seen.in_corridor:
            return Leaving(stage="corridor", out_m=seen.port_axial_m)
        return Leaving(stage="outwards", out_m=range_m, way_ric=vec.scale(1.0 / range_m, seen.r_ric_m))

    def step(self, memory: Leaving, seen: Seen) -> tuple[Leaving, Demand]:
        if memory.stage in ("corridor", "outwards") and not self._clear(seen):
            return self._out(memory, seen)
        if memory.stage in ("corridor", "outwards", "choose"):
            chosen = escape(seen, self.sizes_mps, self.margin_m, self.sigmas)
            leave = vec.add(seen.v_ric_mps, chosen.change_ric_mps)
            memory = Leaving(stage="leave", leave_ric_mps=leave, check=chosen.check)
        return self._leave(memory, seen)

    def _clear(self, seen: Seen) -> bool:
        safe_m = seen.keep_out_radius_m + self.margin_m + self.sigmas * seen.sigma_r_m
        return vec.norm(seen.r_ric_m) >= max(self.clear_m, safe_m)

    def _out(self, memory: Leaving, seen: Seen) -> tuple[Leaving, Demand]:
        """Follow a point that moves outwards; never let it run ahead by more than 1 m."""
        here_m = seen.port_axial_m if memory.stage == "corridor" else vec.norm(seen.r_ric_m)
        out_m = min(memory.out_m + self.speed_mps * seen.period_s, here_m + 1.0)
        if memory.stage == "corridor":
            point = on_axis(seen, out_m, self.speed_mps)
        else:
            point = Point(vec.scale(out_m, memory.way_ric), vec.scale(self.speed_mps, memory.way_ric))
        moved = msgspec.structs.replace(memory, out_m=out_m)
        return moved, Demand(acceleration_ric_mps2=pursue(self, seen, point))

    def _leave(self, memory: Leaving, seen: Seen) -> tuple[Leaving, Demand]:
        missing = vec.sub(memory.leave_ric_mps, seen.v_ric_mps)
        if memory.stage == "done" or vec.norm(missing) <= self.within_mps:
            done = Leaving(stage="done", check=memory.check)
            return done, Demand(arrived=True, checked=memory.check)
        # Half of what is missing: with all of it, an estimate one period old would make it swing for ever.
        return memory, Demand(acceleration_ric_mps2=vec.scale(0.5 / seen.period_s, missing))
