"""`twin events`: what a recording says happened, and what its services said at the time."""

import json
from pathlib import Path

import pytest

from services.cli import call
from services.recording.read import Recording
from twin.contracts.motion import EclipseCrossed
from twin.contracts.radio import PassEvent


@pytest.fixture(scope="module")
def flown(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("flown") / "quickstart.mcap"
    call(["run", "quickstart", "--in-process", "--quiet", "--until", "1000", "--record", str(file)])
    return file


def listed(flown, capsys) -> list[dict]:
    assert call(["events", str(flown), "--json"]) == 0
    return json.loads(capsys.readouterr().out)["events"]


def test_the_list_agrees_with_what_the_services_said_during_the_run(flown, capsys):
    events = listed(flown, capsys)
    bodies = [event.body for event, _ in Recording(flown).events()]
    eclipses = [
        each.t_ns for each in bodies if isinstance(each, EclipseCrossed) and each.t_ns <= 1000 * 10**9
    ]
    assert [e["t_ns"] for e in events if e["kind"] == "eclipse" and e["body"] == "target"] == eclipses
    (lost,) = [each.t_ns for each in bodies if isinstance(each, PassEvent) and each.event == "lost"]
    (sets,) = [e["t_ns"] for e in events if e["kind"] == "pass"]
    # The ground predicts its last edge from a coast of 20 s at most: a millisecond.
    assert abs(sets - lost) < 2_000_000


def test_the_list_is_in_order_and_names_what_befell_whom(flown, capsys):
    events = listed(flown, capsys)
    assert [e["t_ns"] for e in events] == sorted(e["t_ns"] for e in events)
    said = {(e["body"], e["text"]) for e in events}
    assert {
        ("target", "perigee"),
        ("servicer", "sees the fitting lit"),
        ("servicer", "sets at jiamusi"),
    } <= said
    assert events[0]["utc"].startswith("2022-01-23T02:53:")


def test_the_table_is_for_reading_and_what_is_no_recording_is_refused(flown, tmp_path, capsys):
    assert call(["events", str(flown)]) == 0
    assert "enters the corridor's cone" in capsys.readouterr().out
    assert call(["events", str(tmp_path / "none.mcap")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
