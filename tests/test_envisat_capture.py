"""Envisat, turning at 2.67 deg/s, from the joining point 45 m behind it to a stack at rest."""

import msgspec
import pytest
from contact_flights import bodies, flown

from services.laws import laws
from services.library import load_mission
from twin.contracts.capture import WindowClosed
from twin.contracts.navigation import PhaseChanged
from twin.mission.script import Mission


def from_joining(name: str) -> Mission:
    """The mission begun where it starts to join the turning axis."""
    mission = load_mission(name, laws())
    start = msgspec.structs.replace(mission.start, r_ric_m=(0.0, -45.0, 0.0), sigma_r_m=0.3)
    guidance = msgspec.structs.replace(mission.guidance, start_phase="join")
    return msgspec.structs.replace(mission, start=start, guidance=guidance)


@pytest.fixture(scope="module")
def capture():
    return flown(from_joining("envisat-capture-2013"))


def test_a_tumbling_satellite_is_taken_and_stopped(capture):
    report, events = capture
    outcomes = {result.name: result.outcome for result in report.verdict.results}
    assert outcomes == dict.fromkeys(outcomes, "pass")
    flown_phases = [change.phase for change in bodies(events, PhaseChanged)]
    assert flown_phases == ["synchronise", "ready", "close_in", "reach", "settle", "calm", "stack_hold"]


def test_the_books_of_two_heavy_bodies_close(capture):
    (closed,) = bodies(capture[1], WindowClosed)
    assert (closed.outcome, closed.broken) == ("stack", ())
    # 230 J turn round each other; of that the brakes' solver may lose a ten-thousandth.
    assert closed.free_error_j <= 0.02
