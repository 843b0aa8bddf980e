"""Transition matrices of free relative motion about the target's own orbit, point mass and J2.

Their columns are differences between bodies flown beside the target (`free_drift`), so they hold for any
eccentricity and for a day; what is linear is only the separation, which must stay small against the orbit.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from twin.contracts.fields import Vec3
from twin.guidance.free_drift import STEP_S, nystroem
from twin.guidance.ric import axes_ric

Array = NDArray[np.float64]

# Halves of central differences: what is cubic in them errs by (30 km / 7000 km)^2 after a day at 0.1 m/s.
_APART = np.array((100.0, 100.0, 100.0, 0.1, 0.1, 0.1))


@dataclass(frozen=True, slots=True)
class Transitions:
    """`matrices` (k, 6, 6) take (r_ric, v_ric) at the start to every `STEP_S` later; `orbit` (k, 2, 3) is
    where the target is then, `eci`."""

    matrices: Array
    orbit: Array

    @property
    def span_s(self) -> float:
        return (len(self.matrices) - 1) * STEP_S

    def after(self, elapsed_s: float, horizon_s: float) -> tuple[Array, Array]:
        """Position rows (n, 3, 6) for a state `elapsed_s` after the start, and the times (n,) from then on
        that they lead to: 0, then the grid until `horizon_s`, as far as the span goes.
        """
        index = int(elapsed_s // STEP_S) + 1
        last = min(ceil((elapsed_s + horizon_s) / STEP_S), len(self.matrices) - 1)
        later = self.matrices[index : last + 1, :3] @ np.linalg.inv(self.to(elapsed_s))
        times_s = np.arange(index, last + 1) * STEP_S - elapsed_s
        return np.concatenate((np.eye(3, 6)[None], later)), np.concatenate(((0.0,), times_s))

    def to(self, elapsed_s: float) -> Array:
        """Matrix (6, 6) from the start to `elapsed_s`."""
        index = min(int(elapsed_s // STEP_S), len(self.matrices) - 1)
        r, v = _flock(self.orbit[index, 0], self.orbit[index, 1])
        matrix: Array = _columns(*nystroem(r, v, elapsed_s - index * STEP_S)) @ self.matrices[index]
        return matrix


def transitions(target_r_eci_m: Vec3, target_v_eci_mps: Vec3, horizon_s: float) -> Transitions:
    """Transition matrices over `horizon_s` from where the target is (`eci`)."""
    r, v = _flock(np.array(target_r_eci_m), np.array(target_v_eci_mps))
    steps = ceil(horizon_s / STEP_S)
    matrices, orbit = np.empty((steps + 1, 6, 6)), np.empty((steps + 1, 2, 3))
    for k in range(steps + 1):
        matrices[k], orbit[k] = _columns(r, v), (r[0], v[0])
        r, v = nystroem(r, v, STEP_S)
    return Transitions(matrices, orbit)


def _flock(r_eci_m: Array, v_eci_mps: Array) -> tuple[Array, Array]:
    """The target and, on both sides of it along each component of the relative state, a body: (13, 3)."""
    axes, rate = _frame(r_eci_m, v_eci_mps)
    apart = np.vstack((np.zeros(6), np.diag(_APART), -np.diag(_APART)))
    r_ric, v_ric = apart[:, :3], apart[:, 3:]
    return r_eci_m + r_ric @ axes, v_eci_mps + (v_ric + _swept(r_ric, rate)) @ axes


def _columns(r_eci_m: Array, v_eci_mps: Array) -> Array:
    """What has become of a flock, as a matrix (6, 6)."""
    axes, rate = _frame(r_eci_m[0], v_eci_mps[0])
    r_ric = (r_eci_m[1:] - r_eci_m[0]) @ axes.T
    v_ric = (v_eci_mps[1:] - v_eci_mps[0]) @ axes.T - _swept(r_ric, rate)
    apart = np.hstack((r_ric, v_ric))
    matrix: Array = (apart[:6] - apart[6:]).T / (2.0 * _APART)
    return matrix


def _frame(r_eci_m: Array, v_eci_mps: Array) -> tuple[Array, float]:
    """`ric` axes (3, 3) and their turning rate."""
    rx, ry, rz = r_eci_m.tolist()
    vx, vy, vz = v_eci_mps.tolist()
    axes = np.array(axes_ric((rx, ry, rz), (vx, vy, vz)))
    return axes, float((axes[1] * v_eci_mps).sum()) / float((axes[0] * r_eci_m).sum())


def _swept(r_ric_m: Array, rate_radps: float) -> Array:
    """What the turn of the axes adds to velocities: w x r of (n, 3)."""
    return rate_radps * np.stack((-r_ric_m[:, 1], r_ric_m[:, 0], np.zeros(len(r_ric_m))), axis=1)
