"""A run whose conductor died is taken up: flown again from its record, compared, and flown on."""

import shutil
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.cli import FAILED, PASSED, call
from services.keeping import Keeping
from services.laws import laws
from services.library import load_mission
from services.recording.milestone import Milestones
from services.recording.read import Recording
from services.recording.write import side_path
from services.resuming import resume
from services.run import Options, fly
from tests.damage import unfinished
from twin.contracts.envelope import Event
from twin.errors import TraceMismatchError

FLOWN = ["run", "rendezvous", "--until", "75", "--in-process", "--quiet", "--record"]
"""Past the GO, which is in flight at 60 s."""


@pytest.fixture(scope="module")
def flown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A whole recording, and what a killed run would have left of it."""
    whole = tmp_path_factory.mktemp("flown") / "whole.mcap"
    assert call([*FLOWN, str(whole)]) == FAILED
    live = unfinished(Recording(whole), whole.with_name("live.mcap"))
    return whole, live


def cut(flown: tuple[Path, Path], place: Path, share: float) -> Path:
    """The killed run's file, cut once more."""
    data = flown[1].read_bytes()
    path = place / "cut.mcap"
    path.write_bytes(data[: int(share * len(data))])
    shutil.copy(side_path(flown[0]), side_path(path))
    return path


@pytest.mark.parametrize("share", [0.6, 0.83, 0.97, 1.0])
def test_wherever_the_file_was_cut_the_run_becomes_what_it_would_have_been(flown, tmp_path, share):
    path = cut(flown, tmp_path, share)
    assert call(["resume", str(path), "--quiet"]) == FAILED  # the verdict of a flight cut short at 75 s
    assert path.read_bytes() == flown[0].read_bytes()
    assert call(["replay", str(path)]) == PASSED


class DiedError(Exception):
    """The conductor's process is gone."""


@pytest.fixture
def died(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """A run of which nobody took leave: its record, its side file, and the states it kept at the GO."""
    monkeypatch.setattr("services.conductor.Keeping", partial(Keeping, fewest=8, share=0.0))
    path = tmp_path / "died.mcap"

    def watch(event: Event) -> None:
        if event.t_ns > 73_000_000_000:
            raise DiedError

    mission = load_mission("rendezvous", laws())
    with pytest.raises(DiedError):
        fly(mission, Options(in_process=True, record=path, until_s=75.0), (watch,))
    return Recording(path)


def test_a_run_is_taken_up_from_the_states_it_kept_and_what_came_before_is_not_flown(flown, died):
    path, states = died.path, Milestones(died.path).path
    milestone = Milestones(path).newest(died.saved)
    assert milestone is not None
    assert 0 < milestone.events < died.saved
    copy = path.with_name("copy.mcap")
    for each in (path, side_path(path)):
        shutil.copy(each, copy.with_name(each.name.replace("died", "copy")))
    report = resume(path, Options(), quiet=True)
    whole = resume(copy, Options(), quiet=True)  # without the file of states: from the beginning
    assert path.read_bytes() == copy.read_bytes() == flown[0].read_bytes()
    assert not states.exists()
    assert report.verdict == whole.verdict
    assert report.outcome.rounds < whole.outcome.rounds / 2
    assert report.outcome.events == whole.outcome.events


def test_states_of_another_record_are_refused_and_of_a_longer_one_not_used(flown, died):
    milestones = Milestones(died.path)
    milestone = milestones.newest(died.saved)
    assert milestone is not None
    milestones.keep(replace(milestone, digest="0" * 32))
    before = died.path.read_bytes()
    with pytest.raises(TraceMismatchError, match="remove the file of states"):
        resume(died.path, Options(), quiet=True)
    assert died.path.read_bytes() == before
    milestones.keep(replace(milestone, events=died.saved + 1, digest="0" * 32))
    resume(died.path, Options(), quiet=True)
    assert died.path.read_bytes() == flown[0].read_bytes()


def test_a_record_that_this_run_does_not_make_is_refused_with_the_first_difference(flown, tmp_path, capsys):
    path = cut(flown, tmp_path, 0.9)
    path.unlink()
    recording = Recording(flown[0])
    recording.mission = replace(recording.mission, seed=2)
    unfinished(recording, path)
    before = path.read_bytes()
    assert call(["resume", str(path), "--quiet"]) == FAILED
    said = capsys.readouterr().err
    assert "the run taken up again is another: first difference at 0.000000000 s" in said
    assert "the recording is as it was" in said
    assert path.read_bytes() == before


def test_only_a_run_whose_conductor_died_can_be_taken_up(flown, tmp_path, capsys):
    assert call(["resume", str(flown[0])]) == 2
    assert "is over" in capsys.readouterr().err
    path = cut(flown, tmp_path, 0.02)
    assert call(["resume", str(path)]) == 2
    side_path(cut(flown, tmp_path, 0.5)).unlink()
    assert call(["resume", str(path)]) == 2
    assert "does not say how the run was started" in capsys.readouterr().err
