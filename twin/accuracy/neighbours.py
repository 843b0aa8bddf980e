"""Linear relative motion and its covariance against motion that knows nothing of it."""

from collections.abc import Iterator
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from twin.accuracy.case import Case, Group, Reference
from twin.dynamics.constants import MU_M3PS2
from twin.dynamics.drift import drift
from twin.dynamics.kepler import moved, state_of_elements
from twin.dynamics.relative import RelativeState, cw_transition, eci_of_relative, relative_state
from twin.dynamics.state import KinematicState
from twin.dynamics.yamanaka import ya_transition
from twin.kernel.streams import Stream

Array = NDArray[np.float64]

_UNTURNED, _STILL = np.array((1.0, 0.0, 0.0, 0.0)), np.zeros(3)
_ORBIT_S = 5_804.0
_DRAWS = 400
_NUDGE_MPS = 0.01
_ROUNDED_M = 1.5e-8
"""An angle of n t = 22 rad, rounded, at 4e7 m: by so much two states from Kepler's equation may be off."""


def _state(r_m: Array, v_mps: Array) -> KinematicState:
    return KinematicState(r_m, v_mps, _UNTURNED, _STILL)


def _flown(orbit: tuple[Array, Array], relative: Array, t_s: float) -> Array:
    """Relative state (6,) after `t_s`, both bodies on their own ellipses."""
    servicer = eci_of_relative(_state(*orbit), RelativeState(relative[:3], relative[3:]))
    then = relative_state(_state(*moved(*orbit, t_s)), _state(*moved(*servicer, t_s)))
    return np.hstack((then.r_ric_m, then.v_ric_mps))


def slopes(_: Reference) -> Iterator[Case]:
    """The transition matrix is the derivative of the motion, whatever the eccentricity."""
    for eccentricity in (0.0, 0.005, 0.2, 0.7):
        orbit = state_of_elements(7e6 / (1.0 - eccentricity), eccentricity, 1.0, 0.5, 0.3, 0.7)
        sizes = (10.0,) * 3 + (_NUDGE_MPS,) * 3
        swept = 3.0 * 2e4 * _NUDGE_MPS / float(np.sqrt((orbit[0] ** 2).sum()))
        ends = [
            (_flown(orbit, size * d, 2e4) - _flown(orbit, -size * d, 2e4)) / (2.0 * size)
            for size, d in zip(sizes, np.eye(6), strict=True)
        ]
        ours = ya_transition(*orbit, 2e4)
        yield Case(
            name=f"Yamanaka-Ankersen over 20000 s at e {eccentricity:g}, worst element of its largest",
            model="relative",
            source="differences of two-body motion",
            ours=float(np.abs(ours - np.column_stack(ends)).max() / np.abs(ours).max()),
            reference=0.0,
            unit="1",
            tolerance=swept * swept / 6.0 + _ROUNDED_M / (2.0 * _NUDGE_MPS) / float(np.abs(ours).max()),
            because="computed: 1 cm/s leads 3 v t = 600 m along an arc, of third order angle^2 / 6",
        )


def linear_error(_: Reference) -> Iterator[Case]:
    """What each theory is wrong by after one orbit of 33500 (e 0.005), from rest 300 m behind."""
    orbit = state_of_elements(6.98e6, 0.005, 1.7, 0.5, 0.3, 0.7)
    start = np.array((0.0, -300.0, 0.0, 0.0, 0.0, 0.0))
    truth = _flown(orbit, start, _ORBIT_S)[:3]
    cw = cw_transition(sqrt(MU_M3PS2 / 6.98e6**3), _ORBIT_S)
    for name, phi, tolerance, because in (
        (
            "Yamanaka-Ankersen",
            ya_transition(*orbit, _ORBIT_S),
            12.0 * pi * 300.0**2 / (2.0 * 6.98e6) * (1.0 + 6.0 * 0.005),
            "computed: the arc bends d^2 / (2 r) = 6 mm, and drifts 12 pi of it, within 6 e for the ellipse",
        ),
        ("Clohessy-Wiltshire", cw, 6.0 * pi * 0.005 * 300.0, "computed: first order in e, 6 pi e d"),
    ):
        apart = (phi @ start)[:3] - truth
        yield Case(
            name=f"{name} after an orbit, from 300 m behind at e 0.005",
            model="relative",
            source="two-body motion of both",
            ours=float(np.sqrt((apart * apart).sum())),
            reference=0.0,
            unit="m",
            tolerance=tolerance,
            because=because,
        )


def consistency(_: Reference) -> Iterator[Case]:
    """The drift's covariance is that of many drifts: their mean squared deviation in its measure."""
    orbit = state_of_elements(6.98e6, 0.005, 1.7, 0.5, 0.3, 0.7)
    sigma = np.array((1.0, 2.0, 1.0, 2e-3, 1e-3, 2e-3))
    now = np.array((-15.0, -100.0, 5.0, 0.0, 0.02, 0.0))
    start = RelativeState(now[:3], now[3:])
    ours = drift(_state(*orbit), start, np.diag(sigma**2), np.array((_ORBIT_S,)))
    draws = Stream(1, "accuracy.drift").normal(0, 6 * _DRAWS).reshape(_DRAWS, 6) * sigma
    apart = np.array([_flown(orbit, now + draw, _ORBIT_S) for draw in draws]) - ours.states_ric[0]
    nees = np.einsum("ni,ij,nj->n", apart, np.linalg.inv(ours.covariances_ric[0]), apart)
    yield Case(
        name=f"drift of an orbit: normalised squared error, mean of {_DRAWS}",
        model="relative",
        source="chi-square of 6 degrees of freedom",
        ours=float(nees.mean()),
        reference=6.0,
        unit="1",
        tolerance=4.0 * sqrt(12.0 / _DRAWS),
        because="four sigma of the mean",
    )


GROUPS = (
    Group("Yamanaka-Ankersen", slopes),
    Group("linear theories", linear_error),
    Group("drift with covariance", consistency),
)
