"""Write a recording while the run flies: what a grant produced is on disk before the next grant.

"On disk" means handed to the operating system: it survives the death of any process, not a power cut.
"""

import fcntl
import os
import platform
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from mcap.records import Schema

from services.recording import layout
from services.recording.compact import compact
from services.recording.layout import EndFacts, RunFacts, channel_bytes, metadata_bytes, opening, record_bytes
from services.recording.read import Recording
from services.recording.schemas import schema_of
from twin.contracts.codec import kind_of
from twin.contracts.envelope import AnyBody, Event
from twin.contracts.fields import Body
from twin.errors import RecordingError, UsageError
from twin.mission.script import Mission


def side_path(path: Path) -> Path:
    """Where the wall-clock facts of a recording are."""
    return path.with_name(path.name + ".side.json")


class Recorder:
    """Appends committed events to one file; `finish` compacts it, `close` alone leaves it as it is.

    Raises `UsageError` when the file exists or cannot be made (before anything starts), and
    `RecordingError` when a write fails later (disk full): then `failed` is True, and only `close` is left.
    """

    def __init__(self, path: Path, mission: Mission, facts: RunFacts) -> None:
        self._take_over(path, _create(path), facts.epoch_unix_ns)
        head = opening(facts, mission) + channel_bytes(layout.CHECK_CHANNEL, layout.CHECK_TOPIC, 0, "")
        self._append(head, self._check(0, head))

    def _take_over(self, path: Path, file: int, epoch_unix_ns: int) -> None:
        self.path = path
        self.events = 0
        self.failed = False
        self._epoch_unix_ns = epoch_unix_ns
        self._channels: dict[type[Body], int] = {}
        self._crc = 0
        self._file = file
        fcntl.flock(self._file, fcntl.LOCK_EX)  # tells readers that this recording is live

    @classmethod
    def resumed(cls, recording: Recording) -> "Recorder":
        """A recorder that goes on where the last whole write of a cut recording ends; the rest is cut off."""
        facts, _ = recording.require_sound()
        kinds = dict.fromkeys(type(event.body) for event, _ in recording.sound_events())
        with recording.path.open("rb") as file:
            crc = zlib.crc32(file.read(recording.sound_end))
        recorder = cls.__new__(cls)
        recorder._take_over(recording.path, _reopened(recording.path), facts.epoch_unix_ns)
        os.ftruncate(recorder._file, recording.sound_end)
        recorder._crc, recorder.events = crc, recording.saved - recording.loose
        recorder._channels = {kind: layout.CHECK_CHANNEL + 1 + count for count, kind in enumerate(kinds)}
        return recorder

    def round(self, committed: Sequence[tuple[Event, bytes]]) -> None:
        """Append the events of one round, in total order, with their canonical bytes, by one write."""
        if not committed:
            return
        parts: list[bytes] = []
        for event, raw in committed:
            channel = self._channels.get(type(event.body)) or self._declare(event.body, parts)
            parts.append(
                layout.MESSAGE_HEAD.pack(
                    layout.MESSAGE,
                    layout.MESSAGE_FIELDS.size + len(raw),
                    channel,
                    self.events & layout.SEQUENCE_MASK,
                    self._epoch_unix_ns + event.t_ns,
                    event.t_ns,
                )
            )
            parts.append(raw)
            self.events += 1
        data = b"".join(parts)
        self._append(data, self._check(committed[-1][0].t_ns, data))

    def finish(self, end: EndFacts) -> None:
        """Write how the run ended, compact the file in place, and close it."""
        tail = metadata_bytes(layout.END, end)
        self._append(tail, self._check(end.end_ns, tail))
        try:
            compact(self.path)
        except OSError as error:
            raise RecordingError(f"{self.path} is whole, but not compacted: {error.strerror}") from error
        finally:
            self.close()

    def close(self) -> None:
        """Release the file; without `finish` before it the recording stays as a cut run leaves it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def discard(self) -> None:
        """Remove the file and its side file: a run that never began leaves nothing behind."""
        self.close()
        self.path.unlink(missing_ok=True)
        side_path(self.path).unlink(missing_ok=True)

    def _declare(self, body: AnyBody, parts: list[bytes]) -> int:
        number = layout.CHECK_CHANNEL + 1 + len(self._channels)
        topic = kind_of(body)
        schema = Schema(id=number, name=topic, encoding="jsonschema", data=schema_of(type(body)))
        parts.append(record_bytes(schema) + channel_bytes(number, topic, number, "msgpack"))
        self._channels[type(body)] = number
        return number

    def _check(self, t_ns: int, data: bytes = b"") -> bytes:
        """The check message that closes `data`, which is not yet in the running checksum."""
        length = layout.CHECK.size - layout.FRAME.size
        crc = zlib.crc32(data, self._crc)
        log_time = self._epoch_unix_ns + t_ns
        sequence = self.events & layout.SEQUENCE_MASK
        return layout.CHECK.pack(layout.MESSAGE, length, layout.CHECK_CHANNEL, sequence, log_time, t_ns, crc)

    def _append(self, *parts: bytes) -> None:
        data = b"".join(parts)
        self._crc = zlib.crc32(data, self._crc)
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._file, view) :]
        except OSError as error:
            raise RecordingError(
                f"cannot write {self.path}: {error.strerror}; what was saved is valid"
            ) from error


def write_side(path: Path, facts: Mapping[str, Any]) -> None:
    """Write the wall-clock facts of a run beside its recording; they are in no digest."""
    machine = {
        "host_python": platform.python_version(),
        "host_system": platform.platform(),
        "pid": os.getpid(),
    }
    side = side_path(path)
    part = side.with_name(side.name + ".part")
    part.write_bytes(msgspec.json.format(msgspec.json.encode({**machine, **facts}), indent=2) + b"\n")
    part.replace(side)


def _reopened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError(f"cannot write on in {path}: {error.strerror}") from error


def _create(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o644)
    except FileExistsError:
        raise UsageError(f"{path} exists; choose another file with --record, or remove it") from None
    except OSError as error:
        raise UsageError(
            f"cannot record to {path}: {error.strerror}; choose a writable place with --record FILE"
        ) from error
