"""Where a run may listen: refusals with a reason, one run per path, nothing left behind."""

import os
import stat
import time
from pathlib import Path

import pytest

from services.bus.endpoints import Claim, SocketFolder, checked_endpoint, claimed
from twin.errors import UsageError


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [
        ("tcp://192.168.1.7:5555", "CURVE"),
        ("tcp://0.0.0.0:5555", "CURVE"),
        ("tcp://*:5555", "form"),
        ("tcp://example.org:5555", "form"),
        ("tcp://127.0.0.1", "port"),
        ("tcp://127.0.0.1:99999", "form"),
        ("ipc://relative/path", "absolute"),
        ("ipc:///no/such/folder/x", "does not exist"),
        ("udp://127.0.0.1:5", "neither"),
        ("", "neither"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused_with_its_reason(endpoint: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        checked_endpoint(endpoint)


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:5555", "tcp://localhost:5555", "tcp://[::1]:5555"])
def test_loopback_is_allowed(endpoint: str) -> None:
    assert checked_endpoint(endpoint) == endpoint


def test_an_ipc_path_of_107_bytes_is_allowed_and_one_more_is_not(folder: Path) -> None:
    room = 107 - len(os.fsencode(folder)) - 1
    assert checked_endpoint(f"ipc://{folder}/{'x' * room}")
    with pytest.raises(UsageError, match="108 bytes is too long"):
        checked_endpoint(f"ipc://{folder}/{'x' * (room + 1)}")


def test_the_length_of_a_path_counts_in_bytes_not_letters(folder: Path) -> None:
    room = 107 - len(os.fsencode(folder)) - 1
    with pytest.raises(UsageError, match="too long"):
        checked_endpoint(f"ipc://{folder}/{'é' * (room - 1)}")


def test_an_ipc_path_in_a_folder_open_to_others_is_refused(folder: Path) -> None:
    folder.chmod(0o755)
    with pytest.raises(UsageError, match="chmod 700"):
        checked_endpoint(f"ipc://{folder}/x")


def test_a_socket_folder_is_private_and_goes_with_its_run(folder: Path) -> None:
    with SocketFolder(folder) as own:
        assert stat.S_IMODE(own.path.stat().st_mode) == 0o700
        assert own.endpoint("peers") == f"ipc://{own.path}/peers"
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_one_usage_error() -> None:
    with pytest.raises(UsageError, match="no folder for the run's sockets under /proc"):
        SocketFolder(Path("/proc"))


def test_a_temporary_folder_with_a_long_path_is_refused_before_anything_is_made(folder: Path) -> None:
    deep = folder / ("d" * 90)
    deep.mkdir()
    with pytest.raises(UsageError, match="TMPDIR"):
        SocketFolder(deep)
    assert list(deep.iterdir()) == []


def test_what_a_killed_run_left_is_swept_and_what_a_living_run_uses_is_not(folder: Path) -> None:
    long_ago = time.time() - 3600.0
    with SocketFolder(folder) as living:
        os.utime(living.path / "lock", (long_ago, long_ago))
        dead = folder / "twin-dead"
        dead.mkdir()
        (dead / "lock").touch()
        os.utime(dead / "lock", (long_ago, long_ago))
        with SocketFolder(folder):
            assert not dead.exists()
            assert living.path.exists()


def test_a_path_belongs_to_one_run_at_a_time(folder: Path) -> None:
    endpoint = f"ipc://{folder}/join"
    claim = claimed(endpoint)
    assert isinstance(claim, Claim)
    with pytest.raises(UsageError, match="used by another run"):
        claimed(endpoint)
    claim.release()
    again = claimed(endpoint)
    assert again is not None
    again.release()
    assert list(folder.iterdir()) == []
