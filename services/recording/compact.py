"""Turn a live recording into a finished one: zstd chunks with checksums and the indexes that seek needs.

Chunks are cut by message count (and by size when messages are huge), never by time or buffer state, so the
same run always gives the same bytes. The new file takes the place of the old one in one step.
"""

import os
import zlib
from collections import Counter
from pathlib import Path
from typing import BinaryIO, Final

import zstandard
from mcap.opcode import Opcode
from mcap.records import (
    Channel,
    Chunk,
    ChunkIndex,
    DataEnd,
    Footer,
    McapRecord,
    MessageIndex,
    Metadata,
    MetadataIndex,
    Schema,
    Statistics,
    SummaryOffset,
)

from services.recording import layout
from services.recording.layout import record_bytes
from services.recording.walk import Message, Walk

CHUNK_MESSAGES: Final = 1000
CHUNK_BYTES: Final = 16 * 2**20


def compact(path: Path) -> None:
    """Replace the live recording at `path` by its compacted form; raises OSError, DamageError."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("xb") as file:
            _Compactor(file).copy(path.read_bytes())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


class _Compactor:
    """Writes one finished file; every count and offset the summary needs is kept on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0
        self._crc = 0
        self._compressor = zstandard.ZstdCompressor(level=3)
        self._numbers: dict[str, int] = {}
        self._summary: dict[Opcode, list[bytes]] = {}
        self._counts: Counter[int] = Counter()
        self._span: tuple[int, int] | None = None
        self._begin_chunk()

    def copy(self, data: bytes) -> None:
        header_end = len(layout.MAGIC) + layout.FRAME.size
        header_end += layout.FRAME.unpack_from(data, len(layout.MAGIC))[1]
        self._put(data[:header_end])
        for item in Walk(data).items():
            if isinstance(item, Message):
                self._add(item)
            elif isinstance(item, Metadata):
                self._metadata(item)
            elif not (isinstance(item, Channel) and item.topic == layout.CHECK_TOPIC):
                self._declare(item)
        self._finish()

    def _declare(self, item: Schema | Channel) -> None:
        if isinstance(item, Channel):
            self._numbers[item.topic] = item.id
        code = Opcode.CHANNEL if isinstance(item, Channel) else Opcode.SCHEMA
        self._keep(code, item)
        self._put(record_bytes(item))

    def _metadata(self, item: Metadata) -> None:
        self._end_chunk()
        raw = record_bytes(item)
        self._keep(Opcode.METADATA_INDEX, MetadataIndex(name=item.name, offset=self._at, length=len(raw)))
        self._put(raw)

    def _begin_chunk(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._indexes: dict[int, list[tuple[int, int]]] = {}
        self._chunk_span: tuple[int, int] | None = None

    def _add(self, message: Message) -> None:
        channel = self._numbers[message.topic]
        head = layout.MESSAGE_HEAD.pack(
            layout.MESSAGE,
            layout.MESSAGE_FIELDS.size + len(message.payload),
            channel,
            message.sequence,
            message.log_time,
            message.t_ns,
        )
        self._indexes.setdefault(channel, []).append((message.log_time, self._size))
        self._counts[channel] += 1
        self._chunk_span = _widened(self._chunk_span, message.log_time)
        self._parts += (head, message.payload)
        self._size += len(head) + len(message.payload)
        if len(self._parts) == 2 * CHUNK_MESSAGES or self._size > CHUNK_BYTES:
            self._end_chunk()

    def _end_chunk(self) -> None:
        if self._chunk_span is None:
            return
        start, end = self._chunk_span
        data = b"".join(self._parts)
        packed = self._compressor.compress(data)
        chunk = record_bytes(
            Chunk(
                compression="zstd",
                data=packed,
                message_start_time=start,
                message_end_time=end,
                uncompressed_crc=zlib.crc32(data),
                uncompressed_size=len(data),
            )
        )
        chunk_start = self._at
        self._put(chunk)
        index_start = self._at
        offsets = {channel: self._put_index(channel, records) for channel, records in self._indexes.items()}
        self._keep(
            Opcode.CHUNK_INDEX,
            ChunkIndex(
                chunk_start_offset=chunk_start,
                chunk_length=len(chunk),
                compression="zstd",
                compressed_size=len(packed),
                uncompressed_size=len(data),
                message_start_time=start,
                message_end_time=end,
                message_index_offsets=offsets,
                message_index_length=self._at - index_start,
            ),
        )
        self._span = _widened(_widened(self._span, start), end)
        self._begin_chunk()

    def _put_index(self, channel: int, records: list[tuple[int, int]]) -> int:
        offset = self._at
        self._put(record_bytes(MessageIndex(channel_id=channel, records=records)))
        return offset

    def _finish(self) -> None:
        self._end_chunk()
        self._put(record_bytes(DataEnd(data_section_crc=self._crc)))
        self._keep(Opcode.STATISTICS, self._statistics())
        summary_start = self._at
        groups = b""
        offsets = b""
        for code, records in self._summary.items():
            group = b"".join(records)
            start = summary_start + len(groups)
            offsets += record_bytes(
                SummaryOffset(group_opcode=code, group_start=start, group_length=len(group))
            )
            groups += group
        footer = Footer(
            summary_start=summary_start, summary_offset_start=summary_start + len(groups), summary_crc=0
        )
        covered = groups + offsets + record_bytes(footer)[:-4]
        footer.summary_crc = zlib.crc32(covered)
        self._put(groups + offsets + record_bytes(footer) + layout.MAGIC)

    def _statistics(self) -> Statistics:
        start, end = self._span or (0, 0)
        return Statistics(
            attachment_count=0,
            channel_count=len(self._numbers),
            channel_message_counts=dict(self._counts),
            chunk_count=len(self._summary.get(Opcode.CHUNK_INDEX, ())),
            message_count=self._counts.total(),
            message_start_time=start,
            message_end_time=end,
            metadata_count=len(self._summary.get(Opcode.METADATA_INDEX, ())),
            schema_count=len(self._summary.get(Opcode.SCHEMA, ())),
        )

    def _keep(self, code: Opcode, record: McapRecord) -> None:
        self._summary.setdefault(code, []).append(record_bytes(record))

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._crc = zlib.crc32(data, self._crc)
        self._at += len(data)


def _widened(span: tuple[int, int] | None, t: int) -> tuple[int, int]:
    return (t, t) if span is None else (min(span[0], t), max(span[1], t))
