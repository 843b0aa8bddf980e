"""Services as processes: the same trace as in one process, and nothing left running however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from peers.toys import MODULES, NAMES, all_toys, toy_mission

from services.bus.inproc import InprocPeers
from services.bus.launcher import Fleet
from services.conductor import Coordinator, Outcome
from twin.contracts.envelope import Event
from twin.errors import UsageError
from twin.kernel.pace import Pace

TESTS = Path(__file__).parent
LAUNCH = TESTS / "peers" / "launch.py"


pytestmark = pytest.mark.usefixtures("toys_for_children")


@pytest.fixture
def launched(folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts launchers in a process of their own, as `twin run` is."""
    started: list[subprocess.Popen[str]] = []

    def launch(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(LAUNCH), str(folder), *arguments]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, process_group=0))
        return started[-1]

    yield launch
    for process in started:
        process.kill()
        process.communicate()


def fly(folder: Path, *, watch: Callable[[Event], None] = lambda event: None, **options: object) -> Outcome:
    modules = {**MODULES, **options.pop("modules", {})}  # type: ignore[dict-item]
    with Fleet(NAMES, modules=modules, folder=folder) as fleet:
        return Coordinator(toy_mission(), fleet.start(), None, (watch,), **options).run()  # type: ignore[arg-type]


def alive(pids: list[int]) -> list[int]:
    return [pid for pid in pids if Path(f"/proc/{pid}").exists() and not _is_zombie(pid)]


def left_after_kill(process: "subprocess.Popen[str]", pids: list[int]) -> list[int]:
    """The services that still run 5 s after their launcher was killed."""
    process.kill()
    process.wait()
    deadline_s = time.monotonic() + 5.0
    while alive(pids) and time.monotonic() < deadline_s:
        time.sleep(0.01)
    return alive(pids)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def read_until(process: subprocess.Popen[str], word: str) -> list[str]:
    """Words of the first line that begins with `word`."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(word):
            return line.split()
    raise AssertionError(f"the launcher ended without saying {word!r}")


def test_processes_and_one_process_give_one_digest(folder: Path) -> None:
    here = Coordinator(toy_mission(), InprocPeers(all_toys())).run()
    there = fly(folder)
    assert (there.cause, there.digest) == ("deadline", here.digest)
    assert there.digests_by_source == here.digests_by_source
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_order_of_hashing_is_in_no_digest(
    folder: Path, hash_seed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", hash_seed)
    assert fly(folder).digest == Coordinator(toy_mission(), InprocPeers(all_toys())).run().digest


def test_children_get_the_pinned_numeric_environment_whatever_is_set_outside(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Prescott")
    told = fly(folder).fingerprints
    assert len(set(told.values())) == 1
    assert "unpinned" not in told["relay"]
    assert "x1" in told["relay"]


def test_a_service_that_raises_is_named_with_what_it_raised_and_where(folder: Path) -> None:
    outcome = fly(folder, modules={"beacon": "peers.toys:raising"})
    assert (outcome.cause, outcome.participant) == ("error", "beacon")
    assert "ValueError: the beacon's lamp is out" in outcome.text
    assert any("toys.py" in line for line in outcome.log)


@pytest.mark.parametrize("module", ["no.such.module", "peers.toys:no_such_function"])
def test_a_service_that_cannot_start_is_named(folder: Path, module: str) -> None:
    outcome = fly(folder, modules={"counter": module})
    assert (outcome.cause, outcome.participant) == ("error", "counter")
    assert "no_such_function" in outcome.text or "No module named" in outcome.text
    assert list(folder.iterdir()) == []


def test_killing_the_launcher_ends_its_services(launched: Callable[..., subprocess.Popen[str]]) -> None:
    process = launched("100")
    pids = [int(pid) for pid in read_until(process, "pids")[1:]]
    read_until(process, "event")
    assert len(alive(pids)) == 3
    assert left_after_kill(process, pids) == []


def test_killing_the_launcher_ends_even_a_service_that_computes_for_ever(
    launched: Callable[..., subprocess.Popen[str]],
) -> None:
    process = launched("100", "100", "peers.toys:hanging")
    pids = [int(pid) for pid in read_until(process, "pids")[1:]]
    read_until(process, "event 900000000 beacon")
    assert left_after_kill(process, pids) == []


@pytest.mark.parametrize(
    ("stage", "number", "group"),
    [
        ("begun", signal.SIGINT, False),
        ("begun", signal.SIGTERM, True),
        ("pids", signal.SIGINT, True),
        ("pids", signal.SIGTERM, False),
        ("event", signal.SIGINT, True),
        ("event", signal.SIGTERM, True),
        ("event", signal.SIGHUP, False),
    ],
)
def test_a_signal_at_any_stage_leaves_nothing_behind(
    folder: Path,
    launched: Callable[..., subprocess.Popen[str]],
    stage: str,
    number: signal.Signals,
    group: bool,
) -> None:
    process = launched("100")
    read_until(process, stage)
    (os.killpg if group else os.kill)(process.pid, number)
    rest, _ = process.communicate(timeout=10.0)
    assert f"outcome interrupted  stopped by {number.name}" in rest
    assert process.returncode == 0
    assert list(folder.iterdir()) == []


def test_a_hung_service_does_not_hold_up_the_end(
    folder: Path, launched: Callable[..., subprocess.Popen[str]]
) -> None:
    process = launched("100", "100", "peers.toys:hanging")
    read_until(process, "event 900000000 beacon")
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=5.0)
    assert "outcome interrupted" in rest
    assert list(folder.iterdir()) == []


def test_a_port_that_is_taken_is_one_usage_error_before_anything_starts(folder: Path) -> None:
    with Fleet(NAMES, foreign=["relay"], endpoint="tcp://127.0.0.1:47117", folder=folder):
        mine = list(folder.iterdir())
        with pytest.raises(UsageError, match="47117 is already in use"):
            Fleet(NAMES, foreign=["relay"], endpoint="tcp://127.0.0.1:47117", folder=folder)
        assert list(folder.iterdir()) == mine
    assert list(folder.iterdir()) == []


def test_a_second_run_on_the_same_ipc_path_is_refused_and_the_first_keeps_it(folder: Path) -> None:
    endpoint = f"ipc://{folder}/join"
    with Fleet(NAMES, foreign=["relay"], endpoint=endpoint, folder=folder):
        with pytest.raises(UsageError, match="used by another run"):
            Fleet(NAMES, foreign=["relay"], endpoint=endpoint, folder=folder)
        assert (folder / "join").exists()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("foreign", "endpoint"),
    [(["relay"], None), ([], "tcp://127.0.0.1:47118"), (["pilot"], "tcp://127.0.0.1:47118")],
)
def test_foreign_roles_and_an_endpoint_go_together(
    folder: Path, foreign: list[str], endpoint: str | None
) -> None:
    with pytest.raises(UsageError, match="foreign roles"):
        Fleet(NAMES, foreign=foreign, endpoint=endpoint, folder=folder)
    assert list(folder.iterdir()) == []


def test_a_slow_service_is_not_a_dead_one(folder: Path) -> None:
    with Fleet(NAMES, modules=MODULES, folder=folder) as fleet:
        fleet.start()
        stopped = False

        def stop_for_a_while(event: Event) -> None:
            nonlocal stopped
            if not stopped and event.t_ns >= 1_000_000_000:
                stopped = True
                os.kill(fleet.pids["relay"], signal.SIGSTOP)
                subprocess.Popen(["/bin/sh", "-c", f"sleep 0.5; kill -CONT {fleet.pids['relay']}"])

        outcome = Coordinator(toy_mission(), fleet, None, (stop_for_a_while,), Pace()).run()
    assert outcome.cause == "deadline"
    assert outcome.waits["relay"] > 0.4
