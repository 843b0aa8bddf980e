"""Two impulses from one relative state to another, on any linear theory of relative motion."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from twin.errors import UsageError

Array = NDArray[np.float64]

_SINGULAR = 1e-9
"""A direction in which a change of velocity moves less than this part of the most is out of reach."""
_MISSED_M = 1e-6


@dataclass(frozen=True, slots=True)
class TwoImpulses:
    """Both changes of velocity (3,), m/s, in the axes of the transition matrix."""

    first_mps: Array
    second_mps: Array

    @property
    def total_mps(self) -> float:
        """Sum of both lengths."""
        return sum(sqrt(float((v * v).sum())) for v in (self.first_mps, self.second_mps))


def two_impulses(
    transition: Array,
    r_m: Array,
    v_mps: Array,
    *,
    to_m: tuple[float, float, float] = (0.0, 0.0, 0.0),
    to_mps: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> TwoImpulses:
    """Impulses now and at the end of `transition` (6, 6) that lead from a state to another.

    Curtis, Orbital Mechanics (2014), 7.5. UsageError for a time of flight at which some direction
    cannot be reached (in-plane after whole orbits, cross-track after half ones): name another time.
    """
    by_position, by_velocity = transition[:3, :3], transition[:3, 3:]
    wanted = np.array(to_m) - by_position @ r_m
    leaving = np.linalg.pinv(by_velocity, rcond=_SINGULAR) @ wanted
    missed_m = by_velocity @ leaving - wanted
    if sqrt(float((missed_m * missed_m).sum())) > _MISSED_M:
        raise UsageError("no impulse leads there in this time of flight: choose another time")
    arriving = transition[3:, :3] @ r_m + transition[3:, 3:] @ leaving
    return TwoImpulses(leaving - v_mps, np.array(to_mps) - arriving)
