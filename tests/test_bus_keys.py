"""Planes with keys: who is on the list is let in where he may, nobody else is; a viewer cannot command."""

import socket
import stat
import threading
from pathlib import Path

import pytest
import zmq
from mission_samples import event

from services.bus import keys
from services.bus.endpoints import checked_endpoint
from services.bus.operator import Console, OperatorPlane
from services.bus.planes import opened
from services.bus.viewer import Viewer
from services.cli import call
from twin.contracts.codec import encode
from twin.contracts.operations import Mark
from twin.contracts.steering import Pause
from twin.errors import UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ring = tmp_path / "keys"
    for name, right in (("eye", "viewer"), ("hand", "operator")):
        keys.let_in(ring, name, right)  # type: ignore[arg-type]
    keys.let_in(tmp_path / "others", "stranger", "operator")
    return ring


class Steered:
    """A run that can be paused."""

    def __init__(self) -> None:
        self.paused = 0
        self.pacing = self

    def pause(self) -> None:
        self.paused += 1


def free_endpoint() -> str:
    """A port of this moment: other tests run beside this one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{probe.getsockname()[1]}"


def asked(plane: OperatorPlane, endpoint: str) -> bool:
    """Whether a pause is answered."""
    run = Steered()
    with Console(endpoint, timeout_s=1.0) as console:
        served = threading.Thread(target=lambda: [plane.serve(run, 0.1) for _ in range(15)])  # type: ignore[arg-type]
        served.start()
        try:
            console.ask(Pause())
        except UsageError:
            assert not run.paused
            return False
        finally:
            served.join()
    assert run.paused == 1
    return True


def seen(view: object, endpoint: str) -> bool:
    """Whether an event reaches a viewer."""
    told = event(0, "ground", Mark(text="hello"))
    with Viewer(endpoint) as viewer:
        for _ in range(20):
            view.round([(told, encode(told))])  # type: ignore[attr-defined]
            if list(viewer.events(0.05)):
                return True
    return False


@pytest.mark.parametrize(
    ("key", "may_see", "may_command"),
    [("eye", True, False), ("hand", True, True), ("stranger", False, False), ("", False, False)],
)
def test_each_key_opens_what_it_may(folder, monkeypatch, key, may_see, may_command):
    place = folder.parent / "others" if key == "stranger" else folder
    if key:
        monkeypatch.setenv("TWIN_KEY", str(place / f"{key}.key"))
    with opened(free_endpoint(), free_endpoint(), folder) as planes:
        assert planes.view is not None
        assert planes.operator is not None
        assert seen(planes.view, planes.view.endpoint) == may_see
        assert asked(planes.operator, planes.operator.endpoint) == may_command


def test_only_with_keys_a_plane_leaves_this_machine(folder):
    with pytest.raises(UsageError, match="twin keys FOLDER"):
        checked_endpoint("tcp://0.0.0.0:5556")
    assert checked_endpoint("tcp://0.0.0.0:5556", keys=True)
    with pytest.raises(UsageError, match="no keys in"), opened("tcp://0.0.0.0:5556", None, folder / "none"):
        pass


def test_keys_are_made_once_for_our_eyes_alone(tmp_path, capsys):
    ring = tmp_path / "ring"
    assert call(["keys", str(ring), "--allow", "console", "--operator"]) == 0
    assert call(["keys", str(ring), "--allow", "screen"]) == 0
    assert call(["keys", str(ring)]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        f"{'console':<16} operator",
        f"{'screen':<16} viewer",
    ]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in ring.iterdir())
    assert stat.S_IMODE(ring.stat().st_mode) == 0o700
    assert call(["keys", str(ring), "--allow", "screen"]) == 2
    assert zmq.has("curve")


@pytest.mark.parametrize("name", ["", "../outside", "a/b", ".hidden"])
def test_a_client_whose_name_is_no_name_gets_no_key(tmp_path, capsys, name):
    assert call(["keys", str(tmp_path / "ring"), "--allow", name]) == 2
    assert "is no name for a client" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_keys_that_others_can_read_and_a_file_in_the_place_of_the_folder_are_refused(tmp_path, capsys):
    ring, file = tmp_path / "ring", tmp_path / "file"
    assert call(["keys", str(ring)]) == 0
    assert "nobody is let in yet" in capsys.readouterr().out
    (ring / "keys.json").chmod(0o644)
    file.touch()
    assert call(["keys", str(ring)]) == call(["keys", str(file)]) == 2
    open_to_all, no_folder = capsys.readouterr().err.splitlines()
    assert "is no secret: chmod 600" in open_to_all
    assert "give a folder" in no_folder
