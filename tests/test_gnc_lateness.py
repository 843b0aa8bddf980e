"""Looks that come late are used for the instant at which they were made, once, and not for ever."""

import numpy as np
import pytest
from contact_flights import flown
from msgspec.structs import replace

from services.laws import laws
from services.library import load_mission
from tests.consistency import RUNS, band
from tests.gnc_world import World
from twin.contracts.actuation import ActuatorCommand
from twin.contracts.navigation import Estimate
from twin.contracts.sensing import SensorReadings
from twin.gnc.commanded import Commanded, Sent
from twin.gnc.computer import Computer
from twin.gnc.impulse import Impulse
from twin.gnc.knowledge import Knowledge
from twin.gnc.navigator import Navigator
from twin.gnc.navigator_state import HandOver
from twin.mission.script import Fault

MISSION = load_mission("rendezvous", laws())
SENSORS = ("camera", "lidar_range", "lidar_pose")


def navigator() -> Navigator:
    at = MISSION.start
    start = HandOver(r_ric_m=at.r_ric_m, v_ric_mps=at.v_ric_mps, sigma_r_m=5.0, sigma_v_mps=0.02)
    return Navigator(MISSION.guidance.navigation, MISSION.servicer, MISSION.target, start)


def drifting(count: int, period_s: float = 1.0) -> list[SensorReadings]:
    """Readings of a world without thrust."""
    world, seen = World(MISSION, 3), []
    computer = Computer(MISSION, laws())
    for _ in range(count):
        seen.append(world.readings())
        command, _ = computer.cycle(seen[-1])
        shut = replace(command, thruster_on_s=(0.0,) * 12, wheel_torque_nm=(0.0,) * 4)
        world.fly(replace(shut, next_reading_ns=seen[-1].sampled_ns + round(period_s * 1e9)))
    return seen


def unseen(readings: SensorReadings) -> SensorReadings:
    return replace(readings, bearing=None, lidar_range=None, lidar_pose=None)


def sigma_rate_radps(known: Knowledge) -> float:
    """1 sigma of the target's rate, rad/s."""
    return float(np.sqrt(known.target_covariance.diagonal()[3:].min()))


def test_a_look_that_comes_late_tells_as_much_as_one_in_time() -> None:
    seen = drifting(12)
    prompt, late = navigator(), navigator()
    for readings in seen[:11]:
        prompt.take(readings, Impulse())
    for k, readings in enumerate(seen[:11]):
        late.take(unseen(readings) if k in (7, 8) else readings, Impulse())
    for k in (8, 7):
        assert late.precedes(seen[k])
        late.recall(seen[k])
    after = [each.take(seen[11], Impulse()) for each in (prompt, late)]
    a, b = after[0], after[1]
    assert a is not None
    assert b is not None
    assert (a.late, b.late, b.rejected) == (0, 6, a.rejected)
    sigma_m = np.sqrt(np.diag(a.covariance))
    # The same measurements in another order: what is left is process noise over 4 s, and the gate's memory.
    assert np.abs(np.subtract(b.r_eci_m, a.r_eci_m)) / sigma_m[:3] == pytest.approx(0.0, abs=0.02)
    assert np.diag(b.covariance) == pytest.approx(np.diag(a.covariance), rel=0.01)
    assert np.diag(b.target_covariance) == pytest.approx(np.diag(a.target_covariance), rel=0.01)
    assert np.abs(np.subtract(b.w_target_radps, a.w_target_radps)).max() < 0.1 * sigma_rate_radps(b)


def test_readings_that_come_again_change_nothing() -> None:
    seen = drifting(8)
    one = navigator()
    for readings in seen:
        one.take(readings, Impulse())
    before = one.snapshot()
    for readings in (seen[-1], seen[3]):
        one.recall(readings)
    assert one.snapshot() == before


def test_what_is_too_old_is_refused_and_counted() -> None:
    seen = drifting(45, 1.0)
    one = navigator()
    for k, readings in enumerate(seen[:44]):
        one.take(unseen(readings) if k == 2 else readings, Impulse())
    one.recall(seen[2])
    known = one.take(seen[44], Impulse())
    assert known is not None
    assert (known.late, known.rejected) == (0, 3)


def test_a_late_look_is_taken_before_the_burn_that_came_after_it() -> None:
    """1 m/s at the fifth reading, seen by nobody; a look from before it comes afterwards."""
    seen = drifting(8)
    burn = Impulse((0.0, 0.0, 1.0), 1e-4, 0.9, (0.0, 0.0, 0.9), opened_before_s=0.9)
    told, untold = navigator(), navigator()
    for k, readings in enumerate(seen):
        fired = burn if k == 5 else Impulse()
        untold.take(unseen(readings) if k > 3 else readings, fired)
        told.take(unseen(readings) if k > 2 else readings, fired)
    told.recall(seen[3])
    there, here = told.snapshot(), untold.snapshot()
    assert there is not None
    assert here is not None
    assert there.relative.pose.rejected == there.relative.sight.rejected == 0
    assert there.relative.state == pytest.approx(here.relative.state, abs=0.02)


def test_what_is_remembered_for_late_looks_survives_a_snapshot_to_the_bit() -> None:
    seen = drifting(12)
    first, second = navigator(), navigator()
    for readings in seen[:8]:
        first.take(unseen(readings) if readings is seen[6] else readings, Impulse())
    second.restore(first.snapshot())
    for each in (first, second):
        each.recall(seen[6])
        each.take(seen[8], Impulse())
    assert first.snapshot() == second.snapshot()


def test_a_command_that_comes_late_waits_for_the_next_boundary() -> None:
    def push(size: float) -> Impulse:
        return Impulse((size, 0.0, 0.0), 0.01, 0.5, opened_before_s=0.9)

    def sent(at_s: float, size: float) -> Sent:
        return Sent(sent_ns=round(at_s * 1e9), period_ns=10**9, impulse=push(size))

    in_time = Commanded(sent=(sent(1.0, 1.0),), last_ns=10**9)
    assert in_time.fired(2 * 10**9) == push(1.0)
    assert in_time.fired(3 * 10**9) == push(1.0).then(1.0)  # the reading in between was lost
    late = Commanded(sent=(sent(1.4, 1.0),), last_ns=10**9)
    assert late.fired(2 * 10**9) == Impulse()
    assert Commanded(sent=(sent(1.4, 1.0), sent(2.4, 2.0)), last_ns=2 * 10**9).fired(3 * 10**9) == push(1.0)
    assert Commanded(sent=(sent(1.4, 1.0), sent(2.0, 2.0)), last_ns=2 * 10**9).fired(3 * 10**9) == push(2.0)


def test_what_was_fired_on_a_stack_is_told_by_its_times_and_two_firings_not_at_all() -> None:
    """There is no place to doubt on a stack; which valves were open is what finds a dead one."""

    def sent(at_s: int, on_s: tuple[float, ...]) -> Sent:
        return Sent(sent_ns=at_s * 10**9, period_ns=10**9, impulse=Impulse(on_s=on_s))

    one, two = sent(1, (0.5, 0.0)), sent(2, (0.0, 0.5))
    assert Commanded(sent=(one,), last_ns=10**9).fired(2 * 10**9).on_s == (0.5, 0.0)
    assert Commanded(sent=(one, two), last_ns=10**9).fired(3 * 10**9) == Impulse()
    assert not Commanded(sent=(sent(1, (0.0, 0.0)),), last_ns=10**9).fired(2 * 10**9).fired


def test_commands_that_come_late_one_after_the_other_are_all_believed() -> None:
    """Readings of 9, 10 and 11 s come 3 s late, those of 12 and 13 s not at all before that of 14 s."""

    def push(size: float) -> Impulse:
        return Impulse((size, 0.0, 0.0), 0.01, 0.9, (0.9 * size, 0.0, 0.0), opened_before_s=0.9)

    def sent(at_s: int, size: float) -> Sent:
        return Sent(sent_ns=at_s * 10**9, period_ns=10**9, impulse=push(size))

    late = Commanded(sent=(sent(12, 1.0), sent(13, 2.0), sent(14, 4.0)), last_ns=11 * 10**9)
    given = late.fired(14 * 10**9)
    assert given.change_eci_mps == (3.0, 0.0, 0.0)
    assert given.moved_eci_m[0] == pytest.approx(1.9 * 1.0 + 0.9 * 2.0)
    answer = ActuatorCommand(
        reading_ns=14 * 10**9,
        thruster_on_s=(),
        wheel_torque_nm=(0.0,) * 4,
        next_reading_ns=15 * 10**9,
    )
    # At 14 s the newest is carried out alone, and once.
    after = late.then(answer, push(8.0), 14 * 10**9)
    assert after.fired(15 * 10**9) == push(8.0)
    again = after.then(
        replace(answer, reading_ns=15 * 10**9, next_reading_ns=16 * 10**9), Impulse(), 15 * 10**9
    )
    assert again.fired(16 * 10**9) == Impulse()


@pytest.mark.parametrize("name", ["near", "mid", "far", "attitude"])
def test_four_seconds_late_the_filters_are_as_good_as_they_say(name: str) -> None:
    found = [RUNS[name](seed, 1.0, late_s=4.0) for seed in range(12)]
    low, high = band(6, 12)
    assert low <= np.mean([each.nees for each in found]) <= high
    assert sum(each.nis for each in found) / sum(each.freedom for each in found) == pytest.approx(
        1.0, abs=0.1
    )


def test_a_mission_flies_on_looks_that_are_three_seconds_late() -> None:
    faults = tuple(
        Fault(name=each.replace("_", "-"), kind=f"{each}.late", arguments={"delay_s": 3.0})
        for each in SENSORS
    )
    report, events = flown(replace(MISSION, faults=faults))
    assert report.verdict is not None
    assert report.verdict.passed
    said = [each.body for each in events if isinstance(each.body, Estimate)]
    assert said[-1].late > 1000
    assert said[-1].rejected < 5


def test_readings_that_come_twice_change_no_flight() -> None:
    twice = Fault(
        name="twice",
        kind="message.duplicate",
        at_s=20.0,
        arguments={"destination": "guidance", "kind": "sensor_readings", "delay_s": 1.5},
    )
    answers = [
        [each.body for each in flown(replace(MISSION, faults=faults), until_s=200.0)[1]]
        for faults in ((), (twice,))
    ]
    plain, doubled = ([each for each in said if isinstance(each, Estimate)] for said in answers)
    assert plain == doubled
