"""Wheels and battery: limits and balances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vehicle_samples import SERVICER_800

from twin.errors import ContractError
from twin.vehicle.power import SOLAR_CONSTANT_WPM2, array_power_w, charge_after
from twin.vehicle.wheels import drive, momentum_after

WHEELS = SERVICER_800.wheels
POWER = SERVICER_800.power
FOUR = st.tuples(*[st.floats(-30.0, 30.0)] * 4)


@given(st.tuples(*[st.floats(-20.0, 20.0)] * 4), FOUR, st.floats(0.05, 600.0))
def test_no_wheel_passes_its_torque_or_momentum_limit(momentum_nms, wanted_nm, period_s):
    driven = drive(WHEELS, momentum_nms, wanted_nm, period_s)
    after = momentum_after(momentum_nms, driven.torque_nm, period_s)
    for wheel, torque, h in zip(WHEELS, driven.torque_nm, after, strict=True):
        assert abs(torque) <= wheel.maximum_torque_nm
        assert abs(h) <= wheel.maximum_momentum_nms * (1.0 + 1e-12)


def test_torques_within_limits_are_given_as_asked_and_summed_along_the_axes():
    wanted = (0.1, -0.05, 0.02, 0.0)
    driven = drive(WHEELS, (0.0, 0.0, 0.0, 0.0), wanted, 1.0)
    assert driven.torque_nm == wanted
    expected = np.array([w.axis_body for w in WHEELS]).T @ np.array(wanted)
    assert np.abs(np.array(driven.torque_on_wheels_body_nm) - expected).max() < 1e-15


def test_a_command_for_another_number_of_wheels_is_refused_with_its_place():
    with pytest.raises(ContractError, match="3 torques for 4 wheels") as refused:
        drive(WHEELS, (0.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0)
    assert refused.value.place == "actuator_command.wheel_torque_nm"


def test_an_eclipse_takes_the_load_and_sunlight_gives_it_back():
    dark = charge_after(POWER, 0.9, 0.0, transmitting=False, elapsed_s=2100.0)
    assert (0.9 - dark) * POWER.battery_wh == pytest.approx(POWER.load_w * 2100.0 / 3600.0)
    assert array_power_w(POWER, 1.0) == pytest.approx(4.0 * 0.28 * SOLAR_CONSTANT_WPM2)
    assert charge_after(POWER, dark, 1.0, transmitting=False, elapsed_s=3600.0) > dark
    assert charge_after(POWER, 0.5, 0.0, transmitting=True, elapsed_s=60.0) < charge_after(
        POWER, 0.5, 0.0, transmitting=False, elapsed_s=60.0
    )


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.booleans(), st.floats(0.0, 1e6))
def test_charge_stays_between_empty_and_full(fraction, lit, transmitting, elapsed_s):
    assert 0.0 <= charge_after(POWER, fraction, lit, transmitting=transmitting, elapsed_s=elapsed_s) <= 1.0
