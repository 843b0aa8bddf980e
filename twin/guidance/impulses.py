"""Velocity changes that take more than one period: made step by step, aimed anew at each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.contracts.fields import Vec3
from twin.dynamics.relative import cw_transition
from twin.dynamics.transfers import two_impulses
from twin.dynamics.yamanaka import ya_transition
from twin.guidance import vectors as vec
from twin.guidance.law import Seen

Array = NDArray[np.float64]


class Push(NamedTuple):
    """One period's share of a velocity change, and whether nothing worth a valve is left of it."""

    acceleration_ric_mps2: Vec3
    done: bool


def towards(seen: Seen, wanted_ric_mps: Vec3, within_mps: float, limit_mps2: float) -> Push:
    """The change to `wanted_ric_mps` as far as a period at `limit_mps2` allows."""
    missing = vec.sub(wanted_ric_mps, seen.v_ric_mps)
    if vec.norm(missing) <= within_mps:
        return Push(vec.ZERO, True)
    return Push(vec.limited(vec.scale(1.0 / seen.period_s, missing), limit_mps2), False)


def leaving(seen: Seen, to_ric_m: Vec3, duration_s: float, *, elliptic: bool) -> Vec3:
    """Velocity (m/s, `ric`) with which a coast of `duration_s` ends at `to_ric_m`.

    `elliptic`: Yamanaka and Ankersen (2002) about the target's own orbit, else Clohessy and Wiltshire (1960).
    Raises UsageError for a duration in which no impulse leads there.
    """
    transition = (
        ya_transition(np.array(seen.target_r_eci_m), np.array(seen.target_v_eci_mps), duration_s)
        if elliptic
        else cw_transition(seen.orbit_rate_radps, duration_s)
    )
    first = two_impulses(transition, np.array(seen.r_ric_m), np.array(seen.v_ric_mps), to_m=to_ric_m)
    x, y, z = (np.array(seen.v_ric_mps) + first.first_mps).tolist()
    return (x, y, z)
