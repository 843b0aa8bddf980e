"""How a command ends that is interrupted, killed, or loses a service or its disk: what it says and leaves."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services import cli
from services.cli import call
from services.recording.read import Recording
from tests.twins import services_of
from twin.contracts.operations import PeerLost, RunEnded

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def started(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    """The command as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "services.cli", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_cleanly_and_its_recording_replays(capsys, tmp_path, ending):
    with started("run", "quickstart", "--rate", "20", "--record", "a.mcap", cwd=tmp_path) as run:
        assert run.stderr
        assert "pass over" in run.stderr.readline()
        time.sleep(0.5)
        run.send_signal(ending)
        out, err = run.communicate(timeout=20)
    assert run.returncode == cli.INTERRUPTED, err
    assert "Traceback" not in err
    assert "interrupted at T+00:0" in out
    recording = Recording(tmp_path / "a.mcap")
    assert recording.condition == "complete"
    assert call(["replay", "a.mcap"]) == cli.PASSED


def test_a_service_that_dies_of_every_life_is_named_exits_3_and_the_recording_is_whole(tmp_path, capsys):
    with started("run", "quickstart", "--rate", "20", "--record", "a.mcap", "--json", cwd=tmp_path) as run:
        assert run.stderr
        assert "pass over" in run.stderr.readline()
        while run.poll() is None:
            victim = services_of(run).get("guidance")
            if victim:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
            time.sleep(0.01)
        out, err = run.communicate(timeout=20)
    assert run.returncode == cli.SERVICE_FAILED, err
    facts = json.loads(out)
    assert (facts["verdict"], facts["cause"], facts["participant"]) == ("none", "peer_lost", "guidance")
    assert "guidance was lost: killed by SIGKILL; it gets a new life" in err
    assert re.search(r"guidance was lost at .*SIGKILL, for the 3rd time at grant \d+", err)
    assert call(["reproduce", "a.mcap.guidance.fatal"]) == cli.FAILED
    assert "did not die of what it was told" in capsys.readouterr().out
    recording = Recording(tmp_path / "a.mcap")
    assert recording.condition == "complete"
    last = [made.body for made, _ in recording.events()][-2:]
    assert [type(body) for body in last] == [PeerLost, RunEnded]
    assert call(["replay", "a.mcap"]) == cli.PASSED


def test_processes_and_one_process_record_the_same_file(tmp_path, capsys):
    for name, how in (("a.mcap", ()), ("b.mcap", ("--in-process",))):
        call(["run", "quickstart", "--until", "100", "--quiet", "--record", name, *how])
    assert Path("a.mcap").read_bytes() == Path("b.mcap").read_bytes()


def test_a_killed_run_leaves_a_recording_that_replays_as_far_as_it_goes(tmp_path, capsys):
    with started("run", "quickstart", "--rate", "20", "--record", "a.mcap", cwd=tmp_path) as run:
        assert run.stderr
        assert "pass over" in run.stderr.readline()
        time.sleep(0.5)
        assert Recording(tmp_path / "a.mcap").condition == "live"
        run.kill()
    assert call(["info", "a.mcap", "--json"]) == cli.PASSED
    assert json.loads(capsys.readouterr().out)["condition"] == "cut"
    assert call(["replay", "a.mcap"]) == cli.PASSED
    assert "as far as it was saved" in capsys.readouterr().out


def test_a_full_disk_ends_the_run_with_its_reason(tmp_path):
    program = (
        "import resource, signal, sys; from services.cli import call\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "sys.exit(call(['run', 'quickstart', '--in-process', '--quiet', '--record', 'a.mcap']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == cli.SERVICE_FAILED
    assert "cannot write a.mcap: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert Recording(tmp_path / "a.mcap").condition == "cut"
