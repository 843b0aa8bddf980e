"""The filters against independent numbers, and what the innovation gate promises."""

from math import radians

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.dynamics.rotation import conj, from_rotation_vector, mul, rotation_vector
from twin.gnc.gate import Trust, judge
from twin.gnc.gradient import gravity_gradient
from twin.gnc.impulse import Impulse
from twin.gnc.matrices import joseph
from twin.gnc.relative import RelativeFilter
from twin.gnc.target_attitude import TargetFilter
from twin.gnc.tumble import Tumble

STAGE = ((6000.0, 40.0, -25.0), (40.0, 33250.0, 60.0), (-25.0, 60.0, 33300.0))
ENVISAT = ((17023.3, 397.1, -2171.4), (397.1, 124825.7, 344.2), (-2171.4, 344.2, 129112.2))
FAR_AWAY = (1e12, 0.0, 0.0)  # no gravity gradient there
ORBIT = (6.98e6, 0.0, 0.0)


def test_against_the_torque_free_motion_of_envisat() -> None:
    """Reference V11: rate after 600 s, integrated with DOP853 to 1e-13."""
    q, w = (1.0, 0.0, 0.0, 0.0), (0.0, radians(3.53), radians(3.53))
    tumble = Tumble(ENVISAT)
    for _ in range(600):
        q, w = tumble.advance(q, w, FAR_AWAY, 1.0)
    expected_deg = (-0.35067637, -2.90775317, 4.04879538)
    # A Runge-Kutta step of a second at 5 deg/s errs by 0.087^5/120: 4e-8; 600 of them 1e-5 deg/s.
    assert np.degrees(w) == pytest.approx(expected_deg, abs=2e-5)


def test_the_error_state_moves_as_the_true_difference_does() -> None:
    """The transition of the filter against finite differences of the motion, over the longest period."""
    w0 = (radians(0.4), 8e-4, -5e-4)
    attitude_filter = TargetFilter(STAGE, 0.01)
    attitude_filter.q_eci_from_body, attitude_filter.w_body_radps = (0.8, 0.6, 0.0, 0.0), w0
    transition = attitude_filter._transition(10.0, ORBIT)
    tumble = Tumble(STAGE)
    q1, w1 = tumble.advance((0.8, 0.6, 0.0, 0.0), w0, ORBIT, 10.0)
    columns = []
    for k in range(6):
        step = [1e-6 if k == j else 0.0 for j in range(6)]
        q = mul((0.8, 0.6, 0.0, 0.0), from_rotation_vector(step[:3]))
        moved_q, moved_w = tumble.advance(tuple(q), tuple(np.add(w0, step[3:]).tolist()), ORBIT, 10.0)
        turned = rotation_vector(mul(conj(q1), moved_q))
        columns.append(np.concatenate((turned, np.subtract(moved_w, w1))) / 1e-6)
    # The rate is taken as constant over the step: its own change is 1e-5 of it.
    assert transition == pytest.approx(np.array(columns).T, abs=2e-3)


def test_the_gravity_gradient_is_the_derivative_of_gravity() -> None:
    r = np.array((4.2e6, -3.9e6, 3.8e6))

    def pull(at: np.ndarray) -> np.ndarray:
        return -3.986004418e14 * at / np.linalg.norm(at) ** 3

    columns = [(pull(r + step) - pull(r - step)) / 200.0 for step in 100.0 * np.eye(3)]
    upper = np.array(columns).T[np.triu_indices(3)]
    assert gravity_gradient(tuple(r.tolist())) == pytest.approx(upper, rel=1e-6)


def test_a_spinning_target_is_learned_from_poses_of_one_degree() -> None:
    """300 poses of 1 deg, a second apart: a fraction of the noise remains, as much as is claimed."""
    random = np.random.default_rng(2)
    tumble, attitude_filter = Tumble(STAGE), TargetFilter(STAGE, radians(0.4))
    q, w = (0.5, 0.5, 0.5, 0.5), (radians(0.4), 7e-4, 6e-4)
    sigma = radians(1.0)
    for _ in range(300):
        seen = mul(q, from_rotation_vector(sigma * random.normal(size=3)))
        attitude_filter.see(seen, sigma, 5.0, 12)
        q, w = tumble.advance(q, w, ORBIT, 1.0)
        attitude_filter.predict(1.0, ORBIT, 1.5e-8)
    error = np.concatenate(
        (
            rotation_vector(mul(conj(attitude_filter.q_eci_from_body), q)),
            np.subtract(w, attitude_filter.w_body_radps),
        )
    )
    squared = float(error @ np.linalg.solve(attitude_filter.covariance, error))
    assert np.degrees(np.abs(error[:3])).max() < 0.4  # line fit of 300 points: 4 / sqrt(300) of a degree
    assert np.abs(error[3:]).max() < 1e-4
    assert squared < 22.5  # chi-square of six, one in a thousand


def test_a_filter_that_turns_another_way_than_the_target_starts_anew() -> None:
    random = np.random.default_rng(4)
    tumble, attitude_filter = Tumble(STAGE), TargetFilter(STAGE, radians(0.4))
    q, w = (1.0, 0.0, 0.0, 0.0), (radians(0.4), 0.0, 1e-3)
    attitude_filter.see(np.array(q), radians(3.0), 5.0, 12)
    attitude_filter.w_body_radps = (0.0, -0.08, 0.05)
    attitude_filter.covariance = 1e-6 * np.eye(6)
    for _ in range(200):
        q, w = tumble.advance(q, w, ORBIT, 10.0)
        attitude_filter.predict(10.0, ORBIT, 1.5e-8)
        seen = mul(q, from_rotation_vector(radians(3.0) * random.normal(size=3)))
        attitude_filter.see(seen, radians(3.0), 5.0, 12)
    assert attitude_filter.w_body_radps == pytest.approx(w, abs=2e-4)


@pytest.mark.parametrize("seed", range(8))
def test_a_filter_that_sees_nothing_but_noise_does_not_run_away(seed: int) -> None:
    """Attitudes off by 44 deg a component, eight times what is stated, every 5 s."""
    random = np.random.default_rng((8, seed))
    tumble, filter_ = Tumble(ENVISAT), TargetFilter(ENVISAT, radians(4.0))
    q, w = (1.0, 0.0, 0.0, 0.0), (0.0, radians(1.126), radians(1.127))
    for _ in range(300):
        q, w = tumble.advance(q, w, ORBIT, 5.0)
        filter_.predict(5.0, ORBIT, 3e-7)
        seen = mul(q, from_rotation_vector(radians(44.0) * random.normal(size=3)))
        filter_.see(seen, radians(5.5), 5.0, 12)
        # Six sigmas of what is thought possible at first, and a correction by half a turn in 5 s.
        assert np.abs(filter_.w_body_radps).max() < radians(24.0 + 36.0)


def burn(change: tuple[float, float, float], sigma: float, before_s: float) -> Impulse:
    """A short one, alike about all axes, that ended so long before the reading."""
    x, y, z = change
    spread = (sigma**2, 0.0, 0.0, sigma**2, 0.0, sigma**2)
    moved = (before_s * x, before_s * y, before_s * z)
    return Impulse(change, sigma, before_s, moved, covariance_eci_m2ps2=spread)


def _coasting(filter_: RelativeFilter, r: np.ndarray, sigma: float, count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    for _ in range(count):
        filter_.predict(1.0, FAR_AWAY, Impulse(), 3e-6)
        filter_.see_pose(r + sigma * random.normal(size=3), 0.03, 5.0, 12)


def test_one_outlier_moves_nothing() -> None:
    position = RelativeFilter((10.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0, 0.01)
    _coasting(position, np.array((10.0, 0.0, 0.0)), 0.03, 100, 1)
    before = position.state.copy()
    position.see_pose(np.array((12.0, 1.0, 0.0)), 0.03, 5.0, 12)
    assert (position.state == before).all()
    assert position.pose.rejected == 1


def test_a_sensor_eight_times_worse_than_stated_is_found_out() -> None:
    position = RelativeFilter((10.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0, 0.01)
    _coasting(position, np.array((10.0, 0.0, 0.0)), 8.0 * 0.03, 300, 1)
    assert 30.0 < position.pose.noise_factor < 130.0  # 64, learned from the last ten readings or so


def test_a_filter_that_was_misled_finds_back() -> None:
    """A burn that never happened: 0.3 m/s that the filter believes to 1 cm/s."""
    position = RelativeFilter((10.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0, 0.01)
    at = np.array((10.0, 0.0, 0.0))
    _coasting(position, at, 0.03, 100, 1)
    position.predict(1.0, FAR_AWAY, burn((0.3, 0.0, 0.0), 0.01, 0.5), 3e-6)
    _coasting(position, at, 0.03, 60, 2)
    assert position.state[:3] == pytest.approx(at, abs=0.1)


def test_an_impulse_moves_position_by_the_time_it_had() -> None:
    position = RelativeFilter((10.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.1, 0.01)
    position.predict(10.0, FAR_AWAY, burn((0.1, 0.0, 0.0), 0.0, 7.5), 0.0)
    assert position.state.tolist() == pytest.approx([10.75, 0.0, 0.0, 0.1, 0.0, 0.0])


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-6, 1e6))
def test_no_measurement_makes_a_covariance_lose_its_sign(seed: int, scale: float) -> None:
    root = np.random.default_rng(seed).normal(size=(6, 6))
    covariance = scale * root @ root.T
    noise = 1e-4 * np.eye(3)
    gain = covariance[:, :3] @ np.linalg.inv(covariance[:3, :3] + noise)
    after = joseph(covariance, gain, noise)
    assert (after == after.T).all()
    assert np.linalg.eigvalsh(after).min() > -1e-12 * scale * 36


def test_trust_comes_back_when_a_sensor_behaves() -> None:
    trust = Trust(learnt=64.0)
    for _ in range(100):
        trust = judge(trust, 3.0 / trust.noise_factor, 3, 5.0).trust
    assert trust.noise_factor < 1.01
