"""What the laws ask for, against linear theory and against their own promises."""

from math import pi

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.laws import laws
from services.library import load_mission
from twin.contracts.fields import Vec3
from twin.dynamics.relative import cw_transition
from twin.errors import MissionError, UsageError
from twin.guidance import vectors as vec
from twin.guidance.builtin import BUILTIN
from twin.guidance.drift import Drift
from twin.guidance.escape import escape
from twin.guidance.examples import RATE
from twin.guidance.examples import on_the_axis as on_axis
from twin.guidance.examples import resting as seen
from twin.guidance.free_drift import least_ranges, paths
from twin.guidance.glideslope import Glideslope, Slope
from twin.guidance.hold import Hold
from twin.guidance.law import Demand, Law, law_of
from twin.guidance.phases import Phase
from twin.guidance.place import Place
from twin.guidance.retreat import Retreat
from twin.guidance.table import Stage, Table
from twin.guidance.tracking import natural_acceleration
from twin.guidance.transfer import departure_velocity
from twin.guidance.waypoints import Leg, Waypoints

PHASES = load_mission("adras-j2", laws()).guidance.phases
metres = st.floats(-300.0, 300.0)
speeds = st.floats(-0.5, 0.5)
places = st.tuples(metres, metres, metres)
velocities = st.tuples(speeds, speeds, speeds)
ALL = (
    Hold(place=Place(r_ric_m=(0.0, -50.0, 0.0))),
    Hold(place=Place(port_axial_m=17.0)),
    Waypoints(legs=(Leg(r_ric_m=(-30.0, -25.0, 0.0), duration_s=400.0),)),
    Glideslope(end_axial_m=3.2),
    Drift(),
)


def test_a_two_impulse_transfer_is_the_one_in_the_book() -> None:
    """Reference V06 (Curtis, example 7.4: from (20, 20, 20) km at (-20, 20, -5) m/s): the first impulse."""
    wanted = departure_velocity(0.00115697, (2e4, 2e4, 2e4), (0.0, 0.0, 0.0), 28800.0)
    first = np.subtract(wanted, (-20.0, 20.0, -5.0))
    assert first == pytest.approx((29.357511488, -66.751151059, 13.029719714), abs=1e-8)


@given(metres, metres, metres, st.floats(60.0, 2400.0))
def test_a_transfer_arrives(x: float, y: float, z: float, duration_s: float) -> None:
    leave = departure_velocity(RATE, (x, y, z), (0.0, -50.0, 0.0), duration_s)
    arrived = cw_transition(RATE, duration_s) @ np.array((x, y, z, *leave))
    assert arrived[:3] == pytest.approx((0.0, -50.0, 0.0), abs=1e-6)


@given(places, velocities)
def test_nature_is_that_of_the_linear_theory(r: Vec3, v: Vec3) -> None:
    state = np.array((*r, *v))
    change = (cw_transition(RATE, 1e-3) @ state - cw_transition(RATE, -1e-3) @ state) / 2e-3
    assert natural_acceleration(seen(), r, v) == pytest.approx(change[3:], abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(places, velocities, st.sampled_from(ALL), st.booleans())
def test_a_law_asks_for_numbers_and_forgets_nothing(r: Vec3, v: Vec3, law: Law, known: bool) -> None:
    sight = seen(r_ric_m=r, v_ric_mps=v, pose_known=known)
    memory = law.start(sight)
    memory, demand = law.step(memory, sight)
    assert all(abs(each) < 10.0 for each in demand.acceleration_ric_mps2)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(memory), type=law.memory_type)
    assert again == memory


def test_a_hold_in_its_dead_zone_does_nothing_but_carry_the_weight() -> None:
    law = Hold(place=Place(r_ric_m=(-20.0, 0.0, 0.0)), deadband_m=1.0, deadband_mps=0.01)
    _, demand = law.step(None, seen(r_ric_m=(-20.5, 0.3, 0.0), v_ric_mps=(0.002, 0.0, 0.0)))
    assert demand.acceleration_ric_mps2 == pytest.approx((3.0 * RATE**2 * 20.0, 0.0, 0.0))


def test_a_hold_on_the_in_track_axis_is_free() -> None:
    law = Hold(place=Place(r_ric_m=(0.0, -300.0, 0.0)))
    _, demand = law.step(None, seen(r_ric_m=(0.0, -300.0, 0.0)))
    assert vec.norm(demand.acceleration_ric_mps2) < 1e-15
    assert demand.arrived


def test_a_place_on_an_axis_not_yet_seen_is_where_the_servicer_is() -> None:
    sight = seen(pose_known=False)
    place = Place(port_axial_m=17.0)
    assert place.now(sight).r_ric_m == sight.r_ric_m
    assert not Hold(place=place).step(None, sight)[1].arrived


def test_a_place_is_one_of_two() -> None:
    for given_place in ({}, {"r_ric_m": (0.0, 1.0, 2.0), "port_axial_m": 3.0}):
        with pytest.raises(ValueError, match="exactly one"):
            Place(**given_place)


def test_the_ready_point_is_not_reached_before_three_sigma_say_so() -> None:
    law = Glideslope(end_axial_m=3.2, lateral_m=0.05, settle_s=0.0)
    at_end = Slope(axial_m=3.2)
    sure = on_axis(3.2, 0.01, sigma_lateral_m=0.012)
    unsure = on_axis(3.2, 0.01, sigma_lateral_m=0.015)
    turning = msgspec.structs.replace(sure, rate_error_radps=0.01)
    assert law.step(at_end, sure)[1].arrived
    assert not law.step(at_end, unsure)[1].arrived
    assert not law.step(at_end, turning)[1].arrived


def test_after_long_waiting_fewer_sigmas_will_do() -> None:
    law = Glideslope(end_axial_m=3.2, lateral_m=0.05, settle_s=0.0, patience_s=60.0, relax_s=100.0)
    unsure = on_axis(3.2, 0.01, sigma_lateral_m=0.02)  # 1 cm beside the axis: two sigmas fit
    memory, waited_s = Slope(axial_m=3.2), 0.0
    while not (step := law.step(memory, unsure))[1].arrived:
        memory, waited_s = step[0], waited_s + unsure.period_s
    assert waited_s == pytest.approx(60.0 + 50.0, abs=2.0 * unsure.period_s)
    # Three and a half sigmas off, and one that is asked for at least: never.
    far_off = on_axis(3.2, 0.01, sigma_lateral_m=0.045)
    assert not law.step(Slope(axial_m=3.2, waited_s=1e5), far_off)[1].arrived
    # One that leaves the end point waits anew.
    assert law.step(Slope(axial_m=3.2, waited_s=1e5), on_axis(3.6, 0.01))[0].waited_s == 0.0


@given(st.floats(3.2, 30.0))
def test_a_glideslope_never_asks_to_go_faster_than_told(axial_m: float) -> None:
    law = Glideslope(end_axial_m=3.2, speed_mps=0.03)
    memory, _ = law.step(Slope(axial_m=axial_m), on_axis(axial_m))
    assert -0.03 - 1e-12 <= memory.axial_m - axial_m <= 0.0


def test_a_glideslope_waits_for_a_servicer_that_is_off() -> None:
    law = Glideslope(end_axial_m=3.2, slack_m=0.5)
    memory, _ = law.step(Slope(axial_m=10.0), on_axis(10.0, 0.6))
    assert memory.axial_m == 10.0


def test_waypoints_fly_their_legs_in_order_and_arrive() -> None:
    """Against linear theory: two legs, impulses as demanded, no noise."""
    law = Waypoints(
        legs=(
            Leg(r_ric_m=(-32.0, -28.0, 0.0), duration_s=480.0),
            Leg(r_ric_m=(-22.0, 0.0, 8.0), duration_s=360.0),
        )
    )
    state, memory = np.array((0.0, -50.0, 0.0, 0.0, 0.0, 0.0)), law.start(seen())
    nearest_m, demand, t_s = 1e9, Demand(), 0.0
    while not demand.arrived and t_s < 2000.0:
        sight = seen(
            t_ns=round(t_s * 1e9), r_ric_m=tuple(state[:3]), v_ric_mps=tuple(state[3:]), period_s=2.0
        )
        memory, demand = law.step(memory, sight)
        state[3:] += 2.0 * np.array(vec.limited(demand.acceleration_ric_mps2, 0.04))
        state = cw_transition(RATE, 2.0) @ state
        t_s += 2.0
        nearest_m = min(nearest_m, float(np.linalg.norm(state[:3])))
    assert state[:3] == pytest.approx((-22.0, 0.0, 8.0), abs=1.0)
    assert demand.arrived
    assert nearest_m > 22.0  # never inside the sphere of 20 m


def test_free_drift_below_the_target_runs_ahead_as_the_book_says() -> None:
    """Reference V08: 12 pi x a revolution. J2 changes the period by a part in a thousand."""
    revolution_s = 2.0 * pi / RATE
    offset = np.array([(-15.0, 0.0, 0.0, 0.0, -15.0 * RATE, 0.0)])
    path = paths((6_980_000.0, 0.0, 0.0), (0.0, 6_980_000.0 * RATE, 0.0), offset, revolution_s)
    ahead_m = float(np.linalg.norm(path[-1, 0]))
    assert ahead_m == pytest.approx(12.0 * pi * 15.0, rel=0.05)


def test_the_least_range_is_found_between_the_steps() -> None:
    path = np.array([[[-10.0, 1.0, 0.0]], [[10.0, 1.0, 0.0]]])
    assert least_ranges(path) == pytest.approx([1.0])


@pytest.mark.parametrize("sight", [seen(), on_axis(20.0), seen(r_ric_m=(0.0, -300.0, 0.0))])
def test_an_escape_stays_clear_for_a_day(sight: object) -> None:
    found = escape(sight, (0.05, 0.1, 0.2), margin_m=3.0, sigmas=3.0)
    assert found.check.least_range_m >= found.check.limit_m == 23.0
    assert "24 h of drift" in found.check.text


def test_a_collision_course_is_left_by_more_than_doing_nothing() -> None:
    sight = seen(v_ric_mps=(0.0, 0.1, 0.0))
    found = escape(sight, (0.05, 0.1, 0.2), margin_m=3.0, sigmas=3.0)
    assert found.change_ric_mps != vec.ZERO
    assert found.check.least_range_m >= found.check.limit_m


def test_a_retreat_from_the_corridor_goes_out_along_the_axis_first() -> None:
    law = Retreat()
    sight = on_axis(5.0)
    memory, demand = law.step(law.start(sight), sight)
    assert memory.stage == "corridor"
    assert vec.dot(demand.acceleration_ric_mps2, sight.port_axis_ric) > 0.0
    assert not demand.arrived


def test_a_retreat_beside_the_corridor_goes_straight_away_from_the_target() -> None:
    """Sideways to the axis it would cross the sphere."""
    law = Retreat()
    sight = seen(r_ric_m=(-17.0, -12.0, 10.0), v_ric_mps=(0.1, 0.1, 0.0))
    memory, demand = law.step(law.start(sight), sight)
    assert memory.stage == "outwards"
    push = vec.along(demand.acceleration_ric_mps2, 1.0, natural_acceleration(sight, sight.r_ric_m, vec.ZERO))
    assert vec.dot(push, sight.r_ric_m) > 0.0


def test_a_retreat_says_what_it_checked_when_it_is_done() -> None:
    law = Retreat()
    sight = seen()
    memory, _ = law.step(law.start(sight), sight)
    left = msgspec.structs.replace(sight, v_ric_mps=memory.leave_ric_mps)
    memory, demand = law.step(memory, left)
    assert demand.arrived
    assert demand.checked == memory.check


def test_every_shipped_phase_names_a_law_that_takes_its_parameters() -> None:
    for phase in PHASES:
        law_of(phase, BUILTIN)


def test_an_unknown_law_is_refused_with_the_nearest() -> None:
    with pytest.raises(MissionError, match="unknown law `glidslope`; nearest: glideslope"):
        law_of(Phase(name="a", law="glidslope", period_s=1.0), BUILTIN)


def test_an_unknown_parameter_is_refused_with_the_nearest() -> None:
    phase = Phase(name="a", law="glideslope", period_s=1.0, parameters={"end_axial": 3.0})
    with pytest.raises(MissionError, match="no parameter `end_axial`; nearest: end_axial_m"):
        law_of(phase, BUILTIN)


def test_a_parameter_of_the_wrong_type_is_refused_with_its_place() -> None:
    phase = Phase(name="a", law="glideslope", period_s=1.0, parameters={"end_axial_m": "3.2 m"})
    with pytest.raises(MissionError, match=r"Expected `float`, got `str`.*end_axial_m"):
        law_of(phase, BUILTIN)


def test_the_table_leads_where_it_says_and_nowhere_else() -> None:
    table = Table(PHASES)
    hold = Stage(phase="hold_50", since_ns=0)
    assert table.after(hold, "go", 5).phase == "transfer"
    with pytest.raises(UsageError, match="no cue arrived in phase hold_50; legal here: go, retreat"):
        table.after(hold, "arrived", 5)


def test_a_phase_times_out_when_its_time_is_up() -> None:
    table = Table(PHASES)
    transfer = Stage(phase="transfer", since_ns=10)
    limit_ns = round(1800.0 * 1e9)
    assert not table.timed_out(transfer, 9 + limit_ns)
    assert table.timed_out(transfer, 10 + limit_ns)
