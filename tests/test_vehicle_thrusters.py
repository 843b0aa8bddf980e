"""Thrusters: on-times in, stretches of force out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vehicle_samples import SERVICER_800

from twin.errors import ContractError
from twin.kernel.streams import Stream
from twin.vehicle.thrusters import G0_MPS2, Thrusters

PROPULSION = SERVICER_800.propulsion
SECOND = 1_000_000_000
PLENTY_KG = 100.0
ON_TIMES = st.lists(st.floats(0.0, 2.0), min_size=12, max_size=12)


def thrusters(error=0.0, seed=7):
    return Thrusters(PROPULSION, Stream(seed, "servicer.thrusters"), error)


def only(index, on_s):
    on = [0.0] * 12
    on[index] = on_s
    return on


def impulse_of(burn):
    return sum(np.array(s.force_body_n) * s.duration_ns * 1e-9 for s in burn.stretches)


@given(ON_TIMES)
@settings(max_examples=60, deadline=None)
def test_stretches_fill_the_period_and_are_cut_at_the_closing_times(on_s):
    burn = thrusters().fire(on_s, SECOND, 0, PLENTY_KG)
    assert sum(s.duration_ns for s in burn.stretches) == SECOND
    assert all(s.duration_ns > 0 for s in burn.stretches)
    assert len(burn.stretches) <= 13


@given(ON_TIMES)
@settings(max_examples=60, deadline=None)
def test_impulse_is_thrust_times_rounded_on_time_along_each_direction(on_s):
    burn = thrusters().fire(on_s, SECOND, 0, PLENTY_KG)
    rounded = [min(1.0, round(on, 3)) for on in on_s]
    opened = [on if on >= PROPULSION.minimum_on_s else 0.0 for on in rounded]
    expected = sum(
        22.0 * on * np.array(t.direction_body) for on, t in zip(opened, PROPULSION.thrusters, strict=True)
    )
    assert np.abs(impulse_of(burn) - expected).max() < 0.03  # a tie may round the other way: 1 ms x 22 N
    assert burn.firings == sum(on > 0.0 for on in opened)


def test_a_pulse_below_the_least_on_time_does_not_open():
    assert thrusters().fire(only(0, 0.009), SECOND, 0, PLENTY_KG).firings == 0
    assert thrusters().fire(only(0, 0.010), SECOND, 0, PLENTY_KG).firings == 1


def test_a_pulse_ends_with_the_period():
    burn = thrusters().fire(only(0, 5.0), SECOND, 0, PLENTY_KG)
    assert burn.impulse_ns == pytest.approx(22.0, rel=1e-12)
    assert len(burn.stretches) == 1


def test_propellant_used_is_impulse_over_exhaust_speed():
    burn = thrusters().fire([0.3] * 12, SECOND, 0, PLENTY_KG)
    assert burn.used_kg(SECOND) == pytest.approx(burn.impulse_ns / (285.0 * G0_MPS2), rel=1e-12)
    assert burn.used_kg(150_000_000) == pytest.approx(burn.used_kg(SECOND) / 2, rel=1e-12)
    assert burn.used_kg(0) == 0.0


def test_torque_is_lever_times_force():
    burn = thrusters().fire(only(4, 1.0), SECOND, 0, PLENTY_KG)
    stretch = burn.stretches[0]
    expected = np.cross(PROPULSION.thrusters[4].r_body_m, stretch.force_body_n)
    assert np.abs(np.array(stretch.torque_body_nm) - expected).max() < 1e-12


def test_the_tank_runs_dry_within_a_period_and_never_below_zero():
    burn = thrusters().fire([1.0] * 12, SECOND, 0, 0.01)
    assert burn.used_kg(SECOND) == pytest.approx(0.01, rel=1e-6)  # closing times are whole nanoseconds
    assert burn.used_kg(SECOND) <= 0.01
    assert thrusters().fire([1.0] * 12, SECOND, 0, 0.0).firings == 0


def test_errors_have_the_stated_spread_and_each_pulse_its_own():
    noisy = thrusters(error=1.0)
    impulses = np.array([impulse_of(noisy.fire(only(0, 1.0), SECOND, k, PLENTY_KG)) for k in range(2000)])
    # Relative error of a standard deviation from 2,000 draws: 1/sqrt(4000) = 1.6 %; three of them.
    assert impulses[:, 0].std() / 22.0 == pytest.approx(PROPULSION.sigma_thrust, rel=0.05)
    tilt = np.radians(PROPULSION.sigma_direction_deg)
    assert (impulses[:, 1] / impulses[:, 0]).std() == pytest.approx(tilt, rel=0.05)
    assert (impulses[:, 2] / impulses[:, 0]).std() == pytest.approx(tilt, rel=0.05)


def test_what_one_thruster_does_moves_no_other_ones_error():
    alone = thrusters(error=1.0).fire(only(5, 1.0), SECOND, 3, PLENTY_KG)
    both = thrusters(error=1.0).fire([0.5, 0, 0, 0, 0, 1.0, 0, 0, 0, 0, 0, 0], SECOND, 3, PLENTY_KG)
    assert alone.stretches[-1].force_body_n == both.stretches[-1].force_body_n


def test_the_same_seed_and_period_give_the_same_burn_and_another_seed_another():
    burns = [thrusters(1.0, seed).fire([0.2] * 12, SECOND, 4, PLENTY_KG) for seed in (7, 7, 8)]
    assert burns[0] == burns[1]
    assert burns[0] != burns[2]


def test_a_command_for_another_number_of_thrusters_is_refused_with_its_place():
    with pytest.raises(ContractError, match="11 on-times for 12 thrusters") as refused:
        thrusters().fire([0.0] * 11, SECOND, 0, PLENTY_KG)
    assert refused.value.place == "actuator_command.thruster_on_s"
