"""The stage, once it is taken, is turned and its perigee lowered by 20 km: the whole twin in the loop."""

from itertools import pairwise
from math import exp

import numpy as np
import pytest
from contact_flights import Flight, bodies, short

from twin.contracts.custody import BodyState
from twin.contracts.equipment import EquipmentState
from twin.contracts.motion import Trajectory
from twin.contracts.navigation import PhaseChanged
from twin.contracts.operations import FaultRequest
from twin.dynamics.segments import Track
from twin.mission.sampling import Sampler

LATEST_S = 4000.0
EXHAUST_MPS = 285.0 * 9.80665
GOAL_KM = 550.0
NEAR = {
    "perigee_km": GOAL_KM,
    "half_arc_deg": 60.0,
    "circular_km": 1000.0,  # there is no apogee to wait for: the burn begins at once
    "last_from_km": 0.0,
}


class Lowered:
    """A flight, and when the push was without fixes."""

    def __init__(self):
        changes = {"stack_hold": {"timeout_s": 1.0}, "lower": {"parameters": NEAR}}
        self.flight = flight = Flight(short(name="adras-j2-deorbit", phases=changes))
        assert flight.until_phase("lower", LATEST_S)
        self.begun_s = flight.now_s
        flight.shadow()
        assert flight.until(lambda f: f.now_s > self.begun_s + 60.0, LATEST_S)
        flight.alone()
        flight.give("servicer", FaultRequest(fault="gnss.blind", active=True))
        self.blind_s = flight.now_s
        assert flight.until(lambda f: f.now_s > self.blind_s + 100.0, LATEST_S)
        flight.give("servicer", FaultRequest(fault="gnss.blind", active=False))
        assert flight.until_phase("lowered", LATEST_S)
        assert flight.until(lambda f: f.now_s > self.begun_s + 600.0, LATEST_S)

    def columns(self):
        sampler = Sampler(self.flight.mission)
        for event in self.flight.events:
            sampler.take(event)
        times = sampler.grid(self.flight.events[-1].t_ns)
        return times, sampler.columns(times)


@pytest.fixture(scope="module")
def lowered():
    return Lowered()


@pytest.fixture(scope="module")
def seen(lowered):
    return lowered.columns()


def test_the_perigee_is_where_it_was_wished(lowered, seen):
    _, columns = seen
    # Fixes of 5 m and 5 mm/s tell it to 30 m, and 570 km of nearly a circle have it swing by some 200 m.
    assert columns["truth.perigee_km"][-1] == pytest.approx(GOAL_KM, abs=0.3)
    (change,) = [each for each in bodies(lowered.flight.events, PhaseChanged) if each.phase == "lowered"]
    assert change.reason == f"perigee {GOAL_KM:.1f} km"


def test_propellant_and_change_of_velocity_are_those_of_the_rocket_equation(seen):
    _, columns = seen
    used = columns["truth.propellant_kg"][0] - columns["truth.propellant_kg"]
    first = int(np.flatnonzero(np.isfinite(columns["truth.stack_delta_v_mps"]))[0])
    stack_kg = 801.0 + 3000.0 - used[first]
    change = columns["truth.stack_delta_v_mps"][-1]
    assert change > 2.0
    assert used[-1] - used[first] == pytest.approx(stack_kg * (1.0 - exp(-change / EXHAUST_MPS)), rel=1e-4)


def test_the_thrust_stays_on_its_line_and_the_arm_bears_it(lowered, seen):
    times, columns = seen
    lowering = times > lowered.begun_s * 1e9
    assert columns["truth.retrograde_error_deg"][lowering].max() < 1.5
    assert 5.0 < columns["truth.stack_joint_torque_nm"][lowering].max() < 100.0


def test_without_fixes_it_waits_and_then_goes_on(lowered):
    def burnt(from_s, to_s):
        states = bodies(lowered.flight.events, EquipmentState)
        return sum(each.impulse_ns for each in states if from_s <= each.t_ns * 1e-9 <= to_s)

    assert burnt(lowered.begun_s, lowered.blind_s) > 1000.0
    # Couples that turn it are not missed; a push is 7 kN s.
    assert burnt(lowered.blind_s + 16.0, lowered.blind_s + 100.0) < 700.0
    assert burnt(lowered.blind_s + 100.0, 1e9) > 1000.0


def test_the_stack_gets_lighter_in_flight_and_no_part_of_it_jumps(lowered):
    stacks = [each for each in bodies(lowered.flight.events, BodyState) if each.body == "stack"]
    masses = [each.mass_kg for each in stacks]
    assert len(stacks) > 6
    assert masses == sorted(masses, reverse=True)
    # 2 mm of the centre are 1 kg.
    assert all(0.9 < a - b < 1.3 for a, b in pairwise(masses[1:]))
    for body in ("servicer", "target"):
        track = Track()
        for trajectory in bodies(lowered.flight.events, Trajectory):
            if trajectory.body == body and trajectory.pieces[0].start_ns > lowered.begun_s * 1e9:
                track.extend(trajectory)
        for before, after in pairwise(track.pieces):
            a, b = (Track([each]).state(after.start_ns) for each in (before, after))
            assert np.abs(a.r_eci_m - b.r_eci_m).max() < 1e-6
            # What the polynomial of 4 s is off by at its end, also where the stack stays what it was.
            assert np.abs(a.v_eci_mps - b.v_eci_mps).max() < 1e-7
