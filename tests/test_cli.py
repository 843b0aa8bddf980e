"""The command line: one object or one table out, one line for every mistake, an exit code that says which."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from services import cli
from services.cli import call
from services.library import find
from services.recording.read import Recording
from services.recording.write import Recorder, side_path
from twin.contracts.codec import encode
from twin.contracts.navigation import Estimate

ROOT = Path(__file__).parent.parent
SHORT = ("--in-process", "--until", "100")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> Path:
    """A short run of quickstart: it reaches no ready point, so its verdict is fail."""
    path = tmp_path_factory.mktemp("recorded") / "short.mcap"
    assert call(["run", "quickstart", *SHORT, "--quiet", "--record", str(path)]) == cli.FAILED
    return path


def one_line(captured) -> str:
    """The only thing said: one line on standard error."""
    assert captured.out == ""
    assert captured.err.startswith("twin: ")
    assert captured.err.count("\n") == 1, captured.err
    assert "Traceback" not in captured.err
    return captured.err


def test_json_is_one_object_with_what_was_promised(capsys, tmp_path):
    code = call(["run", "quickstart", *SHORT, "--seed", "3", "--json", "--record", "a.mcap"])
    captured = capsys.readouterr()
    assert code == cli.FAILED
    facts = json.loads(captured.out)
    assert captured.out.count("\n") == 1
    assert {"mission", "seed", "digest", "verdict", "requirements", "end_s", "cause", "wall_s"} <= set(facts)
    assert (facts["mission"], facts["seed"], facts["verdict"]) == ("quickstart", 3, "fail")
    assert (facts["end_s"], facts["cause"], facts["recording"]) == (100.0, "until", "a.mcap")
    assert {"name", "text", "outcome", "margin", "worst_s"} <= set(facts["requirements"][0])
    assert "phase hold_50 -> transfer" in captured.err


def test_the_table_says_outcome_margin_with_unit_worst_moment_and_digest(capsys, recorded):
    call(["run", "quickstart", *SHORT, "--quiet"])
    captured = capsys.readouterr()
    assert captured.err == ""
    assert re.search(r"sphere +pass +\+[0-9.]+ m +T\+00:0", captured.out)
    assert re.search(r"corridor +vacuous +- +-", captured.out)
    assert re.search(r"ready_reached +fail", captured.out)
    assert "verdict    FAIL" in captured.out
    end = Recording(recorded).end
    assert end
    assert f"digest     {end.digest}" in captured.out  # equal runs, equal digests
    assert re.search(r"simulated  100.0 s in .* x real time", captured.out)
    assert "recording  recordings/quickstart-1.mcap" in captured.out


def test_recordings_are_numbered_and_never_written_over(capsys):
    for name in ("quickstart-1.mcap", "quickstart-1-2.mcap"):
        call(["run", "quickstart", "--in-process", "--until", "1", "--json", "--quiet"])
        assert json.loads(capsys.readouterr().out)["recording"] == f"recordings/{name}"
    assert call(["run", "quickstart", "--record", "recordings/quickstart-1.mcap"]) == cli.BAD_INPUT
    assert "exists" in one_line(capsys.readouterr())


def test_the_side_file_holds_the_wall_clock_and_the_waits(recorded):
    side = json.loads(side_path(recorded).read_bytes())
    assert {"wall_started_utc", "wall_ended_utc", "transport", "speed", "pid"} <= set(side)
    assert set(side["outcome"]["waits"]) == {"target", "servicer", "guidance", "ground"}


def test_a_recording_replays_identically(capsys, recorded):
    assert call(["replay", str(recorded)]) == cli.PASSED
    end = Recording(recorded).end
    assert end
    assert (
        f"identical: {end.events} events until T+00:01:40.000, digest {end.digest}" in capsys.readouterr().out
    )


def test_a_value_changed_by_a_hair_is_named_and_exits_1(capsys, tmp_path, recorded):
    recording = Recording(recorded)
    run, mission = recording.require_sound()
    recorder = Recorder(tmp_path / "forged.mcap", mission, run)
    forged = None
    for made, raw in recording.events():
        if isinstance(made.body, Estimate) and made.t_ns >= 60 * 10**9 and forged is None:
            forged = replace(made, body=replace(made.body, range_m=made.body.range_m + 1e-9))
            recorder.round(((forged, encode(forged)),))
        else:
            recorder.round(((made, raw),))
    assert recording.end
    assert forged
    recorder.finish(recording.end)
    assert call(["replay", "forged.mcap", "--json"]) == cli.FAILED
    captured = capsys.readouterr()
    facts = json.loads(captured.out)
    assert (facts["result"], facts["participant"], facts["kind"]) == ("different", "guidance", "estimate")
    assert (facts["field"], facts["t_ns"]) == ("body.range_m", forged.t_ns)
    assert facts["expected"] == repr(forged.body.range_m)
    assert "first difference at" in captured.err
    assert len(facts["before"]) == 10


def test_a_flipped_byte_is_corrupt_and_exits_2(capsys, tmp_path, recorded):
    data = bytearray(recorded.read_bytes())
    data[len(data) // 2] ^= 1
    Path("flipped.mcap").write_bytes(data)
    assert call(["replay", "flipped.mcap"]) == cli.BAD_INPUT
    assert "flipped.mcap is corrupt" in one_line(capsys.readouterr())
    assert call(["info", "flipped.mcap", "--json"]) == cli.BAD_INPUT
    assert json.loads(capsys.readouterr().out)["condition"] == "corrupt"


def test_info_says_what_a_whole_and_a_cut_recording_hold(capsys, recorded):
    assert call(["info", str(recorded)]) == cli.PASSED
    text = capsys.readouterr().out
    assert "complete: every checksum agrees" in text
    assert re.search(r"saved +\d+ events until T\+00:01:40.000", text)
    assert re.search(r"sensor_readings +\d+", text)
    Path("cut.mcap").write_bytes(recorded.read_bytes()[:-100])
    assert call(["info", "cut.mcap", "--json"]) == cli.PASSED
    facts = json.loads(capsys.readouterr().out)
    assert facts["condition"] == "cut"
    assert facts["events"] == sum(facts["topics"].values()) > 100


WRONG = {
    "unknown mission": (["run", "quikstart"], "nearest: quickstart"),
    "missing file": (["check", "nothing/here.toml"], "no such file"),
    "unknown option": (["run", "quickstart", "--sed", "1"], "--seed"),
    "wrong value": (["run", "quickstart", "--seed", "one"], "--seed"),
    "negative seed": (["run", "quickstart", "--seed", "-1"], "--seed"),
    "rate in words": (["run", "quickstart", "--rate", "fast"], "neither a number nor max"),
    "rate out of range": (["run", "quickstart", "--rate", "1e6"], "rate"),
    "no such command": (["soar"], "No such command"),
    "missing argument": (["run"], "MISSION"),
    "no place to record": (["run", "quickstart", "--record", "no/such/folder.mcap"], "cannot record"),
    "no recording": (["replay", "nothing.mcap"], "cannot read"),
    "foreign role without endpoint": (["run", "quickstart", "--foreign", "guidance"], "endpoint"),
    "unknown foreign role": (
        ["run", "quickstart", "--foreign", "pilot", "--endpoint", "tcp://127.0.0.1:5997"],
        "pilot",
    ),
    "an address beyond this machine": (["run", "quickstart", "--operator", "tcp://10.0.0.1:9"], "CURVE"),
    "ipc path too long": (["run", "quickstart", "--view", f"ipc:///tmp/{'x' * 120}"], "too long"),
}


@pytest.mark.parametrize("what", WRONG)
def test_wrong_input_is_one_line_and_exit_2_and_leaves_nothing_behind(capsys, tmp_path, what):
    arguments, hint = WRONG[what]
    assert call(arguments) == cli.BAD_INPUT
    assert hint in one_line(capsys.readouterr())
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_mission_file_is_one_line_with_its_place(capsys, tmp_path):
    sound = find("quickstart").text
    for old, new, hint in (
        ("seed = 1", "sed = 1", "sed"),
        ("seed = 1", 'seed = "one"', "seed"),
        ("[[requirements]]", "[[requirement]]", "requirement"),
    ):
        assert old in sound
        (tmp_path / "mine.toml").write_text(sound.replace(old, new))
        assert call(["run", "./mine.toml"]) == cli.BAD_INPUT
        line = one_line(capsys.readouterr())
        assert "mine.toml" in line
        assert hint in line


def test_a_mission_outside_the_product_is_found_and_checked(capsys, tmp_path):
    (tmp_path / "mine.toml").write_text(find("quickstart").text)
    assert call(["check", "mine.toml", "--json"]) == cli.PASSED
    assert json.loads(capsys.readouterr().out)["place"] == "mine.toml"


def test_lists_are_there_for_people_and_programs(capsys):
    for command, key, entry in (
        ("list", "missions", "quickstart"),
        ("quantities", "quantities", "truth.range_m"),
    ):
        assert call([command]) == cli.PASSED
        assert entry in capsys.readouterr().out
        assert call([command, "--json"]) == cli.PASSED
        assert entry in str(json.loads(capsys.readouterr().out)[key])


def test_a_list_names_the_mission_that_is_wrong_beside_the_others(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "missions").mkdir()
    (tmp_path / "missions" / "mine.toml").write_text('extends = "rendezvouz"\n')
    assert call(["list"]) == cli.BAD_INPUT
    said = capsys.readouterr()
    assert "quickstart" in said.out
    assert said.err.startswith("twin: ")
    assert "nearest: rendezvous" in said.err


@pytest.mark.parametrize("command", ["run", "check", "list", "info", "quantities", "replay"])
def test_every_help_text_has_an_example(capsys, command):
    assert call([command, "--help"]) == cli.PASSED
    assert f"twin {command}" in capsys.readouterr().out.partition("xample")[2]


def test_help_loads_nothing_heavy():
    program = "import sys; from services.cli import call; call(['--help']); print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "Usage: twin" in done.stdout
    for heavy in ("numpy", "heyoka", "zmq", "msgspec", "mcap", "rich", "erfa"):
        assert f"'{heavy}'" not in done.stdout


def test_what_starts_the_console_loads_nothing_heavy_before_it():
    program = (
        "import sys; from services.cli import call; from services import desk; print(sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for heavy in ("numpy", "heyoka", "zmq", "msgspec", "mcap", "erfa", "services.run"):
        assert f"'{heavy}'" not in done.stdout


def test_the_console_loads_no_engine_before_its_first_paint():
    program = "import sys, tui.app; print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for heavy in ("heyoka", "pybullet", "services.laws", "twin.mission.verdict", "twin.ground.foretelling"):
        assert f"'{heavy}'" not in done.stdout
