"""The plants: what is conserved, what acts, and that a restored one continues bit for bit."""

import msgspec
import numpy as np
import pytest

from tests.dynamics_samples import HOUR_NS, SLENDER, STILL, circular, far_away, free, powered
from twin.dynamics.moments import inverse_of_symmetric
from twin.dynamics.plant import PlantState
from twin.dynamics.rotation import rotate
from twin.errors import UsageError

SERVICER = np.array([[520.0, 8.0, -5.0], [8.0, 610.0, 3.0], [-5.0, 3.0, 580.0]])
START = circular(7.0e6, 1.71, (0.001, -0.002, 0.0005))


def momentum_eci(body) -> np.ndarray:
    state = body.state
    return np.array(
        rotate(state.q_eci_from_body, SERVICER @ state.w_body_radps + body.wheel_momentum_body_nms)
    )


def test_wheels_move_momentum_but_make_none():
    body = powered(far_away((0.01, 0.02, -0.01)), wheels=(1.0, -2.0, 3.0))
    before = momentum_eci(body)
    for k in range(300):
        wheel_torque = (0.2 * np.sin(k), 0.1, -0.1 * np.cos(k))
        body.advance(10**9, STILL, STILL, wheel_torque, 800.0, SERVICER)
    # 300 steps of rounding; the body and its wheels have changed by 30 N m s meanwhile.
    assert np.abs(momentum_eci(body) - before).max() < 1e-11 * 30.0
    assert abs(body.wheel_momentum_body_nms[1] - (-2.0 - 30.0)) < 1e-9


def test_a_wheel_at_speed_makes_its_body_a_gyroscope():
    # A body that turns slowly, with all its momentum in a wheel, nutates at h / sqrt(Iy Iz).
    inertia = np.diag([520.0, 610.0, 580.0])
    body = powered(far_away((0.0, 1e-6, 0.0)), wheels=(60.0, 0.0, 0.0))
    quarter_s = 0.5 * np.pi * np.sqrt(610.0 * 580.0) / 60.0
    body.advance(round(quarter_s * 1e9), STILL, STILL, STILL, 800.0, inertia)
    w = body.state.w_body_radps
    assert abs(w[1]) < 1e-10
    assert abs(w[2]) == pytest.approx(1e-6 * np.sqrt(610.0 / 580.0), rel=1e-5)


def test_an_outside_torque_adds_its_angular_impulse():
    body = powered(far_away(STILL))
    body.advance(2 * 10**9, STILL, (0.5, -0.25, 0.125), STILL, 800.0, SERVICER)
    # The body turns by 2 mrad meanwhile: the torque with it.
    assert momentum_eci(body) == pytest.approx((1.0, -0.5, 0.25), abs=2e-3)


def test_a_force_accelerates_along_its_body_axis_by_force_over_mass():
    turned = (np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5))  # body x on eci y
    body = powered(far_away(STILL, turned))
    (piece,) = body.advance(10**10, (22.0, 0.0, 0.0), STILL, STILL, 800.0, SERVICER)
    assert body.state.v_eci_mps == pytest.approx((0.0, 0.275, 0.0), abs=5e-5)  # gravity there: 4e-6 m/s2
    assert piece.order_r == 2


def test_a_powered_body_left_alone_is_a_free_body():
    one, other = free(START), powered(START)
    one.advance_to(HOUR_NS)
    other.advance(HOUR_NS, STILL, STILL, STILL, 3000.0, SLENDER)
    assert np.array_equal(one.state.r_eci_m, other.state.r_eci_m)
    assert np.array_equal(one.state.q_eci_from_body, other.state.q_eci_from_body)


def test_the_gravity_gradient_torque_is_that_of_the_closed_form():
    # T = 3 mu / r^3 (n x I n), n in body axes: a body tilted by 45 deg about the orbit's normal.
    angle = np.pi / 4
    tilted = circular(7.0e6, 0.0)
    tilted.q_eci_from_body[:] = (np.cos(angle / 2), 0.0, 0.0, np.sin(angle / 2))
    body = free(tilted)
    body.advance_to(10**9)
    expected_nm = 3.0 * 3.986004418e14 / 7.0e6**3 * 0.5 * (33_250.0 - 6_000.0)
    gained = 33_250.0 * body.state.w_body_radps
    # The orbit turns by 1 mrad in the second: 2 mrad^2 off the sine's top, 1e-6 of it.
    assert gained[2] == pytest.approx(-expected_nm, rel=1e-5)
    assert np.abs(gained[:2]).max() < 1e-12


def test_a_restored_plant_continues_bit_for_bit():
    pushes = [((22.0, 0.0, 1.0), (0.1, 0.2, 0.3)), ((0.0, -11.0, 0.0), STILL), (STILL, (0.0, 0.0, -0.4))] * 5
    whole = powered(START)
    for force, torque in pushes[:7]:
        whole.advance(730_000_001, force, torque, (0.01, 0.0, 0.02), 800.0, SERVICER)
    saved = msgspec.msgpack.decode(msgspec.msgpack.encode(whole.snapshot()), type=PlantState)
    renewed = powered(circular(8e6, 0.1))
    renewed.restore(saved)
    for force, torque in pushes[7:]:
        step = (730_000_001, force, torque, (0.01, 0.0, 0.02), 790.0, SERVICER)
        assert whole.advance(*step) == renewed.advance(*step)
    assert whole.snapshot() == renewed.snapshot()


def test_a_free_body_restored_between_advances_continues_bit_for_bit():
    whole = free(START)
    whole.advance_to(HOUR_NS)
    renewed = free(circular(8e6, 0.1))
    renewed.restore(whole.snapshot())
    assert whole.advance_to(3 * HOUR_NS) == renewed.advance_to(3 * HOUR_NS)


def test_two_bodies_of_one_process_do_not_share_their_state():
    one, other = free(START), free(circular(7.2e6, 0.3))
    alone = free(START).advance_to(HOUR_NS)
    other.advance_to(HOUR_NS // 3)
    assert one.advance_to(HOUR_NS) == alone


def test_attitude_keeps_its_length_over_half_a_day_of_one_second_periods():
    body = powered(START)
    for k in range(5000):
        body.advance(10**9, (1.0, 0.0, 0.0), (1e-3 * (-1) ** k, 0.0, 0.0), STILL, 800.0, SERVICER)
    q = np.array(body.snapshot().state[6:10])
    assert abs(np.linalg.norm(q) - 1.0) < 5000 * 2e-16


def test_going_back_in_time_is_refused():
    body = free(START)
    body.advance_to(10**9)
    with pytest.raises(UsageError, match="cannot advance by"):
        body.advance_to(10**9)


def test_the_inverse_of_an_inertia_is_its_inverse():
    assert np.allclose(inverse_of_symmetric(SERVICER) @ SERVICER, np.eye(3), atol=1e-14)
