"""Perigee and apogee of an orbit round the flattened Earth, from one state on it.

The osculating ellipse alone will not do: its perigee swings by some 20 km within a revolution. Kept instead
is what the field keeps, the energy with J2's potential in it; the momentum at an apsis is that of now and
what J2's torque adds on the way, along the ellipse. There nothing moves outwards: h^2 / (2 r^2) - mu / r +
V(r, latitude) is the energy, a root near the ellipse's.

Assumptions and limitations: the pole is the z of `eci`, nothing but J2 disturbs, and apsides lie where the
ellipse has them. From 50 km x 640 km it is off by 0.6 km at most, from 570 km x 640 km by 5 km
(tests/test_dynamics_apsides.py): the rounder an orbit, the less an apsis means.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.dynamics.constants import EARTH_RADIUS_M, J2, MU_M3PS2

Array = NDArray[np.float64]

_ROUNDS = 8
_OBLATE_M2 = 0.5 * J2 * EARTH_RADIUS_M**2
_FLAT_MPS2 = 1e-4
"""Slope of the radial equation, mu e / r^2, below which it has no two roots: an eccentricity of 1e-5."""
_FAR_M = 2e4
"""No step of the iteration is longer: flattening moves an apsis by 20 km at the most."""


class Apsides(NamedTuple):
    """Distances of perigee and apogee from the Earth's centre, m, for n states; `from_apogee_rad` is the
    angle at that centre from apogee on, within [-pi, pi], below 0 before it is reached."""

    perigee_m: Array
    apogee_m: Array
    from_apogee_rad: Array


class _Conic(NamedTuple):
    """The osculating one: h^2, parameter, eccentricity, angle from perigee; sin i sin u and sin i cos u of
    perigee's argument of latitude u, sin i sin u of here."""

    h2: Array
    parameter_m: Array
    eccentricity: Array
    true_rad: Array
    at_perigee: tuple[Array, Array]
    here: Array


def apsides(r_eci_m: Array, v_eci_mps: Array) -> Apsides:
    """Of n states (n, 3) on closed orbits.

    J2's potential and torque: Montenbruck and Gill, Satellite Orbits (2000), 3.2.
    """
    radius_m = np.sqrt((r_eci_m**2).sum(axis=1))
    conic = _conic(r_eci_m, v_eci_mps, radius_m)
    energy = 0.5 * (v_eci_mps**2).sum(axis=1) - MU_M3PS2 / radius_m + _potential(radius_m, conic.here)
    ahead_m, behind_m = _apsis_m(conic, energy, 0.0), _apsis_m(conic, energy, np.pi)
    # Of a circle flattening makes either the lower one.
    lowest_m, highest_m = np.minimum(ahead_m, behind_m), np.maximum(ahead_m, behind_m)
    return Apsides(lowest_m, highest_m, np.arctan2(-np.sin(conic.true_rad), -np.cos(conic.true_rad)))


def _conic(r: Array, v: Array, radius_m: Array) -> _Conic:
    """Eccentricity vector: Vallado, Fundamentals of Astrodynamics (2013), algorithm 9."""
    momentum = np.cross(r, v)
    h2 = (momentum**2).sum(axis=1)
    parameter_m = h2 / MU_M3PS2
    outward, ahead = parameter_m / radius_m - 1.0, np.sqrt(h2) / MU_M3PS2 * (r * v).sum(axis=1) / radius_m
    eccentricity = np.sqrt(outward**2 + ahead**2)
    true_rad = np.arctan2(ahead, outward)
    here = r[:, 2] / radius_m
    quarter_on = np.cross(momentum, r)[:, 2] / (np.sqrt(h2) * radius_m)
    c, s = np.cos(true_rad), np.sin(true_rad)
    at_perigee = (c * here - s * quarter_on, s * here + c * quarter_on)
    return _Conic(h2, parameter_m, eccentricity, true_rad, at_perigee, here)


def _potential(radius_m: Array, sine: Array) -> Array:
    """J2's, J/kg, at a latitude of this sine."""
    return MU_M3PS2 * _OBLATE_M2 / radius_m**3 * (3.0 * sine**2 - 1.0)


def _turned(conic: _Conic, angle_rad: Array | float) -> Array:
    """sin^2 i times the integral of (1 + e cos f) sin 2u up to the angle f from perigee: of h^2 J2's torque
    takes 3 mu J2 R^2 / p as much."""
    sine, cosine = conic.at_perigee
    even, odd = cosine**2 - sine**2, 2.0 * sine * cosine

    def wave(k: int) -> Array:
        return np.cos(k * angle_rad) * even - np.sin(k * angle_rad) * odd

    turned: Array = -0.5 * wave(2) - 0.5 * conic.eccentricity * (wave(3) / 3.0 + wave(1))
    return turned


def _apsis_m(conic: _Conic, energy: Array, angle_rad: float) -> Array:
    """The root near the ellipse's own, by Newton's method."""
    taken = 6.0 * MU_M3PS2 * _OBLATE_M2 / conic.parameter_m
    h2 = conic.h2 - taken * (_turned(conic, angle_rad) - _turned(conic, conic.true_rad))
    sine = conic.at_perigee[0]
    radius_m: Array = conic.parameter_m / (1.0 + np.cos(angle_rad) * conic.eccentricity)
    for _ in range(_ROUNDS):
        flattening = _potential(radius_m, sine)
        excess = 0.5 * h2 / radius_m**2 - MU_M3PS2 / radius_m + flattening - energy
        slope = (MU_M3PS2 - h2 / radius_m - 3.0 * flattening * radius_m) / radius_m**2
        # On a circle both roots are one, and the slope is nothing.
        step = np.where(np.abs(slope) > _FLAT_MPS2, excess / np.where(slope == 0.0, 1.0, slope), 0.0)
        radius_m = radius_m - np.clip(step, -_FAR_M, _FAR_M)
    return radius_m
