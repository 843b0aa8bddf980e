"""Where a servicer that stops thrusting drifts, and how well that is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.dynamics.relative import RelativeState
from twin.dynamics.state import KinematicState
from twin.dynamics.yamanaka import ya_transition
from twin.errors import UsageError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drift:
    """n instants: seconds from now (n,), states (n, 6) of (r_ric, v_ric), covariances (n, 6, 6)."""

    t_s: Array
    states_ric: Array
    covariances_ric: Array

    def clearances_m(self, sigmas: float) -> Array:
        """Distance from the target less `sigmas` of its own uncertainty along the line of sight: (n,)."""
        r = self.states_ric[:, :3]
        distance = np.sqrt((r * r).sum(axis=1))
        line = r / np.maximum(distance, 1e-9)[:, None]
        variance = np.einsum("ni,nij,nj->n", line, self.covariances_ric[:, :3, :3], line)
        clearance: Array = distance - sigmas * np.sqrt(variance)
        return clearance

    def closest(self, sigmas: float) -> tuple[float, float]:
        """Smallest clearance, m, and when, s from now, among the instants."""
        clearances = self.clearances_m(sigmas)
        k = int(clearances.argmin())
        return float(clearances[k]), float(self.t_s[k])


def drift(
    target: KinematicState,
    servicer: RelativeState,
    covariance_ric: Array,
    t_s: Array,
    *,
    acceleration_psd_m2ps3: float = 0.0,
) -> Drift:
    """Unpowered relative motion with its covariance (6, 6), on the target's elliptic orbit.

    P(t) = F P F^T + Q, where Q is what white acceleration of this density adds in each interval
    (Carpenter and D'Souza, NASA/TP-2018-219822, 2.3, to first order in the interval). UsageError
    when the instants do not ascend from 0 or the covariance is not symmetric.
    """
    if len(t_s) == 0 or t_s[0] < 0.0 or (np.diff(t_s) <= 0.0).any():
        raise UsageError("drift: the instants must ascend from 0 s or later")
    if np.abs(covariance_ric - covariance_ric.T).max() > 1e-9 * np.abs(covariance_ric).max():
        raise UsageError("drift: the covariance is not symmetric")
    now = np.hstack((servicer.r_ric_m, servicer.v_ric_mps))
    states, covariances = [], []
    added, before_s, before = np.zeros((6, 6)), 0.0, np.eye(6)
    for at_s in t_s.tolist():
        moved = ya_transition(target.r_eci_m, target.v_eci_mps, at_s)
        step = moved @ np.linalg.inv(before)
        added = step @ added @ step.T + acceleration_psd_m2ps3 * _white(at_s - before_s)
        states.append(moved @ now)
        covariances.append(moved @ covariance_ric @ moved.T + added)
        before_s, before = at_s, moved
    return Drift(t_s, np.array(states), np.array(covariances))


def _white(h_s: float) -> Array:
    """What white acceleration of density 1 adds to the covariance of a free particle in `h_s`."""
    corner = np.array(((h_s**3 / 3.0, h_s**2 / 2.0), (h_s**2 / 2.0, h_s)))
    return np.kron(corner, np.eye(3))
