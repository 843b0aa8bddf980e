"""Walk the records of a recording, finished or cut, verifying every checksum on the way.

The library's readers refuse a cut file and check little by default, so frames are walked here; single
records are decoded by the library, out of which any exception may come.
"""

import zlib
from collections.abc import Iterator
from io import BytesIO
from mmap import mmap
from typing import Any, Literal, NamedTuple

from mcap.data_stream import ReadDataStream
from mcap.opcode import Opcode
from mcap.records import Channel, Chunk, DataEnd, Footer, Header, Metadata, Schema
from mcap.stream_reader import get_chunk_data_stream

from services.recording import layout
from twin.errors import RecordingError


class DamageError(RecordingError):
    """The walk cannot go on at byte `at`: the file was cut there, or its bytes are not what was written."""

    def __init__(self, condition: Literal["cut", "corrupt"], at: int, what: str) -> None:
        super().__init__(f"{condition} at byte {at}: {what}")
        self.condition = condition
        self.at = at
        self.what = what


class Message(NamedTuple):
    """A message of a channel; `t_ns` is its publish time, simulated ns since the mission epoch."""

    topic: str
    sequence: int
    log_time: int
    t_ns: int
    payload: bytes


Item = Metadata | Schema | Channel | Message
_PLAIN: dict[int, Any] = {Opcode.METADATA: Metadata, Opcode.SCHEMA: Schema, Opcode.CHANNEL: Channel}
_SKIPPED = frozenset({Opcode.MESSAGE_INDEX, Opcode.ATTACHMENT, Opcode.ATTACHMENT_INDEX})
_SUMMARY = frozenset(
    {
        Opcode.SCHEMA,
        Opcode.CHANNEL,
        Opcode.STATISTICS,
        Opcode.CHUNK_INDEX,
        Opcode.ATTACHMENT_INDEX,
        Opcode.METADATA_INDEX,
        Opcode.SUMMARY_OFFSET,
    }
)


class Walk:
    """One pass over `data`; `finished` turns True when the footer and the closing magic were reached.

    `at` is the start of the record under the walk, `loose` the number of messages since the last
    checksum that covered them (in a live file: those of a round that was not closed), `sound_end` where
    that checksum ends.
    """

    def __init__(self, data: bytes | mmap) -> None:
        self._data = data
        self._channels: dict[int, str] = {}
        self._crc = 0
        self._crc_end = 0
        self.at = 0
        self.finished = False
        self.loose = 0
        self.sound_end = 0

    def items(self) -> Iterator[Item]:
        """All metadata, schemas, channels and messages in file order; raises DamageError at a fault."""
        self._magic()
        while self.at < len(self._data):
            opcode, start, end = self._frame()
            if opcode == Opcode.DATA_END:
                self._data_end(start, end)
                return
            yield from self._record(opcode, start, end)
            self.at = end
        if self._stray_check():
            raise self._corrupt("a checksum stands where none can be")

    def _record(self, opcode: int, start: int, end: int) -> Iterator[Item]:
        if opcode == Opcode.MESSAGE:
            yield from self._message(self._data[start:end])
        elif opcode == Opcode.CHUNK:
            yield from self._chunk(self._parse(Chunk, start, end))
        elif opcode in _PLAIN:
            yield self._seen(self._parse(_PLAIN[opcode], start, end))
        elif opcode == Opcode.HEADER:
            self._parse(Header, start, end)
        elif opcode not in _SKIPPED:
            raise self._corrupt(f"no record has the code {opcode:#04x} here")

    def _seen(self, item: Item) -> Item:
        if isinstance(item, Channel):
            self._channels[item.id] = item.topic
        return item

    def _message(self, body: bytes) -> Iterator[Message]:
        if len(body) < layout.MESSAGE_FIELDS.size:
            raise self._corrupt("a message is shorter than its own header")
        channel, sequence, log_time, t_ns = layout.MESSAGE_FIELDS.unpack_from(body)
        topic = self._channels.get(channel)
        if topic is None:
            raise self._corrupt(f"a message on channel {channel}, which was never declared")
        payload = body[layout.MESSAGE_FIELDS.size :]
        if topic == layout.CHECK_TOPIC:
            self._verify(payload)
        else:
            self.loose += 1
            yield Message(topic, sequence, log_time, t_ns, payload)

    def _verify(self, payload: bytes) -> None:
        """Compare a check message of a live file with the bytes before it."""
        if payload != self._crc_to(self.at).to_bytes(4, "little"):
            raise self._corrupt("the bytes before it do not match their checksum")
        self.loose, self.sound_end = 0, self.at + layout.CHECK.size

    def _chunk(self, chunk: Chunk) -> Iterator[Item]:
        try:
            stream, length = get_chunk_data_stream(chunk, validate_crc=True)
            inside = stream.read(length)
        except Exception as error:
            raise self._corrupt(f"a chunk does not match its checksum ({type(error).__name__})") from error
        at = 0
        while at < len(inside):
            if len(inside) - at < layout.FRAME.size:
                raise self._corrupt("a chunk ends inside a record")
            opcode, size = layout.FRAME.unpack_from(inside, at)
            start = at + layout.FRAME.size
            body, at = inside[start : start + size], start + size
            if opcode == Opcode.MESSAGE:
                yield from self._message(body)
            elif opcode in (Opcode.SCHEMA, Opcode.CHANNEL):
                yield self._seen(self._decode(_PLAIN[opcode], body))
        self.loose = 0

    def _data_end(self, start: int, end: int) -> None:
        """Verify the data section's checksum, the summary's, and that the file ends after it."""
        expected = self._parse(DataEnd, start, end).data_section_crc
        if expected not in (0, self._crc_to(self.at)):
            raise self._corrupt("the data does not match its checksum")
        summary_start = self.at = end
        opcode, start, end = self._frame()
        while opcode != Opcode.FOOTER:
            if opcode not in _SUMMARY:
                raise self._corrupt(f"no record of the summary has the code {opcode:#04x}")
            self.at = end
            opcode, start, end = self._frame()
        footer = self._parse(Footer, start, end)
        if footer.summary_crc not in (0, zlib.crc32(self._data[summary_start : end - 4])):
            raise self._corrupt("the summary does not match its checksum")
        self.at = end
        self._magic()
        if self.at != len(self._data):
            raise self._corrupt("bytes after the end of the recording")
        self.finished = True

    def _magic(self) -> None:
        found = self._data[self.at : self.at + len(layout.MAGIC)]
        if found == layout.MAGIC:
            self.at += len(layout.MAGIC)
        elif layout.MAGIC.startswith(found):
            raise DamageError("cut", self.at, "the file ends here")
        else:
            raise self._corrupt("the eight bytes that mark an MCAP file are missing")

    def _frame(self) -> tuple[int, int, int]:
        """Code, start and end of the body of the record at `at`."""
        start = self.at + layout.FRAME.size
        if start > len(self._data):
            raise self._past_end()
        opcode, length = layout.FRAME.unpack_from(self._data, self.at)
        if start + length > len(self._data):
            raise self._past_end()
        return opcode, start, start + length

    def _past_end(self) -> DamageError:
        """A record runs past the end: cut, unless what must stand behind a whole record stands there."""
        closed = self._data[-len(layout.MAGIC) :] == layout.MAGIC
        if closed or self._stray_check():
            return self._corrupt("a record's length is wrong")
        return DamageError("cut", self.at, "the file ends inside a record")

    def _stray_check(self) -> bool:
        """Whether a check message stands where the walk met none: it lost its way among flipped bytes.

        A cut inside a check message leaves the beginning of one at `at`, which is none.
        """
        start = self._data.find(layout.CHECK_MARK, self._crc_end + 1)
        if start == self.at:
            start = self._data.find(layout.CHECK_MARK, start + 1)
        return start >= 0

    def _crc_to(self, end: int) -> int:
        self._crc = zlib.crc32(self._data[self._crc_end : end], self._crc)
        self._crc_end = end
        return self._crc

    def _parse(self, kind: Any, start: int, end: int) -> Any:
        return self._decode(kind, self._data[start:end])

    def _decode(self, kind: Any, body: bytes) -> Any:
        stream = ReadDataStream(BytesIO(body))
        try:
            record = kind.read(stream)
        except Exception as error:
            raise self._corrupt(f"a record cannot be decoded ({type(error).__name__})") from error
        if stream.count != len(body):
            raise self._corrupt("a record is longer than what it holds")
        return record

    def _corrupt(self, what: str) -> DamageError:
        return DamageError("corrupt", self.at, what)
