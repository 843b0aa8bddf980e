"""Relative motion against Clohessy and Wiltshire as others computed it, and our orbits against it."""

import numpy as np
import pytest

from tests.dynamics_samples import VACUUM, circular
from twin.dynamics.constants import MU_M3PS2
from twin.dynamics.orbit import coast
from twin.dynamics.relative import RelativeState, cw_transition, eci_of_relative, relative_state

N_RADPS = 0.00115697  # Orekit's test after Curtis, Orbital Mechanics, example 7.2


def test_the_transition_matrix_is_that_of_orekit():
    # Orekit ClohessyWiltshire test: mu 3.986004415e14, r 6677993.3719419 m, 28800 s; digits as published.
    n = (3.986004415e14 / 6_677_993.3719419**3) ** 0.5
    phi = cw_transition(n, 28_800.0)
    expected = {
        (0, 0): 4.97868541238670,
        (1, 0): -194.242457498099,
        (2, 2): -0.326228470795567,
        (0, 3): 817.081897951423,
        (0, 4): 2292.70633171889,
        (1, 3): -2292.70633171889,
        (1, 4): -83_131.6724081943,
    }
    for place, value in expected.items():
        assert phi[place] == pytest.approx(value, rel=1e-9)


def test_a_two_impulse_rendezvous_costs_what_curtis_says():
    # r0 (20, 20, 20) km and v0 (-20, 20, -5) m/s to rest at the origin in 28800 s, as Orekit publishes it.
    phi = cw_transition(N_RADPS, 28_800.0)
    r0, v0 = np.array((20e3, 20e3, 20e3)), np.array((-20.0, 20.0, -5.0))
    leaving = np.linalg.solve(phi[:3, 3:], -phi[:3, :3] @ r0)
    arriving = phi[3:, :3] @ r0 + phi[3:, 3:] @ leaving
    assert np.allclose(leaving - v0, (29.357511488, -66.751151059, 13.029719714), atol=1e-8)
    assert np.allclose(-arriving, (25.820815904, 0.472351059, 24.493024130), atol=1e-8)


def test_a_body_at_rest_below_the_target_drifts_ahead_by_twelve_pi_its_height_an_orbit():
    moved = cw_transition(N_RADPS, 2.0 * np.pi / N_RADPS) @ np.array((-15.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    assert moved[:2] == pytest.approx((-15.0, 565.486678), abs=1e-6)


def test_a_radial_hop_of_100_m_takes_two_kicks_of_27_mm_per_s():
    n = (398_600.4418e9 / 6_983_137.0**3) ** 0.5  # 605 km
    kick = 0.25 * n * 100.0
    assert kick == pytest.approx(0.0270453652, abs=1e-7)
    half = cw_transition(n, np.pi / n) @ np.array((0.0, 0.0, 0.0, kick, 0.0, 0.0))
    assert half[:2] == pytest.approx((0.0, -100.0), abs=1e-9)


@pytest.mark.parametrize(
    "r_ric_m", [(-15.0, 0.0, 0.0), (0.0, -300.0, 0.0), (0.0, 0.0, 50.0), (10.0, 40.0, -20.0)]
)
def test_two_integrated_orbits_separate_as_the_linear_theory_says(r_ric_m):
    target = circular(7.0e6, 1.71)
    at_rest = RelativeState(np.array(r_ric_m), np.zeros(3))
    r_eci_m, v_eci_mps = eci_of_relative(target, at_rest)
    t_ns = 1500 * 10**9
    first = coast(target.r_eci_m, target.v_eci_mps, 0, t_ns, VACUUM).state(t_ns)
    second = coast(r_eci_m, v_eci_mps, 0, t_ns, VACUUM).state(t_ns)
    n = (MU_M3PS2 / 7.0e6**3) ** 0.5
    linear = cw_transition(n, 1500.0) @ np.array((*r_ric_m, 0.0, 0.0, 0.0))
    # J2 bends the difference of two neighbours by about 3 J2 (n t)^2 = 1 % of their distance in a quarter orbit.
    assert np.abs(relative_state(first, second).r_ric_m - linear[:3]).max() < 0.01 * np.linalg.norm(r_ric_m)
