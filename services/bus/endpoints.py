"""Where a run may be reached: what is refused before anything starts, and the folder of its sockets."""

import fcntl
import ipaddress
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from twin.errors import UsageError

LONGEST_IPC_PATH = 107  # bytes: sockaddr_un.sun_path holds 108 with its closing zero
_PREFIX = "twin-"
_LOCK = "lock"
_RANDOM_LETTERS = 8  # in a name made by tempfile
_SWEEP_AGE_S = 60.0  # a younger folder may be one that its run is just about to lock


def checked_endpoint(endpoint: str, *, keys: bool = False) -> str:
    """`endpoint` if a run may listen there: an ipc path in a private folder, loopback tcp, any tcp with keys.

    Raises UsageError with the reason: the address, the length of the path, or the folder's rights.
    """
    scheme, _, rest = endpoint.partition("://")
    if scheme == "tcp":
        _check_address(endpoint, keys)
    elif scheme == "ipc":
        _check_path(Path(rest))
    else:
        raise UsageError(f"endpoint {endpoint!r} is neither ipc:///PATH nor tcp://127.0.0.1:PORT")
    return endpoint


def _check_address(endpoint: str, keys: bool) -> None:
    parts = urlsplit(endpoint)
    try:
        host, port = parts.hostname or "", parts.port
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise UsageError(f"endpoint {endpoint!r} is not of the form tcp://127.0.0.1:PORT") from None
    if not loopback and not keys:
        raise UsageError(
            f"endpoint {endpoint!r} leaves this machine: that needs CURVE keys (twin keys FOLDER, --keys "
            "FOLDER); else use tcp://127.0.0.1:PORT and tunnel it"
        )
    if not port:
        raise UsageError(f"endpoint {endpoint!r} names no port")


def _check_path(path: Path) -> None:
    if not path.is_absolute():
        raise UsageError(f"ipc path {str(path)!r} is not absolute: write ipc:///folder/name")
    length = len(os.fsencode(path))
    if length > LONGEST_IPC_PATH:
        raise UsageError(f"ipc path of {length} bytes is too long, at most {LONGEST_IPC_PATH}: {path}")
    folder = path.parent
    if not folder.is_dir():
        raise UsageError(f"folder of the ipc path does not exist: {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"folder of the ipc path is not writable: {folder}")
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        raise UsageError(
            f"folder of the ipc path is open to other users, make it private (chmod 700): {folder}"
        )


class Claim:
    """A file lock that holds as long as this process lives: a path belongs to one run at a time.

    ZeroMQ itself would silently take the socket file over from a run that is using it.
    """

    def __init__(self, path: Path, *claimed: Path) -> None:
        """Lock file `path`; it and what it stands for (`claimed`) go with the claim.

        Raises BlockingIOError if another process holds it.
        """
        self._paths = (*claimed, path)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise

    def release(self) -> None:
        for path in self._paths:
            path.unlink(missing_ok=True)
        os.close(self._descriptor)


class SocketFolder:
    """A private folder (0700) for the sockets and logs of one run; gone when the run is.

    What a run that was killed outright left behind is swept by the next one.
    """

    def __init__(self, parent: Path | None = None) -> None:
        """Raises UsageError if no folder can be made under `parent` (the system's temporary folder)."""
        parent = parent if parent is not None else Path(tempfile.gettempdir())
        longest = parent / f"{_PREFIX}{'x' * _RANDOM_LETTERS}" / "operator"
        if len(os.fsencode(longest)) > LONGEST_IPC_PATH:
            raise UsageError(
                f"temporary folder's path is too long for sockets, set TMPDIR to a shorter one: {parent}"
            )
        _sweep(parent)
        try:
            self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        except OSError as error:
            raise UsageError(f"no folder for the run's sockets under {parent}: {error.strerror}") from error
        self._claim = Claim(self.path / _LOCK)

    def endpoint(self, name: str) -> str:
        return f"ipc://{self.path / name}"

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._claim.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _sweep(parent: Path) -> None:
    """Remove socket folders of ours whose run no longer lives: nobody holds their lock."""
    for lock in parent.glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            facts = lock.stat()
            if facts.st_uid != os.getuid() or time.time() - facts.st_mtime < _SWEEP_AGE_S:
                continue
            claim = Claim(lock)
        except (BlockingIOError, FileNotFoundError):
            continue  # its run lives, or another run is sweeping too
        shutil.rmtree(lock.parent, ignore_errors=True)
        claim.release()


def claimed(endpoint: str) -> Claim | None:
    """A claim on an ipc endpoint's path, held until released; None for tcp, where the port is the claim.

    Raises UsageError if another run holds it.
    """
    scheme, _, path = endpoint.partition("://")
    if scheme != "ipc":
        return None
    try:
        return Claim(Path(f"{path}.lock"), Path(path))
    except BlockingIOError:
        raise UsageError(f"endpoint {endpoint} is used by another run; end it or choose another") from None
