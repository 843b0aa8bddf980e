"""Motion of the servicer relative to the target, in the target's orbit frame, and its linear theory."""

from dataclasses import dataclass
from math import cos, sin

import numpy as np
from numpy.typing import NDArray

from twin.dynamics.frames import orbit_rate_radps, ric_from_eci
from twin.dynamics.state import KinematicState

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RelativeState:
    """Servicer minus target in `ric`; the velocity is relative to the rotating axes. (3,) or (n, 3)."""

    r_ric_m: Array
    v_ric_mps: Array


def relative_state(target: KinematicState, servicer: KinematicState) -> RelativeState:
    """State of `servicer` relative to `target`, in the target's `ric`."""
    axes = ric_from_eci(target.r_eci_m, target.v_eci_mps)
    r_ric_m = _turned(axes, servicer.r_eci_m - target.r_eci_m)
    inertial_mps = _turned(axes, servicer.v_eci_mps - target.v_eci_mps)
    return RelativeState(r_ric_m, inertial_mps - _swept(target, r_ric_m))


def eci_of_relative(target: KinematicState, relative: RelativeState) -> tuple[Array, Array]:
    """Position and velocity in `eci` of a servicer with this relative state: the inverse."""
    back = np.swapaxes(ric_from_eci(target.r_eci_m, target.v_eci_mps), -1, -2)
    inertial_mps = relative.v_ric_mps + _swept(target, relative.r_ric_m)
    return (
        target.r_eci_m + _turned(back, relative.r_ric_m),
        target.v_eci_mps + _turned(back, inertial_mps),
    )


def _swept(target: KinematicState, r_ric_m: Array) -> Array:
    """w_ric x r: what the turn of the axes adds to a velocity, (..., 3)."""
    rate = orbit_rate_radps(target.r_eci_m, target.v_eci_mps)
    swept = np.zeros_like(r_ric_m)
    swept[..., 0] = -rate * r_ric_m[..., 1]
    swept[..., 1] = rate * r_ric_m[..., 0]
    return swept


def _turned(axes: Array, v: Array) -> Array:
    turned: Array = (axes * v[..., None, :]).sum(axis=-1)
    return turned


def cw_transition(n_radps: float, t_s: float) -> Array:
    """Matrix (6, 6) of (r_ric, v_ric) over `t_s` about a circular orbit of rate `n_radps`.

    Clohessy and Wiltshire (1960), as in Fehse, Automated Rendezvous (2003), 3.3.1, in our axes.
    """
    n, a = n_radps, n_radps * t_s
    s, c = sin(a), cos(a)
    return np.array(
        (
            (4.0 - 3.0 * c, 0.0, 0.0, s / n, 2.0 * (1.0 - c) / n, 0.0),
            (6.0 * (s - a), 1.0, 0.0, -2.0 * (1.0 - c) / n, (4.0 * s - 3.0 * a) / n, 0.0),
            (0.0, 0.0, c, 0.0, 0.0, s / n),
            (3.0 * n * s, 0.0, 0.0, c, 2.0 * s, 0.0),
            (-6.0 * n * (1.0 - c), 0.0, 0.0, -2.0 * s, 4.0 * c - 3.0, 0.0),
            (0.0, 0.0, -n * s, 0.0, 0.0, c),
        )
    )
