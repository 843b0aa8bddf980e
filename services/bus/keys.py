"""Keys for planes that leave this machine: CURVE, and a list of who may do what.

A folder holds the run's key pair and the public keys that are let in (`keys.json`), and a file for each
client (`NAME.key`), to be carried to where it is used: `TWIN_KEY=NAME.key twin watch tcp://HOST:PORT ...`.
"""

import os
import re
import threading
from collections import Counter
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec
import zmq
from zmq.utils import z85

from twin.errors import UsageError

Right = Literal["viewer", "operator", "peer"]
MAY: Final[dict[str, tuple[Right, ...]]] = {
    "view": ("viewer", "operator"),
    "operator": ("operator",),
    "control": ("peer",),
}
"""Who is let in where: a viewer's key cannot command, and only a peer's can play a role."""
CLIENT: Final = "TWIN_KEY"
_RING: Final = "keys.json"
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)
_OTHERS: Final = 0o077
"""Any right of the group or of all."""
_ZAP: Final = "inproc://zeromq.zap.01"
_POLL_MS: Final = 200
Keys = TypeVar("Keys", bound=msgspec.Struct)


class Allowed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public key that is let in."""

    name: str
    right: Right
    public: str


class Ring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a run: Z85 text."""

    public: str
    secret: str
    allowed: tuple[Allowed, ...] = ()


class ClientKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a client needs: the run's public key, and its own pair."""

    server: str
    public: str
    secret: str


def ring_of(folder: Path) -> Ring:
    """The keys in a folder; UsageError if there are none."""
    return _read(folder / _RING, Ring)


def made(folder: Path) -> Ring:
    """The keys in a folder, made if there are none; the folder is private."""
    if (folder / _RING).exists():
        return ring_of(folder)
    public, secret = zmq.curve_keypair()
    ring = Ring(public=public.decode(), secret=secret.decode())
    _write(folder / _RING, ring)
    return ring


def let_in(folder: Path, name: str, right: Right) -> Path:
    """Make a key for a client and let it in; returns its file. UsageError if the name is taken."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for a client: letters, digits, and . _ - after the first")
    ring, path = made(folder), folder / f"{name}.key"
    if path.exists() or name in [each.name for each in ring.allowed]:
        raise UsageError(f"{name} has a key in {folder} already: choose another name")
    public, secret = zmq.curve_keypair()
    _write(path, ClientKey(server=ring.public, public=public.decode(), secret=secret.decode()))
    allowed = Allowed(name=name, right=right, public=public.decode())
    _write(folder / _RING, msgspec.structs.replace(ring, allowed=(*ring.allowed, allowed)))
    return path


def unlock(socket: "zmq.Socket[bytes]") -> None:
    """Show the key that the environment names, if it names one."""
    place = os.environ.get(CLIENT)
    if place:
        key = _read(Path(place), ClientKey)
        socket.curve_serverkey = key.server.encode()
        socket.curve_publickey, socket.curve_secretkey = key.public.encode(), key.secret.encode()


class Gatekeeper:
    """Answers libzmq, which asks about every connection of a context (ZAP, ZeroMQ RFC 27), in a thread.

    `refused` counts, by plane.
    """

    def __init__(self, context: "zmq.Context[zmq.Socket[bytes]]", ring: Ring) -> None:
        self.refused: Counter[str] = Counter()
        self._secret = ring.secret.encode()
        self._rights = {z85.decode(each.public): each for each in ring.allowed}
        self._socket = context.socket(zmq.REP)
        self._socket.linger = 0
        self._socket.bind(_ZAP)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def lock(self, socket: "zmq.Socket[bytes]", plane: str) -> None:
        """Let only those in, wherever `socket` listens from now on, who may into `plane`."""
        socket.zap_domain = plane.encode()
        socket.curve_server = True
        socket.curve_secretkey = self._secret

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._socket.close()

    def _keep(self) -> None:
        while not self._over.is_set():
            if self._socket.poll(_POLL_MS):
                version, request, domain, _, _, mechanism, *credentials = self._socket.recv_multipart()
                plane = domain.decode(errors="replace")
                known = self._rights.get(credentials[0]) if mechanism == b"CURVE" and credentials else None
                welcome = known is not None and known.right in MAY.get(plane, ())
                self.refused[plane] += not welcome
                answer = (b"200", b"OK") if welcome else (b"400", b"this key is not let in here")
                name = known.name.encode() if known is not None and welcome else b""
                self._socket.send_multipart((version, request, *answer, name, b""))


def _read(path: Path, kind: type[Keys]) -> Keys:
    try:
        if path.stat().st_mode & _OTHERS:
            raise UsageError(f"{path} can be read by others, so it is no secret: chmod 600 {path}")
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise UsageError(f"no keys in {path}: {error.strerror}; make them with twin keys FOLDER") from error
    except msgspec.MsgspecError as error:
        raise UsageError(f"{path} holds no keys: {error}") from None


def _write(path: Path, keys: msgspec.Struct) -> None:
    """Whole or not at all, readable by us alone, in a folder that is ours alone if it is made."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(keys), indent=2) + b"\n")
        part.replace(path)
    except OSError as error:
        raise UsageError(f"cannot keep keys in {path.parent}: {error.strerror}; give a folder") from error
