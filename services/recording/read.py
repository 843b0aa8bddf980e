"""A recording as a whole: what run it is, in which condition, and its events in total order."""

import fcntl
import mmap
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec
from mcap.records import Metadata

from services.recording import layout
from services.recording.layout import EndFacts, RunFacts
from services.recording.walk import DamageError, Message, Walk
from twin.contracts.codec import decode_event, kind_of
from twin.contracts.envelope import Event
from twin.errors import ContractError, RecordingError
from twin.mission.script import Mission

Condition = Literal["complete", "live", "cut", "corrupt"]


class Recording:
    """A file that has been walked once from end to end, with every checksum verified.

    `complete`: finished and sound. `live`: another process is writing it. `cut`: its writer died, or the
    file lost its tail; what is before the cut is sound. `corrupt`: bytes are not what was written.
    `problem` says where, `until_ns` is the time of the last saved event, `loose` the number of events
    after the last checksum, which ends at byte `sound_end` of a file that was not finished.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.run: RunFacts | None = None
        self.mission: Mission | None = None
        self.end: EndFacts | None = None
        self.condition: Condition = "complete"
        self.problem = ""
        self.until_ns = 0
        self.counts: Counter[str] = Counter()
        with _opened(path) as file:
            self._data = _mapped(file)
            self._examine(file)

    @property
    def size(self) -> int:
        return len(self._data)

    @property
    def saved(self) -> int:
        """How many events were saved."""
        return self.counts.total()

    def events(self) -> Iterator[tuple[Event, bytes]]:
        """Saved events with their bytes, in file order (the total order); raises RecordingError.

        The envelope must agree with the payload: topic, simulated time, sequence.
        """
        walk = Walk(self._data)
        items, count = walk.items(), 0
        while (message := self._next(items)) is not None:
            event = self._decoded(message, count)
            yield event, message.payload
            count += 1

    def sound_events(self) -> Iterator[tuple[Event, bytes]]:
        """`events` without those that no checksum covers."""
        return islice(self.events(), self.saved - self.loose)

    def require_sound(self) -> tuple[RunFacts, Mission]:
        """What the run is; raises RecordingError when corrupt, or cut before that was saved."""
        if self.condition == "corrupt":
            raise RecordingError(f"{self.path} is corrupt: {self.problem}")
        if self.run is None or self.mission is None:
            raise RecordingError(f"{self.path} was cut before the mission was saved: {self.problem}")
        return self.run, self.mission

    def _examine(self, file: BinaryIO) -> None:
        walk = Walk(self._data)
        try:
            for item in walk.items():
                if isinstance(item, Message):
                    self.counts[item.topic] += 1
                    self.until_ns = item.t_ns
                elif isinstance(item, Metadata):
                    self._take(item)
            if not walk.finished and self.end is None:
                raise DamageError("cut", walk.at, "the run was not finished")
        except DamageError as damage:
            live = damage.condition == "cut" and _is_locked(file)
            self.condition = "live" if live else damage.condition
            self.problem = f"{damage.what} (byte {damage.at} of {self.size})"
        self.loose = walk.loose
        self.sound_end = walk.sound_end

    def _take(self, record: Metadata) -> None:
        text = record.metadata.get("json", "")
        try:
            if record.name == layout.RUN:
                self.run = msgspec.json.decode(text, type=RunFacts)
            elif record.name == layout.MISSION:
                self.mission = msgspec.json.decode(text, type=Mission)
            elif record.name == layout.END:
                self.end = msgspec.json.decode(text, type=EndFacts)
        except msgspec.MsgspecError as error:
            raise DamageError("corrupt", 0, f"metadata {record.name}: {error}") from error

    def _next(self, items: Iterator[object]) -> Message | None:
        try:
            return next((item for item in items if isinstance(item, Message)), None)
        except DamageError as damage:
            if damage.condition == "corrupt":
                raise RecordingError(f"{self.path} is corrupt: {damage.what} (byte {damage.at})") from damage
            return None

    def _decoded(self, message: Message, count: int) -> Event:
        place = f"event {count} ({message.topic} at {message.t_ns} ns)"
        try:
            event = decode_event(message.payload)
        except ContractError as error:
            raise RecordingError(f"{self.path} is corrupt: {place} is no event: {error}") from error
        agrees = kind_of(event.body) == message.topic and event.t_ns == message.t_ns
        if not agrees or message.sequence != count & layout.SEQUENCE_MASK:
            raise RecordingError(f"{self.path} is corrupt: {place} does not match its envelope")
        return event


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise RecordingError(f"cannot read {path}: {error.strerror}") from error


def _mapped(file: BinaryIO) -> bytes | mmap.mmap:
    """The file's bytes as they are now; an empty file cannot be mapped."""
    if file.seek(0, 2) == 0:
        return b""
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _is_locked(file: BinaryIO) -> bool:
    """Whether a recorder holds the file."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)  # a map of the file would keep the lock for as long as it lives
    return False
