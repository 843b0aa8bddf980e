"""Every quantity that a requirement may speak of, over states whose values are known another way."""

from math import atan, atan2, cos, degrees, radians, sin, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mission_samples import (
    EARTHWARD,
    FAST,
    HIGH,
    closing_in,
    equipment,
    event,
    phase,
    quickstart,
    straight,
)

from twin.contracts.navigation import Estimate
from twin.dynamics import rotation
from twin.dynamics.state import KinematicState
from twin.ground.knowledge import Knowledge
from twin.mission.geometry import motion_columns, turned
from twin.mission.quantities import JUDGING, described
from twin.mission.sampling import Sampler

SECOND = 1_000_000_000
FITTING_M = 6.2
NANOMETRE = 2e-9
"""Two units in the last place of an orbit radius in float64."""


def state(r_m, v_mps=FAST, q=(1.0, 0.0, 0.0, 0.0), w_radps=(0.0, 0.0, 0.0)):
    return KinematicState(*(np.array([each]) for each in (r_m, v_mps, q, w_radps)))


def below(axial_m, lateral_m=0.0, **rest):
    """A servicer this far from the fitting along an axis that points to the Earth, and beside it."""
    x, y, z = HIGH
    return state((x - FITTING_M - axial_m, y, z + lateral_m), **rest)


def columns(target, servicer):
    made = motion_columns(quickstart(), target, servicer)
    return {name.removeprefix("truth."): float(values[0]) for name, values in made.items()}


def test_at_rest_on_the_capture_axis_the_geometry_is_plain():
    seen = columns(state(HIGH, q=EARTHWARD), below(17.0))
    assert seen["port_axial_m"] == pytest.approx(17.0, abs=NANOMETRE)
    assert seen["port_lateral_m"] == pytest.approx(0.0, abs=NANOMETRE)
    assert seen["range_m"] == pytest.approx(23.2, abs=NANOMETRE)
    assert seen["r_ric_x_m"] == pytest.approx(-23.2, abs=NANOMETRE)
    assert seen["corridor_angle_deg"] == pytest.approx(0.0, abs=1e-6)
    assert seen["axis_tilt_deg"] == pytest.approx(0.0, abs=1e-9)
    # Body x of the servicer is eci x, up: against an axis that points down, and at the target.
    assert seen["attitude_error_deg"] == pytest.approx(0.0, abs=1e-9)
    assert seen["pointing_error_deg"] == pytest.approx(0.0, abs=1e-6)
    assert (seen["in_corridor"], seen["in_keep_out"]) == (1.0, 0.0)


def test_beside_the_axis_the_angle_is_seen_from_the_fitting():
    seen = columns(state(HIGH, q=EARTHWARD), below(4.0, 1.0))
    assert seen["port_lateral_m"] == pytest.approx(1.0, abs=NANOMETRE)
    assert seen["corridor_angle_deg"] == pytest.approx(degrees(atan(1.0 / 4.0)), abs=1e-6)
    assert seen["pointing_error_deg"] == pytest.approx(degrees(atan(1.0 / 10.2)), abs=1e-6)
    assert (seen["in_corridor"], seen["in_keep_out"]) == (1.0, 1.0)
    assert columns(state(HIGH, q=EARTHWARD), below(4.0, 1.1))["in_corridor"] == 0.0


def test_behind_the_fitting_the_corridor_angle_exceeds_a_right_angle():
    seen = columns(state(HIGH, q=EARTHWARD), below(-1.0, 0.5))
    assert seen["corridor_angle_deg"] == pytest.approx(degrees(atan2(0.5, -1.0)), abs=1e-6)


def test_a_servicer_that_rolls_with_the_stage_has_no_relative_rate():
    spin_radps = radians(0.4)
    target = state(HIGH, q=EARTHWARD, w_radps=(spin_radps, 0.0, 0.0))
    still = columns(target, below(3.2))
    assert still["relative_rate_deg_per_s"] == pytest.approx(0.4, abs=1e-12)
    # The stage's x points down and the servicer's up: to roll with it is to turn the other way.
    rolling = columns(target, below(3.2, w_radps=(-spin_radps, 0.0, 0.0)))
    assert rolling["relative_rate_deg_per_s"] == pytest.approx(0.0, abs=1e-12)
    assert rolling["servicer_rate_deg_per_s"] == pytest.approx(0.4, abs=1e-12)


def test_a_swinging_axis_is_closed_in_on_only_by_motion_along_it():
    """Held 10 m from the fitting while the stage swings at 0.1 deg/s: carried along, it does not close in."""
    swing_radps = radians(0.1)
    target = state(HIGH, q=EARTHWARD, w_radps=(0.0, 0.0, swing_radps))
    x, y, z = FAST
    carried = below(10.0, v_mps=(x, y - 16.2 * swing_radps, z))
    assert columns(target, carried)["port_closing_mps"] == pytest.approx(0.0, abs=1e-12)
    inward = below(10.0, v_mps=(x + 0.03, y - 16.2 * swing_radps, z))
    assert columns(target, inward)["port_closing_mps"] == pytest.approx(0.03, abs=1e-12)


def test_closing_speed_is_the_shrinking_of_the_range():
    sampler = Sampler(quickstart())
    for each in closing_in(30.0, 0.1, 100.0):
        sampler.take(each)
    t_ns = sampler.grid(100 * SECOND)
    seen = sampler.columns(t_ns)
    assert seen["truth.closing_mps"] == pytest.approx(np.full(101, 0.1), abs=1e-9)
    assert seen["truth.range_m"] == pytest.approx(30.0 - 0.1 * np.arange(101), abs=NANOMETRE)


@given(st.lists(st.floats(-1.0, 1.0), min_size=7, max_size=7))
@settings(max_examples=50)
def test_turning_many_vectors_is_turning_each(parts):
    q, v = rotation.canonical([1.5, *parts[1:4]]), np.array(parts[4:])
    assert turned(np.array([q]), v)[0] == pytest.approx(rotation.rotate(q, v), abs=1e-14)


def test_every_quantity_that_may_be_judged_is_sampled_and_no_other():
    sampler = Sampler(quickstart())
    for each in closing_in(30.0, 0.1, 10.0):
        sampler.take(each)
    t_ns = sampler.grid(10 * SECOND)
    sampled = sampler.columns(t_ns)
    assert sorted(sampled) == sorted(quantity.name for quantity in described(JUDGING))
    assert {len(values) for values in sampled.values()} == {len(t_ns)}


def test_what_the_ground_knows_is_registered():
    names = [quantity.name for quantity in described(("ground",))]
    assert set(Knowledge().values(0, 5)) <= set(names)


def estimate(t_s, r_ric_m, pose_known):
    covariance = np.zeros(78)
    covariance[[0, 2, 5]] = (4.0, 4.0, 1.0)
    return Estimate(
        t_ns=round(t_s * SECOND),
        r_ric_m=r_ric_m,
        v_ric_mps=(0.0, 0.1, 0.0),
        q_eci_from_target=(1.0, 0.0, 0.0, 0.0),
        w_target_radps=(0.0, 0.0, 0.0),
        q_eci_from_servicer=(1.0, 0.0, 0.0, 0.0),
        w_servicer_radps=(0.0, 0.0, 0.0),
        range_m=sqrt(sum(each * each for each in r_ric_m)),
        range_rate_mps=-0.1,
        port_axial_m=5.0,
        port_lateral_m=0.1,
        attitude_error_rad=radians(1.0),
        pose_known=pose_known,
        delta_v_mps=0.5,
        rejected=2,
        covariance=covariance.astype("<f8").tobytes(),
    )


def sampled_with(*bodies, end_s=10.0):
    sampler = Sampler(quickstart())
    for each in closing_in(30.0, 0.1, end_s):
        sampler.take(each)
    for body in bodies:
        sampler.take(event(body.t_ns, "guidance", body))
    return sampler.columns(sampler.grid(round(end_s * SECOND)))


def test_an_estimate_holds_from_its_own_time_until_the_next():
    seen = sampled_with(estimate(2.0, (-29.0, 0.0, 0.0), True), estimate(5.0, (-29.5, 0.0, 0.0), True))
    assert np.isnan(seen["onboard.range_m"][:2]).all()
    assert seen["onboard.range_m"][2:].tolist() == [29.0] * 3 + [29.5] * 6
    assert seen["onboard.sigma_r_m"][2] == 3.0
    assert seen["onboard.closing_mps"][2] == 0.1
    assert seen["onboard.attitude_error_deg"][2] == pytest.approx(1.0)


def test_the_navigation_error_is_that_of_the_estimate_at_its_own_time():
    seen = sampled_with(estimate(0.0, (-30.8, 0.6, 0.0), True))
    assert seen["truth.navigation_error_m"] == pytest.approx(1.0, abs=NANOMETRE)


def test_without_a_pose_the_port_is_unknown_on_board():
    seen = sampled_with(estimate(0.0, (-30.0, 0.0, 0.0), False))
    for name in ("port_axial_m", "port_lateral_m", "attitude_error_deg"):
        assert np.isnan(seen[f"onboard.{name}"]).all()
    assert (seen["onboard.pose_known"] == 0.0).all()


def test_the_grid_ends_with_the_motion_that_is_known():
    sampler = Sampler(quickstart())
    assert len(sampler.grid(SECOND)) == 0
    for each in closing_in(30.0, 0.1, 10.25):
        sampler.take(each)
    assert sampler.grid(60 * SECOND)[-1] == round(10.25 * SECOND)
    assert sampler.grid(3 * SECOND).tolist() == [0, SECOND, 2 * SECOND, 3 * SECOND]


def test_reports_out_of_order_hold_from_when_they_came():
    sampler = Sampler(quickstart())
    for each in (*closing_in(30.0, 0.1, 10.0), equipment(5.0, 90.0), equipment(4.0, 80.0)):
        sampler.take(each)
    for each in (phase(6.0, "transfer"), phase(2.0, "hold_17")):
        sampler.take(each)
    seen = sampler.columns(sampler.grid(10 * SECOND))
    assert seen["truth.propellant_kg"][4:6].tolist() == [210.0, 80.0]
    assert seen["onboard.phase"][5:7].tolist() == ["hold_50", "hold_17"]


def test_the_geometry_does_not_depend_on_where_the_orbit_is():
    """Both bodies turned together about the Earth: nothing relative changes."""
    angle = 0.7
    q = np.array([cos(angle / 2.0), 0.0, 0.0, sin(angle / 2.0)])
    target, servicer = (
        state(HIGH, q=EARTHWARD, w_radps=(0.007, 0.0, 0.0)),
        below(6.0, 0.3, w_radps=(0.0, 0.01, 0.0)),
    )

    def moved(body):
        return KinematicState(
            np.array([rotation.rotate(q, body.r_eci_m[0])]),
            np.array([rotation.rotate(q, body.v_eci_mps[0])]),
            np.array([rotation.mul(q, body.q_eci_from_body[0])]),
            body.w_body_radps,
        )

    here, there = columns(target, servicer), columns(moved(target), moved(servicer))
    # A difference of two radii of 7e6 m that were each rounded in the turn.
    assert there == pytest.approx(here, abs=1e-6)


def test_a_newer_trajectory_supersedes_what_was_promised():
    sampler = Sampler(quickstart())
    for each in closing_in(30.0, 0.1, 10.0):
        sampler.take(each)
    x, y, z = HIGH
    sampler.take(straight("servicer", (x - 50.0, y, z), FAST, (1.0, 0.0, 0.0, 0.0), 10.0))
    assert sampler.columns(sampler.grid(10 * SECOND))["truth.range_m"] == pytest.approx(50.0, abs=NANOMETRE)
