"""Pictures of what the servicer's camera sees, rendered by a process of their own, at most two a second.

How to use it, from a screen or a command::

    lookout = lookout_of(mission)                         # once; cheap, loads no engine
    with CameraProcess(lookout.subject) as camera:        # starts the renderer
        view = lookout.view(t_ns, servicer, target, arm)  # both tracks' states at t_ns, newest ArmState
        camera.ask(t_ns, view)                            # returns at once; replaces one still waiting
        camera.newest                                     # Shot(t_ns, pixels, cost_s), or None so far
        camera.picture(view)                              # or wait for this one

A request is time, poses (target from the servicer, in its body axes), direction to the Sun, lit part of
its disc, joints: `twin.capture.sight.View`. The answer, `Shot.pixels`, is a uint8 array (240, 320, 3), rows
from the top. `camera.problem` says why there are no more pictures, "" while there are. Nothing of this can
change a run: the child is told poses and nothing else, runs at low priority, and ends with its parent.

On the pipe: four bytes of length, little-endian, then a msgpack message (Subject first, then Views) one
way, bare pixels the other way.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, Self

import msgspec
import numpy as np

import services
from services.stdout import guard
from twin.capture.sight import Subject, View
from twin.dynamics.epochs import Epoch
from twin.errors import TwinError
from twin.mission.script import Mission
from twin.vehicle.lookout import Lookout

WIDTH: Final = 320
HEIGHT: Final = 240
PERIOD_S: Final = 0.5
_HEAD: Final = 4
_ENDS_WITHIN_S: Final = 5.0
_NICE: Final = 10


class CameraError(TwinError):
    """The renderer's process has ended."""


class Shot(NamedTuple):
    """A picture of the instant `t_ns`: uint8 (240, 320, 3); `cost_s` is the wall time it took."""

    t_ns: int
    pixels: np.ndarray
    cost_s: float


def lookout_of(mission: Mission) -> Lookout:
    """Makes views of a mission's flight."""
    return Lookout(mission.servicer, mission.target, Epoch(mission.epoch_utc))


class CameraProcess:
    """See the module. A context manager, or `close` it."""

    def __init__(self, subject: Subject) -> None:
        self.newest: Shot | None = None
        self.problem = ""
        self._lock = threading.Lock()
        self._asked: tuple[int, View] | None = None
        self._wanted = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        # Blocked signals are inherited: Ctrl-C in a terminal ends us, and our end ends the child.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "services.camera"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
            )
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self._send(msgspec.msgpack.encode(subject))

    def picture(self, view: View) -> np.ndarray:
        """uint8 (240, 320, 3), as soon as it is rendered; CameraError when the renderer has ended."""
        with self._lock:
            self._send(msgspec.msgpack.encode(view))
            raw = _received(self._outlet)
        if raw is None:
            raise CameraError(self._ended())
        return np.frombuffer(raw, dtype=np.uint8).reshape(HEIGHT, WIDTH, 3)

    def ask(self, t_ns: int, view: View) -> None:
        """Want a picture of this instant; it becomes `newest` when it is there, half a second after the
        one before at the soonest.
        """
        self._asked = (t_ns, view)
        self._wanted.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the child."""
        self._closing.set()
        self._wanted.set()
        with suppress(BrokenPipeError):  # it ended before us, with something of ours unread
            self._inlet.close()
        try:
            self._child.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._thread is not None:
            self._thread.join()
        self._outlet.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The renderer's process."""
        return self._child.pid

    @property
    def _inlet(self) -> BinaryIO:
        assert self._child.stdin is not None
        return self._child.stdin  # type: ignore[return-value]

    @property
    def _outlet(self) -> BinaryIO:
        assert self._child.stdout is not None
        return self._child.stdout  # type: ignore[return-value]

    def _serve(self) -> None:
        """Render what was asked last, and then let the period pass."""
        while True:
            self._wanted.wait()
            if self._closing.is_set():
                return
            self._wanted.clear()
            assert self._asked is not None
            t_ns, view = self._asked
            start_s = time.monotonic()
            try:
                pixels = self.picture(view)
            except CameraError as error:
                self.problem = "" if self._closing.is_set() else str(error)
                return
            self.newest = Shot(t_ns, pixels, time.monotonic() - start_s)
            self._closing.wait(max(0.0, start_s + PERIOD_S - time.monotonic()))

    def _send(self, message: bytes) -> None:
        try:
            self._inlet.write(len(message).to_bytes(_HEAD, "little") + message)
            self._inlet.flush()
        except (BrokenPipeError, ValueError):
            raise CameraError(self._ended()) from None

    def _ended(self) -> str:
        if self._closing.is_set():
            return "the camera is closed"
        status = self._child.wait()
        return f"the camera's process ended with status {status}; ask for a new one"


def _environment() -> dict[str, str]:
    """Ours, with the place of this product in front: -P keeps the working folder out."""
    place = str(Path(services.__file__).parent.parent)
    known = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": f"{place}{os.pathsep}{known}" if known else place}


def _received(pipe: BinaryIO) -> bytes | None:
    """The next message; None when the other side has closed."""
    head = pipe.read(_HEAD)
    if len(head) < _HEAD:
        return None
    length = int.from_bytes(head, "little")
    message = pipe.read(length)
    return message if len(message) == length else None


def serve(
    inlet: BinaryIO, outlet: BinaryIO, renderer: Callable[[Subject], Callable[[View], np.ndarray]]
) -> None:
    """The child: a subject, then a picture for every view, until the pipe closes."""
    message = _received(inlet)
    if message is None:
        return
    picture = renderer(msgspec.msgpack.decode(message, type=Subject))
    while (message := _received(inlet)) is not None:
        pixels = picture(msgspec.msgpack.decode(message, type=View)).tobytes()
        outlet.write(len(pixels).to_bytes(_HEAD, "little") + pixels)
        outlet.flush()


def main() -> None:
    """The renderer's process."""
    guard()
    os.nice(_NICE)
    from twin.capture.camera import Camera

    serve(sys.stdin.buffer, sys.stdout.buffer, lambda subject: Camera(subject).picture)


if __name__ == "__main__":
    main()
