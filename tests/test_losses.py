"""Whoever is killed, and whenever: the rest ends, nothing stays behind, what was flown is on disk.

With the real services; test_processes.py tries more with toys, test_cli.py kills a guidance.
`python -m tests.evidence losses` tries more instants.
"""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.bus.interrupts import undisturbed
from services.cli import INTERRUPTED, PASSED, SERVICE_FAILED, call
from services.recording.read import Recording
from tests.twins import SERVICES, alive, private_folder, services_of, size, started, until
from twin.contracts.operations import PeerLost, RunEnded

FLYING = 60
"""Events on disk that say: many rounds are flown; at rate 20 the rest takes a minute and a half."""


@pytest.fixture
def place() -> Iterator[Path]:
    """Where the command runs, with an own folder for temporary files in it."""
    with private_folder() as folder:
        (folder / "tmp").mkdir()
        yield folder


@pytest.fixture
def run(place: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that takes its time, in real services."""
    words = ["run", "quickstart", "--rate", "20", "--record", "a.mcap", "--quiet", "--json"]
    process = started(words, place, TMPDIR=str(place / "tmp"))
    yield process
    process.kill()
    process.communicate()


def flying(process: "subprocess.Popen[str]", place: Path) -> dict[str, int]:
    """Wait until the run is under way; the process ids of its services."""
    until(lambda: saved(place) >= FLYING, "the flight")
    found = services_of(process)
    assert tuple(sorted(found)) == tuple(sorted(SERVICES))
    return found


def saved(place: Path) -> int:
    return Recording(place / "a.mcap").saved if size(place / "a.mcap") else 0


def starting(process: "subprocess.Popen[str]") -> list[int]:
    """Wait until all services are started, which then load and compile; their process ids."""
    until(lambda: len(services_of(process)) == len(SERVICES), "the start of four services")
    return list(services_of(process).values())


def nothing_is_left(place: Path) -> bool:
    return not list((place / "tmp").iterdir())


def described(recording: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """What `twin info` says of a sound recording."""
    capsys.readouterr()
    assert call(["info", str(recording), "--json"]) == PASSED
    said: dict[str, object] = json.loads(capsys.readouterr().out)
    return said


def test_killing_the_launcher_ends_its_services_and_what_was_flown_replays(
    run: "subprocess.Popen[str]", place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pids = list(flying(run, place).values())
    before = saved(place)
    run.kill()
    run.wait()  # only then is its lock on the recording gone
    until(lambda: not alive(pids), "the end of all services", patience_s=5.0)
    said = described(place / "a.mcap", capsys)
    assert said["condition"] == "cut"
    assert isinstance(said["events"], int)
    assert said["events"] >= before
    assert call(["replay", str(place / "a.mcap")]) == PASSED
    assert f"identical: {said['events']} events" in capsys.readouterr().out


def test_killing_the_launcher_while_services_start_ends_them_too(run: "subprocess.Popen[str]") -> None:
    pids = starting(run)
    run.kill()
    until(lambda: not alive(pids), "the end of all services", patience_s=5.0)


@pytest.mark.parametrize("victim", ["target", "ground"])
def test_killing_a_service_ends_the_run_named_with_all_it_was_granted_on_disk(
    run: "subprocess.Popen[str]", place: Path, capsys: pytest.CaptureFixture[str], victim: str
) -> None:
    pids = flying(run, place)
    os.kill(pids[victim], signal.SIGKILL)
    out, err = run.communicate(timeout=20.0)
    assert run.returncode == SERVICE_FAILED, err
    facts = json.loads(out)
    assert (facts["verdict"], facts["cause"], facts["participant"]) == ("none", "peer_lost", victim)
    assert f"twin: {victim} was lost at" in err
    assert "SIGKILL" in err
    assert "Traceback" not in err
    assert alive(list(pids.values())) == []
    assert nothing_is_left(place)
    said = described(place / "a.mcap", capsys)
    assert (said["condition"], said["events"], said["unverified_events"]) == ("complete", facts["events"], 0)
    last = [event for event, _ in Recording(place / "a.mcap").events()][-2:]
    assert [type(event.body) for event in last] == [PeerLost, RunEnded]
    assert isinstance(last[0].body, PeerLost)
    assert last[0].body.granted_ns == last[1].t_ns  # recorded to the last grant, not less, not more
    assert call(["replay", str(place / "a.mcap")]) == PASSED


def test_a_service_killed_before_the_first_round_is_named_and_there_is_no_recording(
    run: "subprocess.Popen[str]", place: Path
) -> None:
    pids = starting(run)
    os.kill(pids[-1], signal.SIGKILL)
    out, err = run.communicate(timeout=20.0)
    assert run.returncode == SERVICE_FAILED, err
    assert json.loads(out)["participant"] == SERVICES[-1]
    assert alive(pids) == []
    assert sorted(each.name for each in place.iterdir()) == ["tmp"]
    assert nothing_is_left(place)


STAGES: dict[str, Callable[["subprocess.Popen[str]", Path], object]] = {
    "recording opened": lambda run, place: until((place / "a.mcap").exists, "the recording"),
    "services starting": lambda run, place: starting(run),
}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("number", "to_all"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
def test_a_run_interrupted_before_its_first_round_leaves_nothing_at_all(
    run: "subprocess.Popen[str]", place: Path, stage: str, number: signal.Signals, to_all: bool
) -> None:
    """Ctrl-C reaches everybody in the terminal, a termination the launcher alone."""
    STAGES[stage](run, place)
    pids = list(services_of(run).values())
    (os.killpg if to_all else os.kill)(run.pid, number)
    _, err = run.communicate(timeout=10.0)
    assert run.returncode == INTERRUPTED, err
    assert "Traceback" not in err
    assert alive(pids) == []
    assert sorted(each.name for each in place.iterdir()) == ["tmp"]
    assert nothing_is_left(place)


def test_ctrl_c_waits_until_modules_are_loaded() -> None:
    """In the midst of numpy or heyoka it would come out as an import error with a traceback."""
    loaded = []

    def load() -> None:
        with undisturbed():
            os.kill(os.getpid(), signal.SIGINT)
            loaded.append("all")

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            load()
    finally:
        signal.signal(signal.SIGINT, before)
    assert loaded == ["all"]
