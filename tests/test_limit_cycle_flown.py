"""V31 flown by the on-board controller: thrusters alone keep the attitude, one least impulse at each edge."""

from math import degrees, radians

import msgspec
import numpy as np
import pytest

from services.laws import laws
from services.library import load_mission
from tests.turning import Turning
from twin.dynamics.rotation import rotation_vector
from twin.gnc.phase_plane import PhasePlane
from twin.guidance.phases import Phase
from twin.vehicle.settings import Thruster

MISSION = load_mission("adras-j2", laws())
PERIOD_S = 0.5
RATE_DEG_PER_S, CYCLE_S = 0.00716197, 279.2527  # V31 of the project's reference, section C


def couples():
    """Two thrusters 0.25 m either side of an axis for each sense of each: 0.05 N s at 0.5 m, 100 kg m2."""
    thrusters = []
    for axis in range(3):
        for push in (1.0, -1.0):
            for side in (0.25, -0.25):
                place, way = [0.0] * 3, [0.0] * 3
                place[(axis + 1) % 3], way[axis] = side, push
                name = f"along-{axis}-{len(thrusters)}"
                thrusters.append(Thruster(name=name, r_body_m=tuple(place), direction_body=tuple(way)))
    least = {"thrust_n": 50.0, "minimum_on_s": 0.001, "valve_tick_s": 0.0001}
    propulsion = msgspec.structs.replace(MISSION.servicer.propulsion, thrusters=tuple(thrusters), **least)
    inertia = tuple(map(tuple, (100.0 * np.eye(3)).tolist()))
    return msgspec.structs.replace(MISSION.servicer, propulsion=propulsion, inertia_body_kgm2=inertia)


@pytest.mark.parametrize("start_deg_per_s", [RATE_DEG_PER_S, 0.002, 0.03])
def test_the_limit_cycle_has_its_textbook_rate_and_period(start_deg_per_s):
    row = Phase(name="quiet", law="hold", period_s=PERIOD_S, turn="thrusters")
    w = (0.0, 0.0, radians(start_deg_per_s))
    flight = Turning(MISSION.guidance, couples(), row, w_body_radps=w)
    pulses, rates = [], []
    while len(pulses) < 10:
        time_s = flight.craft.t_ns * 1e-9
        if any(flight.period().thruster_on_s):
            pulses.append(time_s)
            rates.append(abs(degrees(flight.craft.carrier.state.w_body_radps[2])))
        if len(pulses) > 4:
            off_deg = degrees(np.abs(rotation_vector(flight.craft.carrier.state.q_eci_from_body)).max())
            # An edge is met by the nearest of the boundaries, half a period of 0.004 deg early or late.
            assert off_deg <= 0.5 + 0.5 * PERIOD_S * 0.008
    # Pulses come in ticks of a tenth of the least: what is left of another rate is below half of one.
    assert rates[-1] == pytest.approx(RATE_DEG_PER_S, rel=0.1)
    assert 0.5 * (rates[-1] + rates[-2]) == pytest.approx(RATE_DEG_PER_S, rel=1e-3)
    # Two edges, each met half a period early or late, which the way there and the way back feel; and a cycle
    # of rates that differ by e of their mean is longer by e squared.
    slack_s = 2.0 * PERIOD_S + CYCLE_S * 0.1**2
    assert pulses[-1] - pulses[-3] == pytest.approx(CYCLE_S, abs=slack_s)
    assert flight.craft.ahead.wheel_momentum_nms == (0.0, 0.0, 0.0, 0.0)


PLANE = Turning(MISSION.guidance, couples(), Phase(name="q", law="hold", period_s=1.0))._steering._plane


def test_within_the_band_and_slow_nothing_is_fired():
    assert PLANE.moment_nms((0.008, -0.008, 0.0), (1e-4, 1e-4, -1e-4), 0.01) == (0.0, 0.0, 0.0)


def test_far_off_the_body_is_turned_back_at_the_slew_rate():
    x, y, z = PLANE.moment_nms((1.0, 0.0, -1.0), (0.0, 0.0, 0.0), 0.01)
    assert (x, y, z) == pytest.approx((-1.0, 0.0, 1.0))  # 100 kg m2 to 0.01 rad/s
    assert PLANE.moment_nms((1.0, 0.0, 0.0), (-0.01, 0.0, 0.0), 0.01) == (0.0, 0.0, 0.0)


def test_every_pulse_is_one_that_the_valves_can_give():
    assert isinstance(PLANE, PhasePlane)
    rng = np.random.default_rng(1)
    for _ in range(300):
        moment = PLANE.moment_nms(tuple(0.05 * rng.normal(size=3)), tuple(2e-3 * rng.normal(size=3)), 0.01)
        asked = [abs(each) for each in moment if each]
        assert all(each >= 0.025 * (1.0 - 1e-12) for each in asked)
