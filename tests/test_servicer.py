"""The servicer as a participant: timing of its cycle, what it says to whom, what leaves it unmoved."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from servicer_bench import (
    CLOSED,
    DELAY,
    MISSION,
    SECOND,
    TARGET,
    Bench,
    estimate,
    link,
    target_trajectory,
    track_of,
)

from services.servicer import Servicer, create
from twin.contracts.actuation import ActuatorCommand
from twin.contracts.equipment import EquipmentState
from twin.contracts.motion import Trajectory
from twin.contracts.operations import FaultRequest, Mark
from twin.contracts.sensing import SensorReadings
from twin.dynamics.frames import ric_from_eci
from twin.dynamics.segments import Track
from twin.errors import ContractError, MissionError, UsageError

FIRED = [0.3, 0.3, 0.1, 0.1, 0.0, 0.2, 0.0, 0.05, 0.0, 0.0, 0.0, 0.0]
TORQUE = (0.05, -0.02, 0.01, 0.0)


def test_it_begins_with_a_coast_and_senses_when_the_targets_motion_is_known():
    bench = Bench()
    coast, first = bench.said[0], bench.said[-1]
    assert coast.to == ("ground",)
    assert coast.delivery == "latest"
    assert Track(coast.body.pieces).end_ns == DELAY + SECOND
    assert isinstance(first.body, SensorReadings)
    assert (first.to, first.delay_ns, first.delivery) == (("guidance",), 0, "wake")
    assert (first.body.sampled_ns, first.body.sample) == (0, 0)
    assert bench.wake_ns == DELAY


def test_a_cycle_flies_to_the_next_reading_plus_the_computing_delay():
    bench = Bench()
    said = bench.cycle(period_ns=SECOND)
    trajectory = next(out for out in said if isinstance(out.body, Trajectory))
    reading = next(out for out in said if isinstance(out.body, SensorReadings))
    assert bench.wake_ns == SECOND + DELAY
    assert trajectory.body.pieces[0].start_ns == DELAY
    assert Track(trajectory.body.pieces).end_ns == SECOND + DELAY
    assert reading.body.sampled_ns == SECOND
    assert reading.delay_ns == SECOND - DELAY
    assert [type(out.body) for out in said] == [EquipmentState, Trajectory, SensorReadings]


def test_published_motion_has_no_gap_and_no_jump():
    bench = Bench()
    for k in range(20):
        bench.cycle(on_s=FIRED if k % 3 else CLOSED, torque_nm=TORQUE)
    pieces = track_of(bench).pieces
    for before, after in pairwise(pieces):
        join_ns = after.start_ns
        # The first promise reaches a second further than the coast that is flown.
        assert before.start_ns + before.duration_ns == join_ns + (SECOND if before is pieces[0] else 0)
        gap = Track([before]).state(join_ns).r_eci_m - Track([after]).state(join_ns).r_eci_m
        assert (
            np.abs(gap).max() < 3e-8
        )  # the tail that a piece may cut: 1e-8 m an axis, and 1e-9 m of rounding


def test_readings_are_of_the_published_motion():
    quiet = msgspec.structs.replace(
        MISSION, dispersions=msgspec.structs.replace(MISSION.dispersions, sensor_noise=0.0)
    )
    bench = Bench(quiet)
    for _ in range(5):
        bench.cycle(on_s=FIRED, torque_nm=TORQUE)
    track, target = track_of(bench), Track(TARGET.pieces)
    for reading in bench.all(SensorReadings):
        own, other = track.state(reading.sampled_ns), target.state(reading.sampled_ns)
        # Only the first second is published twice: once as promised and once as flown.
        assert np.abs(np.array(reading.gnss.r_eci_m) - own.r_eci_m).max() < 2e-8
        distance = np.linalg.norm(own.r_eci_m - other.r_eci_m)
        assert reading.lidar_range.range_m == pytest.approx(distance, abs=5e-8)


def test_without_a_command_it_coasts_one_more_period_of_the_same_length():
    bench = Bench()
    bench.cycle(on_s=FIRED, period_ns=2 * SECOND)
    start_ns = bench.wake_ns
    said = bench.grant(start_ns)
    assert bench.wake_ns - start_ns == 2 * SECOND
    assert bench.reading.sampled_ns == bench.wake_ns - DELAY
    assert len(said[1].body.pieces) == 1
    bench.grant(bench.wake_ns)
    assert bench.all(EquipmentState)[-1].firings == 0


def test_a_command_between_boundaries_is_applied_at_the_next():
    bench = Bench()
    bench.cycle()
    early_ns = bench.wake_ns - 400_000_000
    asked = ActuatorCommand(
        reading_ns=SECOND,
        thruster_on_s=tuple(FIRED),
        wheel_torque_nm=TORQUE,
        next_reading_ns=2 * SECOND,
    )
    assert bench.grant(early_ns, asked) == ()
    bench.grant(bench.wake_ns)
    assert bench.wake_ns == 2 * SECOND + DELAY
    bench.grant(bench.wake_ns)
    assert bench.all(EquipmentState)[-1].firings == sum(on > 0.0 for on in FIRED)


@pytest.mark.parametrize(("wanted_ns", "sampled_ns"), [(0, DELAY), (10**15, DELAY + 600 * SECOND)])
def test_a_reading_asked_for_in_the_past_or_far_ahead_is_taken_as_near_as_may_be(wanted_ns, sampled_ns):
    bench = Bench()
    bench.grant(
        DELAY,
        ActuatorCommand(
            reading_ns=0, thruster_on_s=CLOSED, wheel_torque_nm=(0.0,) * 4, next_reading_ns=wanted_ns
        ),
    )
    assert bench.reading.sampled_ns == sampled_ns
    assert bench.wake_ns == sampled_ns + DELAY


def test_empty_grants_between_boundaries_change_nothing():
    quiet, probed = Bench(), Bench()
    for _ in range(4):
        quiet.cycle(on_s=FIRED)
        probed.cycle(on_s=FIRED)
        before = probed.servicer.snapshot()
        for part in (3, 2):
            wake_ns = probed.wake_ns
            assert probed.grant(wake_ns - SECOND // part) == ()
            assert probed.wake_ns == wake_ns
        assert probed.servicer.snapshot() == before
    assert quiet.bytes() == probed.bytes()


def test_a_restored_servicer_continues_byte_for_byte():
    bench = Bench()
    bench.grant(DELAY // 2, link(True), source="ground")
    for k in range(6):
        bench.cycle(estimate(bench.reading.sampled_ns), on_s=FIRED if k % 2 else CLOSED, torque_nm=TORQUE)
    other = bench.restarted()
    for one in (bench, other):
        for _ in range(6):
            one.cycle(estimate(one.reading.sampled_ns), on_s=FIRED, torque_nm=TORQUE)
    assert bench.bytes() == other.bytes()
    assert bench.servicer.snapshot() == other.servicer.snapshot()


def test_a_snapshot_of_another_version_is_refused():
    state = msgspec.msgpack.decode(Bench().servicer.snapshot())
    with pytest.raises(UsageError, match="version 99"):
        Servicer().restore(MISSION, msgspec.msgpack.encode({**state, "version": 99}))


def test_the_seed_decides_the_noise():
    def flown(seed):
        bench = Bench(msgspec.structs.replace(MISSION, seed=seed))
        bench.cycle(on_s=FIRED)
        return bench.bytes()

    assert flown(1) == flown(1)
    assert flown(1) != flown(2)


def test_thrust_moves_it_as_newton_says():
    exact = msgspec.structs.replace(
        MISSION, dispersions=msgspec.structs.replace(MISSION.dispersions, thruster_error=0.0)
    )
    pushed, coasting = Bench(exact), Bench(exact)
    pushed.cycle(on_s=[0.5] * 4 + [0.0] * 8)
    coasting.cycle()
    end_ns = pushed.wake_ns
    gained = track_of(pushed).state(end_ns).v_eci_mps - track_of(coasting).state(end_ns).v_eci_mps
    # 44 N s on 801 kg; the propellant used meanwhile (16 g) and the gravity gradient are below 1e-4 of it.
    assert np.linalg.norm(gained) == pytest.approx(44.0 / 801.0, rel=1e-4)
    forward = gained @ (Track(TARGET.pieces).state(end_ns).r_eci_m - track_of(pushed).state(end_ns).r_eci_m)
    assert forward > 0.0
    pushed.grant(pushed.wake_ns)
    state = pushed.all(EquipmentState)[-1]
    assert state.firings == 4
    assert state.impulse_ns == pytest.approx(44.0)
    assert 801.0 - state.mass_kg == pytest.approx(44.0 / (285.0 * 9.80665), rel=1e-6)


def test_a_wheels_torque_turns_the_body_the_other_way_and_momentum_is_kept():
    bench = Bench()
    track = Track(bench.all(Trajectory)[0].pieces)
    inertia = np.array(MISSION.servicer.inertia_body_kgm2)
    axes = np.array([wheel.axis_body for wheel in MISSION.servicer.wheels])
    before = inertia @ track.state(DELAY).w_body_radps
    bench.cycle(torque_nm=(0.1, 0.1, 0.1, 0.1))
    end = track_of(bench).state(bench.wake_ns)
    stored = axes.T @ np.array([0.1] * 4)
    assert end.w_body_radps[0] < 0.0
    # Gravity gradient and the turning of the axes in 1 s: below 1e-3 N m s of the 0.23 that moved.
    assert np.abs(inertia @ end.w_body_radps + stored - before).max() < 1e-3


def test_it_starts_50_m_behind_with_its_boresight_on_the_target():
    bench = Bench()
    own, other = Track(bench.all(Trajectory)[0].pieces).state(0), Track(TARGET.pieces).state(0)
    r_ric_m = ric_from_eci(other.r_eci_m, other.v_eci_mps) @ (own.r_eci_m - other.r_eci_m)
    assert r_ric_m == pytest.approx([0.0, -50.0, 0.0], abs=5.0)  # dispersed by 1 m, 1 sigma
    assert abs(bench.reading.bearing.azimuth_rad) < 0.01


def test_what_no_sensor_sees_of_the_target_changes_no_byte():
    camera_only = msgspec.structs.replace(
        MISSION.servicer.sensors.lidar, maximum_range_m=0.0, pose_maximum_range_m=0.0
    )
    sensors = msgspec.structs.replace(MISSION.servicer.sensors, lidar=camera_only)
    blind = msgspec.structs.replace(
        MISSION, servicer=msgspec.structs.replace(MISSION.servicer, sensors=sensors)
    )
    # The lidar is off and the camera sees no attitude: a target turned by 1 rad must not show.
    one, other = Bench(blind), Bench(blind, target_trajectory(turned_rad=1.0))
    for bench in (one, other):
        for _ in range(5):
            bench.cycle()
    assert one.bytes() == other.bytes()
    # With the lidar on, it must.
    assert Bench().bytes() != Bench(target=target_trajectory(turned_rad=1.0)).bytes()


def test_what_it_has_no_use_for_is_marked_and_nothing_else_happens():
    bench = Bench()
    before = bench.servicer.snapshot()
    (mark,) = bench.grant(DELAY // 2, FaultRequest(fault="meteoroid", active=True), source="operator")
    assert isinstance(mark.body, Mark)
    assert "fault_request" in mark.body.text
    assert bench.servicer.snapshot() == before


def test_a_command_that_does_not_fit_the_vehicle_names_its_place():
    with pytest.raises(ContractError, match="thruster_on_s"):
        Bench().cycle(on_s=[0.0] * 11)
    with pytest.raises(ContractError, match="wheel_torque_nm"):
        Bench().cycle(torque_nm=[0.0] * 3)


def test_a_mission_without_computing_delay_is_refused():
    instant = msgspec.structs.replace(
        MISSION, guidance=msgspec.structs.replace(MISSION.guidance, compute_delay_s=0.0)
    )
    with pytest.raises(MissionError, match="compute_delay_s"):
        create().begin(instant)
