"""Whoever is killed, and whenever: the rest ends, nothing stays behind, what was flown is on disk.

With the real services; test_processes.py tries more with toys, test_cli.py kills a guidance.
`python -m tests.evidence losses` tries more instants.
"""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from services.bus.interrupts import undisturbed
from services.cli import FAILED, INTERRUPTED, PASSED, call
from services.recording.read import Recording
from tests.twins import SERVICES, alive, private_folder, services_of, size, started, until

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


def new_life(process: "subprocess.Popen[str]", victim: str, former: int) -> bool:
    return services_of(process).get(victim, former) != former


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


def test_killing_services_costs_the_run_time_and_nothing_else(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In flight and before the first grant; the digest is the one of a run in one process."""
    words = ["run", "rendezvous", "--until", "300", "--record", "a.mcap", "--quiet", "--json"]
    run = started([*words, "--rate", "100"], place, TMPDIR=str(place / "tmp"))
    try:
        os.kill(starting(run)[-1], signal.SIGKILL)
        for victim in ("guidance", "servicer"):
            former = flying(run, place)[victim]
            os.kill(former, signal.SIGKILL)
            until(partial(new_life, run, victim, former), "a new life")
        out, err = run.communicate(timeout=90.0)
    finally:
        run.kill()
    said = json.loads(out)
    assert said["cause"] == "until", err
    assert nothing_is_left(place)
    side = json.loads((place / "a.mcap.side.json").read_text())["outcome"]
    assert [(each["participant"], each["cause"]) for each in side["restarts"]] == [
        ("guidance", "killed by SIGKILL"),
        ("servicer", "killed by SIGKILL"),
    ]
    assert call([*words, "--in-process", "--record", str(place / "b.mcap")]) == FAILED
    assert said["digest"] in capsys.readouterr().out
    assert (place / "a.mcap").read_bytes() == (place / "b.mcap").read_bytes()


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
