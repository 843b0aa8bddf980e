"""`twin picture`: what the servicer's camera saw at a moment of a recording, as a PNG file."""

import sys
import zlib
from pathlib import Path
from struct import pack

import numpy as np

from services.camera import CameraProcess, lookout_of
from services.recording.motion import BODIES
from services.recording.read import Recording
from services.words import mission_time
from twin.contracts.capture import ArmState
from twin.contracts.motion import Trajectory
from twin.dynamics.segments import Track
from twin.errors import UsageError


def picture(path: Path, t_ns: int, out: Path) -> int:
    """Render and write it. Raises UsageError, RecordingError."""
    recording = Recording(path)
    _, mission = recording.require_sound()
    tracks, arm = _until(recording, t_ns)
    if not all(track.covers(t_ns) for track in tracks.values()):
        known_ns = min(track.end_ns for track in tracks.values())
        raise UsageError(
            f"{path} shows no motion at {mission_time(t_ns)}; it ends at {mission_time(known_ns)}"
        )
    lookout = lookout_of(mission)
    view = lookout.view(t_ns, tracks["servicer"].state(t_ns), tracks["target"].state(t_ns), arm)
    with CameraProcess(lookout.subject) as camera:
        pixels = camera.picture(view)
    _write(out, png(pixels))
    light = "in eclipse" if view.lit <= 0.0 else f"{100.0 * view.lit:.0f} % of the Sun"
    print(f"{out}: {mission_time(t_ns)}, {light}, 320 x 240", file=sys.stderr)
    return 0


def _until(recording: Recording, t_ns: int) -> tuple[dict[str, Track], ArmState | None]:
    """Both motions as published, and the arm's newest report, at an instant."""
    tracks = {body: Track() for body in BODIES}
    arm = None
    for event, _ in recording.events():
        match event.body:
            case Trajectory(body=body, pieces=pieces) as trajectory if body in tracks:
                # What was published later speaks of later instants, but for the piece just beginning.
                if pieces[0].start_ns <= t_ns:
                    tracks[body].extend(trajectory)
                    tracks[body].forget_before(t_ns)
            case ArmState() as state if state.t_ns <= t_ns:
                arm = state
    return tracks, arm


def png(pixels: np.ndarray) -> bytes:
    """Pixels uint8 (height, width, 3) as an 8-bit RGB file."""
    height, width, _ = pixels.shape
    raw = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    chunks = b"".join(pack(">I", len(d)) + k + d + pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + chunks


def _write(out: Path, data: bytes) -> None:
    try:
        out.write_bytes(data)
    except OSError as error:
        raise UsageError(f"cannot write {out}: {error.strerror}") from error
