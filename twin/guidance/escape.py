"""The velocity change whose free drift stays clear of the target: chosen among candidates, cheapest first."""

from typing import NamedTuple

import numpy as np

from twin.contracts.fields import Vec3
from twin.guidance import vectors as vec
from twin.guidance.free_drift import Array, least_ranges, paths
from twin.guidance.law import DriftCheck, Seen
from twin.guidance.ric import axes_ric

# In-track changes drift away by 3 revolutions' worth of them; radial ones open the first hour.
_DIRECTIONS: tuple[Vec3, ...] = (
    (0.0, 1.0, 0.0),
    (0.0, -1.0, 0.0),
    (1.0, 0.0, 0.0),
    (-1.0, 0.0, 0.0),
    (0.7, 0.7, 0.0),
    (0.7, -0.7, 0.0),
    (-0.7, 0.7, 0.0),
    (-0.7, -0.7, 0.0),
)


class Escape(NamedTuple):
    """A change of velocity and what its drift was found to do."""

    change_ric_mps: Vec3
    check: DriftCheck


def escape(seen: Seen, sizes_mps: tuple[float, ...], margin_m: float, sigmas: float) -> Escape:
    """The smallest candidate whose worst drift stays `margin_m` outside the keep-out sphere; if none
    does, the one that stays farthest away. Worst: over `sigmas` of the velocity estimate along each axis.
    """
    candidates = changes(seen.r_ric_m, seen.v_ric_mps, sizes_mps)
    doubt_mps = sigmas * seen.sigma_v_mps
    doubts = [vec.ZERO, *(_unit(axis, sign * doubt_mps) for axis in range(3) for sign in (1.0, -1.0))]
    offsets = np.array([_offset(seen, vec.add(change, doubt)) for change in candidates for doubt in doubts])
    ranges = least_ranges(paths(seen.target_r_eci_m, seen.target_v_eci_mps, offsets, seen.drift_horizon_s))
    worst = ranges.reshape(len(candidates), len(doubts)).min(axis=1) - sigmas * seen.sigma_r_m
    limit_m = seen.keep_out_radius_m + margin_m
    chosen = next((i for i, least in enumerate(worst) if least >= limit_m), int(np.argmax(worst)))
    return Escape(
        candidates[chosen], _check(seen, candidates[chosen], max(0.0, float(worst[chosen])), limit_m)
    )


def changes(r_ric_m: Vec3, v_ric_mps: Vec3, sizes_mps: tuple[float, ...]) -> list[Vec3]:
    """Candidates, the smallest first: from the present velocity, and from a stop."""
    away = vec.scale(1.0 / max(vec.norm(r_ric_m), 1e-3), r_ric_m)
    ways = [vec.scale(size, way) for size in sizes_mps for way in (*_DIRECTIONS, away)]
    stop = vec.scale(-1.0, v_ric_mps)
    return sorted([vec.ZERO, *ways, *(vec.add(stop, way) for way in ways)], key=vec.norm)


def _check(seen: Seen, change: Vec3, least_m: float, limit_m: float) -> DriftCheck:
    x, y, z = (1000.0 * each for each in change)
    hours = seen.drift_horizon_s / 3600.0
    change_text = f"after ({x:.0f}, {y:.0f}, {z:.0f}) mm/s in ric"
    text = f"{change_text}, {hours:g} h of drift come no nearer than {least_m:.1f} m"
    return DriftCheck(least_range_m=least_m, limit_m=limit_m, text=text)


def _unit(axis: int, length: float) -> Vec3:
    x, y, z = (length if axis == k else 0.0 for k in range(3))
    return (x, y, z)


def _offset(seen: Seen, change: Vec3) -> Array:
    """Relative state (6,) in `eci` axes, velocities inertial, after `change`."""
    ric = np.array(axes_ric(seen.target_r_eci_m, seen.target_v_eci_mps))
    turning = vec.cross((0.0, 0.0, seen.orbit_rate_radps), seen.r_ric_m)
    v = vec.add(vec.add(seen.v_ric_mps, change), turning)
    return np.concatenate((np.array(seen.r_ric_m) @ ric, np.array(v) @ ric))
