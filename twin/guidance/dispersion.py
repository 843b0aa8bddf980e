"""How near a dispersed drift comes: the distance from the target to ellipsoids of so many sigmas.

The nearest point of {m + P^(1/2) u, |u| <= s} to the origin solves g(l) = sum m_i^2 p_i / (p_i + l)^2 = s^2
in the axes of P; g falls, so halving finds it (Boyd and Vandenberghe, Convex Optimization (2004), B.1).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_HALVINGS = 45


class Zone(NamedTuple):
    """How near is too near: `inside_m` until the keep-out sphere of `outside_m` has been left, then that."""

    inside_m: float
    outside_m: float


class Closest(NamedTuple):
    """Least range of the mean and of the dispersed path, when the latter, and its least room to the limit."""

    nominal_m: float
    low_m: float
    at_s: float
    margin_m: float


def distances(means_m: Array, covariances_m2: Array, sigmas: float) -> Array:
    """Distance (n,) of the origin from ellipsoids about `means_m` (n, 3); 0 inside."""
    variances, axes = np.linalg.eigh(covariances_m2)
    p = np.maximum(variances, 1e-12)
    m = np.einsum("nji,nj->ni", axes, means_m)
    weight = m * m * p
    high = np.sqrt(weight.sum(axis=1)) / sigmas
    low = np.zeros_like(high)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        outside = (weight / (p + middle[:, None]) ** 2).sum(axis=1) > sigmas * sigmas
        low, high = np.where(outside, middle, low), np.where(outside, high, middle)
    nearest = high[:, None] * m / (p + high[:, None])
    inside = (m * m / p).sum(axis=1) <= sigmas * sigmas
    return np.where(inside, 0.0, np.sqrt((nearest * nearest).sum(axis=1)))


def closest(
    rows: Array, times_s: Array, state: Array, covariance: Array, *, zone: Zone, sigmas: float
) -> Closest:
    """Judge the drift from `state` (6,) in `ric`: `rows` (n, 3, 6) give positions at `times_s` (n,).

    Between two times the path is straight, and it is judged where that is nearest.
    """
    rows, times_s, means = _nearest_between(rows, times_s, state)
    ranges = np.sqrt((means * means).sum(axis=1))
    limits = np.where(np.maximum.accumulate(ranges >= zone.outside_m), zone.outside_m, zone.inside_m)
    spread = rows @ np.linalg.cholesky(covariance + 1e-18 * np.eye(6))
    covariances = spread @ spread.transpose(0, 2, 1)
    # No ellipsoid reaches farther than the root of its trace: most of a day's drift is ruled out by that.
    sure = ranges - sigmas * np.sqrt(np.trace(covariances, axis1=1, axis2=2))
    near = np.flatnonzero((sure <= ranges.min()) | (sure - limits <= (ranges - limits).min()))
    lows = np.full(len(ranges), np.inf)
    lows[near] = distances(means[near], covariances[near], sigmas)
    worst = int(np.argmin(lows - limits))
    return Closest(
        float(ranges.min()), float(lows.min()), float(times_s[worst]), float(lows[worst] - limits[worst])
    )


def entry_s(rows: Array, times_s: Array, state: Array, limit_m: float) -> float | None:
    """When the mean comes within `limit_m`, to a step of the rows."""
    _, at_s, means = _nearest_between(rows, times_s, state)
    within = np.flatnonzero((means * means).sum(axis=1) < limit_m * limit_m)
    return float(at_s[within[0]]) if len(within) else None


def least_nominal(rows: Array, states: Array) -> Array:
    """Least range (c,) on the grid of the means of `states` (c, 6): quick, to rule candidates out."""
    means = np.einsum("nij,cj->cni", rows, states)
    least: Array = np.sqrt((means * means).sum(axis=2).min(axis=1))
    return least


def _nearest_between(rows: Array, times_s: Array, state: Array) -> tuple[Array, Array, Array]:
    means = rows @ state
    step = np.diff(means, axis=0)
    length2 = (step * step).sum(axis=1)
    along = -(means[:-1] * step).sum(axis=1) / np.where(length2 > 0.0, length2, 1.0)
    fraction = np.clip(along, 0.0, 1.0)
    between = rows[:-1] + fraction[:, None, None] * np.diff(rows, axis=0)
    at_s = times_s[:-1] + fraction * np.diff(times_s)
    return between, at_s, between @ state
