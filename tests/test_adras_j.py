"""ADRAS-J's aborts: what is decided is done at once. The day after is the missions' own requirement."""

import msgspec
import pytest
from contact_flights import bodies, flown

from services.laws import laws
from services.library import load_mission
from twin.contracts.equipment import EquipmentState
from twin.contracts.navigation import PhaseChanged, SafetyVerdict

AT_ONCE_NS = 2_000_000_000


@pytest.mark.parametrize(
    "name", ["adras-j-abort-50", "adras-j-abort-20", "adras-j-abort-15", "adras-j-anomaly-15"]
)
def test_the_manoeuvre_begins_within_2_s_of_the_detection_and_comes_no_nearer_than_10_m(name):
    mission = load_mission(name, laws())
    ending = msgspec.structs.replace(mission.ending, linger_s=120.0)
    report, events = flown(msgspec.structs.replace(mission, ending=ending))
    detected_ns = next(each.t_ns for each in bodies(events, SafetyVerdict) if each.level == "abort")
    changes = [each for each in bodies(events, PhaseChanged) if each.t_ns >= detected_ns]
    assert [each.phase for each in changes] == ["cam", "drift"]
    thrust_ns = [e.t_ns for e in bodies(events, EquipmentState) if e.firings and e.t_ns > detected_ns]
    # Where a day of drift from here is safe as it is, the manoeuvre is to stop thrusting: done in no time.
    begun_ns = changes[1].t_ns if changes[1].t_ns == detected_ns else thrust_ns[0]
    assert begun_ns - detected_ns <= AT_ONCE_NS
    outcomes = {result.name: result.outcome for result in report.verdict.results}
    assert (outcomes["aborted"], outcomes["clear"]) == ("pass", "pass")
