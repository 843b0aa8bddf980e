"""A capture flown: from the corridor into the contact window, to the latch, to a calm stack; and when it
fails.
"""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from contact_flights import Flight, bodies, flown, short

from services.recording.read import Recording
from services.recording.replay import replay
from services.run import participants
from twin.contracts.capture import ArmState, CaptureEvent, WindowClosed
from twin.contracts.custody import BodyState, CustodyBooked, CustodyGrant, CustodyRequest
from twin.contracts.motion import Trajectory
from twin.contracts.navigation import PhaseChanged
from twin.contracts.operations import FaultRequest, Mark
from twin.contracts.radio import CommandVerification
from twin.contracts.sensing import SensorReadings
from twin.dynamics.rotation import conj, mul
from twin.dynamics.segments import Track
from twin.mission.script import Step

CAPTURE = (
    "latched",
    "latch_delay",
    "contact_impulse",
    "contact_force",
    "seated",
    "calmed",
    "calm_at_end",
)


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    record = tmp_path_factory.mktemp("capture") / "capture.mcap"
    report, events = flown(short(), record=record)
    return report, events, record


def jumps(events, body):
    """Largest jump in position (m) and attitude (rad) where one published piece takes over from the one
    before.
    """
    track = Track()
    for trajectory in bodies(events, Trajectory):
        if trajectory.body == body:
            track.extend(trajectory)
    metres, radians = 0.0, 0.0
    for before, after in pairwise(track.pieces):
        a, b = Track([before]).state(after.start_ns), Track([after]).state(after.start_ns)
        metres = max(metres, float(np.abs(a.r_eci_m - b.r_eci_m).max()))
        turn = mul(conj(a.q_eci_from_body), b.q_eci_from_body)
        radians = max(radians, 2.0 * float(np.abs(turn[1:]).max()))
    return metres, radians


def happened(events):
    return [each.event for each in bodies(events, CaptureEvent)]


def test_the_stage_is_captured_and_calmed_within_its_requirements(capture):
    report, events, _ = capture
    outcomes = {result.name: result.outcome for result in report.verdict.results}
    assert {name: outcomes[name] for name in CAPTURE} == dict.fromkeys(CAPTURE, "pass")
    assert [change.phase for change in bodies(events, PhaseChanged)] == [
        "ready",
        "reach",
        "settle",
        "calm",
        "stack_hold",
    ]


def test_custody_is_asked_for_granted_and_booked_alike_on_both_sides(capture):
    _, events, _ = capture
    (request,), (grant,) = bodies(events, CustodyRequest), bodies(events, CustodyGrant)
    assert request.at_ns == grant.state.t_ns
    gave, took, stack = bodies(events, CustodyBooked)
    assert (gave.side, took.side, stack.body) == ("gave", "took", "stack")
    assert gave.momentum_eci_ns == took.momentum_eci_ns
    assert gave.angular_momentum_eci_nms == took.angular_momentum_eci_nms


@pytest.mark.parametrize("body", ["servicer", "target"])
def test_motion_is_continuous_through_every_hand_over(capture, body):
    metres, radians = jumps(capture[1], body)
    assert metres <= 1e-6
    assert radians <= 1e-8


def test_the_stack_is_one_rigid_body(capture):
    _, events, _ = capture
    (closed,) = bodies(events, WindowClosed)
    tracks = {"servicer": Track(), "target": Track()}
    for trajectory in bodies(events, Trajectory):
        tracks[trajectory.body].extend(trajectory)
    end_ns = min(track.end_ns for track in tracks.values())
    times = np.linspace(closed.t_ns, end_ns, 50).astype(np.int64)
    target, servicer = tracks["target"].states(times), tracks["servicer"].states(times)
    apart = np.sqrt(((target.r_eci_m - servicer.r_eci_m) ** 2).sum(axis=1))
    assert np.ptp(apart) < 1e-7  # cut tails of the pieces, 1e-8 m
    (stack,) = bodies(events, BodyState)
    assert stack.mass_kg == pytest.approx(3801.0, abs=0.5)


def test_the_window_keeps_its_books_and_energy_does_not_rise_at_the_latch(capture):
    (closed,) = bodies(capture[1], WindowClosed)
    assert closed.broken == ()
    assert closed.momentum_error_ns <= closed.momentum_limit_ns
    assert closed.latch_rise_j <= 1e-3
    # Motors' and thrusters' work is booked step by step: while nothing touches a tenth of a percent is left.
    assert closed.free_error_j <= 1e-3
    assert -0.1 < closed.contact_j < 0.0


def test_the_on_board_computer_hears_sensors_and_the_arm_and_nothing_else(capture):
    heard = {type(event.body) for event in capture[1] if "guidance" in event.to}
    assert heard == {SensorReadings, ArmState}


def test_a_captured_run_replays_to_its_digest(capture):
    report, _, record = capture
    assert replay(Recording(record), participants()).digest == report.outcome.digest


IN_A_FRESH_PROCESS = """
import services  # pins the numeric environment before numpy is loaded, as both shells do
from contact_flights import flown, short
from services.run import Options, fly
from services.stdout import guard

guard()
print(flown(short())[0].outcome.digest, fly(short(), Options()).outcome.digest)
"""


def test_processes_give_the_same_digest_under_another_hash_seed():
    folder = Path(__file__).parent
    path = os.pathsep.join((str(folder.parent), str(folder)))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "424242"}
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    in_process, as_processes = done.stdout.split()
    assert in_process == as_processes


def test_crews_restored_before_within_and_after_the_window_answer_alike():
    flight = Flight(short())
    for phase, more_s in (("reach", 0.0), ("reach", 30.0), ("settle", 3.0), ("calm", 5.0)):
        assert flight.until_phase(phase, 1800.0)
        start_s = flight.now_s
        flight.until(lambda f, end_s=start_s + more_s: f.now_s >= end_s, 2500.0)
        flight.shadow()
        flight.until(lambda f, end_s=flight.now_s + 2.0: f.now_s >= end_s, 2500.0)
        flight.alone()
    assert flight.phase == "calm"


def test_without_detumbling_the_stack_is_not_calmed():
    limp = {"calm": {"point": "free"}, "stack_hold": {"point": "free"}}
    report, _ = flown(short(phases=limp))
    outcomes = {result.name: result.outcome for result in report.verdict.results}
    assert (outcomes["latched"], outcomes["calmed"], outcomes["calm_at_end"]) == ("pass", "fail", "fail")


@pytest.fixture(scope="module")
def commanded():
    """RELEASE too soon, ARM, RETRACT, a second attempt, RELEASE: by telecommand, in sight of a station."""
    rows = {"fold": {"on": {"stowed": "ready", "timeout": "retreat"}}, "ready": {"timeout_s": 60.0}}
    mission = short(phases=rows)
    steps = (
        Step(name="too_soon", command="release", at_s=20.0),
        Step(name="out", command="arm", when="ground.phase == 'ready'"),
        Step(name="back", command="retract", when="ground.phase == 'deploy' and ground.phase_age_s > 30"),
        Step(name="let_go", command="release", when="ground.phase == 'stack_hold'"),
    )
    station = msgspec.structs.replace(mission.stations[0], mask_deg=-89.0)
    ending = msgspec.structs.replace(mission.ending, linger_s=60.0)
    return flown(msgspec.structs.replace(mission, stations=(station,), timeline=steps, ending=ending))[1]


def test_telecommands_move_the_arm_or_are_refused_with_the_reason(commanded):
    said = [(each.name, each.stage) for each in bodies(commanded, CommandVerification)]
    last = {number: stage for number, stage in enumerate(said) if stage[1] in ("completed", "failed")}
    assert list(last.values()) == [
        ("release", "failed"),
        ("arm", "completed"),
        ("retract", "completed"),
        ("release", "completed"),
    ]
    (refused,) = [each for each in bodies(commanded, CommandVerification) if each.stage == "failed"]
    assert refused.reason.startswith("no cue release in phase close_in; legal here: ")
    phases = [change.phase for change in bodies(commanded, PhaseChanged)]
    capture = ["reach", "settle", "calm", "stack_hold"]
    assert phases[:9] == ["ready", "deploy", "fold", "ready", *capture, "fold"]


def test_called_back_or_released_there_are_two_owners_again(commanded):
    back, capture, release = bodies(commanded, WindowClosed)
    assert [each.outcome for each in (back, capture, release)] == ["apart", "stack", "apart"]
    assert all(each.broken == () for each in (back, capture, release))
    # The contact world takes a latched pair back to let it go: the jaw opens round the ring, the arm folds.
    assert happened(commanded)[-3:] == ["latch_opened", "retracted", "stowed"]
    owners = [grant.to_owner for grant in bodies(commanded, CustodyGrant)]
    assert owners == ["servicer", "target", "servicer", "target"]
    assert max(jumps(commanded, "target")[0], jumps(commanded, "servicer")[0]) <= 1e-6


@pytest.mark.parametrize(
    "faults",
    [
        {"arm.joint_jam": {"joint": 4.0}},
        {"arm.finger_stuck": {}},
        {"arm.latch_sensor_false": {"says": "open"}},
        # The sensor says that it holds from the beginning, and nothing is ever held.
        {"arm.latch_sensor_false": {"says": "closed"}, "arm.finger_stuck": {}},
    ],
    ids="+".join,
)
def test_a_fault_of_the_arm_is_no_capture_and_ends_in_a_safe_retreat(faults):
    rows = {
        "fold": {"on": {"stowed": "retreat", "refused": "retreat", "timeout": "retreat"}},
        "reach": {"timeout_s": 80.0},
    }
    flight = Flight(short(phases=rows))
    assert flight.until_phase("reach", 1800.0)
    for name, arguments in faults.items():
        flight.give("servicer", FaultRequest(fault=name, active=True, arguments=arguments))
    assert flight.until_phase("drift", 2300.0)
    assert "settle" not in [change.phase for change in bodies(flight.events, PhaseChanged)]
    # A latch that closed unseen was opened again.
    assert happened(flight.events).count("latch_closed") == happened(flight.events).count("latch_opened")
    assert [grant.to_owner for grant in bodies(flight.events, CustodyGrant)] == ["servicer", "target"]


def test_an_unknown_fault_is_noted_and_changes_nothing():
    flight = Flight(short())
    flight.until(lambda f: f.now_s >= 1.0, 10.0)
    flight.give("servicer", FaultRequest(fault="arm.joint_jam", active=True, arguments={"joint": 8.0}))
    flight.until(lambda f: f.now_s >= 3.0, 10.0)
    (said,) = [each for each in bodies(flight.events, Mark) if "no use for fault_request" in each.text]
    assert "arm.joint_jam: Expected `int` <= 7" in said.text
