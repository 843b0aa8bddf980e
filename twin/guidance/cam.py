"""Collision-avoidance manoeuvre: one change of velocity, at once, whose dispersed drift keeps clear.

The candidates of `escape`, judged over a day by the linear covariance of `ladder`: the least one whose
ellipsoid stays outside the keep-out sphere once it has left it, leaves it by the corridor where it begins
inside, and comes no nearer than `near_m` meanwhile;
if there is none, the one with the most room, and the check says so.
"""

from typing import Annotated, Any, ClassVar

import msgspec
import numpy as np
from msgspec import Meta

from twin.contracts.fields import NonNegative, Vec3
from twin.guidance import vectors as vec
from twin.guidance.dispersion import Zone
from twin.guidance.impulses import towards
from twin.guidance.ladder import Place, Rules, avoid
from twin.guidance.law import Demand, DriftCheck, Seen
from twin.guidance.tracking import Positive
from twin.guidance.transitions import transitions
from twin.guidance.way_out import corridor_seen


class Avoiding(msgspec.Struct, frozen=True, kw_only=True):
    """The velocity to leave with, and what its drift was found to do."""

    leave_ric_mps: Vec3
    check: DriftCheck
    left: bool = False


class Cam(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sizes are tried from the least on. `near_m`: how near the drift may come on the way out of the sphere,
    where the servicer is not nearer already. Arrived when the change is made to within `within_mps`.
    """

    memory_type: ClassVar[Any] = Avoiding

    sizes_mps: Annotated[tuple[Positive, ...], Meta(min_length=1, max_length=16)] = (0.05, 0.1, 0.2, 0.3, 0.5)
    near_m: Positive = 10.0
    sigmas: NonNegative = 3.0
    within_mps: Positive = 0.005

    def start(self, seen: Seen) -> Avoiding:
        covariance = np.array(seen.covariance_ric).reshape(6, 6)
        state = np.array((*seen.r_ric_m, *seen.v_ric_mps))
        # Between two minutes of the prediction lies what happens before the first one: a day and a bit.
        motion = transitions(seen.target_r_eci_m, seen.target_v_eci_mps, seen.drift_horizon_s + 120.0)
        near_m = min(self.near_m, 0.98 * vec.norm(seen.r_ric_m))
        zone = Zone(near_m, seen.keep_out_radius_m)
        rules = Rules(zone, self.sigmas, seen.drift_horizon_s, seen.most_mps2, 0.0, corridor_seen(seen))
        found = avoid(Place(motion, 0.0, state, covariance), rules, self.sizes_mps, self.within_mps)
        change = found.change_ric_mps or vec.ZERO
        x, y, z = (1000.0 * each for each in change)
        text = f"after ({x:.0f}, {y:.0f}, {z:.0f}) mm/s in ric: {self.sigmas:g} sigma of a day's drift"
        check = DriftCheck(
            least_range_m=found.closest.low_m,
            limit_m=found.closest.low_m - found.closest.margin_m,
            text=f"{text} come no nearer than {found.closest.low_m:.1f} m",
        )
        return Avoiding(leave_ric_mps=vec.add(seen.v_ric_mps, change), check=check)

    def step(self, memory: Avoiding, seen: Seen) -> tuple[Avoiding, Demand]:
        push = towards(seen, memory.leave_ric_mps, self.within_mps, seen.most_mps2)
        if memory.left or push.done:
            left = msgspec.structs.replace(memory, left=True)
            return left, Demand(arrived=True, checked=memory.check)
        return memory, Demand(acceleration_ric_mps2=push.acceleration_ric_mps2)
