"""The target changes hands: asked for, granted, booked on both sides, and given back where it was."""

import msgspec
import numpy as np
import pytest
from servicer_bench import MISSION, SECOND

from services.target import Target
from twin.contracts.custody import CustodyBooked, CustodyGrant, CustodyRequest
from twin.contracts.envelope import Delivered
from twin.contracts.motion import Trajectory
from twin.dynamics.custody import body_state, booked, motion_of
from twin.dynamics.segments import Track
from twin.errors import ContractError
from twin.vehicle.contact import pulses_of
from twin.vehicle.thrusters import Burn, Stretch

HOUR = 3600 * SECOND
REQUEST = CustodyRequest(body="target", to_owner="servicer", at_ns=100 * SECOND)


def begun():
    target = Target()
    first = target.begin(MISSION).messages[0].body
    return target, Track(first.pieces)


def told(target, t_ns, body):
    mail = Delivered(t_ns=t_ns, micro=1, source="servicer", sequence=0, body=body)
    return target.react(t_ns, (mail,))


def of(reaction, kind):
    return next(out for out in reaction.messages if isinstance(out.body, kind))


def test_the_grant_is_the_promised_state_and_comes_a_boundary_ahead():
    target, promised = begun()
    reaction = told(target, 99 * SECOND, REQUEST)
    grant = of(reaction, CustodyGrant)
    state = promised.state(100 * SECOND)
    assert (grant.to, grant.delivery, grant.body.state.t_ns) == (("servicer",), "wait", 100 * SECOND)
    assert grant.body.state.r_eci_m == tuple(state.r_eci_m.tolist())
    assert grant.body.state.w_body_radps == tuple(state.w_body_radps.tolist())
    assert of(reaction, CustodyBooked).delay_ns == SECOND
    assert reaction.wake_ns is None  # it says nothing more


def test_both_sides_book_the_same_momentum():
    target, _ = begun()
    gave = of(told(target, 99 * SECOND, REQUEST), CustodyBooked).body
    target, _ = begun()
    grant = of(told(target, 99 * SECOND, REQUEST), CustodyGrant).body
    took = booked(grant.state, "took")
    assert (gave.momentum_eci_ns, gave.angular_momentum_eci_nms) == (
        took.momentum_eci_ns,
        took.angular_momentum_eci_nms,
    )


def test_given_and_taken_at_one_instant_the_motion_goes_on_as_promised():
    target, promised = begun()
    state = of(told(target, 99 * SECOND, REQUEST), CustodyGrant).body.state
    back = CustodyGrant(state=state, from_owner="servicer", to_owner="target")
    reaction = told(target, 100 * SECOND, back)
    again = Track(of(reaction, Trajectory).body.pieces)
    at_once, later = again.state(100 * SECOND), again.state(2 * HOUR)
    assert np.abs(at_once.r_eci_m - promised.state(100 * SECOND).r_eci_m).max() <= 1e-9
    # A rounding unit of the speed, 1e-12 m/s, has grown along the orbit for two hours.
    assert np.abs(later.r_eci_m - promised.state(2 * HOUR).r_eci_m).max() < 1e-5
    assert reaction.wake_ns == HOUR


def test_what_is_not_promised_or_not_owned_cannot_be_had():
    target, _ = begun()
    with pytest.raises(ContractError, match="its promise"):
        told(target, 99 * SECOND, msgspec.structs.replace(REQUEST, at_ns=3 * HOUR))
    told(target, 99 * SECOND, REQUEST)
    with pytest.raises(ContractError, match="ask the owner"):
        told(target, 99 * SECOND, REQUEST)


def test_a_target_restored_without_custody_stays_silent_and_takes_the_debris_back():
    target, _ = begun()
    state = of(told(target, 99 * SECOND, REQUEST), CustodyGrant).body.state
    other = Target()
    other.restore(MISSION, target.snapshot())
    assert other.react(HOUR, ()).messages == ()
    back = CustodyGrant(state=state, from_owner="servicer", to_owner="target")
    assert told(other, 100 * SECOND, back) == told(target, 100 * SECOND, back)


def test_a_state_goes_through_its_message_bit_for_bit():
    _, promised = begun()
    state = promised.state(7 * SECOND)
    inertia = MISSION.target.inertia_body_kgm2
    again = motion_of(body_state(7 * SECOND, "target", state, 3000.0, inertia))
    assert all(np.array_equal(getattr(again, name), getattr(state, name)) for name in state._fields)


def test_pulses_carry_the_impulse_of_every_stretch():
    burn = Burn(
        (
            Stretch(20_000_000, (3.0, 1.0, 0.0), (0.0, 0.5, 0.0), 0.0),
            Stretch(30_000_000, (1.0, 0.0, 0.0), (0.0, 0.0, 0.2), 0.0),
            Stretch(50_000_000, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.0),
        ),
        2,
        0.0,
    )
    pulses = tuple(pulses_of(burn))
    assert [pulse.on_s for pulse in pulses] == [0.02, 0.05]
    impulse = sum(np.array(pulse.force_body_n) * pulse.on_s for pulse in pulses)
    assert impulse == pytest.approx([0.09, 0.02, 0.0])
