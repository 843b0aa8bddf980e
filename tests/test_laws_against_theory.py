"""Each law against numbers that come from elsewhere, and flown in a world that is not the product's."""

from math import pi, radians, sqrt

import numpy as np
import pytest

from tests.law_flight import flown, motion, turning
from twin.guidance import vectors as vec
from twin.guidance.cam import Cam
from twin.guidance.examples import RATE, on_the_axis, resting
from twin.guidance.fly_around import FlyAround
from twin.guidance.free_drift import least_ranges, paths
from twin.guidance.hops import Hop, Hops
from twin.guidance.impulses import leaving
from twin.guidance.mpc import Mpc, _held
from twin.guidance.ric import axes_ric
from twin.guidance.safety_ellipse import SafetyEllipse
from twin.guidance.tracking import natural_acceleration
from twin.guidance.tumble_sync import TumbleSync

AXIS = np.array((1.0, 0.0, 0.0))


def test_a_radial_hop_of_100_m_along_the_track_takes_what_v08_says() -> None:
    n = 4 * 0.0270453652 / 100  # V08 gives the velocity; half a revolution later it is 4 v / n farther on
    seen = resting(r_ric_m=(0.0, 0.0, 0.0), orbit_rate_radps=n, gravity_per_s2=n * n)
    v = leaving(seen, (0.0, 100.0, 0.0), pi / n, elliptic=False)
    assert v == pytest.approx((-0.0270453652, 0.0, 0.0), abs=1e-9)


def test_hops_arrive_with_two_firings_worth_of_propellant() -> None:
    law = Hops(
        hops=(Hop(r_ric_m=(0.0, 50.0, 0.0), duration_s=pi / RATE * 0.98),), theory="clohessy_wiltshire"
    )
    start = np.array((0.0, -50.0, 0.0, 0.0, 0.0, 0.0))
    done = flown(law, start, 5.0, 4000.0)
    assert done.arrived
    assert np.linalg.norm(done.states[-1, :3] - (0.0, 50.0, 0.0)) < 0.5
    # Two impulses of n d / 4 each are ideal for half a revolution; the hold at the end takes a tenth more.
    assert done.delta_v_mps == pytest.approx(2 * RATE * 100 / 4, rel=0.15)


def test_on_an_ellipse_only_yamanaka_and_ankersen_s_hop_arrives() -> None:
    e, a = 0.1, 7.2e6
    r, v = (
        np.array((a * (1 - e), 0.0, 0.0)),
        np.array((0.0, sqrt(3.986004418e14 / a * (1 + e) / (1 - e)), 0.0)),
    )
    rate = float(np.linalg.norm(np.cross(r, v)) / (r @ r))
    seen = resting(
        r_ric_m=(0.0, -300.0, 0.0),
        v_ric_mps=(0.0, 0.0, 0.0),
        orbit_rate_radps=rate,
        target_r_eci_m=tuple(r.tolist()),
        target_v_eci_mps=tuple(v.tolist()),
    )
    missed = {}
    for elliptic in (True, False):
        leave = np.array(leaving(seen, (0.0, -50.0, 0.0), 1500.0, elliptic=elliptic))
        missed[elliptic] = np.linalg.norm(_two_body(r, v, seen.r_ric_m, leave, 1500.0) - (0.0, -50.0, 0.0))
    assert missed[True] < 0.05  # second order in 300 m over 6480 km: 14 mm
    assert missed[False] > 1.0


def _two_body(r, v, r_ric, v_ric, t_s):
    """Relative position in `ric` after `t_s` of two point masses, each integrated by Runge-Kutta steps."""

    def rates(s):
        return np.concatenate((s[3:], -3.986004418e14 * s[:3] / np.linalg.norm(s[:3]) ** 3))

    def moved(s):
        for _ in range(1500):
            h = t_s / 1500
            k1 = rates(s)
            k2 = rates(s + h / 2 * k1)
            k3 = rates(s + h / 2 * k2)
            s = s + h / 6 * (k1 + 2 * k2 + 2 * k3 + rates(s + h * k3))
        return s

    axes = np.array(axes_ric(tuple(r), tuple(v)))
    swept = np.cross((0.0, 0.0, np.linalg.norm(np.cross(r, v)) / (r @ r)), r_ric)
    other = np.concatenate((r + np.array(r_ric) @ axes, v + (v_ric + swept) @ axes))
    target, servicer = moved(np.concatenate((r, v))), moved(other)
    return np.array(axes_ric(tuple(target[:3]), tuple(target[3:]))) @ (servicer[:3] - target[:3])


def test_a_safety_ellipse_is_free_motion_that_never_crosses_the_track() -> None:
    law = SafetyEllipse(radial_m=30.0, cross_track_m=40.0)
    for angle in np.linspace(0.0, 2 * pi, 25):
        point = law.at(float(angle), 1.0, RATE)
        seen = resting(r_ric_m=point.r_ric_m)
        nature = natural_acceleration(seen, point.r_ric_m, point.v_ric_mps)
        assert point.a_ric_mps2 == pytest.approx(nature, abs=1e-12)
        assert point.r_ric_m[0] ** 2 + point.r_ric_m[2] ** 2 >= 30.0**2 - 1e-9


def test_a_revolution_of_the_safety_ellipse_costs_its_insertion_alone() -> None:
    law = SafetyEllipse(radial_m=50.0, cross_track_m=50.0, revolutions=1.0, grow_per_s=0.001, limit_mps2=0.01)
    done = flown(law, np.array((0.0, -100.0, 0.0, 0.0, 0.0, 0.0)), 10.0, 9000.0, most_mps2=0.02)
    assert done.arrived
    last = int(2 * pi / RATE / 10.0)
    turn, turn_pushes = done.states[-last:], done.pushes[-last:]
    assert np.hypot(turn[:, 0], turn[:, 2]).min() > 47.0  # it begins with what is left of the insertion
    late = turn_pushes[60:]  # after ten minutes on it
    assert np.linalg.norm(late, axis=1).sum() * 10.0 < 0.01


@pytest.mark.parametrize("normal", [(0.0, 0.0, 1.0), (1.0, 0.3, 0.2)])
def test_a_forced_fly_around_keeps_its_circle_and_costs_the_centripetal_push(normal) -> None:
    law = FlyAround(radius_m=50.0, normal_ric=normal, turn_s=2000.0)
    n = np.array(normal) / np.linalg.norm(normal)
    begin = np.array((0.0, -50.0, 0.0))
    begin -= (begin @ n) * n
    begin *= 50.0 / np.linalg.norm(begin)
    done = flown(law, np.concatenate((begin, np.zeros(3))), 2.0, 4000.0)
    assert done.arrived
    after = done.states[done.t_s > 200.0, :3]
    assert np.abs(np.linalg.norm(after, axis=1) - 50.0).max() < 0.5
    assert np.abs(after @ n).max() < 0.5
    w = 2 * pi / 2000.0
    # w^2 R plus what the turning frame adds, 2 w n R at most, both ways round.
    assert done.delta_v_mps < (w * w + 2 * w * RATE + 3 * RATE**2) * 50.0 * done.t_s[-1] + 0.5


def test_the_natural_fly_around_costs_next_to_nothing() -> None:
    start = SafetyEllipse(radial_m=40.0, cross_track_m=1.0).at(0.3, 1.0, RATE)
    state = np.array((start.r_ric_m[0], start.r_ric_m[1], 0.0, start.v_ric_mps[0], start.v_ric_mps[1], 0.0))
    done = flown(FlyAround(radius_m=40.0, motion="natural"), state, 10.0, 7000.0)
    assert done.arrived
    assert done.delta_v_mps < 0.005


def test_without_an_active_limit_the_programme_is_the_least_squares_solution() -> None:
    law = Mpc(end_axial_m=3.2, plume_m=0.0, end_mps=10.0, horizon=8, step_s=2.0)
    rate = np.array((0.0, 0.0, 1e-9))
    seen = on_the_axis(
        17.0,
        0.05,
        port_rate_ric_radps=tuple(rate.tolist()),
        corridor_half_angle_rad=radians(60.0),
        most_mps2=1.0,
    )
    demand = law.step(law.start(seen), seen)[1].acceleration_ric_mps2
    # The same cost as one long least-squares problem, solved by an orthogonal factorisation.
    ahead = law._ahead(seen, 17.0, law._speed(3.2 - 17.0, 1.0))
    full = motion(seen.orbit_rate_radps, 2.0)
    f, b = full[:6, :6], full[:6, 6:]
    state, free, forced = np.array((*seen.r_ric_m, *seen.v_ric_mps)), [], np.zeros((48, 24))
    for k in range(8):
        state = f @ state
        free.append(state)
        for j in range(k + 1):
            forced[6 * k : 6 * k + 6, 3 * j : 3 * j + 3] = np.linalg.matrix_power(f, k - j) @ b
    weight = np.sqrt(np.tile(np.repeat((law.weight_position, law.weight_velocity), 3), 8))
    wanted = np.hstack((ahead.r_m, ahead.v_mps)).ravel() - np.concatenate(free)
    top, push = weight[:, None] * forced, sqrt(law.weight_push) * np.eye(24)
    right = np.concatenate((weight * wanted, sqrt(law.weight_push) * ahead.push_mps2.ravel()))
    solved = np.linalg.lstsq(np.vstack((top, push)), right, rcond=None)[0][:3]
    # The reference's own push is that of the coming period, half a second ahead.
    coming = _held(seen, 17.0, law._speed(3.2 - 17.0, 1.0), 0.5)
    expected = solved - ahead.push_mps2[0] + coming
    assert demand == pytest.approx(tuple(expected), abs=1e-9)


def test_from_beside_the_corridor_the_programme_stays_out_of_the_sphere_s_forbidden_part() -> None:
    rate = np.array((0.0, 0.0, radians(0.4)))
    law = Mpc(end_axial_m=3.2, speed_mps=0.2, horizon=15, step_s=4.0, slack_m=3.0, bandwidth_radps=0.1)
    done = flown(
        law,
        np.array((26.0, -3.0, 0.0, 0.0, 0.0, 0.0)),
        1.0,
        400.0,
        target=turning(AXIS, rate, 6.2),
        most_mps2=0.02,
    )
    port = turning(AXIS, rate, 6.2)
    for t_s, state in zip(done.t_s, done.states, strict=True):
        now = port(float(t_s))
        away = state[:3] - np.array(now["port_ric_m"])
        axial = away @ np.array(now["port_axis_ric"])
        lateral = np.linalg.norm(away - axial * np.array(now["port_axis_ric"]))
        if np.linalg.norm(state[:3]) < 20.0:
            assert lateral <= (axial + 0.5) * np.tan(radians(15.0))
    assert np.linalg.norm(done.states[-1, :3]) < 15.0


def turned_with(law, rate_radps, most_s):
    """Flown from a place 21.36 m out on the axis of an Envisat-like port that turns, and turning with it."""
    rate = np.array((0.0, 0.0, rate_radps))
    port = turning(AXIS, rate, 3.86)
    r0 = 21.36 * AXIS
    state = np.concatenate((r0, np.cross(rate, r0)))
    return flown(law, state, 0.5, most_s, target=port, most_mps2=0.1), port


@pytest.mark.parametrize("rate_deg_per_s", [1.593, 3.5])
def test_the_programme_stays_on_an_axis_that_turns_fast(rate_deg_per_s: float) -> None:
    """At 3.5 deg/s following the turn takes 0.08 of the 0.1 m/s2 that there are."""
    law = Mpc(end_axial_m=5.5, speed_mps=0.06, end_speed_mps=0.008, gain_per_s=0.015, slack_m=0.6)
    done, port = turned_with(law, radians(rate_deg_per_s), 600.0)
    assert done.arrived
    axes = np.array([port(float(t_s))["port_axis_ric"] for t_s in done.t_s])
    places = done.states[:, :3]
    beside_m = np.linalg.norm(places - (places * axes).sum(axis=1)[:, None] * axes, axis=1)
    assert beside_m.max() < 0.1  # setting off down an axis that turns: 2 w v is 7 mm/s2 at once
    assert beside_m[120:].max() < 0.03
    assert beside_m[-60:].max() < 0.005


def test_the_programme_gives_the_same_answer_whatever_was_solved_before() -> None:
    law, first, other = Mpc(end_axial_m=3.2), on_the_axis(12.0, 0.4), on_the_axis(5.0, 1.0)
    alone = law.step(law.start(first), first)
    law.step(law.start(other), other)
    assert law.step(law.start(first), first) == alone


@pytest.mark.parametrize("rate_deg_per_s", [1.593, 2.67])
def test_following_a_tumble_costs_the_integral_of_w2_r(rate_deg_per_s: float) -> None:
    law = TumbleSync(sync_axial_m=17.5, end_axial_m=5.5, bandwidth_radps=0.15, watch_s=0.0, match_s=10.0)
    rate_radps = radians(rate_deg_per_s)
    done, _ = turned_with(law, rate_radps, 900.0)
    assert done.arrived
    ideal = float((rate_radps**2 * np.linalg.norm(done.states[:, :3], axis=1)).sum() * 0.5)
    assert done.delta_v_mps == pytest.approx(ideal, rel=0.1)


def test_a_join_from_rest_stays_outside_the_sphere_and_within_the_thrust() -> None:
    rate = np.array((0.0, 0.0, radians(2.67)))
    law = TumbleSync(
        sync_axial_m=17.5, end_axial_m=17.5, bandwidth_radps=0.15, watch_s=5.0, lateral_m=1.0, within_mps=0.1
    )
    start = np.array((0.0, -45.0, 0.0, 0.0, 0.0, 0.0))
    done = flown(law, start, 0.5, 600.0, target=turning(AXIS, rate, 3.86), most_mps2=0.1)
    assert done.arrived
    assert np.linalg.norm(done.states[:, :3], axis=1).min() > 20.0
    assert np.linalg.norm(done.pushes, axis=1).max() <= 0.1 + 1e-12


def test_a_target_that_turns_too_fast_is_refused_with_the_numbers() -> None:
    law = TumbleSync(sync_axial_m=17.5, end_axial_m=5.5, watch_s=0.0)
    seen = on_the_axis(40.0, in_corridor=False, port_rate_ric_radps=(0.0, radians(5.0), 0.0), most_mps2=0.1)
    demand = law.step(law.start(seen), seen)[1]
    w2r = radians(5.0) ** 2 * (6.2 + 17.5)
    assert law.needed_mps2(seen) == pytest.approx(w2r, rel=0.07)  # and what the orbit adds
    assert "turns too fast" in demand.abort


@pytest.mark.parametrize(
    ("r", "v"),
    [
        ((0.0, -50.0, 0.0), (0.0, 0.0, 0.0)),
        ((-21.2, 0.0, 1.0), (0.02, 0.0, 0.0)),
        ((-15.0, -18.0, 0.0), (0.1, 0.1, 0.0)),
    ],
)
def test_a_cam_s_drift_comes_no_nearer_than_it_says_nor_in_200_samples(r, v) -> None:
    covariance = np.diag([0.05**2] * 3 + [1e-3**2] * 3)
    seen = resting(r_ric_m=r, v_ric_mps=v, covariance_ric=tuple(covariance.ravel().tolist()))
    memory = Cam().start(seen)
    assert memory.check.least_range_m >= memory.check.limit_m
    rng = np.random.default_rng(3)
    states = rng.multivariate_normal((*r, *memory.leave_ric_mps), covariance, 200)
    axes = np.array(axes_ric(seen.target_r_eci_m, seen.target_v_eci_mps))
    swept = np.cross((0.0, 0.0, RATE), states[:, :3])
    offsets = np.hstack((states[:, :3] @ axes, (states[:, 3:] + swept) @ axes))
    least = least_ranges(paths(seen.target_r_eci_m, seen.target_v_eci_mps, offsets, 86400.0))
    assert least.min() > memory.check.least_range_m - 0.3
    assert least.min() > 9.0


def test_a_cam_is_one_change_made_at_once() -> None:
    covariance = np.diag([0.05**2] * 3 + [1e-3**2] * 3)
    done = flown(
        Cam(),
        np.array((0.0, -25.0, 0.0, 0.0, 0.05, 0.0)),
        1.0,
        60.0,
        covariance_ric=tuple(covariance.ravel().tolist()),
    )
    assert done.arrived
    assert done.t_s[-1] <= 30.0
    assert vec.norm(tuple(done.pushes[0].tolist())) == pytest.approx(0.02)
