"""Faults as data: every example of the page flies, each fault does what it says and moves nothing else."""

import re
from pathlib import Path

import msgspec
import numpy as np
import pytest
from contact_flights import flown
from servicer_bench import Bench

from services.laws import laws
from services.library import find
from services.recording.read import Recording
from services.recording.replay import replay
from services.run import Options, fly, participants
from twin.contracts.equipment import EquipmentState
from twin.contracts.faults import FAULT_KINDS
from twin.contracts.operations import FaultRequest, Mark, MessageDisturbed
from twin.contracts.radio import CommandVerification, LinkState, TelemetryFrame
from twin.contracts.sensing import SensorReadings
from twin.errors import MissionError
from twin.mission.load import load
from twin.mission.script import Mission

PAGE = (Path(__file__).parent.parent / "docs" / "faults.md").read_text()
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
FOUND = find("rendezvous")


def mission(faults: str) -> Mission:
    """The rendezvous with faults."""
    return load(f"{FOUND.text}\n{faults}", "rendezvous", FOUND.include, laws())


def fault(fault_kind: str, at_s: float = 10.0, name: str = "one", /, **arguments: object) -> str:
    said = ", ".join(f"{key} = {msgspec.json.encode(value).decode()}" for key, value in arguments.items())
    return f'[[faults]]\nname = "{name}"\nkind = "{fault_kind}"\nat_s = {at_s}\narguments = {{ {said} }}\n'


def bodies(events, kind, before_s=1e9):
    return [each.body for each in events if isinstance(each.body, kind) and each.t_ns < before_s * 1e9]


@pytest.fixture(scope="module")
def sound():
    return flown(mission(""), until_s=40.0)


def test_the_page_names_every_kind_with_its_arguments():
    for kind in FAULT_KINDS.values():
        arguments = ", ".join(f"`{each}`" for each in kind.arguments.__struct_fields__)
        assert f"| `{kind.name}` | {arguments} | {kind.text} |" in PAGE


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_page_flies_and_replays(example, tmp_path):
    path = tmp_path / "run.mcap"
    asked = mission(example)
    report, events = flown(asked, record=path, until_s=80.0)
    assert report.outcome.cause == "until", report.outcome.text
    begun = {each.name for each in bodies(events, FaultRequest) if each.active}
    timed = [each for each in asked.faults if each.when == "true" and "process" not in each.kind]
    assert begun >= {each.name for each in timed}
    assert not [each for each in bodies(events, Mark) if "no use" in each.text]
    again = replay(Recording(path), participants())
    assert again.digest == report.outcome.digest


def test_all_examples_at_once_are_one_mission():
    report, events = flown(mission("\n".join(EXAMPLES)), until_s=60.0)
    assert report.outcome.cause == "until"
    assert len({each.effect for each in bodies(events, MessageDisturbed)}) == 4


def test_a_fault_changes_nothing_before_it_begins_and_moves_no_other_noise(sound):
    _, events = flown(mission(fault("lidar_pose.bias", 20.25, x_m=0.5)), until_s=40.0)
    assert [each for each in events if each.t_ns < 20.25e9] == [
        each for each in sound[1] if each.t_ns < 20.25e9
    ]
    (begun,) = [each for each in events if isinstance(each.body, FaultRequest)]
    assert (begun.t_ns, begun.source, begun.external) == (20_250_000_000, "faults", True)


def test_faults_draw_by_seed_and_name():
    kind = {"probability": 0.5, "size_m": 3.0}
    first, again, other = (
        flown(mission(fault("lidar_range.outliers", 1.0, name, **kind)), until_s=30.0)[0].outcome.digest
        for name in ("one", "one", "two")
    )
    assert first == again != other


def test_a_condition_on_the_truth_switches_on_the_grid_and_until_switches_it_off():
    text = fault("camera.blind", 0.0).replace(
        "at_s = 0.0", 'when = "script.t_s >= 12.5"\nuntil = "script.t_s > 20"'
    )
    _, events = flown(mission(text), until_s=30.0)
    assert [(each.t_ns, each.body.active) for each in events if isinstance(each.body, FaultRequest)] == [
        (13_000_000_000, True),
        (21_000_000_000, False),
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (fault("thruster.stuck_of", thruster="aft-1"), "thruster.stuck_off"),
        (fault("thruster.stuck_off", thruster="aft-11"), "aft-1"),
        (fault("gnss.bias", x_km=1.0), "x_m"),
        (fault("battery.cell", share=2.0), "share"),
        (fault("station.out", station="jamusi"), "jiamusi"),
        (fault("message.drop", source="guidence"), "guidance"),
        (fault("message.drop", kind="telemetry"), "telemetry_frame"),
        (fault("gyro.blind", 1e6), "at_s"),
        (fault("gyro.blind") + "for_s = 0.05", "for_s = 0.05 s would pass unseen"),
        (fault("gyro.blind") + 'when = "truth.rang_m < 3"', "truth.range_m"),
        (fault("gyro.blind") + fault("gyro.blind"), "twice"),
    ],
)
def test_what_is_wrong_with_a_fault_is_said_before_the_flight(wrong, said):
    with pytest.raises(MissionError, match=re.escape(said)) as told:
        mission(wrong)
    assert "faults" in str(told.value)


def seen(kind: str, sensor: str, **arguments: object) -> list:
    """What a sensor gives over ten cycles, with a fault from the fourth on, beside what it gives without."""
    given = []
    for request in (FaultRequest(fault=kind, active=True, arguments=arguments), None):
        bench = Bench()
        for count in range(10):
            if count == 3 and request is not None:
                assert bench.grant(bench.wake_ns - 1, request, source="faults") == ()
            bench.cycle()
        given.append([getattr(each, sensor) for each in bench.all(SensorReadings)])
    return list(zip(*given, strict=True))[-6:]


def test_sensors_fail_as_they_are_told():
    for got, plain in seen("gnss.bias", "gnss", x_m=7.0):
        assert np.subtract(got.r_eci_m, plain.r_eci_m) == pytest.approx([7.0, 0.0, 0.0], abs=1e-6)
    drifted = [
        got.range_m - plain.range_m for got, plain in seen("lidar_range.drift", "lidar_range", range_mps=0.5)
    ]
    assert np.diff(drifted) == pytest.approx([0.5] * 5, abs=1e-9)
    assert [got for got, _ in seen("lidar_pose.blind", "lidar_pose")] == [None] * 6
    assert len({got for got, _ in seen("gyro.freeze", "gyro")}) == 1
    for got, plain in seen("camera.outliers", "bearing", size_deg=2.0):
        off_rad = np.hypot(got.azimuth_rad - plain.azimuth_rad, got.elevation_rad - plain.elevation_rad)
        assert np.degrees(off_rad) == pytest.approx(2.0)
    for got, plain in seen("lidar_pose.flip", "lidar_pose"):
        if plain is None:
            continue
        assert got.r_body_m == plain.r_body_m
        assert abs(np.dot(got.q_servicer_from_target, plain.q_servicer_from_target)) < 1e-9


def test_a_frozen_sensor_and_every_other_fault_survive_a_restart():
    bench = Bench()
    for kind, arguments in (("gyro.freeze", {}), ("thruster.stuck_on", {"thruster": "aft-1"})):
        bench.cycle()
        bench.grant(
            bench.wake_ns - 1, FaultRequest(fault=kind, active=True, arguments=arguments), source="faults"
        )
        bench.cycle()
    before = bench.servicer.snapshot()
    bench.servicer.restore(bench.mission, before)
    assert bench.servicer.snapshot() == before


def test_thrusters_wheels_and_battery_fail_as_they_are_told(sound):
    plain = bodies(sound[1], EquipmentState)[-1]
    _, events = flown(mission(fault("thruster.stuck_on", thruster="aft-1")), until_s=40.0)
    stuck = bodies(events, EquipmentState)[-1]
    assert stuck.impulse_ns >= 0.9 * 20.0  # one thruster of 20 N or so, all of a second
    assert stuck.propellant_kg < plain.propellant_kg - 0.1
    _, events = flown(mission(fault("battery.cell", share=0.5)), until_s=40.0)
    assert bodies(events, EquipmentState)[-1].battery_fraction > plain.battery_fraction  # charged sooner
    _, events = flown(mission(fault("wheel.friction", wheel=1, friction_nm=1e3)), until_s=40.0)
    assert bodies(events, EquipmentState)[-1].wheel_momentum_nms[0] == pytest.approx(0.0, abs=1e-12)


def test_the_ground_fails_as_it_is_told():
    _, events = flown(mission(fault("command.lost") + fault("station.out", 75.0, "two")), until_s=100.0)
    assert bodies(events, LinkState)[-1].up is False
    assert [each.stage for each in bodies(events, CommandVerification)] == ["queued", "released", "timed_out"]
    assert max(each.sent_ns for each in bodies(events, TelemetryFrame)) <= 76 * 10**9


def test_faults_of_processes_change_nothing_but_the_time_it_takes():
    (example,) = [each for each in EXAMPLES if "process." in each]
    report = fly(mission(example), Options(until_s=60.0))
    assert report.outcome.digest == fly(mission(""), Options(until_s=60.0, in_process=True)).outcome.digest
    assert [each.participant for each in report.outcome.restarts] == ["guidance"]
    assert report.outcome.waits["servicer"] >= 0.3
