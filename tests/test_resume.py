"""A run whose conductor died is taken up: flown again from its record, compared, and flown on."""

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.cli import FAILED, PASSED, call
from services.recording.read import Recording
from services.recording.write import side_path
from tests.damage import unfinished

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
