"""The Earth's magnetic field: IGRF-14 through heyoka's spherical harmonics.

The potential a sum (a/r)^(n+1) (g cos + h sin) P is that of gravity with mu = a^2 and C, S = g, h: only
the normalisation differs (Alken et al., Earth, Planets and Space 73 (2021) 49, eq. 1).
Assumptions and limitations: the main field alone; storms and the ionosphere's currents, 100 nT on a
quiet day, are left out.
"""

from collections.abc import Sequence
from functools import cache
from math import sqrt

import heyoka as hy
import numpy as np
from numpy.typing import NDArray

from twin.dynamics.epochs import Epoch
from twin.dynamics.igrf14 import DEGREE, ROWS, YEARS

Array = NDArray[np.float64]

RADIUS_M = 6_371_200.0
"""The model's reference radius."""
_JD_2000, _YEAR_DAYS = 2_451_544.5, 365.25


def coefficients_t(year: float, degree: int = DEGREE) -> Array:
    """Fully normalised (g, h) in tesla, (n, 2), from degree 1 on, at a decimal year.

    Outside `YEARS` the nearest of them: the field changes by 0.3 % a year at most.
    """
    table = np.array(ROWS)
    count = (degree + 1) * (degree + 2) // 2 - 1
    values = np.array([[np.interp(year, YEARS, row[k]) for k in range(2)] for row in table[:count]])
    schmidt = [1.0 / sqrt(2.0 * n + 1.0) for n in range(1, degree + 1) for _ in range(n + 1)]
    normalised: Array = 1e-9 * values * np.array(schmidt)[:, None]
    return normalised


def decimal_year(epoch: Epoch, t_ns: int = 0) -> float:
    """Year and its fraction, to a day."""
    day, part = epoch.tt(t_ns)
    return 2000.0 + (day - _JD_2000 + part) / _YEAR_DAYS


def field_of(
    r_ecef: Sequence[hy.expression], coefficients: Sequence[Sequence[hy.expression | float]], length_m: float
) -> list[hy.expression]:
    """B in the Earth's axes, tesla, in a unit of length of `length_m` metres; coefficients from degree 1."""
    radius = RADIUS_M / length_m
    pairs = [
        [hy.expression(0.0)] * 2,
        *([hy.expression(c) if isinstance(c, float) else c for c in pair] for pair in coefficients),
    ]
    gradient = hy.model.sh_gravity_acc(r_ecef, pairs, hy.expression(radius**2), hy.expression(radius))
    return [-1.0 * x for x in gradient]


@cache
def _evaluator() -> hy.cfunc:
    """Compiled once a process, in some seconds: the coefficients are its parameters."""
    names = hy.make_vars("x", "y", "z")
    pairs = [[hy.par[2 * k], hy.par[2 * k + 1]] for k in range(DEGREE * (DEGREE + 3) // 2)]
    return hy.cfunc(field_of(list(names), pairs, 1.0), list(names), compact_mode=True, parjit=False)


def geomagnetic_field_ecef(year: float, r_ecef_m: Array) -> Array:
    """B (3,) or (n, 3), tesla, at places (3,) or (n, 3) in the Earth's axes, to degree 13."""
    inputs = np.ascontiguousarray(np.atleast_2d(r_ecef_m).T)
    pars = np.repeat(coefficients_t(year).reshape(-1, 1), inputs.shape[1], axis=1)
    field: Array = np.array(_evaluator()(inputs, pars=pars)).T
    return field.reshape(np.shape(r_ecef_m))
