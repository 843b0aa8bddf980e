"""Impulses between orbits, and what they cost: vis-viva and the rocket equation."""

from math import exp, sqrt

from twin.dynamics.constants import MU_M3PS2

STANDARD_GRAVITY_MPS2 = 9.80665  # CGPM 1901


def speed_mps(r_m: float, other_m: float, mu_m3ps2: float = MU_M3PS2) -> float:
    """Speed at the apsis at `r_m` of the orbit whose other apsis is at `other_m`: vis-viva."""
    return sqrt(mu_m3ps2 * 2.0 * other_m / (r_m * (r_m + other_m)))


def apsis_change_mps(at_m: float, from_m: float, to_m: float, mu_m3ps2: float = MU_M3PS2) -> float:
    """Size of the tangential impulse at one apsis that moves the other from `from_m` to `to_m`."""
    return abs(speed_mps(at_m, to_m, mu_m3ps2) - speed_mps(at_m, from_m, mu_m3ps2))


def hohmann_mps(r1_m: float, r2_m: float, mu_m3ps2: float = MU_M3PS2) -> tuple[float, float]:
    """Both impulses between circular orbits: Vallado, Fundamentals (2013), algorithm 36."""
    return apsis_change_mps(r1_m, r1_m, r2_m, mu_m3ps2), apsis_change_mps(r2_m, r1_m, r2_m, mu_m3ps2)


def propellant_kg(mass_kg: float, delta_v_mps: float, isp_s: float) -> float:
    """Propellant burnt from `mass_kg`: Tsiolkovsky."""
    return mass_kg * (1.0 - exp(-delta_v_mps / (isp_s * STANDARD_GRAVITY_MPS2)))
