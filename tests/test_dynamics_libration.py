"""The stage about its gravity-gradient equilibrium: where that is, how fast it swings, that it stays."""

import msgspec
import numpy as np
import pytest

from services.laws import laws
from services.library import load_mission
from tests.dynamics_samples import EPOCH, HOUR_NS, circular, free, mission, stage
from twin.dynamics.constants import MU_M3PS2
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ric_from_eci
from twin.dynamics.libration import libration
from twin.dynamics.outside import Outside
from twin.dynamics.plant import FreeBody
from twin.dynamics.rotation import from_matrix, matrix, rotate
from twin.dynamics.segments import Track
from twin.dynamics.surroundings import Surroundings
from twin.errors import MissionError
from twin.mission.initial import servicer_at_epoch, target_at_epoch
from twin.mission.script import Start

N_STAGE = 14.87784295 * 2.0 * np.pi / 86_400.0
ALONG, ACROSS = 6_000.0, 33_250.0


def axes_ric(track: Track, times: np.ndarray) -> np.ndarray:
    states = track.states(times)
    axes = np.array([rotate(q, (1.0, 0.0, 0.0)) for q in states.q_eci_from_body])
    return np.einsum("nij,nj->ni", ric_from_eci(states.r_eci_m, states.v_eci_mps), axes)


def flown(body, hours: int, seed: int = 1) -> Track:
    parts = mission(seed, body)
    plant = FreeBody(
        target_at_epoch(parts),
        Surroundings.at(Epoch(EPOCH), parts.environment),
        mass_kg=body.mass_kg,
        inertia_body_kgm2=np.array(body.inertia_body_kgm2),
        outside=Outside(drag_m2=body.drag_area_m2 * body.drag_coefficient),
    )
    return Track(plant.advance_to(hours * HOUR_NS))


@pytest.mark.parametrize(("spin_deg", "tilt_deg"), [(0.0, 0.0), (0.3, 14.6), (0.4, 19.7), (-0.4, -19.7)])
def test_the_axis_of_a_spinning_stage_rests_tilted(spin_deg, tilt_deg):
    rest = libration(N_STAGE, ALONG, ACROSS, np.radians(spin_deg), -1.0)
    assert np.degrees(rest.tilt_rad) == pytest.approx(tilt_deg, abs=0.05)


@pytest.mark.parametrize("spin_deg", [0.3, 0.4])
def test_started_at_the_equilibrium_the_axis_stays_there(spin_deg):
    n = (MU_M3PS2 / 7e6**3) ** 0.5
    rest = libration(n, ALONG, ACROSS, np.radians(spin_deg), -1.0)
    start = circular(7e6, 1.71)
    eci_from_ric = ric_from_eci(start.r_eci_m, start.v_eci_mps).T
    x = rest.axis_ric
    y = np.array((0.0, 1.0, 0.0))
    eci_from_body = eci_from_ric @ np.column_stack((x, y, np.cross(x, y)))
    carried = np.cross((0.0, 0.0, n), x)
    rate_ric = np.cross(x, carried) + np.radians(spin_deg) * x
    start.q_eci_from_body[:] = from_matrix(eci_from_body)
    start.w_body_radps[:] = eci_from_body.T @ eci_from_ric @ rate_ric
    axes = axes_ric(Track(free(start).advance_to(12 * HOUR_NS)), np.arange(0, 12 * HOUR_NS, HOUR_NS // 20))
    away_deg = np.degrees(np.arccos(np.clip(axes @ x, -1.0, 1.0)))
    # J2 makes this orbit's rate and radial swing by a few parts in a thousand, and the axis with them.
    assert away_deg.max() < 0.35


def test_an_unspun_stage_swings_in_pitch_at_1_568_n():
    # The project's reference, section 5: pitch sqrt(3 (A - C) / A) n = 1.5680 n.
    rest = libration(1.0, ALONG, ACROSS, 0.0, -1.0)
    assert rest.rates_radps[0] == pytest.approx(1.5680, abs=5e-5)
    n = (MU_M3PS2 / 7e6**3) ** 0.5
    start = circular(7e6, 0.0)
    angle = np.radians(3.0)
    start.q_eci_from_body[:] = (np.cos(angle / 2), 0.0, 0.0, np.sin(angle / 2))
    start.w_body_radps[:] = (0.0, 0.0, n)
    times = np.arange(0, 8 * HOUR_NS, 10 * 10**9)
    pitch = axes_ric(Track(free(start).advance_to(8 * HOUR_NS)), times)[:, 1]
    up = np.flatnonzero((pitch[:-1] < 0.0) & (pitch[1:] >= 0.0))
    crossing_s = 10.0 * (up + pitch[up] / (pitch[up] - pitch[up + 1]))
    rate = 2.0 * np.pi * (len(up) - 1) / (crossing_s[-1] - crossing_s[0])
    # The pendulum's amplitude costs 0.02 %, J2's pull on the orbit (1.5 J2) some 0.2 %.
    assert rate / n == pytest.approx(1.5680, rel=4e-3)


@pytest.mark.parametrize("mode", [0, 1])
def test_each_mode_of_a_spinning_stage_swings_at_its_computed_rate(mode):
    n = (MU_M3PS2 / 7e6**3) ** 0.5
    spin = np.radians(0.4)
    rest = libration(n, ALONG, ACROSS, spin, -1.0)
    sizes = [0.0, 0.0]
    sizes[mode] = np.radians(4.0)
    axis, drift = rest.deviated((sizes[0], sizes[1]), (0.0, 0.0))
    start = circular(7e6, 0.0)
    y = np.cross((0.0, 0.0, 1.0), axis)
    y /= np.linalg.norm(y)
    ric_from_body = np.column_stack((axis, y, np.cross(axis, y)))
    eci_from_ric = ric_from_eci(start.r_eci_m, start.v_eci_mps).T
    rate_ric = np.cross(axis, drift + np.cross((0.0, 0.0, n), axis)) + spin * axis
    start.q_eci_from_body[:] = from_matrix(eci_from_ric @ ric_from_body)
    start.w_body_radps[:] = ric_from_body.T @ rate_ric
    times = np.arange(0, 10 * HOUR_NS, 20 * 10**9)
    sideways = axes_ric(Track(free(start).advance_to(10 * HOUR_NS)), times)[:, 1]
    trial = np.linspace(0.9, 1.1, 2001) * rest.rates_radps[mode]
    power = np.abs(np.exp(-1j * np.outer(trial, times * 1e-9)) @ (sideways * np.hanning(len(times))))
    # Amplitude and J2 shift the line by some parts in a thousand; ten hours resolve it that finely.
    assert trial[np.argmax(power)] == pytest.approx(rest.rates_radps[mode], rel=0.012)


def test_the_stage_adras_j_visits_swings_once_in_61_7_minutes():
    # The project's reference, scenario S1: 61.7 min +- 1 % for a stage without spin: 1 / 1.5680 of its orbit.
    adras_j = load_mission("adras-j", laws())
    track = flown(adras_j.target, 24, adras_j.seed)
    times = np.arange(0, 24 * HOUR_NS, 20 * 10**9)
    in_plane = axes_ric(track, times)[:, 1]
    trial_min = np.linspace(58.0, 65.0, 1401)
    turns = 2.0 * np.pi * times * 1e-9 / 60.0
    power = np.abs(np.exp(-1j * np.outer(1.0 / trial_min, turns)) @ (in_plane * np.hanning(len(times))))
    assert trial_min[np.argmax(power)] == pytest.approx(61.7, rel=0.01)


def test_a_spin_too_fast_or_a_flat_body_has_no_such_equilibrium():
    with pytest.raises(MissionError, match=r"slower than 1\.1\d\d deg/s"):
        libration(N_STAGE, ALONG, ACROSS, np.radians(1.3), -1.0)
    with pytest.raises(MissionError, match="must be long"):
        libration(N_STAGE, 40_000.0, ACROSS, 0.0, -1.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_real_stage_librates_little_about_a_tilt_of_20_degrees_with_its_fitting_down(seed):
    body = stage()
    track = flown(body, 12, seed)
    axes = axes_ric(track, np.arange(0, 12 * HOUR_NS, HOUR_NS // 60))
    tilt = libration(N_STAGE, ALONG, ACROSS, np.radians(body.spin_deg_per_s), -1.0)
    away_deg = np.degrees(np.arccos(np.clip(axes @ tilt.axis_ric, -1.0, 1.0)))
    # The set libration, the 0.6 deg that the orbit's eccentricity of 0.005 forces and frees, 0.15 of J2,
    # 0.1 of the principal axis.
    assert away_deg.max() < body.libration_deg + 1.2
    spin_deg = np.degrees(track.states(np.arange(0, 12 * HOUR_NS, HOUR_NS)).w_body_radps[:, 0])
    assert np.abs(spin_deg - 0.4).max() < 0.003


def test_a_port_towards_space_points_up():
    body = msgspec.structs.replace(stage(), port_towards="space", libration_deg=0.0)
    axis = axes_ric(flown(body, 1), np.array([0]))[0]
    assert axis[0] > 0.9


def test_the_seed_moves_the_libration_and_nothing_else():
    one, same, other = (target_at_epoch(mission(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one.q_eci_from_body, same.q_eci_from_body)
    assert not np.allclose(one.q_eci_from_body, other.q_eci_from_body, atol=1e-3)
    assert np.array_equal(one.r_eci_m, other.r_eci_m)


def test_the_servicer_starts_where_the_script_says_with_its_boresight_on_the_target():
    parts = mission(start=Start(r_ric_m=(5.0, -300.0, 2.0), v_ric_mps=(0.0, 0.1, 0.0)))
    target, servicer = target_at_epoch(parts), servicer_at_epoch(parts)
    line = target.r_eci_m - servicer.r_eci_m
    assert np.linalg.norm(line) == pytest.approx(np.linalg.norm((5.0, 300.0, 2.0)), abs=1e-8)
    boresight = matrix(servicer.q_eci_from_body)[:, 0]
    assert boresight @ line / np.linalg.norm(line) == pytest.approx(1.0, abs=1e-12)
    assert np.linalg.norm(servicer.w_body_radps) == pytest.approx(N_STAGE, rel=0.02)


def test_the_start_is_dispersed_by_its_sigmas_and_the_seed():
    exact = Start(r_ric_m=(0.0, -300.0, 0.0))
    loose = Start(r_ric_m=(0.0, -300.0, 0.0), sigma_r_m=2.0, sigma_v_mps=0.01)
    offsets = np.array(
        [
            servicer_at_epoch(mission(k, start=loose)).r_eci_m
            - servicer_at_epoch(mission(k, start=exact)).r_eci_m
            for k in range(60)
        ]
    )
    # 180 normal draws: their spread is within four of its own sigmas, 2 / sqrt(360).
    assert offsets.std() == pytest.approx(2.0, abs=4 * 2.0 / np.sqrt(360))
