"""A sensor or a wheel that fails is named by an alarm on the ground, from telemetry alone."""

import pytest
from msgspec.structs import replace
from worlds import Kept

from services.bus.inproc import InprocPeers
from services.conductor import Coordinator
from services.library import load_mission
from services.run import ROLES, participants
from twin.contracts.envelope import Event
from twin.contracts.radio import Housekeeping, TelemetryFrame
from twin.ground.knowledge import reported
from twin.mission.monitoring import alarms_of
from twin.mission.script import Mission

_AT_S, _UNTIL_S = 60.0, 250.0
_SOUND = """
title = "At the 50 m hold"
extends = "quickstart"
"""
_FAULT = """
title = "At the 50 m hold with a fault"
extends = "quickstart"
[[faults]]
name = "drawn"
kind = "{kind}"
arguments = {arguments}
at_s = {at_s}
"""
SEEN = (
    ("lidar_pose.bias", "{ x_m = 1.0 }", "pose_misfit"),
    ("lidar_pose.drift", "{ y_mps = 0.02 }", "pose_misfit"),
    ("lidar_pose.outliers", "{ probability = 0.5, size_m = 3.0 }", "pose_misfit"),
    ("lidar_pose.blind", "{}", "lidar_pose_age"),
    ("lidar_pose.flip", '{ axis = "y", angle_deg = 180.0 }', "target_attitude_misfit"),
    ("lidar_range.bias", "{ range_m = 2.0 }", "sight_misfit"),
    ("lidar_range.drift", "{ range_mps = 0.02 }", "sight_misfit"),
    ("lidar_range.outliers", "{ probability = 0.5, size_m = 3.0 }", "sight_misfit"),
    ("lidar_range.blind", "{}", "lidar_range_age"),
    ("camera.bias", "{ azimuth_deg = 1.0 }", "sight_misfit"),
    ("camera.drift", "{ elevation_deg_per_s = 0.02 }", "sight_misfit"),
    ("star_tracker.bias", "{ z_deg = 2.0 }", "sight_misfit"),
    ("star_tracker.blind", "{}", "star_tracker_age"),
    ("gnss.blind", "{}", "gnss_age"),
    ("gyro.blind", "{}", "gyro_age"),
    ("wheel.friction", "{ wheel = 2, friction_nm = 0.02 }", "wheel_drag"),
)


def held(text: str, tmp_path) -> Mission:
    """The mission of `text`, without the GO."""
    path = tmp_path / "held.toml"
    path.write_text(text)
    return replace(load_mission(str(path)), timeline=())


def came_down(mission: Mission, until_s: float) -> list[tuple[float, Housekeeping]]:
    """Each report with when it came down, in s."""
    kept: list[tuple[float, Housekeeping]] = []

    def hear(event: Event) -> None:
        if isinstance(event.body, TelemetryFrame):
            kept.extend((event.due_ns / 1e9, report) for report in event.body.housekeeping)

    peers = InprocPeers(participants(ROLES))
    Coordinator(mission, peers, Kept(), (hear,), until_ns=round(until_s * 1e9)).run()
    return kept


def alarms(mission: Mission) -> dict[str, float]:
    """When each limit's alarm was raised, in s."""
    watched, raised = alarms_of(mission), {}
    for heard_s, report in came_down(mission, _UNTIL_S):
        watched.report(report.generated_ns, report.phase, reported(report), round(heard_s * 1e9))
        for name in watched.listed:
            raised.setdefault(name, heard_s)
    return raised


@pytest.mark.parametrize(("kind", "arguments", "named"), SEEN, ids=[kind for kind, _, _ in SEEN])
def test_what_fails_is_named_by_an_alarm(kind, arguments, named, tmp_path):
    raised = alarms(held(_FAULT.format(kind=kind, arguments=arguments, at_s=_AT_S), tmp_path))
    assert _AT_S < raised[named] < _UNTIL_S


def test_a_hold_without_a_fault_raises_no_alarm(tmp_path):
    assert alarms(held(_SOUND, tmp_path)) == {}


def test_lost_capacity_of_a_full_battery_in_sunlight_leaves_every_report_as_it_is(tmp_path):
    text = _FAULT.format(kind="battery.cell", arguments="{ share = 0.6 }", at_s=380.0)  # full from 370 s on
    sound, broken = (came_down(held(each, tmp_path), 480.0) for each in (_SOUND, text))
    assert sound[-1][1].battery_fraction == 1.0
    assert broken == sound
