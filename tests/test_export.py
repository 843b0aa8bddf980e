"""`twin export`: the motion of a recorded run as messages."""

from pathlib import Path

import numpy as np
import pytest

from services.cli import call
from services.recording.motion import tracks
from services.recording.read import Recording
from twin.ndm.aem import read_aem
from twin.ndm.oem import read_oem


@pytest.fixture(scope="module")
def flown(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("flown") / "quickstart.mcap"
    assert call(["run", "quickstart", "--in-process", "--quiet", "--until", "60", "--record", str(file)]) in (
        0,
        1,
    )
    return file


@pytest.mark.parametrize("body", ["target", "servicer"])
def test_both_messages_hold_the_recorded_motion(flown, tmp_path, body):
    files = {kind: tmp_path / f"x.{kind}" for kind in ("oem", "aem")}
    options = [f"--{kind}={file}" for kind, file in files.items()]
    assert call(["export", str(flown), *options, "--body", body, "--step", "7"]) == 0
    (orbit,) = read_oem(files["oem"].read_text())
    (attitude,) = read_aem(files["aem"].read_text())
    track = tracks(Recording(flown))[body]
    t_ns = np.array([at.ns - orbit.instants[0].ns for at in orbit.instants]) + track.start_ns
    truth = track.states(t_ns)
    assert t_ns.tolist() == [7_000_000_000 * k for k in range(9)] + [60_000_000_000]
    assert np.abs(orbit.r_m - truth.r_eci_m).max() < 1e-6
    assert np.abs(attitude.q_a_from_b - truth.q_eci_from_body).max() < 1e-14
    assert orbit.frame == attitude.frame_a == "GCRF"


def test_standard_output_takes_a_message_too(flown, capsys):
    assert call(["export", str(flown), "--oem", "-", "--body", "target"]) == 0
    assert read_oem(capsys.readouterr().out)[0].object_id == "2009-002J"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "nothing to export"),
        (["--oem", "-", "--body", "moon"], "no body `moon`; there are: target, servicer"),
        (["--oem", "-", "--step", "0"], "a step of 0 s"),
        (["--oem", "-", "--step", "1e-9"], "at most 2000000 rows"),
        (["--oem", "/nowhere/x.oem"], "cannot write /nowhere/x.oem"),
    ],
)
def test_what_cannot_be_exported_is_refused_in_one_line(flown, capsys, options, said):
    assert call(["export", str(flown), *options]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_what_is_no_recording_is_refused(tmp_path, capsys):
    (tmp_path / "x.mcap").write_bytes(b"no")
    assert call(["export", str(tmp_path / "x.mcap"), "--oem", "-"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
