"""One verdict, however it is asked for: by `twin run`, by `twin test`, by pytest, as JUnit XML."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from services.cli import BAD_INPUT, FAILED, PASSED, call
from services.junit import FLIGHT, junit
from services.outcome import Outcome
from services.run import RunReport
from tests.twins import ROOT
from twin.mission.verdict import RequirementResult, Verdict

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "goldens" / "junit.xsd")
MINE = """
extends = "rendezvous"
ending = { latest_s = 130.0 }

[[timeline]]
name = "away"
expect = "ground.phase == 'transfer'"
within_s = 60.0

[[timeline]]
name = "stays"
hold = "ground.phase == 'transfer'"
for_s = 3600.0
"""
FAILING = {
    *("ready_reached", "sphere_first", "corridor", "closing_near", "ready_at_end", "stays"),
    *("knows_its_place", "on_time", "no_jitter", "slew_rate", "transfer_on_time"),
    *(f"{what}_at_ready" for what in ("lateral", "rate", "facing")),
}
"""A flight that ends on the way: what it has not come to is vacuous, or was never reached."""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(MINE)
    return tmp_path


def test_the_command_the_plugin_and_the_file_say_the_same(mine, capsys):
    assert call(["run", "mine.toml", "--in-process", "--quiet", "--json", "--junit", "run.xml"]) == FAILED
    facts = json.loads(capsys.readouterr().out)
    assert {each["name"] for each in facts["requirements"] if each["outcome"] != "pass"} == FAILING
    assert call(["test", "mine.toml", "--quiet", "--json", "--junit", "test.xml"]) == FAILED
    told = json.loads(capsys.readouterr().out)
    assert {each["test"] for each in told["tests"] if each["outcome"] == "failed"} == FAILING
    assert [each["test"] for each in told["tests"]] == [
        FLIGHT,
        *(each["name"] for each in facts["requirements"]),
    ]
    for file in ("run.xml", "test.xml"):
        assert failed_in(Path(file).read_text()) == FAILING


def test_pytest_by_itself_collects_the_missions_of_a_folder_and_nothing_else(mine):
    folder = mine / "missions"
    (folder / "bodies").mkdir(parents=True)
    (folder / "mine.toml").write_text(MINE.replace("rendezvous", "quickstart").replace("130.0", "70.0"))
    (folder / "bodies" / "rock.toml").write_text('title = "a rock"')
    (folder / "pyproject.toml").write_text("[tool]")
    words = ["-p", "services.pytest_plugin", "-p", "no:cacheprovider", "-n", "2", "-q", "missions"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=mine,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == FAILED, done.stderr
    assert "mine.toml::the flight" not in done.stdout  # it passed
    lines = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert lines
    assert all("missions/mine.toml::" in line for line in lines)
    assert "latched: the latch closes on the ring: fail at T+" in done.stdout
    assert "away: expect ground.phase == 'transfer': the run ended before: vacuous" in done.stdout


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("mine.toml", MINE + "sed = 3", "unknown key"),
        ("mine.toml", "x = ", "not TOML"),
        ("no.toml", "", "no such file"),
    ],
)
def test_what_is_no_mission_is_refused_in_one_line(mine, capsys, name, text, reason):
    (mine / "mine.toml").write_text(text)
    assert call(["test", name, "--quiet"]) == BAD_INPUT
    said = capsys.readouterr().err
    assert said.startswith("twin: ")
    assert said.count("\n") == 1
    assert reason in said


def test_a_mission_that_passes_is_green(mine, capsys):
    kept = ["propellant"]
    gone = set(FAILING) | {"ready_reached", "no_abort", "closing_far", "sphere"}
    rows = "".join(f'[[requirements]]\nname = "{name}"\nremove = true\n' for name in sorted(gone - {"stays"}))
    (mine / "mine.toml").write_text(MINE.split("[[timeline]]", maxsplit=1)[0] + rows)
    assert call(["test", "mine.toml", "--quiet", "--json"]) == PASSED
    told = json.loads(capsys.readouterr().out)
    assert told["passed"]
    assert {each["test"] for each in told["tests"]} == {FLIGHT, *kept}


def test_a_lost_run_is_an_error_and_odd_characters_are_replaced(mine):
    mission = load_mine()
    outcome = Outcome(
        end_t_ns=10**9, cause="error", text="it broke \x07 & <so>", digest="00", digests_by_source={},
        waits={}, rounds=1, events=1, wall_s=1.5, participant="ground", log=("a line", "another\x00"),
    )  # fmt: skip
    lost = junit([RunReport(mission=mission, outcome=outcome, verdict=None, recording=None)])
    SCHEMA.validate(lost)
    case = ElementTree.fromstring(lost).find("testsuite/testcase/error")
    assert case is not None
    assert case.get("type") == "error"
    assert "another" in (case.text or "")


def test_a_margin_without_measure_and_one_with_it_are_both_said():
    result = RequirementResult(
        name="sphere", text="stay outside", kind="always", outcome="fail", margin=-2.5, unit="m",
        worst_t_ns=61 * 10**9, samples=3,
    )  # fmt: skip
    verdict = Verdict(passed=False, results=(result,))
    outcome = Outcome(
        end_t_ns=10**9, cause="until", text="", digest="00", digests_by_source={}, waits={}, rounds=1,
        events=1, wall_s=1.5,
    )  # fmt: skip
    text = junit([RunReport(mission=load_mine(), outcome=outcome, verdict=verdict, recording=None)])
    SCHEMA.validate(text)
    assert "sphere: stay outside: fail, margin -2.5 m at T+00:01:01.000" in text


def load_mine():
    from services.library import load_mission

    return load_mission("rendezvous")


def failed_in(text):
    """Names of the cases that failed, of a document that the schema allows."""
    SCHEMA.validate(text)
    cases = ElementTree.fromstring(text).iter("testcase")
    return {case.get("name") for case in cases if case.find("failure") is not None}
