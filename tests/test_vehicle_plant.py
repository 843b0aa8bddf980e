"""The spacecraft's plant: levels between boundaries, wheels at their limit, and what does not move it."""

import msgspec
import numpy as np
import pytest
from servicer_bench import CLOSED, MISSION, SECOND

from twin.contracts.actuation import ActuatorCommand
from twin.dynamics.epochs import Epoch
from twin.dynamics.segments import Track
from twin.dynamics.surroundings import Surroundings
from twin.mission.initial import servicer_at_epoch
from twin.vehicle.plant import Spacecraft, SpacecraftState

VEHICLE = MISSION.servicer
AXES = np.array([wheel.axis_body for wheel in VEHICLE.wheels]).T


def spacecraft(error=1.0):
    surroundings = Surroundings.at(Epoch(MISSION.epoch_utc), MISSION.environment)
    return Spacecraft(VEHICLE, servicer_at_epoch(MISSION), surroundings, seed=3, error=error)


def asked(on_s=CLOSED, torque_nm=(0.0,) * 4):
    return ActuatorCommand(
        reading_ns=0, thruster_on_s=tuple(on_s), wheel_torque_nm=tuple(torque_nm), next_reading_ns=0
    )


def fly(craft, command, seconds):
    return craft.fly(command, craft.t_ns + round(seconds * SECOND), lit=1.0, transmitting=False)


def test_looking_ahead_does_not_move_the_plant():
    looked, plain = spacecraft(), spacecraft()
    for craft in (looked, plain):
        fly(craft, asked(on_s=[0.2] * 12, torque_nm=(0.1, 0.0, 0.0, 0.0)), 1.0)
    ahead = looked.coast_ahead(looked.t_ns + 5 * SECOND)
    assert Track(ahead).end_ns == looked.t_ns + 5 * SECOND
    assert looked.snapshot() == plain.snapshot()
    assert fly(looked, None, 1.0) == fly(plain, None, 1.0)


def test_levels_are_continuous_and_end_where_the_next_period_begins():
    craft = spacecraft()
    fly(craft, asked(on_s=[0.4, 0.2] * 6, torque_nm=(0.1, -0.1, 0.05, 0.0)), 1.0)
    end = craft.ahead
    start = craft.gauges(0)
    assert start.propellant_kg == VEHICLE.propellant_kg
    assert craft.gauges(SECOND) == end
    middle = craft.gauges(SECOND // 2)
    assert end.propellant_kg == middle.propellant_kg < craft.gauges(SECOND // 4).propellant_kg
    assert middle.wheel_momentum_nms == pytest.approx([0.5 * h for h in end.wheel_momentum_nms])
    fly(craft, None, 1.0)
    assert craft.gauges(SECOND) == end


def test_a_wheel_at_its_limit_gives_no_more_and_the_body_stops_speeding_up():
    craft = spacecraft()
    for _ in range(12):
        fly(craft, asked(torque_nm=(0.2, 0.2, 0.2, 0.2)), 10.0)
    assert craft.ahead.wheel_momentum_nms == pytest.approx([20.0] * 4)
    pieces = fly(craft, asked(torque_nm=(0.2, 0.2, 0.2, 0.2)), 10.0)
    track = Track(pieces)
    before, after = track.state(track.start_ns).w_body_radps, track.state(track.end_ns).w_body_radps
    assert abs(after[0] - before[0]) < 1e-4  # full torque would give 1.4e-2 rad/s in 10 s


def test_the_bodys_wheel_momentum_is_the_sum_of_the_wheels():
    craft = spacecraft()
    rng = np.random.default_rng(2)
    for _ in range(30):
        fly(craft, asked(torque_nm=rng.uniform(-0.2, 0.2, 4)), rng.uniform(0.2, 5.0))
    in_body = np.array(craft.snapshot().body.state[13:16])
    assert in_body == pytest.approx(AXES @ np.array(craft.ahead.wheel_momentum_nms), abs=1e-12)


def test_without_error_every_thruster_turns_the_body_about_its_own_lever():
    inertia = np.array(VEHICLE.inertia_body_kgm2)
    for k, thruster in enumerate(VEHICLE.propulsion.thrusters):
        still, pushed = spacecraft(0.0), spacecraft(0.0)
        fly(still, None, 0.1)
        fly(pushed, asked(on_s=[0.1 if i == k else 0.0 for i in range(12)]), 0.1)
        gained = np.array(pushed.snapshot().body.state[10:13]) - still.snapshot().body.state[10:13]
        moment = np.cross(thruster.r_body_m, thruster.direction_body) * 22.0 * 0.1
        # Rates stay below 1e-2 rad/s, so the gyroscopic part is below 1 % of a hundredth of the gain.
        assert np.abs(inertia @ gained - moment).max() < 1e-3


def test_a_restored_spacecraft_flies_on_bit_for_bit():
    craft, other = spacecraft(), spacecraft()
    for _ in range(5):
        fly(craft, asked(on_s=[0.3, 0.1] * 6, torque_nm=(0.1, 0.0, -0.1, 0.0)), 1.0)
    saved = msgspec.msgpack.decode(msgspec.msgpack.encode(craft.snapshot()), type=SpacecraftState)
    other.restore(saved)
    assert other.ahead == craft.ahead
    command = asked(on_s=[0.2] * 12, torque_nm=(0.1, 0.0, 0.0, 0.0))
    assert fly(other, command, 1.0) == fly(craft, command, 1.0)
    assert other.snapshot() == craft.snapshot()


def test_propellant_ends_and_the_spacecraft_coasts_on():
    nearly_dry = msgspec.structs.replace(VEHICLE, propellant_kg=0.02)
    surroundings = Surroundings.at(Epoch(MISSION.epoch_utc), MISSION.environment)
    craft = Spacecraft(nearly_dry, servicer_at_epoch(MISSION), surroundings, seed=3, error=1.0)
    for _ in range(5):
        fly(craft, asked(on_s=[1.0] * 12), 1.0)
    assert 0.0 <= craft.ahead.propellant_kg < 1e-9
    assert craft.equipment(1.0).impulse_ns < 1e-3
    assert craft.mass_kg == pytest.approx(591.0)
