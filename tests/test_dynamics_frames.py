"""Frames: the Earth's turn, geodetic places, the orbit frame."""

import erfa
import numpy as np
import pytest

from tests.dynamics_samples import circular
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ecef_from_eci, ecef_of, pole_eci, ric_from_eci, w_ric_radps
from twin.dynamics.orientation import earth_orientation
from twin.dynamics.relative import RelativeState, eci_of_relative, relative_state
from twin.dynamics.state import KinematicState

EPOCH = Epoch("2022-01-23T02:47:21.8Z")


def test_the_interpolated_pole_keeps_a_ground_point_within_a_centimetre_of_sofa():
    for t_ns in (0, 3 * 3600 * 10**9, 23 * 3600 * 10**9):
        day, part = EPOCH.tai(t_ns)
        ut1, xp, yp = (float(x[0]) for x in earth_orientation(np.array([day - 2_400_000.5 + part])))
        full = erfa.c2t06a(*EPOCH.tt(t_ns), day, part + ut1 / 86_400.0, xp, yp)
        assert np.abs(full - ecef_from_eci(EPOCH, t_ns)).max() * 6.4e6 < 0.01


def test_many_instants_give_the_same_matrices_as_one_by_one():
    times = np.array([0, 10**9, 7 * 3600 * 10**9], dtype=np.int64)
    together = ecef_from_eci(EPOCH, times)
    for k, t_ns in enumerate(times.tolist()):
        # Rounding of the interpolation, a few units in the last place.
        assert np.abs(together[k] - ecef_from_eci(EPOCH, t_ns)).max() < 1e-14


def test_the_earth_turns_once_in_a_sidereal_day_about_the_pole():
    sidereal_ns = round(86_164.0905 * 1e9)
    assert np.abs(ecef_from_eci(EPOCH, sidereal_ns) - ecef_from_eci(EPOCH, 0)).max() < 1e-6
    assert np.allclose(ecef_from_eci(EPOCH, 0) @ np.array(pole_eci(EPOCH)), (0.0, 0.0, 1.0), atol=3e-6)


def test_before_the_table_ut1_is_utc():
    ut1_minus_tai_s, _, _ = earth_orientation(np.array([41_400.0]))  # 1972-03-24
    assert ut1_minus_tai_s[0] == -10.0


@pytest.mark.parametrize(("mjd", "ut1_minus_utc_s"), [(51_544.0, 0.3555), (53_101.0, -0.43996)])
def test_ut1_of_a_known_day_is_the_published_one(mjd, ut1_minus_utc_s):
    # IERS Bulletin B of 2000-01-01; Vallado, Fundamentals (2013), example 3-15, of 2004-04-06; TAI-UTC 32 s.
    ut1_minus_tai_s, _, _ = earth_orientation(np.array([mjd]))
    assert ut1_minus_tai_s[0] + 32.0 == pytest.approx(ut1_minus_utc_s, abs=5e-5)


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg", "height_m"),
    [(39.5, 76.0, 1300.0), (-33.1, -70.7, 730.0), (90.0, 0.0, 0.0)],
)
def test_a_geodetic_place_agrees_with_sofa(latitude_deg, longitude_deg, height_m):
    sofa = erfa.gd2gc(1, np.radians(longitude_deg), np.radians(latitude_deg), height_m)
    assert np.abs(ecef_of(latitude_deg, longitude_deg, height_m) - sofa).max() < 1e-6


def test_the_orbit_frame_is_right_handed_and_moves_along_track():
    state = circular(7e6, 1.7)
    axes = ric_from_eci(state.r_eci_m, state.v_eci_mps)
    assert np.allclose(axes @ axes.T, np.eye(3), atol=1e-15)
    assert np.linalg.det(axes) == pytest.approx(1.0)
    assert (axes @ state.v_eci_mps)[1] == pytest.approx(np.linalg.norm(state.v_eci_mps))
    many = ric_from_eci(state.r_eci_m[None], state.v_eci_mps[None])
    assert np.allclose(many[0], axes, atol=1e-15)


def test_a_body_at_rest_in_the_orbit_frame_has_no_relative_velocity():
    state = circular(7e6, 1.7)
    axes = ric_from_eci(state.r_eci_m, state.v_eci_mps)
    offset = axes.T @ np.array((3.0, -40.0, 5.0))
    swept = axes.T @ np.cross(w_ric_radps(state.r_eci_m, state.v_eci_mps), (3.0, -40.0, 5.0))
    carried = KinematicState(
        state.r_eci_m + offset, state.v_eci_mps + swept, *(state.q_eci_from_body, np.zeros(3))
    )
    relative = relative_state(state, carried)
    assert np.allclose(relative.r_ric_m, (3.0, -40.0, 5.0), atol=1e-8)
    assert np.allclose(relative.v_ric_mps, 0.0, atol=1e-11)


def test_a_relative_state_survives_eci():
    state = circular(7e6, 0.5)
    given = RelativeState(np.array((10.0, -300.0, 4.0)), np.array((0.01, 0.2, -0.03)))
    r_eci_m, v_eci_mps = eci_of_relative(state, given)
    back = relative_state(state, KinematicState(r_eci_m, v_eci_mps, state.q_eci_from_body, np.zeros(3)))
    # A rounding unit of the orbit's radius is 1e-9 m, of its speed 1e-12 m/s.
    assert np.allclose(back.r_ric_m, given.r_ric_m, atol=5e-9)
    assert np.allclose(back.v_ric_mps, given.v_ric_mps, atol=5e-12)
