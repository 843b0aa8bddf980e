"""The abort ladder's linear covariance against bodies flown one by one, and what follows from it."""

from functools import cache, partial

import numpy as np
import pytest

from twin.dynamics.relative import cw_transition
from twin.guidance import ladder
from twin.guidance.dispersion import Zone, closest, distances
from twin.guidance.free_drift import least_ranges, paths
from twin.guidance.ladder import Place, Rules
from twin.guidance.retreat import Retreat
from twin.guidance.ric import axes_ric
from twin.guidance.transitions import Transitions, transitions
from twin.guidance.way_out import Corridor

# The stage's orbit: 98.1 deg, eccentricity 0.005.
R_M, V_MPS = (3787808.7, -4205887.1, 4025660.6), (-3876.24, 2358.79, 6091.39)
DAY_S = 86_400.0
ZONE = Zone(9.0, 20.0)
RULES = Rules(ZONE, 3.0, DAY_S, 0.02, 1.2)
LAW = Retreat(bandwidth_radps=0.06, clear_m=26.0, speed_mps=0.1)


@cache
def motion() -> Transitions:
    return transitions(R_M, V_MPS, 1.3 * DAY_S)


def place(state: tuple[float, ...], sigma_r_m: float, sigma_v_mps: float, elapsed_s: float = 0.0) -> Place:
    covariance = np.diag([sigma_r_m**2] * 3 + [sigma_v_mps**2] * 3)
    return Place(motion(), elapsed_s, np.array(state), covariance)


def flown_m(states: np.ndarray, horizon_s: float = DAY_S) -> np.ndarray:
    """Least range (n,) of relative states (n, 6) in `ric`, each flown on its own in the full field."""
    axes = np.array(axes_ric(R_M, V_MPS))
    rate = np.linalg.norm(np.cross(R_M, V_MPS)) / np.dot(R_M, R_M)
    swept = rate * np.stack((-states[:, 1], states[:, 0], 0.0 * states[:, 0]), axis=1)
    offsets = np.hstack((states[:, :3] @ axes, (states[:, 3:] + swept) @ axes))
    return least_ranges(paths(R_M, V_MPS, offsets, horizon_s))


def drawn(here: Place, count: int, change: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> np.ndarray:
    rng = np.random.default_rng(7)
    states = rng.multivariate_normal(here.state, here.covariance, count)
    states[:, 3:] += change
    return states


@pytest.mark.parametrize(
    ("state", "sigma_r_m", "sigma_v_mps"),
    [
        ((0.0, -50.0, 0.0, 0.0, 0.0, 0.0), 0.1, 1e-3),
        ((-32.0, -28.0, 0.0, 0.02, 0.05, 0.0), 0.1, 1e-3),
        ((0.0, -300.0, 0.0, 0.05, 0.1, 0.0), 1.0, 2e-3),
        ((-23.2, 0.0, 1.0, 0.0, 0.0, 0.01), 0.05, 5e-4),
    ],
)
def test_fewer_than_one_drift_in_two_hundred_comes_nearer_than_predicted(
    state: tuple[float, ...], sigma_r_m: float, sigma_v_mps: float
) -> None:
    here = place(state, sigma_r_m, sigma_v_mps)
    found = ladder.free_drift(here, RULES).closest
    sampled = flown_m(drawn(here, 1000))
    # One tail of three sigmas holds 0.13 %; the union over a day's passages a few times that.
    assert np.mean(sampled < found.low_m - 0.05) <= 0.005
    # Two per cent of the distance: what the linear theory leaves out over a day.
    assert found.nominal_m == pytest.approx(flown_m(here.state[None])[0], rel=0.02)


def test_the_dispersed_distance_is_not_a_mere_pessimist() -> None:
    here = place((-32.0, -28.0, 0.0, 0.02, 0.05, 0.0), 0.1, 1e-3)
    low_m = ladder.free_drift(here, RULES).closest.low_m
    sampled = np.quantile(flown_m(drawn(here, 1000)), 0.01)
    # The first hundredth lies 2.3 sigmas out, so 0.7 of the 1.7 m sigma from the bound.
    assert low_m == pytest.approx(sampled, abs=2.0)


def test_an_avoidance_that_qualifies_keeps_clear_when_flown() -> None:
    here = place((-45.0, -10.0, 0.0, 0.2, 0.05, 0.0), 0.1, 1e-3)
    assert not ladder.free_drift(here, RULES).qualifies
    found = ladder.avoid(here, RULES, LAW.sizes_mps, 0.0)
    assert found.qualifies
    assert found.change_ric_mps is not None
    sampled = flown_m(drawn(here, 500, found.change_ric_mps))
    assert np.mean(sampled < ZONE.outside_m) <= 0.005


def test_a_closing_servicer_passes_its_point_of_no_return() -> None:
    here = place((-60.0, 0.0, 0.0, 0.3, 0.0, 0.0), 0.1, 1e-3)
    rung = partial(ladder.avoid, sizes_mps=(0.05, 0.1), error_mps=0.005)
    wait_s = ladder.no_return_s(rung, here, RULES)
    assert wait_s is not None
    outside = RULES._replace(zone=Zone(20.0, 20.0))
    assert rung(here.coasted(wait_s), outside).qualifies
    assert not rung(here.coasted(wait_s + 10.0), outside).qualifies
    stronger = partial(ladder.avoid, sizes_mps=(0.05, 0.1, 0.2, 0.4), error_mps=0.005)
    later_s = ladder.no_return_s(stronger, here, RULES)
    assert later_s is None or later_s >= wait_s


def test_a_hold_too_fast_to_stop_does_not_qualify() -> None:
    assert ladder.hold(place((0.0, -30.0, 0.0, 0.0, 0.3, 0.0), 0.1, 1e-3), RULES).qualifies
    assert not ladder.hold(place((0.0, -22.0, 0.0, 0.0, 0.3, 0.0), 0.1, 1e-3), RULES).qualifies


def test_a_retreat_from_inside_is_judged_by_the_bodies_until_it_is_out() -> None:
    found = ladder.retreat(place((-12.0, 0.0, 0.0, 0.02, 0.0, 0.0), 0.03, 5e-4), RULES, LAW)
    assert found.qualifies
    assert 9.0 < found.closest.low_m < 12.0
    assert not ladder.retreat(place((-9.1, 0.0, 0.0, 0.02, 0.0, 0.0), 0.03, 5e-4), RULES, LAW).qualifies


def corridor(rate_deg_per_s: float = 0.4, sigma_deg: float = 0.2, half_angle_deg: float = 15.0) -> Corridor:
    """About an axis that looks down and turns about the orbit's normal; the fitting is 6.2 m out."""
    return Corridor(
        (-6.2, 0.0, 0.0),
        (-1.0, 0.0, 0.0),
        (0.0, 0.0, np.radians(rate_deg_per_s)),
        np.tan(np.radians(half_angle_deg)),
        0.5,
        np.radians(sigma_deg),
    )


def rooms_m(cone: Corridor, states: np.ndarray, tilts_rad: np.ndarray) -> np.ndarray:
    """Least room (n,) of states (n, 6) inside the sphere, each flown by Clohessy and Wiltshire's equations
    with an axis of its own, `tilts_rad` (n, 2) off the estimated one."""
    rate = np.linalg.norm(np.cross(R_M, V_MPS)) / np.dot(R_M, R_M)
    least, inside = np.full(len(states), np.inf), np.ones(len(states), bool)
    for t_s in np.arange(0.0, 900.0, 2.0):
        places = states @ cw_transition(rate, t_s)[:3].T
        now = cone.later(t_s)
        port, axis = np.array(now.port_ric_m), np.array(now.axis_ric)
        side = np.cross(axis, (0.0, 0.0, 1.0))
        axes = axis + tilts_rad[:, :1] * side + tilts_rad[:, 1:] * np.array((0.0, 0.0, 1.0))
        axes /= np.linalg.norm(axes, axis=1)[:, None]
        away = places - np.linalg.norm(port) * axes
        axial = (away * axes).sum(axis=1)
        beside = np.linalg.norm(away - axial[:, None] * axes, axis=1)
        inside &= np.linalg.norm(places, axis=1) < ZONE.outside_m
        room = np.maximum(0.0, axial + cone.slack_m) * cone.slope - beside
        least = np.where(inside, np.minimum(least, room), least)
    return least


@pytest.mark.parametrize(
    ("state", "sigma_r_m", "sigma_v_mps", "rate_deg_per_s"),
    [
        ((-14.0, 0.0, 0.0, -0.1, 0.05, 0.0), 0.05, 1e-3, 0.0),
        ((-16.0, 0.3, 0.0, -0.2, -0.1, 0.02), 0.1, 5e-3, 0.4),
        ((-12.0, 0.0, 0.2, -0.15, -0.05, 0.0), 0.03, 2e-3, 0.2),
    ],
)
def test_the_room_beside_a_way_out_is_that_of_the_worst_in_several_hundred(
    state: tuple[float, ...], sigma_r_m: float, sigma_v_mps: float, rate_deg_per_s: float
) -> None:
    here, cone = place(state, sigma_r_m, sigma_v_mps), corridor(rate_deg_per_s)
    found = ladder.free_drift(here, RULES._replace(corridor=cone)).room_m
    tilts = np.random.default_rng(5).normal(scale=cone.sigma_rad, size=(4000, 2))
    sampled = rooms_m(cone, drawn(here, 4000), tilts)
    assert np.mean(sampled < found) <= 0.005
    # And no mere pessimist: three sigmas along the axis and across it are asked for together.
    spread_m = np.median(sampled) - np.quantile(sampled, 0.0013)
    assert found > np.quantile(sampled, 0.0013) - 0.6 * spread_m


def test_a_drift_that_leaves_the_sphere_beside_the_corridor_does_not_qualify() -> None:
    sideways = place((-14.0, 0.0, 0.0, 0.0, 0.3, 0.0), 0.03, 1e-3)
    assert ladder.free_drift(sideways, RULES).room_m == np.inf
    found = ladder.free_drift(sideways, RULES._replace(corridor=corridor(0.0)))
    assert found.room_m < 0.0
    assert not found.qualifies


def test_an_avoidance_from_inside_takes_a_way_through_the_corridor() -> None:
    here = place((-14.0, 0.0, 0.0, 0.0, 0.0, 0.0), 0.03, 5e-4)
    sizes = (0.05, 0.1, 0.2, 0.4)
    free, kept = (
        ladder.avoid(here, rules, sizes, 0.005) for rules in (RULES, RULES._replace(corridor=corridor(0.02)))
    )
    assert kept.qualifies
    assert kept.change_ric_mps is not None
    # Straight away from the target is along the axis; without a corridor a smaller change will do.
    assert kept.change_ric_mps[0] < -0.9 * np.linalg.norm(kept.change_ric_mps)
    assert np.linalg.norm(kept.change_ric_mps) >= np.linalg.norm(free.change_ric_mps or (0.0, 0.0, 0.0))
    tilts = np.random.default_rng(6).normal(scale=np.radians(0.2), size=(500, 2))
    assert np.mean(rooms_m(corridor(0.02), drawn(here, 500, kept.change_ric_mps), tilts) < 0.0) <= 0.005


def test_a_retreat_in_the_corridor_keeps_to_it_however_fast_the_axis_turns() -> None:
    for rate_deg_per_s in (0.4, 3.5):
        here = place((-14.0, 0.0, 0.0, 0.0, -14.0 * np.radians(rate_deg_per_s), 0.0), 0.03, 5e-4)
        cone = corridor(rate_deg_per_s)
        found = ladder.retreat(here, RULES._replace(corridor=cone, brake_mps2=10.0, latency_s=0.0), LAW)
        # On the axis the least room is where it begins: 8.3 m out of the apex, less three sigmas.
        assert found.room_m == pytest.approx(8.3 * np.tan(np.radians(15.0)) - 0.20, abs=0.1)
    beside = place((-14.0, 3.0, 0.0, 0.0, 0.0, 0.0), 0.03, 5e-4)
    assert ladder.retreat(beside, RULES._replace(corridor=corridor()), LAW).room_m < 0.0


def test_a_state_given_later_leads_to_the_same_drift() -> None:
    here = place((-32.0, -28.0, 5.0, 0.02, 0.05, 0.01), 0.1, 1e-3)
    there = here.coasted(437.0)
    rows, times_s = motion().after(437.0, 20_000.0)
    direct, direct_s = motion().after(0.0, 20_437.0)
    later = dict(zip((times_s + 437.0).round(3).tolist(), rows @ there.state, strict=True))
    for t_s, r_m in zip(direct_s.round(3).tolist(), direct @ here.state, strict=True):
        if t_s > 437.0:
            assert later[t_s] == pytest.approx(r_m, abs=1e-5)  # metres of rounding in the inverse


def test_the_distance_of_an_ellipsoid_is_that_of_its_nearest_point() -> None:
    rng = np.random.default_rng(3)
    roots = rng.normal(size=(20, 3, 3))
    covariances = roots @ roots.transpose(0, 2, 1)
    means = rng.normal(scale=10.0, size=(20, 3))
    u = rng.normal(size=(40_000, 3))
    u /= np.linalg.norm(u, axis=1)[:, None]
    found = distances(means, covariances, 2.0)
    for mean, root, distance in zip(means, roots, found, strict=True):
        surface = np.linalg.norm(mean + 2.0 * u @ root.T, axis=1).min()
        # 40,000 points on a sphere lie 0.02 rad apart: second order in that.
        assert distance == 0.0 or distance == pytest.approx(surface, abs=0.02)


def test_without_dispersion_the_bound_is_the_path_itself() -> None:
    here = place((0.0, -80.0, 0.0, 0.0, 0.02, 0.0), 1e-6, 1e-9)
    rows, times_s = motion().after(0.0, 20_000.0)
    found = closest(rows, times_s, here.state, here.covariance, zone=ZONE, sigmas=3.0)
    assert found.low_m == pytest.approx(found.nominal_m, abs=0.01)
