"""Relative orbital elements: what they are of, how they go on, what an impulse does to them."""

from math import cos, degrees, pi, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.laws import laws
from services.library import load_mission
from twin.contracts.fields import Vec3
from twin.dynamics.epochs import Epoch
from twin.guidance.free_drift import nystroem
from twin.guidance.relative_elements import (
    Array,
    advance,
    beside,
    between,
    kicked,
    mean_between,
    osculating,
    placed,
    spread,
    state_of,
)
from twin.mission.orbit import orbit_at

MISSION = load_mission("adras-j", laws())
R_M, V_MPS = orbit_at(MISSION.target, Epoch(MISSION.epoch_utc))
lengths = st.floats(-2e4, 2e4)


def three(v: Array) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)


STAGE = (three(R_M), three(V_MPS))
DRIFT = np.array((-5500.0, -300e3, -8490.0, -9170.0, -1020.0, -1100.0))


@given(lengths, lengths, lengths, st.floats(-3e5, 3e5))
def test_elements_and_states_are_each_others_inverse(a: float, ex: float, iy: float, along: float) -> None:
    own = osculating(R_M, V_MPS)
    apart = np.array((a, along, ex, -ex, 0.5 * iy, iy))
    r_m, v_mps = state_of(beside(own, apart))
    assert between(own, osculating(r_m, v_mps)) == pytest.approx(apart, abs=1e-5)


def test_the_drift_of_300_km_goes_on_as_the_theory_of_j2_says() -> None:
    """Six revolutions, 310 km of drift: what is left is the axis' second order, 15/8 n da^2/a a second."""
    r_m, v_mps = placed(STAGE, DRIFT)
    start, orbit = mean_between(STAGE, (three(r_m), three(v_mps)))
    assert start == pytest.approx(DRIFT, abs=1e-6)
    r, v, lasted_s = np.array((R_M, r_m)), np.array((V_MPS, v_mps)), 6 * 5800.0
    for _ in range(6 * 290):
        r, v = nystroem(r, v, 20.0)
    found, later = mean_between((three(r[0]), three(v[0])), (three(r[1]), three(v[1])))
    missing = found - advance(orbit, lasted_s) @ DRIFT
    second_m = 15.0 / 8.0 * orbit.rate_radps * DRIFT[0] ** 2 / orbit.axis_m * lasted_s
    assert missing[1] == pytest.approx(second_m, abs=30.0)  # 1e-4 of the drift: J2 times eccentricity
    assert np.delete(missing, 1) == pytest.approx(np.zeros(5), abs=3.0)  # the same of 12 km
    turned = (later.latitude_rad - orbit.latitude_rad - orbit.turn_radps * lasted_s + pi) % (2 * pi) - pi
    assert abs(degrees(turned)) < 0.01


@settings(max_examples=20, deadline=None)
@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5), st.floats(0.0, 5800.0))
def test_an_impulse_does_what_gauss_says(along_mps: float, across_mps: float, wait_s: float) -> None:
    """To the eccentricity, 0.6 %, and to J2 of what 1 m/s does."""
    r_m, v_mps = placed(STAGE, np.array((0.0, -3000.0, 0.0, 0.0, 0.0, 0.0)))
    r, v = np.array((R_M, r_m)), np.array((V_MPS, v_mps))
    for _ in range(20):
        r, v = nystroem(r, v, wait_s / 20.0)
    before, orbit = mean_between((three(r[0]), three(v[0])), (three(r[1]), three(v[1])))
    way = np.cross(r[1], v[1])
    across = way / np.linalg.norm(way)
    ahead = np.cross(across, r[1] / np.linalg.norm(r[1]))
    kick = along_mps * ahead + across_mps * across
    after, _ = mean_between((three(r[0]), three(v[0])), (three(r[1]), three(v[1] + kick)))
    latitude = orbit.latitude_rad + before[1] / orbit.axis_m
    said = kicked(orbit, latitude) @ (0.0, along_mps, across_mps)
    size_m = 2.0 * np.hypot(along_mps, across_mps) / orbit.rate_radps
    assert after - before == pytest.approx(said, abs=0.03 * size_m + 1e-3)


def test_a_small_spread_in_elements_is_one_of_place_and_velocity() -> None:
    """D'Amico's picture of the ellipse, at a kilometre: to the eccentricity, and the kilometre's own bend."""
    own = osculating(R_M, V_MPS)
    _, orbit = mean_between(STAGE, STAGE)
    apart = np.array((100.0, -1000.0, 200.0, -100.0, 50.0, 300.0))
    r_m, v_mps = state_of(beside(own, apart))
    ahead = np.cross(np.cross(R_M, V_MPS), R_M)
    radial, normal = R_M / np.linalg.norm(R_M), np.cross(R_M, V_MPS) / np.linalg.norm(np.cross(R_M, V_MPS))
    axes = np.stack((radial, ahead / np.linalg.norm(ahead), normal))
    said = spread(orbit, float(own[1])) @ apart
    assert axes @ (r_m - R_M) == pytest.approx(said[:3], abs=20.0)
    assert axes @ (v_mps - V_MPS) == pytest.approx(said[3:], abs=0.02)


def test_the_ellipse_of_parallel_vectors_is_where_the_docs_say() -> None:
    """With both vectors at an angle p: x = -e cos(u - p), z = i sin(u - p), never zero together."""
    _, orbit = mean_between(STAGE, STAGE)
    phase = 0.7
    apart = np.array((0.0, 0.0, 200 * cos(phase), 200 * sin(phase), 100 * cos(phase), 100 * sin(phase)))
    for u in np.linspace(0.0, 2 * pi, 50):
        x, _, z = (spread(orbit, float(u)) @ apart)[:3]
        assert x == pytest.approx(-200 * cos(u - phase), abs=1e-9)
        assert z == pytest.approx(100 * sin(u - phase), abs=1e-9)
