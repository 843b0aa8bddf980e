"""Taking out a stack's momentum: never more than the torque that is allowed, and it does come to rest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.laws import laws
from services.library import load_mission
from twin.gnc.allocation import Allocator
from twin.gnc.braking import Brake
from twin.gnc.grip import Grip, believed_stack
from twin.gnc.own_attitude import Turned
from twin.gnc.stack_health import StackHealth
from twin.gnc.stack_moment import Spin, begins, left_after

PROPULSION = load_mission("envisat-capture", laws()).servicer.propulsion
CENTRE_M = (5.87, 0.02, -0.01)
"""Of the stack, from the chaser's: 7.06 m to Envisat's, by 7828 of 9428 kg."""
MOST_NM, PERIOD_S = 140.0, 0.5
BRAKE = Brake(Allocator(PROPULSION, centre_body_m=CENTRE_M), PROPULSION, MOST_NM)
EFFECT = Allocator(PROPULSION, centre_body_m=CENTRE_M).effect

momenta = st.tuples(*[st.floats(-12_000.0, 12_000.0)] * 3)
impulses = st.tuples(*[st.floats(-150.0, 150.0)] * 3)
dead = st.sets(st.integers(0, 11), max_size=2).map(tuple)


@given(momenta, impulses, dead)
@settings(max_examples=60, deadline=None)
def test_no_set_gives_too_much_torque_or_opens_a_dead_valve(excess, owed, gone):
    firing = BRAKE.fire(excess, owed, PERIOD_S, gone)
    opened = np.array(firing.on_s) > 0.0
    assert np.linalg.norm((EFFECT @ opened)[3:]) <= MOST_NM
    assert len({on_s for on_s in firing.on_s if on_s}) <= 1  # all shut together: no lopsided rest
    assert not any(firing.on_s[k] for k in gone)


@given(momenta, st.integers(0, 11))
@settings(max_examples=60, deadline=None)
def test_a_sure_set_keeps_to_the_torque_with_any_valve_dead_that_nobody_knows_of(excess, gone):
    opened = np.array(BRAKE.fire_surely(excess, PERIOD_S, ()).on_s) > 0.0
    opened[gone] = False
    assert np.linalg.norm((EFFECT @ opened)[3:]) <= MOST_NM


@given(momenta)
@settings(max_examples=8, deadline=None)
def test_sure_sets_alone_take_out_all_momentum_but_that_about_the_approach_axis(start):
    momentum = np.array(start)
    for _ in range(1200):
        momentum = momentum + np.array(
            BRAKE.fire_surely(tuple(momentum.tolist()), PERIOD_S, ()).moment_body_nms
        )
    assert np.linalg.norm(momentum[1:]) <= 2.0  # a least impulse at its arm is 1.1 N m s
    assert momentum[0] == pytest.approx(start[0], abs=1e-6)  # aft thrusters push along it


SLENDER = np.diag((18_000.0, 195_000.0, 195_000.0))
STOPPABLE, STILL = np.diag((0.0, 1.0, 1.0)), np.zeros(3)


def test_what_turns_about_the_axis_of_a_symmetric_stack_is_left_whenever_it_is_stopped():
    spin = Spin(SLENDER, np.array((0.005, 0.02, 0.03)), STILL, STILL, STOPPABLE, 90.0)
    assert left_after(spin, np.array((0.0, 50.0, 200.0))) == pytest.approx(18_000.0 * 0.005, rel=1e-3)


def test_a_tumbling_stack_is_stopped_when_it_leaves_the_wheels_little():
    """Envisat's at 2.67 deg/s: 171 N m s now, within 10 in 108 s."""
    inertia = np.array([[17704, 96, 2179], [96, 191482, -336], [2179, -336, 195720]], dtype=float)
    w, wheels = np.array((-0.00915, 0.02069, 0.04165)), np.array((7.0, -16.0, -19.0))
    spin = Spin(inertia, w, np.array((-0.0001, 0.0003, 0.001)), wheels, STOPPABLE, 90.0)
    now, later = left_after(spin, np.array((0.0, 108.0)))
    assert now > 150.0
    assert later < 20.0
    assert not begins(spin, 120.0, 35.0)
    assert begins(spin, 0.0, 35.0)
    assert begins(spin, 120.0, 200.0)


@pytest.mark.parametrize("gone", range(12))
def test_on_a_stack_a_dead_valve_is_found_at_its_first_firing(gone):
    mission = load_mission("envisat-capture", laws())
    quarter_turned = (0.0, 0.0, 0.0, 1.0)
    grip = Grip(
        target_r_body_m=(7.06, 0.0, 0.0),
        q_servicer_from_target=quarter_turned,
        covariance=b"",
        target_covariance=b"",
    )
    stack = believed_stack(grip, mission.servicer, mission.target)
    health = StackHealth(mission.servicer, stack, mission.guidance.navigation.burn_fraction, ())
    centre_m = tuple(-each for each in stack.servicer_r_m)
    effect = Allocator(PROPULSION, centre_body_m=centre_m).effect
    on_s = np.zeros(12)
    on_s[gone] = 0.4
    w = np.array((0.0, 0.02, 0.02))
    inertia = np.array(stack.inertia_body_kgm2)
    turned = Turned(dt_s=0.5, momentum_before_nms=(0.0,) * 3, momentum_nms=(0.0,) * 3, fired=None)
    for pushes, named in ((1.0, ()), (0.0, (PROPULSION.thrusters[gone].name,))):
        torque = np.linalg.solve(inertia, pushes * (effect @ on_s)[3:] - 0.5 * np.cross(w, inertia @ w))
        assert health.see(tuple(w.tolist()), tuple((w + torque).tolist()), turned, tuple(on_s)) == named


@pytest.mark.parametrize("gone", range(4))
def test_without_an_aft_thruster_no_sure_set_pushes_where_it_stops_nothing(gone):
    against = tuple((-40.0 * EFFECT[3:, gone]).tolist())
    assert any(BRAKE.fire_surely(against, PERIOD_S, ()).on_s)
    assert not any(BRAKE.fire_surely(against, PERIOD_S, (gone,)).on_s)


@pytest.mark.parametrize("gone", [(), (0,), (4,)])
@given(momenta)
@settings(max_examples=8, deadline=None)
def test_any_momentum_is_taken_out_and_the_impulse_given_back(gone, start):
    momentum, owed = np.array(start), np.zeros(3)
    for _ in range(1200):
        firing = BRAKE.fire(tuple(momentum.tolist()), tuple(owed.tolist()), PERIOD_S, gone)
        momentum = momentum + np.array(firing.moment_body_nms)
        owed = owed - np.array(firing.impulse_body_ns)
        assert np.linalg.norm(owed) <= 151.0  # 1.6 cm/s of the stack
    assert np.linalg.norm(momentum) <= 100.0  # with a dead valve 60 may be left; the wheels take 115
