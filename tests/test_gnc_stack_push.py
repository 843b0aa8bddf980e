"""Pushing a stack along its boresight: the line of thrust through its centre, wherever that is."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.laws import laws
from services.library import load_mission
from twin.dynamics.rotation import canonical, from_rotation_vector, mul, rotate
from twin.gnc.allocation import Allocator
from twin.gnc.attitude_control import Wheels
from twin.gnc.pointing import along
from twin.gnc.stack_push import StackPush

PERIOD_S, DELAY_S = 4.0, 0.1
MISSION = load_mission("adras-j2-deorbit", laws())
VEHICLE, CONTROL = MISSION.servicer, MISSION.guidance.control
INERTIA = ((7_000.0, 0.0, 0.0), (0.0, 92_000.0, 0.0), (0.0, 0.0, 92_000.0))
ALL_NS = 4 * VEHICLE.propulsion.thrust_n * PERIOD_S

offsets = st.tuples(*[st.floats(-0.3, 0.3)] * 2)
moments = st.tuples(*[st.floats(-20.0, 20.0)] * 2)
"""N m s in a period, where the four valves at 0.7 m have 123 N m s to either side."""


def push(offset_m=(0.1, -0.06)):
    """With the stack's centre 7.4 m ahead and beside the boresight."""
    allocator = Allocator(VEHICLE.propulsion, centre_body_m=(7.4, *offset_m))
    return StackPush(CONTROL, VEHICLE.propulsion, allocator, Wheels(VEHICLE.wheels, INERTIA), DELAY_S)


@given(offsets, moments, st.floats(20.0, 2.0 * ALL_NS))
@settings(max_examples=60, deadline=None)
def test_the_moment_is_what_was_asked_for_and_no_valve_is_open_longer_than_there_is(offset, moment, wanted):
    firing = push(offset).fire(moment, PERIOD_S, wanted, ())
    assert max(firing.on_s) <= PERIOD_S + 1e-12
    assert [on_s for on_s in firing.on_s[4:] if on_s] == []  # nothing is spent sideways or against
    assert firing.impulse_body_ns[1:] == (0.0, 0.0)
    if wanted >= 150.0:  # below, one would have to be open for less than nothing
        assert firing.moment_body_nms[1:] == pytest.approx(moment, abs=1e-9)
    if firing.impulse_body_ns[0] < wanted - 1e-6:
        assert max(firing.on_s) == pytest.approx(PERIOD_S)  # then more is not to be had


def test_what_it_promises_is_what_it_gives():
    for offset in ((0.0, 0.0), (0.1, -0.06), (0.3, 0.3)):
        pusher = push(offset)
        given_ns = pusher.fire((0.0, 0.0), PERIOD_S, 2.0 * ALL_NS, ()).impulse_body_ns[0]
        assert pusher.most_n(()) * PERIOD_S == pytest.approx(given_ns)
    assert push((0.0, 0.0)).most_n(()) == pytest.approx(4 * VEHICLE.propulsion.thrust_n)


@pytest.mark.parametrize("gone", [0, 1, 2, 3])
def test_with_a_dead_valve_a_third_of_the_push_is_left_and_still_passes_the_centre(gone):
    pusher = push()
    wanted = pusher.most_n((gone,)) * PERIOD_S
    firing = pusher.fire((3.0, -2.0), PERIOD_S, wanted, (gone,))
    assert firing.on_s[gone] == 0.0
    assert 0.9 < firing.impulse_body_ns[0] / wanted < 1.15  # what turns back pushes too
    assert np.linalg.norm(firing.impulse_body_ns[1:]) < 0.05 * wanted
    # To a least impulse of a fore valve, 6.9 m away.
    assert np.allclose(firing.moment_body_nms[1:], (3.0, -2.0), atol=1.5)


@given(st.tuples(*[st.floats(-1.0, 1.0)] * 3), st.tuples(*[st.floats(-1.0, 1.0)] * 4))
@settings(max_examples=60, deadline=None)
def test_what_is_missing_turns_the_boresight_onto_the_direction(direction, attitude):
    assume(np.linalg.norm(direction) > 0.1 and np.linalg.norm(attitude) > 0.1)
    towards = tuple((np.array(direction) / np.linalg.norm(direction)).tolist())
    q = canonical(np.array(attitude) / np.linalg.norm(attitude))
    pointing = along(q, towards, (0.0, 0.0, 1e-3))
    turned = mul(q, from_rotation_vector(pointing.missing_rad))
    assert rotate(turned, (1.0, 0.0, 0.0)) == pytest.approx(towards, abs=1e-9)
    assert pointing.missing_rad[0] == pointing.rate_radps[0] == 0.0  # the roll is left free
