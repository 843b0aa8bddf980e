"""Relative motion about an elliptic orbit: the transition matrix of Yamanaka and Ankersen.

Assumptions and limits: two-body motion, separation small against the orbit's radius, 0 <= e < 1.
"""

from dataclasses import dataclass
from math import atan2, cos, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from twin.dynamics.constants import MU_M3PS2
from twin.dynamics.kepler import moved

Array = NDArray[np.float64]

# The paper's axes are x along the track, y against the normal, z down; ours radial, in-track, normal.
_PAPER_FROM_RIC = np.array(((0.0, 1.0, 0.0), (0.0, 0.0, -1.0), (-1.0, 0.0, 0.0)))
_PLANE, _NORMAL = np.array((0, 2, 3, 5)), np.array((1, 4))


def ya_transition(r_eci_m: Array, v_eci_mps: Array, t_s: float, mu_m3ps2: float = MU_M3PS2) -> Array:
    """Matrix (6, 6) of (r_ric, v_ric) over `t_s`, about the orbit that the target is on now.

    Yamanaka and Ankersen, J. Guidance, Control, and Dynamics 25 (2002) 60, eqs. 82 to 88. UsageError
    when the orbit is not an ellipse.
    """
    now = _place(r_eci_m, v_eci_mps, mu_m3ps2)
    later_m, _ = moved(r_eci_m, v_eci_mps, t_s, mu_m3ps2)
    # From the angle swept, not from the later eccentricity vector: on a circle that one has no direction.
    then = _Place(now.e, now.true_rad + _swept_rad(r_eci_m, v_eci_mps, later_m), now.rate_radps)
    paper = np.zeros((6, 6))
    paper[np.ix_(_PLANE, _PLANE)] = _in_plane(then, now.rate_radps * t_s) @ _in_plane_inverse(now)
    turn = then.true_rad - now.true_rad
    paper[np.ix_(_NORMAL, _NORMAL)] = ((cos(turn), sin(turn)), (-sin(turn), cos(turn)))
    axes = np.kron(np.eye(2), _PAPER_FROM_RIC)
    transition: Array = axes.T @ _scaled_back(then) @ paper @ _scaled(now) @ axes
    return transition


@dataclass(frozen=True, slots=True)
class _Place:
    """Where on its orbit the target is; `rate_radps` is the paper's k^2 = h / p^2."""

    e: float
    true_rad: float
    rate_radps: float

    @property
    def rho(self) -> float:
        return 1.0 + self.e * cos(self.true_rad)


def _place(r: Array, v: Array, mu: float) -> _Place:
    momentum = np.cross(r, v)
    h2, radius = float((momentum * momentum).sum()), sqrt(float((r * r).sum()))
    parameter = h2 / mu
    # e cos and e sin of the true anomaly; on a circle the direction of perigee does not matter.
    e_cos = parameter / radius - 1.0
    e_sin = sqrt(parameter / mu) * float((r * v).sum()) / radius
    return _Place(sqrt(e_cos**2 + e_sin**2), atan2(e_sin, e_cos), sqrt(h2) / parameter**2)


def _swept_rad(r: Array, v: Array, later: Array) -> float:
    """Angle from one place to a later one in the sense of the motion, less whole turns."""
    momentum = np.cross(r, v)
    ahead = np.cross(momentum, r) / sqrt(float((momentum * momentum).sum()))
    return atan2(float((ahead * later).sum()), float((r * later).sum()))


def _in_plane(at: _Place, j: float) -> Array:
    """The paper's eq. 83 with the secular integral J = k^2 (t - t0)."""
    e, rho = at.e, at.rho
    s, c = rho * sin(at.true_rad), rho * cos(at.true_rad)
    ds = cos(at.true_rad) + e * cos(2.0 * at.true_rad)
    dc = -(sin(at.true_rad) + e * sin(2.0 * at.true_rad))
    return np.array(
        (
            (1.0, -c * (1.0 + 1.0 / rho), s * (1.0 + 1.0 / rho), 3.0 * rho**2 * j),
            (0.0, s, c, 2.0 - 3.0 * e * s * j),
            (0.0, 2.0 * s, 2.0 * c - e, 3.0 * (1.0 - 2.0 * e * s * j)),
            (0.0, ds, dc, -3.0 * e * (ds * j + s / rho**2)),
        )
    )


def _in_plane_inverse(at: _Place) -> Array:
    """The paper's eq. 82, with 1 - e^2 divided."""
    e, rho = at.e, at.rho
    s, c = rho * sin(at.true_rad), rho * cos(at.true_rad)
    rows = np.array(
        (
            (1.0 - e**2, 3.0 * e * s * (1.0 / rho + 1.0 / rho**2), -e * s * (1.0 + 1.0 / rho), -e * c + 2.0),
            (0.0, -3.0 * s * (1.0 / rho + e**2 / rho**2), s * (1.0 + 1.0 / rho), c - 2.0 * e),
            (0.0, -3.0 * (c / rho + e), c * (1.0 + 1.0 / rho) + e, -s),
            (0.0, 3.0 * rho + e**2 - 1.0, -(rho**2), e * s),
        )
    )
    inverse: Array = rows / (1.0 - e**2)
    return inverse


def _scaled(at: _Place) -> Array:
    """From metres and seconds to the paper's variables: r~ = rho r, v~ = -e sin r + v / (k^2 rho)."""
    matrix = np.zeros((6, 6))
    matrix[:3, :3] = at.rho * np.eye(3)
    matrix[3:, :3] = -at.e * sin(at.true_rad) * np.eye(3)
    matrix[3:, 3:] = np.eye(3) / (at.rate_radps * at.rho)
    return matrix


def _scaled_back(at: _Place) -> Array:
    """The inverse: r = r~ / rho, v = k^2 (e sin r~ + rho v~)."""
    matrix = np.zeros((6, 6))
    matrix[:3, :3] = np.eye(3) / at.rho
    matrix[3:, :3] = at.rate_radps * at.e * sin(at.true_rad) * np.eye(3)
    matrix[3:, 3:] = at.rate_radps * at.rho * np.eye(3)
    return matrix
