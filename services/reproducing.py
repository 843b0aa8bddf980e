"""A service that dies of one grant every time: all it was told, in a file, to make it die of it again."""

import importlib
from pathlib import Path
from typing import Final

import msgspec

from services.bus.seat import Seat
from twin.errors import UsageError
from twin.kernel.participant import Participant

SUFFIX: Final = ".fatal"


class Fatal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Frames of one participant: START, then grants, the last of which it died of."""

    participant: str
    frames: tuple[bytes, ...]


def written(recording: Path | None, participant: str, frames: tuple[bytes, ...]) -> Path | None:
    """Write the frames beside the recording; None if there are none."""
    if recording is None or not frames:
        return None
    path = recording.with_name(f"{recording.name}.{participant}{SUFFIX}")
    path.write_bytes(msgspec.msgpack.encode(Fatal(participant=participant, frames=frames)))
    return path


def reproduce(path: Path) -> int:
    """Give a participant of this process every frame of the file; how many it lived through.

    Whatever it dies of, this process dies of. Raises UsageError for a file that is none of `written`, or a
    participant that raises.
    """
    try:
        fatal = msgspec.msgpack.decode(path.read_bytes(), type=Fatal)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise UsageError(f"{path} holds no frames of a service that died: {error}") from None
    seat = Seat(fatal.participant, lambda: _created(fatal.participant))
    for frame in fatal.frames:
        seat.take(frame)
        if seat.over:
            raise UsageError(f"{fatal.participant} fails: {seat.ended_by}")
    return len(fatal.frames)


def _created(role: str) -> Participant:
    created: Participant = importlib.import_module(f"services.{role}").create()
    return created
