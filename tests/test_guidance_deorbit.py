"""Lowering a perigee: the law in a world of its own, a point that is pushed round the flattened Earth."""

from math import degrees, exp, radians
from typing import NamedTuple

import msgspec
import numpy as np
import pytest

from twin.dynamics.kepler import state_of_elements
from twin.guidance.deorbit import Deorbit, half_arc_rad, lowering_mps, orbit_of
from twin.guidance.examples import resting
from twin.guidance.free_drift import EARTH_RADIUS_M, nystroem
from twin.guidance.ric import axes_ric, from_ric

STEP_S = 10.0
EXHAUST_MPS = 285.0 * 9.80665


class Lowered(NamedTuple):
    arrived: bool
    said: str
    change_mps: float
    least_km: float
    used_kg: float
    burns: list


def start(perigee_km, apogee_km, true_deg=100.0):
    low, high = EARTH_RADIUS_M + 1e3 * perigee_km, EARTH_RADIUS_M + 1e3 * apogee_km
    middle = 0.5 * (low + high)
    return state_of_elements(middle, (high - middle) / middle, radians(98.0), 0.3, 0.7, radians(true_deg))


def seen(r, v, **changes):
    rate = float(np.linalg.norm(np.cross(r, v)) / (r @ r))
    given = {
        "period_s": STEP_S,
        "orbit_rate_radps": rate,
        "propellant_kg": 200.0,
        "push_mps2": 0.02,
        **changes,
    }
    return resting(target_r_eci_m=tuple(r.tolist()), target_v_eci_mps=tuple(v.tolist()), **given)


def lowered(law, r, v, *, mass_kg, thrust_n, propellant_kg, longest_h=40.0):
    """Each push is given half at the beginning and half at the end of a step."""
    memory, change, kg, burns, on = None, 0.0, mass_kg, [], False
    for _ in range(round(longest_h * 3600.0 / STEP_S)):
        sight = seen(r, v, propellant_kg=propellant_kg - (mass_kg - kg), push_mps2=thrust_n / kg)
        memory, demand = law.step(law.start(sight) if memory is None else memory, sight)
        if demand.arrived or demand.abort:
            break
        axes = axes_ric(sight.target_r_eci_m, sight.target_v_eci_mps)
        push = np.array(from_ric(axes, demand.acceleration_ric_mps2))
        size = float(np.linalg.norm(push)) * STEP_S
        if size > 0.0 and not on:
            burns.append([orbit_of(sight.target_r_eci_m, sight.target_v_eci_mps)])
        if size == 0.0 and on:
            burns[-1].append(orbit_of(sight.target_r_eci_m, sight.target_v_eci_mps))
        on = size > 0.0
        v = v + 0.5 * STEP_S * push
        r, v = (each[0] for each in nystroem(r[None], v[None], STEP_S))
        v = v + 0.5 * STEP_S * push
        change, kg = change + size, kg * exp(-size / EXHAUST_MPS)
    return Lowered(
        demand.arrived, demand.reason or demand.abort, change, passage_km(r, v), mass_kg - kg, burns
    )


def passage_km(r, v):
    """How high it passes next."""
    least = np.inf
    for _ in range(590):
        least = min(least, float(np.linalg.norm(r)))
        r, v = (each[0] for each in nystroem(r[None], v[None], STEP_S))
    return 1e-3 * (least - EARTH_RADIUS_M)


def one_impulse_mps(r, v, goal_km):
    """At the highest point of the next revolution, by halving: what the finite burns are compared with."""
    highest = r, v
    for _ in range(590):
        r, v = (each[0] for each in nystroem(r[None], v[None], STEP_S))
        highest = (r, v) if r @ r > highest[0] @ highest[0] else highest
    r, v = highest
    low, high, speed = 0.0, 300.0, float(np.linalg.norm(v))
    for _ in range(20):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if passage_km(r, v * (1.0 - middle / speed)) > goal_km else (low, middle)
    return high


@pytest.fixture(scope="module")
def stage():
    law = Deorbit(half_arc_deg=25.0, reserve_kg=2.0)
    r, v = start(570.0, 640.0)
    return lowered(law, r, v, mass_kg=3800.0, thrust_n=80.0, propellant_kg=210.0), one_impulse_mps(r, v, 50.0)


def test_the_body_then_passes_at_the_wished_height(stage):
    done, _ = stage
    assert done.arrived
    assert done.said == "perigee 50.0 km"
    assert done.least_km == pytest.approx(50.0, abs=0.6)  # what `apsides` is good for


def test_finite_burns_take_as_much_more_than_one_impulse_as_their_arcs_say(stage):
    done, ideal_mps = stage
    # 130 km by an arc of +-57 deg, worth 0.92, the rest by +-25 deg, worth 0.984.
    assert 1.02 < done.change_mps / ideal_mps < 1.04


def test_the_propellant_is_that_of_the_rocket_equation(stage):
    done, _ = stage
    assert done.used_kg == pytest.approx(3800.0 * (1.0 - exp(-done.change_mps / EXHAUST_MPS)), rel=1e-9)


def test_burns_lie_about_apogee_and_the_last_begins_above_thick_air(stage):
    *before, last = stage[0].burns
    for begun, ended in before[1:]:
        assert degrees(begun.from_apogee_rad) == pytest.approx(-25.0, abs=1.0)
        assert degrees(ended.from_apogee_rad) < 26.0
        assert ended.perigee_km > 179.0
    assert last[0].perigee_km == pytest.approx(180.0, abs=2.0)
    assert -65.0 < degrees(last[0].from_apogee_rad) < -50.0


def test_a_circle_has_no_apogee_to_wait_for_and_gets_one():
    done = lowered(
        Deorbit(perigee_km=600.0), *start(766.0, 766.0), mass_kg=9400.0, thrust_n=110.0, propellant_kg=600.0
    )
    assert done.arrived
    assert len(done.burns) == 4
    assert done.burns[0][0].apogee_km - done.burns[0][0].perigee_km < 25.0
    assert all(abs(degrees(begun.from_apogee_rad)) < 36.0 for begun, *_ in done.burns[1:])


def test_with_too_little_in_the_tank_it_says_how_much_is_missing():
    done = lowered(
        Deorbit(reserve_kg=10.0), *start(570.0, 640.0), mass_kg=3800.0, thrust_n=80.0, propellant_kg=30.0
    )
    assert not done.arrived
    assert done.said.startswith("10.0 kg left, perigee 5")
    assert done.said.endswith("m/s short of 50 km")


def test_it_pushes_against_the_velocity_and_only_when_aimed():
    law, (r, v) = Deorbit(), start(400.0, 640.0, 180.0)
    _, aimed = law.step(law.start(seen(r, v)), seen(r, v))
    _, off = law.step(law.start(seen(r, v)), seen(r, v, attitude_error_rad=radians(6.0)))
    _, alone = law.step(law.start(seen(r, v)), seen(r, v, push_mps2=0.0))
    push = np.array(from_ric(axes_ric(tuple(r), tuple(v)), aimed.acceleration_ric_mps2))
    assert np.allclose(push, -0.02 * v / np.linalg.norm(v), atol=1e-12)
    assert off.acceleration_ric_mps2 == alone.acceleration_ric_mps2 == (0.0, 0.0, 0.0)


def test_what_is_left_of_the_last_step_is_not_overdone():
    law, (r, v) = Deorbit(perigee_km=399.9, last_from_km=0.0), start(400.0, 640.0, 180.0)
    goal = orbit_of(tuple(r), tuple(v)).perigee_km - 0.1
    law = msgspec.structs.replace(law, perigee_km=goal)
    _, demand = law.step(law.start(seen(r, v)), seen(r, v, push_mps2=0.1))
    axes = axes_ric(tuple(r), tuple(v))
    after = v + STEP_S * np.array(from_ric(axes, demand.acceleration_ric_mps2))
    assert orbit_of(tuple(r), tuple(after)).perigee_km == pytest.approx(goal, abs=1e-3)


def test_the_changes_are_those_of_the_reference():
    # missions-and-verification.md, V29.
    assert lowering_mps(766.0, 766.0, 50.0) == pytest.approx(199.6958, abs=5e-5)
    assert lowering_mps(600.0, 600.0, 50.0) == pytest.approx(156.6564, abs=5e-5)


def test_a_long_burn_is_longer_still():
    assert half_arc_rad(0.0) == pytest.approx(0.0, abs=1e-5)
    half = half_arc_rad(2.0)
    assert half * (1.0 + np.sin(half) / half) == pytest.approx(2.0, abs=0.01)
    assert half_arc_rad(20.0) == pytest.approx(radians(110.0))
