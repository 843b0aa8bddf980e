"""The tilted gravity-gradient equilibrium of a spinning, long stage, and small motion about it.

For an axisymmetric body (A across, C along, A > C) on a circular orbit of rate n with total spin
sigma about its axis u, take the orbit's axes r, t, h (radial, in-track, cross-track). Angular
momentum H = A n (h - u_h u) + C sigma u is at rest in `ric`, so dH/dt = n h x H, which must equal
the torque 3 n^2 (C - A) u_r (r x u). With u_t = 0 both lie along t and
    u_h = C sigma / (n (4 A - 3 C)).
At sigma = 0 the axis is vertical; Likins (1965) calls the tilted family hyperbolic.
"""

from dataclasses import dataclass
from math import asin, cos, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from twin.errors import MissionError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Libration:
    """Equilibrium axis (u_r > 0: away from the Earth) and its two modes.

    A deviation is (in-track, e2) with e2 = u x t; a mode moves as (a cos, b sin), |(a, b)| <= 1.
    """

    n_radps: float
    u_h: float
    u_r: float
    rates_radps: tuple[float, float]
    shapes: tuple[tuple[float, float], tuple[float, float]]

    @property
    def axis_ric(self) -> Array:
        """Unit vector (3,) of the body's long axis at rest."""
        return np.array((self.u_r, 0.0, self.u_h))

    @property
    def tilt_rad(self) -> float:
        """Angle from the radial, towards the orbit's normal."""
        return asin(self.u_h)

    def deviated(
        self, amplitudes_rad: tuple[float, float], phases_rad: tuple[float, float]
    ) -> tuple[Array, Array]:
        """Axis (3,) in `ric` and its velocity (3,) relative to `ric`, 1/s, with both modes excited."""
        offset, slope = np.zeros(2), np.zeros(2)
        for rate, (a, b), size, phase in zip(
            self.rates_radps, self.shapes, amplitudes_rad, phases_rad, strict=True
        ):
            offset += size * np.array((a * cos(phase), b * sin(phase)))
            slope += size * rate * np.array((-a * sin(phase), b * cos(phase)))
        across = np.array(((0.0, 1.0, 0.0), (-self.u_h, 0.0, self.u_r)))
        raw = self.axis_ric + (across * offset[:, None]).sum(axis=0)
        length = sqrt(float((raw * raw).sum()))
        axis = raw / length
        drift = (across * slope[:, None]).sum(axis=0) / length
        return axis, drift - axis * float((axis * drift).sum())


def libration(
    n_radps: float, along_kgm2: float, across_kgm2: float, spin_radps: float, up: float
) -> Libration:
    """Equilibrium and modes of a body of these moments; `up` is +1 away from the Earth, -1 towards it.

    MissionError when there is no such equilibrium.
    """
    reach = n_radps * (4.0 * across_kgm2 - 3.0 * along_kgm2)
    if across_kgm2 <= along_kgm2 or abs(along_kgm2 * spin_radps) >= reach:
        most = abs(reach / along_kgm2) * 180.0 / pi
        raise MissionError(
            f"no tilted equilibrium: the body must be long and spin slower than {most:.3f} deg/s",
            place="target.spin_deg_per_s",
        )
    u_h = along_kgm2 * spin_radps / reach
    u_r = up * sqrt(1.0 - u_h * u_h)
    rates, shapes = _modes(n_radps, along_kgm2 / across_kgm2, u_h)
    return Libration(n_radps, u_h, u_r, rates, shapes)


Modes = tuple[tuple[float, float], tuple[tuple[float, float], tuple[float, float]]]


def _modes(n: float, slenderness: float, u_h: float) -> Modes:
    """Rates and shapes of small motion x'' = -K x + g (u x x'), with k the ratio C / A.

    K is the Hessian, on the sphere, of the effective potential
    W = 3/2 n^2 (C - A) u_r^2 + 1/2 A n^2 u_h^2 - C sigma n u_h; the gyroscopic term is
    g = C sigma / A - 2 n u_h. With the equilibrium's sigma they come to what is below.
    """
    k1 = 3.0 * n * n * (1.0 - slenderness)
    k2 = n * n * (4.0 - 3.0 * slenderness) * (1.0 - u_h * u_h)
    g = n * u_h * (2.0 - 3.0 * slenderness)
    # (k1 - s)(k2 - s) = g^2 s, for s the square of a mode's rate.
    half = 0.5 * (k1 + k2 + g * g)
    root = sqrt(half * half - k1 * k2)
    slow, fast = sqrt(half - root), sqrt(half + root)
    return (slow, fast), (_shape(k1, k2, g, slow), _shape(k1, k2, g, fast))


def _shape(k1: float, k2: float, g: float, rate: float) -> tuple[float, float]:
    """(a, b) of (a cos, b sin) with the larger one 1: (k1 - rate^2) a + g rate b = 0, and its twin."""
    first, second = k1 - rate * rate, k2 - rate * rate
    a, b = (-g * rate, first) if abs(first) > abs(second) else (second, -g * rate)
    largest = max(abs(a), abs(b))
    return a / largest, b / largest
