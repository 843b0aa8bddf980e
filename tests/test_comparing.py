"""Two recordings compared, a value traced back, one unit in the last place named: on flights of minutes."""

import json

import pytest
from mission_samples import SECOND
from test_codec_goldens import BODIES, FOLDER

from services.cli import BAD_INPUT, FAILED, PASSED, call
from services.recording.comparison import Tolerances, compare_recordings
from services.recording.difference import compare
from services.recording.read import Recording
from tests.flips import flipped_events, flips_of
from twin.contracts.codec import decode_body, kind_of
from twin.contracts.envelope import Event

MINE = """
extends = "rendezvous"
ending = { latest_s = 130.0 }

[[faults]]
name = "far_off"
kind = "lidar_range.bias"
arguments = { range_m = 2.0 }
at_s = 100.0
"""


@pytest.fixture(scope="module")
def flights(tmp_path_factory):
    """The first two minutes: as it is, with other noise, with a sensor that errs from 100 s on."""
    folder = tmp_path_factory.mktemp("flights")
    (folder / "mine.toml").write_text(MINE)
    for name, mission, more in (
        ("one", "rendezvous", []),
        ("seven", "rendezvous", ["--seed", "7"]),
        ("faulty", str(folder / "mine.toml"), []),
    ):
        record = ["--record", str(folder / f"{name}.mcap"), "--until", "130", "--in-process", "--quiet"]
        assert call(["run", mission, *record, *more]) == FAILED
    return folder


def test_a_run_is_identical_to_itself(flights, capsys):
    one = str(flights / "one.mcap")
    assert call(["compare", one, one]) == PASSED
    assert capsys.readouterr().out.startswith("identical: every event to the bit")


def test_runs_part_where_a_fault_begins_as_signals_and_as_events(flights, capsys):
    found = compare_recordings(
        Recording(flights / "one.mcap"), Recording(flights / "faulty.mcap"), Tolerances()
    )
    assert found.first is not None
    assert (found.first.t_ns, found.first.got.split(" at ")[0]) == (
        100 * SECOND,
        "fault_request of faults",
    )
    assert min(each.first_ns for each in found.signals) >= 100 * SECOND
    by_name = {each.quantity: each for each in found.signals}
    assert by_name["onboard.range_m"].largest > 0.01
    more = [each.what for each in found.events if each.a_ns is None]
    assert more == ["faults fault_request lidar_range.bias far_off", "conductor run_ended deadline"]
    words = ["compare", str(flights / "one.mcap"), str(flights / "faulty.mcap")]
    assert call([*words, "--json"]) == FAILED
    assert json.loads(capsys.readouterr().out)["equal"] is False


def test_tolerances_decide_what_is_equal(flights, capsys):
    words = ["compare", str(flights / "one.mcap"), str(flights / "seven.mcap"), "--time", "10"]
    assert call([*words, "--tolerance", "50", "--tolerance", "truth.firings=0"]) == FAILED
    out = capsys.readouterr().out
    assert "truth.firings" in out
    assert "truth.range_m" not in out
    assert call([*words, "--tolerance", "1e6"]) == PASSED
    assert "equal within tolerances" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["compare", "one.mcap", "no.mcap"], "cannot read"),
        (["compare", "one.mcap", "one.mcap", "--tolerance", "truth.rnge_m=1"], "nearest: truth.range_m"),
        (["compare", "one.mcap", "one.mcap", "--tolerance", "wide"], "is no number from 0 up"),
        (["compare", "one.mcap", "one.mcap", "--relative", "inf"], "is no bound"),
        (["compare", "one.mcap", "one.mcap", "--time", "inf"], "is no bound"),
        (["why", "one.mcap", "onboard.phas", "--at", "3"], "nearest: onboard.phase"),
        (["why", "one.mcap", "onboard.phase", "--at", "300"], "holds nothing after T+00:02:10.000"),
        (["why", "one.mcap", "onboard.phase", "--at", "noon"], "is no mission time"),
    ],
)
def test_what_cannot_be_compared_or_asked_is_refused_in_one_line(flights, monkeypatch, capsys, words, reason):
    monkeypatch.chdir(flights)
    assert call(words) == BAD_INPUT
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert reason in said


def test_what_was_not_known_yet_is_unknown(flights, capsys):
    assert call(["why", str(flights / "one.mcap"), "ground.phase", "--at", "1"]) == PASSED
    assert "ground.phase at T+00:00:01.000 is unknown" in capsys.readouterr().out


def test_a_phase_goes_back_to_the_telecommand_and_the_step_that_gave_it(flights, capsys):
    assert call(["why", str(flights / "one.mcap"), "onboard.phase", "--at", "100"]) == PASSED
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == "onboard.phase at T+00:01:40.000 is transfer"
    told = [line.strip() for line in lines]
    for words in (
        "guidance phase_changed hold_50, transfer, go",
        "servicer telecommand command 1, go",
        "ground telecommand command 1, go",
        "queued: ",
        "by the script: T+00:01:00.000  ground step_taken go_to_corridor",
        "servicer sensor_readings",
    ):
        assert any(words in line for line in told), words


def test_an_estimate_goes_back_to_the_reading_and_the_fault_in_it(flights, capsys):
    assert call(["why", str(flights / "faulty.mcap"), "onboard.range_m", "--at", "120", "--json"]) == PASSED
    facts = json.loads(capsys.readouterr().out)
    (estimate,) = facts["causes"]
    readings = next(each for each in estimate["causes"] if each["kind"] == "sensor_readings")
    assert [each["body"]["name"] for each in readings["causes"]] == ["far_off"]
    assert call(["why", str(flights / "faulty.mcap"), "onboard.range_m", "--at", "90", "--json"]) == PASSED
    assert "far_off" not in capsys.readouterr().out


def test_one_unit_in_the_last_place_of_every_field_is_named(flights):
    found = flips_of(Recording(flights / "one.mcap"))
    assert len(found) > 500
    assert {each.kind for each in found} >= {"trajectory", "sensor_readings", "estimate", "telecommand"}
    assert not [each for each in found if not each.named]


@pytest.mark.parametrize("kind", BODIES)
def test_a_field_flipped_in_any_kind_of_event_is_a_difference(kind):
    """Kinds that no short flight records: from their committed samples."""
    body = decode_body((FOLDER / f"{kind}.body").read_bytes())
    event = Event(t_ns=5, micro=0, source="ground", sequence=3, to=(), due_ns=5, delivery="wake", body=body)
    flipped = list(flipped_events(event))
    assert len(flipped) > 5
    for path, changed in flipped:
        found = compare(changed, event, exact=True)
        assert found is not None, path
        assert found.kind == kind_of(body)
