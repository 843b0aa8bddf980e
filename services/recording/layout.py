"""What is where in a recording: MCAP, a channel per kind of event, three metadata records.

Each metadata record has one key, `json`.

A live file is unchunked: each round is appended by one write, closed by a `check` message that holds the
CRC-32 of every byte before it, so that a flipped byte is found in a file that was never finished too.
A finished file is compacted into zstd chunks with the checksums MCAP provides.

Nothing of the wall clock is in it: two runs with one digest, numbered alike, are one file to the byte.
"""

import struct
from typing import Final

import msgspec
from mcap.data_stream import RecordBuilder
from mcap.records import Channel, Header, McapRecord, Metadata

from twin.contracts.fields import Count, Name, Text, TimeNs
from twin.mission.script import Mission

MAGIC: Final = b"\x89MCAP0\r\n"
PROFILE: Final = "twin"
FORMAT: Final = 1
MISSION: Final = "twin.mission"
RUN: Final = "twin.run"
END: Final = "twin.end"
CHECK_TOPIC: Final = "recording.check"
CHECK_CHANNEL: Final = 1

MESSAGE: Final = 0x05
FRAME: Final = struct.Struct("<BQ")
MESSAGE_HEAD: Final = struct.Struct("<BQHIQQ")
"""Opcode, length, channel, sequence, log_time, publish_time; the payload follows."""
MESSAGE_FIELDS: Final = struct.Struct("<HIQQ")
CHECK: Final = struct.Struct("<BQHIQQI")
CHECK_MARK: Final = FRAME.pack(MESSAGE, CHECK.size - FRAME.size) + CHECK_CHANNEL.to_bytes(2, "little")
"""How every check message begins."""
SEQUENCE_MASK: Final = 0xFFFF_FFFF
"""MCAP holds the sequence in 32 bits."""


class RunFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a run is, known before it starts (metadata record `twin.run`)."""

    format: int = FORMAT
    mission: Name
    seed: Count
    epoch_utc: Text
    epoch_unix_ns: int
    participants: tuple[Name, ...]
    foreign: tuple[Name, ...] = ()
    schema: Text
    fingerprint: Text
    versions: dict[str, str] = {}


class EndFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a run ended (metadata record `twin.end`)."""

    end_ns: TimeNs
    cause: Text
    text: Text = ""
    digest: Text
    digests_by_source: dict[str, str]
    events: Count
    verdict: Text = ""


def record_bytes(record: McapRecord) -> bytes:
    """One MCAP record as it stands in a file."""
    builder = RecordBuilder()
    record.write(builder)
    raw: bytes = builder.end()  # type: ignore[no-untyped-call]
    return raw


def metadata_bytes(name: str, facts: msgspec.Struct) -> bytes:
    """A metadata record holding a struct as JSON."""
    return record_bytes(Metadata(name=name, metadata={"json": msgspec.json.encode(facts).decode()}))


def channel_bytes(number: int, topic: str, schema: int, encoding: str) -> bytes:
    """A channel record; schema 0 is none."""
    channel = Channel(id=number, topic=topic, message_encoding=encoding, metadata={}, schema_id=schema)
    return record_bytes(channel)


def opening(facts: RunFacts, mission: Mission) -> bytes:
    """What every recording begins with."""
    version = facts.versions.get("debris-removal-twin", "")
    header = record_bytes(Header(profile=PROFILE, library=f"debris-removal-twin {version}".rstrip()))
    return MAGIC + header + metadata_bytes(RUN, facts) + metadata_bytes(MISSION, mission)
