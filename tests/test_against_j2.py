"""The integrated orbit against what is conserved and a textbook's drag; its node is in `twin accuracy`."""

import numpy as np
import pytest

from tests.dynamics_samples import VACUUM, circular
from twin.dynamics.constants import EARTH_RADIUS_M, EARTH_ROTATION_RADPS, J2, MU_M3PS2
from twin.dynamics.orbit import coast
from twin.dynamics.settings import Environment
from twin.dynamics.surroundings import Surroundings

DAY_NS = 86_400 * 10**9


def test_energy_and_polar_momentum_of_an_airless_orbit_stay_for_a_day():
    state = circular(7_000e3, 1.0)
    track = coast(state.r_eci_m, state.v_eci_mps, 0, DAY_NS, VACUUM)
    states = track.states(np.linspace(0, DAY_NS, 500).astype(np.int64))
    r = np.linalg.norm(states.r_eci_m, axis=1)
    sine2 = (states.r_eci_m[:, 2] / r) ** 2
    potential = -MU_M3PS2 / r * (1.0 - J2 * (EARTH_RADIUS_M / r) ** 2 * (1.5 * sine2 - 0.5))
    energy = 0.5 * (states.v_eci_mps**2).sum(axis=1) + potential
    polar = np.cross(states.r_eci_m, states.v_eci_mps)[:, 2]
    # Trimming leaves 1e-8 m of position: 1e-15 of the energy; rounding of 400 steps the rest.
    assert np.abs(energy / energy[0] - 1.0).max() < 1e-12
    assert np.abs(polar / polar[0] - 1.0).max() < 1e-12


def test_a_turned_pole_turns_the_motion_with_it():
    # Independence of axes: the pole on x and the state turned alike give the turned motion.
    state = circular(7_000e3, 1.0)
    turn = np.array(((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)))
    tilted = Surroundings(pole_eci=(1.0, 0.0, 0.0))
    plain = coast(state.r_eci_m, state.v_eci_mps, 0, DAY_NS // 10, Surroundings(), drag_m2pkg=0.02)
    turned = coast(turn @ state.r_eci_m, turn @ state.v_eci_mps, 0, DAY_NS // 10, tilted, drag_m2pkg=0.02)
    end = DAY_NS // 10
    assert np.abs(turn @ plain.state(end).r_eci_m - turned.state(end).r_eci_m).max() < 1e-6


def test_drag_lowers_an_equatorial_orbit_at_the_rate_of_the_textbook():
    # da/dt = -B rho v_rel^2 a / v (Vallado 2013, 9.6), B = C A / m, and the air turns with the Earth.
    state = circular(7_000e3, 0.0)
    altitude_km = (7_000e3 - EARTH_RADIUS_M) / 1e3
    air = Environment(density_kgpm3=1e-11, density_altitude_km=altitude_km, scale_height_km=1e9)
    axes = []
    for drag in (0.0, 0.02):
        around = Surroundings(environment=air)
        track = coast(state.r_eci_m, state.v_eci_mps, 0, DAY_NS // 8, around, drag_m2pkg=drag)
        end = track.state(DAY_NS // 8)
        axes.append(1.0 / (2.0 / np.linalg.norm(end.r_eci_m) - (end.v_eci_mps**2).sum() / MU_M3PS2))
    v = np.linalg.norm(state.v_eci_mps)
    through_air = v - EARTH_ROTATION_RADPS * 7_000e3
    expected = -0.02 * 1e-11 * through_air**2 * 7_000e3 / v * 86_400 / 8
    # J2 makes the circular start eccentric by 2e-3; three hours average over that.
    assert axes[1] - axes[0] == pytest.approx(expected, rel=4e-3)
