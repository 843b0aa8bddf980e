"""The picture's process answers views, keeps to its rate, says when it is gone, and is left nowhere."""

import os
import signal
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from test_capture_camera import NEAR, subject

from services.camera import PERIOD_S, CameraError, CameraProcess
from services.cli import call
from twin.capture.camera import Camera


def until(holds, patience_s=30.0):
    end_s = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_the_process_gives_the_pictures_of_the_camera():
    here = Camera(subject())
    with CameraProcess(subject()) as camera:
        for view in (NEAR, NEAR._replace(target_m=(40.0, 3.0, 1.0)), NEAR._replace(lit=0.0)):
            assert np.array_equal(camera.picture(view), here.picture(view))
    here.close()


def test_asking_never_waits_and_gets_the_newest_view_at_most_twice_a_second():
    with CameraProcess(subject()) as camera:
        camera.picture(NEAR)
        shots = []
        start_s = time.monotonic()
        for k in range(40):
            asked_s = time.monotonic()
            camera.ask(k, NEAR)
            assert time.monotonic() - asked_s < 0.4
            time.sleep(0.03)
            if camera.newest and (not shots or camera.newest is not shots[-1]):
                shots.append(camera.newest)
        until(lambda: camera.newest and camera.newest.t_ns == 39)
        shots.append(camera.newest)
        assert len(shots) <= 2 + (time.monotonic() - start_s) / PERIOD_S
        assert shots[0].t_ns <= shots[1].t_ns
        assert camera.problem == ""


def test_a_renderer_that_dies_is_named_and_the_next_one_works():
    camera = CameraProcess(subject())
    camera.picture(NEAR)
    os.kill(camera.pid, signal.SIGKILL)
    camera.ask(1, NEAR)
    until(lambda: camera.problem)
    assert "ended with status -9" in camera.problem
    with pytest.raises(CameraError, match="ask for a new one"):
        camera.picture(NEAR)
    camera.close()
    with CameraProcess(subject()) as again:
        assert again.picture(NEAR).any()


def test_the_renderer_ends_with_its_parent_however_that_ends():
    program = (
        "import time\n"
        "from test_capture_camera import subject\n"
        "from services.camera import CameraProcess\n"
        "camera = CameraProcess(subject())\n"
        "print(camera.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    tests = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tests.parent), str(tests)))}
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment
    )
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    until(lambda: not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes())


@pytest.fixture(scope="module")
def flown(tmp_path_factory):
    file = tmp_path_factory.mktemp("flown") / "rendezvous.mcap"
    assert call(["run", "rendezvous", "--in-process", "--quiet", "--until", "30", "--record", str(file)]) in (
        0,
        1,
    )
    return file


@pytest.mark.parametrize("at", ["20", "T+00:00:20.000", "0:00:20"])
def test_a_moment_of_a_recording_becomes_a_file(flown, tmp_path, at):
    file = tmp_path / "x.png"
    assert call(["picture", str(flown), "--at", at, "--out", str(file)]) == 0
    data = file.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24]) == (320, 240)
    length = struct.unpack(">I", data[33:37])[0]
    # 50 m behind the stage, in sunlight, boresight on it.
    rows = np.frombuffer(zlib.decompress(data[41 : 41 + length]), dtype=np.uint8).reshape(240, 961)[:, 1:]
    assert rows.reshape(240, 320, 3)[120, 160].max() > 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--at", "9000", "--out", "x.png"], "shows no motion at T+02:30:00.000; it ends at T+00:00:3"),
        (["--at", "noon", "--out", "x.png"], "'noon' is no mission time"),
        (["--at", "-1", "--out", "x.png"], "'-1' is no mission time"),
        (["--at", "20", "--out", "/nowhere/x.png"], "cannot write /nowhere/x.png"),
        (["--out", "x.png"], "--at"),
    ],
)
def test_what_cannot_be_pictured_is_refused_in_one_line(flown, capsys, options, said):
    assert call(["picture", str(flown), *options]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
