"""The two-body problem in closed form: anomalies, states from elements, motion along a conic."""

from math import atan2, cos, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from twin.dynamics.constants import MU_M3PS2
from twin.errors import UsageError

Array = NDArray[np.float64]


def eccentric_anomaly_rad(mean_rad: float, eccentricity: float) -> float:
    """E of M = E - e sin E, for 0 <= e < 1, in the same turn as M; UsageError for another eccentricity.

    Newton with Danby's start, Fundamentals of Celestial Mechanics (1988), 6.6: below ten rounds.
    """
    if not 0.0 <= eccentricity < 1.0:
        raise UsageError(f"eccentricity {eccentricity:g} is not of an ellipse (0 to below 1)")
    turns = 2.0 * pi * round(mean_rad / (2.0 * pi))
    within = mean_rad - turns
    anomaly = within + (0.85 if sin(within) >= 0.0 else -0.85) * eccentricity
    for _ in range(50):
        step = (anomaly - eccentricity * sin(anomaly) - within) / (1.0 - eccentricity * cos(anomaly))
        anomaly -= step
        if abs(step) < 1e-15 * max(1.0, abs(anomaly)):
            break
    return anomaly + turns


def true_anomaly_rad(eccentric_rad: float, eccentricity: float) -> float:
    """True anomaly within (-pi, pi]: Vallado, Fundamentals (2013), eq. 2-10."""
    return atan2(
        sqrt(1.0 - eccentricity * eccentricity) * sin(eccentric_rad), cos(eccentric_rad) - eccentricity
    )


def state_of_elements(  # noqa: PLR0917 (the six elements in their usual order)
    a_m: float,
    eccentricity: float,
    inclination_rad: float,
    node_rad: float,
    perigee_rad: float,
    true_rad: float,
    mu_m3ps2: float = MU_M3PS2,
) -> tuple[Array, Array]:
    """Position (m) and velocity (m/s), (3,) each, of an elliptic orbit: Vallado (2013), algorithm 10."""
    parameter_m = a_m * (1.0 - eccentricity * eccentricity)
    radius_m = parameter_m / (1.0 + eccentricity * cos(true_rad))
    speed = sqrt(mu_m3ps2 / parameter_m)
    towards_perigee, ahead = _perifocal(inclination_rad, node_rad, perigee_rad)
    r = radius_m * (cos(true_rad) * towards_perigee + sin(true_rad) * ahead)
    v = speed * (-sin(true_rad) * towards_perigee + (eccentricity + cos(true_rad)) * ahead)
    return r, v


def _perifocal(inclination: float, node: float, perigee: float) -> tuple[Array, Array]:
    """Unit vectors towards perigee and, in the plane, a quarter turn ahead of it."""
    co, so, ci, si, cw, sw = (f(x) for x in (node, inclination, perigee) for f in (cos, sin))
    return (
        np.array((co * cw - so * sw * ci, so * cw + co * sw * ci, sw * si)),
        np.array((-co * sw - so * cw * ci, -so * sw + co * cw * ci, cw * si)),
    )


def specific_energy(r_m: Array, v_mps: Array, mu_m3ps2: float = MU_M3PS2) -> float:
    """v^2 / 2 - mu / r, J/kg; negative on an ellipse."""
    radius_m = sqrt(float((r_m * r_m).sum()))
    return 0.5 * float((v_mps * v_mps).sum()) - mu_m3ps2 / radius_m


def perigee_and_eccentricity(r_m: Array, v_mps: Array, mu_m3ps2: float = MU_M3PS2) -> tuple[float, float]:
    """Distance of perigee from the Earth's centre, m, and eccentricity, of the osculating conic."""
    momentum = np.cross(r_m, v_mps)
    parameter_m = float((momentum * momentum).sum()) / mu_m3ps2
    squared = 1.0 + 2.0 * specific_energy(r_m, v_mps, mu_m3ps2) * parameter_m / mu_m3ps2
    eccentricity = sqrt(max(squared, 0.0))
    return parameter_m / (1.0 + eccentricity), eccentricity


def moved(r_m: Array, v_mps: Array, t_s: float, mu_m3ps2: float = MU_M3PS2) -> tuple[Array, Array]:
    """State `t_s` later on the same ellipse, by Lagrange's coefficients in the eccentric anomaly.

    Battin, An Introduction to the Mathematics and Methods of Astrodynamics (1999), 4.3. UsageError
    when the orbit is not an ellipse.
    """
    radius_m = sqrt(float((r_m * r_m).sum()))
    energy = specific_energy(r_m, v_mps, mu_m3ps2)
    if energy >= 0.0:
        raise UsageError("the orbit is not closed: its energy is not negative")
    a_m = -0.5 * mu_m3ps2 / energy
    n = sqrt(mu_m3ps2 / a_m**3)
    sigma, rest = float((r_m * v_mps).sum()) / sqrt(mu_m3ps2 * a_m), 1.0 - radius_m / a_m
    swept = _swept_rad(n * t_s, rest, sigma)
    c, s = cos(swept), sin(swept)
    later_m = a_m * (1.0 - rest * c + sigma * s)
    f, g = 1.0 - a_m / radius_m * (1.0 - c), t_s + (s - swept) / n
    df, dg = -sqrt(mu_m3ps2 * a_m) / (radius_m * later_m) * s, 1.0 - a_m / later_m * (1.0 - c)
    return f * r_m + g * v_mps, df * r_m + dg * v_mps


def _swept_rad(mean_rad: float, rest: float, sigma: float) -> float:
    """Eccentric anomaly swept in a mean one: x - rest sin x + sigma (1 - cos x) = mean."""
    swept = mean_rad
    for _ in range(50):
        step = (swept - rest * sin(swept) + sigma * (1.0 - cos(swept)) - mean_rad) / (
            1.0 - rest * cos(swept) + sigma * sin(swept)
        )
        swept -= step
        if abs(step) < 1e-15 * max(1.0, abs(swept)):
            break
    return swept
