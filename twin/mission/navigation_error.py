"""How wrong the estimate is, and whether it said so: distance from the truth, and its normalised square.

NEES: e' P^-1 e of the relative position and velocity with the covariance the estimate came with; 6 on the
average if that means what it says (Bar-Shalom, Li and Kirubarajan, Estimation with Applications (2001), 5.4).
"""

import numpy as np

from twin.contracts.navigation import Estimate
from twin.dynamics.relative import relative_state
from twin.dynamics.segments import Track
from twin.mission.geometry import Array, length
from twin.mission.reports import Reports, Times, held_of

_LOWER6 = np.tril_indices(6)
_STATE = tuple(f"{what}_ric_{axis}" for what in "rv" for axis in "xyz")
_SPREAD = tuple(f"p_{row}_{column}" for row, column in zip(*_LOWER6, strict=True))
_UNSAID = (None,) * len(_SPREAD)


class NavigationError:
    """Hears estimates; compares each with the motion at its own instant, and holds that until the next."""

    def __init__(self) -> None:
        self.estimates = Reports(_STATE + _SPREAD)

    def add(self, estimate: Estimate) -> None:
        raw = estimate.covariance
        spread = np.frombuffer(raw[:168], dtype="<f8").tolist() if len(raw) >= 168 else _UNSAID
        self.estimates.add(estimate.t_ns, (*estimate.r_ric_m, *estimate.v_ric_mps, *spread))

    def columns(self, tracks: dict[str, Track], t_ns: Times) -> tuple[Array, Array]:
        """(distance in m, NEES) at each instant; NaN before the first estimate, or where none was said."""
        at_ns = self.estimates.times_ns()
        at_ns = at_ns[at_ns <= min(track.end_ns for track in tracks.values())]
        if not len(at_ns):
            return np.full(len(t_ns), np.nan), np.full(len(t_ns), np.nan)
        truth = relative_state(*(tracks[name].states(at_ns) for name in ("target", "servicer")))
        held = self.estimates.held(at_ns)
        seen = np.stack([held[name] for name in _STATE], axis=1)
        error = seen - np.concatenate((truth.r_ric_m, truth.v_ric_mps), axis=1)
        nees = _normalised(error, np.stack([held[name] for name in _SPREAD], axis=1))
        return held_of(at_ns, length(error[:, :3]), t_ns), held_of(at_ns, nees, t_ns)


def _normalised(error: Array, spread: Array) -> Array:
    """e' P^-1 e, (n,); NaN where there is no P, or none that could be a covariance."""
    covariance = np.zeros((len(error), 6, 6))
    covariance[:, _LOWER6[0], _LOWER6[1]] = spread
    covariance[:, _LOWER6[1], _LOWER6[0]] = spread
    found = np.full(len(error), np.nan)
    said = np.flatnonzero(np.isfinite(spread).all(axis=1))
    sound = said[np.linalg.eigvalsh(covariance[said])[:, 0] > 0.0]
    solved = np.linalg.solve(covariance[sound], error[sound][:, :, None])[:, :, 0]
    found[sound] = (error[sound] * solved).sum(axis=1)
    return found
