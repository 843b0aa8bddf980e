"""Actuators: what is asked for is what valves and wheels give, as far as they can."""

from math import radians

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.laws import laws
from services.library import load_mission
from twin.errors import MissionError
from twin.gnc.allocation import Allocator
from twin.gnc.attitude_control import Wheels, wanted_acceleration
from twin.gnc.pointing import Pointing, at_port, at_target
from twin.guidance.gains import gains

VEHICLE = load_mission("quickstart", laws()).servicer
ALLOCATOR = Allocator(VEHICLE.propulsion)
WHEELS = Wheels(VEHICLE.wheels, VEHICLE.inertia_body_kgm2)
unit = st.floats(-1.0, 1.0)


@settings(max_examples=200, deadline=None)
@given(unit, unit, unit)
def test_a_push_within_reach_is_given_without_a_turn(x: float, y: float, z: float) -> None:
    wanted = (30.0 * x, 20.0 * y, 20.0 * z)
    firing = ALLOCATOR.fire(wanted, (0.0, 0.0, 0.0), 1.9)
    # Six valves at most are open in a vertex solution; each is off by less than a least impulse, 0.22 N s.
    assert np.abs(np.subtract(firing.impulse_body_ns, wanted)).max() <= 6 * ALLOCATOR.quantum_ns
    assert np.abs(firing.moment_body_nms).max() <= 6 * ALLOCATOR.quantum_ns
    assert max(firing.on_s) <= 1.9 + 1e-6


@settings(max_examples=100, deadline=None)
@given(unit, unit, unit)
def test_no_valve_opens_for_less_than_it_can(x: float, y: float, z: float) -> None:
    firing = ALLOCATOR.fire((x, y, z), (0.0, 0.0, 0.0), 0.9)
    assert all(on == 0.0 or on >= VEHICLE.propulsion.minimum_on_s - 1e-12 for on in firing.on_s)


def test_a_push_out_of_reach_is_given_in_its_direction() -> None:
    firing = ALLOCATOR.fire((1000.0, 400.0, 0.0), (0.0, 0.0, 0.0), 0.9)
    x, y, z = firing.impulse_body_ns
    assert x > 10.0
    assert y / x == pytest.approx(0.4, abs=0.05)
    assert abs(z) < 0.5


def test_thrusters_that_cannot_push_every_way_are_refused() -> None:
    propulsion = msgspec.structs.replace(VEHICLE.propulsion, thrusters=VEHICLE.propulsion.thrusters[:4])
    with pytest.raises(MissionError, match="cannot push and turn"):
        Allocator(propulsion)


@given(unit, unit, unit)
def test_wheels_turn_the_body_opposite_to_themselves(x: float, y: float, z: float) -> None:
    wanted = (0.1 * x, 0.1 * y, 0.1 * z)
    axes = np.array([wheel.axis_body for wheel in VEHICLE.wheels]).T
    given_nm = -axes @ np.array(WHEELS.command(wanted))
    assert given_nm == pytest.approx(wanted, abs=1e-12)


@given(unit, unit, unit)
def test_no_wheel_is_asked_for_more_than_its_motor_has(x: float, y: float, z: float) -> None:
    torques = WHEELS.command((5.0 * x, 5.0 * y, 5.0 * z))
    limits = [wheel.maximum_torque_nm for wheel in VEHICLE.wheels]
    assert all(abs(t) <= most * (1.0 + 1e-12) for t, most in zip(torques, limits, strict=True))


@given(st.floats(0.005, 1.0), st.floats(0.3, 2.0), st.floats(0.05, 60.0))
def test_a_loop_held_over_any_period_is_stable(bandwidth: float, damping: float, period_s: float) -> None:
    kp, kd = gains(bandwidth, damping, period_s)
    step = np.array(((1.0, period_s), (0.0, 1.0)))
    push = np.array((0.5 * period_s**2, period_s))
    closed = step - np.outer(push, (kp, kd))
    assert np.abs(np.linalg.eigvals(closed)).max() < 1.0


def test_a_large_error_is_turned_at_the_slew_rate() -> None:
    pointing = Pointing((radians(170.0), 0.0, 0.0), (0.0, 0.0, 0.0))
    at_rate = (radians(0.6), 0.0, 0.0)
    wanted = wanted_acceleration(pointing, at_rate, (0.15, 0.9, 1.0), 5e-4, radians(0.6))
    assert wanted == pytest.approx((0.0, 0.0, 0.0), abs=1e-9)


def test_the_boresight_goes_the_short_way_to_the_target() -> None:
    pointing = at_target((1.0, 0.0, 0.0, 0.0), (0.0, -10.0, 0.0), (0.0, 0.0, 0.0))
    assert pointing.missing_rad == pytest.approx((0.0, 0.0, radians(90.0)))


def test_facing_the_port_is_facing_it() -> None:
    """Servicer x against the capture axis; then nothing is missing but the target's own spin."""
    facing = (0.0, 0.0, 0.0, 1.0)
    pointing = at_port(facing, (1.0, 0.0, 0.0, 0.0), (0.007, 0.001, 0.002), (1.0, 0.0, 0.0, 0.0))
    assert pointing.missing_rad == pytest.approx((0.0, 0.0, 0.0))
    assert pointing.rate_radps == pytest.approx((-0.007, -0.001, 0.002))
