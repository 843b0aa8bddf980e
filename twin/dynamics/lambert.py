"""Lambert's problem: the conic from one place to another in a given time, below one revolution."""

from math import asinh, atan2, log, sqrt

import numpy as np
from numpy.typing import NDArray

from twin.dynamics.constants import MU_M3PS2
from twin.errors import UsageError

Array = NDArray[np.float64]

_ROUNDS = 20
_STRAIGHT = 1e-10
"""Sine of the angle between both places below which the plane of the transfer is not defined."""


def lambert(
    r1_m: Array, r2_m: Array, t_s: float, *, long_way: bool = False, mu_m3ps2: float = MU_M3PS2
) -> tuple[Array, Array]:
    """Velocities (3,), m/s, at departure and arrival; the angle swept is below pi unless `long_way`.

    Izzo, Celestial Mechanics and Dynamical Astronomy 121 (2015) 1: Lancaster and Blanchard's x with
    Householder's third-order iteration. UsageError when the time is not positive or the places and
    the centre lie on one line, where the plane is not defined.
    """
    if t_s <= 0.0:
        raise UsageError(f"a transfer takes a positive time, not {t_s:g} s")
    length1, length2, chord = _length(r1_m), _length(r2_m), _length(r2_m - r1_m)
    normal = np.cross(r1_m, r2_m)
    if _length(normal) < _STRAIGHT * length1 * length2:
        raise UsageError("both places lie on one line with the centre: the transfer's plane is not defined")
    half_perimeter = 0.5 * (length1 + length2 + chord)
    lam = sqrt(max(1.0 - chord / half_perimeter, 0.0)) * (-1.0 if long_way else 1.0)
    x = _solved(lam, t_s * sqrt(2.0 * mu_m3ps2 / half_perimeter**3))
    y = sqrt(1.0 - lam * lam * (1.0 - x * x))
    ahead = normal / _length(normal) * (-1.0 if long_way else 1.0)
    gamma, rho = sqrt(0.5 * mu_m3ps2 * half_perimeter), (length1 - length2) / chord
    sigma = sqrt(1.0 - rho * rho)
    inward, outward = lam * y - x, lam * y + x
    along1 = gamma * (inward - rho * outward) / length1
    along2 = -gamma * (inward + rho * outward) / length2
    across = gamma * sigma * (y + lam * x)
    u1, u2 = r1_m / length1, r2_m / length2
    return (
        along1 * u1 + across / length1 * np.cross(ahead, u1),
        along2 * u2 + across / length2 * np.cross(ahead, u2),
    )


def _length(v: Array) -> float:
    return sqrt(float((v * v).sum()))


def _solved(lam: float, wanted: float) -> float:
    """x at which the dimensionless time of flight is as wanted: Izzo's start, then Householder."""
    x = _start(lam, wanted)
    for _ in range(_ROUNDS):
        time = _time(x, lam)
        first, second, third = _slopes(x, lam, time)
        miss = time - wanted
        step = (
            miss
            * (first**2 - 0.5 * miss * second)
            / (first * (first**2 - miss * second) + third * miss**2 / 6.0)
        )
        x -= step
        if abs(step) < 1e-13 * max(1.0, abs(x)):
            return x
    raise UsageError("no conic joins the places in this time")


def _start(lam: float, wanted: float) -> float:
    """Izzo (2015), eq. 30."""
    at_zero = atan2(sqrt(1.0 - lam * lam), lam) + lam * sqrt(1.0 - lam * lam)
    parabolic = 2.0 / 3.0 * (1.0 - lam**3)
    if wanted >= at_zero:
        return float((at_zero / wanted) ** (2.0 / 3.0)) - 1.0
    if wanted < parabolic:
        return 2.5 * parabolic * (parabolic - wanted) / (wanted * (1.0 - lam**5)) + 1.0
    return float((at_zero / wanted) ** (log(2.0) / log(at_zero / parabolic))) - 1.0


def _time(x: float, lam: float) -> float:
    """Dimensionless time of flight: Izzo (2015), eq. 18; near the parabola by Battin's series."""
    u = 1.0 - x * x
    y = sqrt(1.0 - lam * lam * u)
    if abs(x - 1.0) < 0.01:
        eta = y - lam * x
        q = 4.0 / 3.0 * _hypergeometric(0.5 * (1.0 - lam - x * eta))
        return 0.5 * (eta**3 * q + 4.0 * lam * eta)
    root = sqrt(abs(u))
    swept = atan2(root * (y - lam * x), x * y + lam * u) if u > 0.0 else asinh(root * (y - lam * x))
    return (swept / root - x + lam * y) / u


def _hypergeometric(z: float) -> float:
    """2F1(3, 1; 5/2; z) by its series, for |z| well below 1."""
    total, term = 1.0, 1.0
    for k in range(60):
        term *= (3.0 + k) / (2.5 + k) * z
        total += term
        if abs(term) < 1e-17 * abs(total):
            break
    return total


def _slopes(x: float, lam: float, time: float) -> tuple[float, float, float]:
    """First three derivatives of the time of flight: Izzo (2015), eq. 22."""
    u = 1.0 - x * x
    y = sqrt(1.0 - lam * lam * u)
    first = (3.0 * time * x - 2.0 + 2.0 * lam**3 * x / y) / u
    second = (3.0 * time + 5.0 * x * first + 2.0 * (1.0 - lam * lam) * (lam / y) ** 3) / u
    third = (7.0 * x * second + 8.0 * first - 6.0 * (1.0 - lam * lam) * (lam / y) ** 5 * x) / u
    return first, second, third
