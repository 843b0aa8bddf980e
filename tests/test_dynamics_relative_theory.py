"""Yamanaka-Ankersen, Lambert, two impulses, drift: against motion that knows nothing of them."""

from math import pi, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twin.dynamics.constants import MU_M3PS2
from twin.dynamics.drift import drift
from twin.dynamics.kepler import (
    eccentric_anomaly_rad,
    moved,
    perigee_and_eccentricity,
    state_of_elements,
    true_anomaly_rad,
)
from twin.dynamics.lambert import lambert
from twin.dynamics.relative import RelativeState, cw_transition, eci_of_relative, relative_state
from twin.dynamics.slope import Slope
from twin.dynamics.state import KinematicState
from twin.dynamics.transfers import two_impulses
from twin.dynamics.yamanaka import ya_transition
from twin.errors import UsageError

UNTURNED, STILL = np.array((1.0, 0.0, 0.0, 0.0)), np.zeros(3)


def at(r_eci_m, v_eci_mps) -> KinematicState:
    return KinematicState(r_eci_m, v_eci_mps, UNTURNED, STILL)


def nonlinear(orbit, relative, t_s):
    """Relative state (6,) after `t_s`, both bodies on their own two-body orbits."""
    servicer = eci_of_relative(at(*orbit), RelativeState(relative[:3], relative[3:]))
    then = relative_state(at(*moved(*orbit, t_s)), at(*moved(*servicer, t_s)))
    return np.hstack((then.r_ric_m, then.v_ric_mps))


@given(st.floats(-50.0, 50.0), st.floats(0.0, 0.95))
def test_keplers_equation_is_solved_on_every_turn(mean_rad, eccentricity):
    e_rad = eccentric_anomaly_rad(mean_rad, eccentricity)
    assert e_rad - eccentricity * np.sin(e_rad) == pytest.approx(mean_rad, abs=1e-12)


@given(st.floats(0.0, 0.8), st.floats(0.1, 3.0), st.floats(0.0, 6.2), st.floats(-20_000.0, 20_000.0))
def test_motion_along_the_conic_agrees_with_keplers_equation(eccentricity, inclination, anomaly, t_s):
    a_m = 12e6
    n = sqrt(MU_M3PS2 / a_m**3)
    mean = anomaly + n * t_s
    start, end = (
        state_of_elements(
            a_m,
            eccentricity,
            inclination,
            0.3,
            1.0,
            true_anomaly_rad(eccentric_anomaly_rad(m, eccentricity), eccentricity),
        )
        for m in (anomaly, mean)
    )
    r, v = moved(*start, t_s)
    assert np.abs(r - end[0]).max() < 1e-5 / (1.0 - eccentricity)  # 1e-12 of the axis, steeper at perigee
    assert perigee_and_eccentricity(r, v) == pytest.approx(
        (a_m * (1 - eccentricity), eccentricity), rel=1e-6, abs=1e-7
    )


def test_an_open_orbit_is_refused():
    with pytest.raises(UsageError, match="not closed"):
        moved(np.array((7e6, 0.0, 0.0)), np.array((0.0, 12e3, 0.0)), 10.0)
    with pytest.raises(UsageError, match="not of an ellipse"):
        eccentric_anomaly_rad(1.0, 1.0)


@pytest.mark.parametrize("eccentricity", [0.0, 0.005, 0.2, 0.7])
@pytest.mark.parametrize("t_s", [60.0, 4_000.0, 30_000.0])
def test_yamanaka_and_ankersen_is_the_slope_of_two_body_motion(eccentricity, t_s):
    orbit = state_of_elements(7e6 / (1.0 - eccentricity), eccentricity, 1.0, 0.5, 0.3, 0.7)
    sizes = (10.0,) * 3 + (0.01,) * 3
    slope = np.column_stack(
        [
            (nonlinear(orbit, d * size, t_s) - nonlinear(orbit, -d * size, t_s)) / (2.0 * size)
            for size, d in zip(sizes, np.eye(6), strict=True)
        ]
    )
    ours = ya_transition(*orbit, t_s)
    # Rounding of 1e-9 m in differences over 10 m, and the third derivative: (10 m / 7e6 m)^2.
    assert np.abs(ours - slope).max() < 3e-9 * np.abs(ours).max()


def test_on_a_circle_yamanaka_and_ankersen_is_clohessy_and_wiltshire():
    orbit = state_of_elements(7e6, 0.0, 1.0, 0.5, 0.3, 0.7)
    n = sqrt(MU_M3PS2 / 7e6**3)
    for t_s in (10.0, 2_000.0, 50_000.0):
        cw = cw_transition(n, t_s)
        assert np.abs(ya_transition(*orbit, t_s) - cw).max() < 1e-10 * np.abs(cw).max()


def test_at_the_stages_eccentricity_clohessy_and_wiltshire_errs_by_metres_where_ours_does_not():
    # 33500 has e = 0.005: an hour of drift from 300 m behind, at rest.
    orbit = state_of_elements(6.98e6, 0.005, 1.7, 0.5, 0.3, 0.7)
    start = np.array((0.0, -300.0, 0.0, 0.0, 0.0, 0.0))
    truth = nonlinear(orbit, start, 3_600.0)[:3]
    n = sqrt(MU_M3PS2 / 6.98e6**3)
    cw = np.abs((cw_transition(n, 3_600.0) @ start)[:3] - truth).max()
    ya = np.abs((ya_transition(*orbit, 3_600.0) @ start)[:3] - truth).max()
    assert 3.0 < cw < 30.0
    assert (
        ya < 0.25
    )  # the arc bends d^2 / (2 r) = 6 mm away from the axis, and 6 n t of that is drift: 0.15 m


@given(
    st.floats(0.0, 0.6),
    st.floats(0.0, 6.0),
    st.floats(0.05, 0.95),
)
def test_lambert_finds_the_orbit_that_joins_two_places(eccentricity, anomaly, part):
    a_m = 9e6
    start = state_of_elements(a_m, eccentricity, 0.9, 0.4, 1.1, anomaly)
    t_s = part * 2.0 * pi * sqrt(a_m**3 / MU_M3PS2)
    end = moved(*start, t_s)
    normal = np.cross(start[0], end[0])
    long_way = float(normal @ np.cross(*start)) < 0.0
    size = np.linalg.norm(start[0]) * np.linalg.norm(end[0])
    assume(np.linalg.norm(normal) > 1e-3 * size)
    v1, v2 = lambert(start[0], end[0], t_s, long_way=long_way)
    assert np.abs(v1 - start[1]).max() < 1e-4
    assert np.abs(v2 - end[1]).max() < 1e-4


def test_lambert_also_finds_a_hyperbola_and_refuses_what_has_no_plane():
    r1, r2 = np.array((7e6, 0.0, 0.0)), np.array((0.0, 9e6, 0.0))
    v1, v2 = lambert(r1, r2, 400.0)
    energies = [0.5 * v @ v - MU_M3PS2 / np.linalg.norm(r) for r, v in ((r1, v1), (r2, v2))]
    assert energies[0] > 0.0
    assert energies[0] == pytest.approx(energies[1], rel=1e-12)
    assert np.cross(r1, v1) == pytest.approx(np.cross(r2, v2), rel=1e-12)
    with pytest.raises(UsageError, match="plane"):
        lambert(r1, -1.5 * r1, 4_000.0)
    with pytest.raises(UsageError, match="positive time"):
        lambert(r1, r2, 0.0)


def test_two_impulses_on_an_ellipse_meet_the_target_at_rest():
    orbit = state_of_elements(8.5e6, 0.2, 1.0, 0.5, 0.3, 0.7)
    start = np.array((-50.0, -400.0, 30.0, 0.02, -0.01, 0.0))
    plan = two_impulses(ya_transition(*orbit, 2_500.0), start[:3], start[3:])
    kicked = start + np.hstack((STILL, plan.first_mps))
    there = nonlinear(orbit, kicked, 2_500.0)
    assert np.linalg.norm(there[:3]) < 0.3  # second order in 400 m: d^2 / r is 0.02 m, some radians on
    assert np.linalg.norm(there[3:] + plan.second_mps) < 1e-3


def test_what_no_impulse_reaches_is_refused():
    n = 1e-3
    half = cw_transition(n, pi / n)
    with pytest.raises(UsageError, match="another time"):
        two_impulses(half, np.array((0.0, 0.0, 10.0)), STILL, to_m=(0.0, 0.0, 0.0))


def test_the_predicted_covariance_of_a_drift_is_that_of_many_drifts():
    orbit = state_of_elements(6.98e6, 0.005, 1.7, 0.5, 0.3, 0.7)
    sigma = np.array((1.0, 2.0, 1.0, 2e-3, 1e-3, 2e-3))
    start = RelativeState(np.array((-15.0, -100.0, 5.0)), np.array((0.0, 0.02, 0.0)))
    t_s = np.array((600.0, 3_000.0, 6_000.0))
    ours = drift(at(*orbit), start, np.diag(sigma**2), t_s)
    draws = np.random.default_rng(1).normal(size=(400, 6)) * sigma
    now = np.hstack((start.r_ric_m, start.v_ric_mps))
    for k, at_s in enumerate(t_s.tolist()):
        flown = np.array([nonlinear(orbit, now + draw, at_s) for draw in draws])
        apart = flown - ours.states_ric[k]
        nees = np.einsum("ni,ij,nj->n", apart, np.linalg.inv(ours.covariances_ric[k]), apart)
        # Chi-square of 6 degrees, mean of 400: 6 +- 0.17 (one sigma); four sigma.
        assert nees.mean() == pytest.approx(6.0, abs=0.7)


def test_white_acceleration_grows_a_drift_as_the_cube_of_time_when_short_and_closest_counts_sigmas():
    orbit = state_of_elements(6.98e6, 0.0, 1.7, 0.5, 0.3, 0.7)
    start = RelativeState(np.array((0.0, -100.0, 0.0)), STILL)
    moving = drift(at(*orbit), start, np.zeros((6, 6)), np.array((10.0, 20.0)), acceleration_psd_m2ps3=1e-6)
    assert moving.covariances_ric[0, 0, 0] == pytest.approx(1e-6 * 10.0**3 / 3.0, rel=1e-3)
    assert moving.covariances_ric[1, 0, 0] == pytest.approx(1e-6 * 20.0**3 / 3.0, rel=1e-3)
    sure = drift(at(*orbit), start, 4.0 * np.eye(6) * 0.25, np.array((0.0, 1.0)))
    assert sure.closest(3.0)[0] == pytest.approx(100.0 - 3.0 * sqrt(2.0), abs=0.1)
    assert sure.closest(3.0)[1] == 1.0
    with pytest.raises(UsageError, match="ascend"):
        drift(at(*orbit), start, np.eye(6), np.array((5.0, 5.0)))
    with pytest.raises(UsageError, match="symmetric"):
        drift(at(*orbit), start, np.triu(np.ones((6, 6))), np.array((5.0,)))


def test_a_glideslope_that_would_not_slow_down_is_refused():
    with pytest.raises(UsageError, match="glideslope"):
        Slope(start_m=100.0, start_mps=0.03, end_mps=0.03)
