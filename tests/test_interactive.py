"""Whatever somebody does to a run, and whenever, is on the record: it replays and branches without them."""

import json
import random
import time
from pathlib import Path

import pytest

from services.bus.operator import Console
from services.cli import BAD_INPUT, FAILED, PASSED, call
from services.recording.comparison import Tolerances, compare_recordings
from services.recording.read import Recording
from tests.meddling import Meddler
from tests.twins import facts, private_folder, started
from twin.contracts.navigation import PhaseChanged
from twin.contracts.operations import Branched, FaultRequest, LawSwap, TelecommandRequest
from twin.contracts.steering import SendTelecommand
from twin.errors import UsageError

COMMANDS = ("hold", "go", "arm", "hold")
UNTIL_S = 400.0
SECOND = 10**9


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """A flight by hand: pauses, steps, rates and telecommands at moments that nobody chose."""
    path = tmp_path_factory.mktemp("played") / "played.mcap"
    with private_folder() as folder:
        operator, view = (f"ipc://{folder}/{plane}" for plane in ("operator", "view"))
        words = ["run", "rendezvous", "--by-hand", "--quiet", "--json", "--until", str(UNTIL_S)]
        words += ["--record", str(path), "--operator", operator, "--view", view, "--rate", "100"]
        process = started(words, folder)
        meddler = Meddler(operator, view, 3, over=lambda: process.poll() is not None)
        meddler.start()
        _command(operator, process)
        said = facts(process)
        meddler.join()
    assert meddler.done["Pause"] > 2
    assert meddler.done["SetRate"] > 0
    return path, said["digest"]


def _command(operator, process):
    """Telecommands at random wall-clock moments while the run lasts."""
    chance = random.Random(5)
    with Console(operator, timeout_s=2.0) as console:
        for name in COMMANDS * 20:
            if process.poll() is not None:
                return
            time.sleep(chance.uniform(0.05, 0.4))
            try:
                console.ask(SendTelecommand(name=name))
            except UsageError:  # before the first round, or over
                continue


def test_an_interactive_run_replays_to_the_same_digest(played, capsys):
    path, digest = played
    given = [event for event, _ in Recording(path).events() if isinstance(event.body, TelecommandRequest)]
    assert len(given) > 2
    assert any(isinstance(event.body, PhaseChanged) for event, _ in Recording(path).events())
    assert call(["replay", str(path), "--json"]) == PASSED
    replayed = json.loads(capsys.readouterr().out)
    assert (replayed["result"], replayed["digest"]) == ("identical", digest)


def branched(path, capsys, *words):
    """A branch of `path`, its recording and what was said of it."""
    made = Path(path).with_name("branch.mcap")
    made.unlink(missing_ok=True)
    assert call(["branch", str(path), "--record", str(made), "--json", *words]) in (PASSED, FAILED)
    said = json.loads(capsys.readouterr().out)
    return Recording(made), said


@pytest.fixture(scope="module")
def parent(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parent")
    text = 'extends = "rendezvous"\nending = { latest_s = 200.0 }\n'
    (folder / "mine.toml").write_text(text)
    words = ["--in-process", "--quiet", "--record", str(folder / "p.mcap")]
    assert call(["run", str(folder / "mine.toml"), *words]) == FAILED
    return folder / "p.mcap"


def test_a_branch_with_the_seed_it_had_differs_by_nothing_but_its_mark(parent, capsys):
    made, _ = branched(parent, capsys, "--at", "100", "--seed", "1")
    found = compare_recordings(Recording(parent), made, Tolerances(absolute=0.0, relative=0.0))
    assert found.signals == ()
    assert [each.what.split()[1] for each in found.events] == ["branched"]


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (("--seed", "7"), {Branched}),
        (("--fault", "lidar_range.bias range_m=2.0 for_s=30"), {Branched, FaultRequest}),
        (("--law", "transfer=hold", "-p", "transfer.place.port_axial_m=17.0"), {Branched, LawSwap}),
    ],
)
def test_a_branch_parts_at_its_moment_and_replays(parent, capsys, words, kinds):
    made, said = branched(parent, capsys, "--at", "T+00:01:40", *words)
    assert {type(event.body) for event, _ in made.events() if event.external} == kinds
    assert said["compared"]["first"]["t_ns"] >= 100 * SECOND
    assert said["compared"]["signals"]
    assert min(each["first_ns"] for each in said["compared"]["signals"]) >= 100 * SECOND
    assert call(["replay", str(made.path)]) == PASSED
    assert said["digest"] in capsys.readouterr().out


def test_a_branch_with_a_fault_can_be_branched_with_another(parent, capsys, tmp_path):
    made, _ = branched(parent, capsys, "--at", "100", "--fault", "lidar_range.bias range_m=2.0")
    first = made.path.rename(tmp_path / "first.mcap")
    again, _ = branched(first, capsys, "--at", "150", "--fault", "gnss.bias x_m=1.0")
    assert [each.name for each in again.require_sound()[1].faults] == ["branch-1", "branch-2"]
    assert call(["replay", str(again.path)]) == PASSED


def test_what_the_operator_did_after_the_moment_is_done_again(played, capsys):
    path, _ = played
    made, _ = branched(path, capsys, "--at", "50", "--seed", "9", "--until", str(UNTIL_S))
    before, after = (
        [
            (event.t_ns, event.body.name)
            for event, _ in recording.events()
            if isinstance(event.body, TelecommandRequest)
        ]
        for recording in (Recording(path), made)
    )
    assert after == before


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((), "nothing to be done otherwise"),
        (("--seed", "3", "--at", "300"), "holds nothing after T+00:03:20"),
        (("--fault", "lidar_range.bas"), "nearest: lidar_range.bias"),
        (("--fault", "lidar_range.bias range_m"), "is not KEY=VALUE"),
        (("--law", "close_in=glidslope"), "nearest: glideslope"),
        (("--seed", "3", "--until", "90"), "--until must be after --at"),
        (("--fault", "process.kill role=guidance"), "no service of it can die alone"),
    ],
)
def test_a_branch_that_cannot_be_is_refused_and_leaves_nothing(parent, capsys, words, reason):
    before = sorted(parent.parent.iterdir())
    assert call(["branch", str(parent), *(() if "--at" in words else ("--at", "100")), *words]) == BAD_INPUT
    assert reason in capsys.readouterr().err
    assert sorted(parent.parent.iterdir()) == before
