"""The gate between bytes and messages: whatever passes is a message, everything else a ContractError.

msgspec checks types, bounds (NaN and infinity fall outside every bound) and unknown fields in C, and
knows nothing of repeated keys. Bytes equal to our own canonical encoding cannot hold a repeated key, so
the common case costs one encode and one comparison; any other spelling is walked once.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import Raw, Struct
from msgspec.msgpack import Decoder, Encoder

from twin.contracts.envelope import AnyBody, Delivered, Event, FromPeer, Receivers, Start, ToPeer
from twin.contracts.steering import Answer, Request
from twin.contracts.walk import refuse_repeated_keys
from twin.errors import ContractError

MAX_BYTES = 16 * 2**20
"""Longest frame taken from a peer or a file."""

T = TypeVar("T")

_encoder = Encoder(order="deterministic")
_from_peer: Decoder[FromPeer] = Decoder(FromPeer)
_to_peer: Decoder[ToPeer] = Decoder(ToPeer)
_delivered = Decoder(Delivered)
_event = Decoder(Event)
_body: Decoder[AnyBody] = Decoder(AnyBody)
_request: Decoder[Request] = Decoder(Request)
_answer: Decoder[Answer] = Decoder(Answer)


class _RawDelivered(Struct, frozen=True):
    """`Delivered` around a body that is already encoded."""

    t_ns: int
    micro: int
    source: str
    sequence: int
    body: Raw


class _RawEvent(Struct, frozen=True):
    """`Event` around a body that is already encoded."""

    t_ns: int
    micro: int
    source: str
    sequence: int
    to: Receivers
    due_ns: int
    delivery: str
    external: bool
    body: Raw


def encode(obj: object) -> bytes:
    """Canonical msgpack: fields in declared order, defaults written out, mapping keys sorted."""
    return _encoder.encode(obj)


def encode_delivered(t_ns: int, micro: int, source: str, sequence: int, body: bytes) -> bytes:
    """Canonical bytes of a `Delivered` whose body's canonical bytes are at hand."""
    return _encoder.encode(_RawDelivered(t_ns, micro, source, sequence, Raw(body)))


def encode_event(event: Event, body: bytes) -> bytes:
    """Canonical bytes of `event`, from the canonical bytes of its body."""
    return _encoder.encode(
        _RawEvent(
            event.t_ns,
            event.micro,
            event.source,
            event.sequence,
            event.to,
            event.due_ns,
            event.delivery,
            event.external,
            Raw(body),
        )
    )


def decode_from_peer(raw: bytes) -> FromPeer:
    """What a participant's process says to the conductor; raises ContractError with the place."""
    return _decoded(_from_peer, raw)


def decode_to_peer(raw: bytes) -> ToPeer:
    """What the conductor says to a participant's process; raises ContractError with the place."""
    frame = _decoded(_to_peer, raw)
    if isinstance(frame, Start):  # its mission is taken as it is written, so nothing has looked at it yet
        refuse_repeated_keys(raw)
    return frame


def decode_delivered(raw: bytes | Raw) -> Delivered:
    """One message of a grant's inbox; raises ContractError with the place."""
    return _decoded(_delivered, bytes(raw))


def decode_event(raw: bytes) -> Event:
    """One event of the record; raises ContractError with the place."""
    return _decoded(_event, raw)


def decode_body(raw: bytes) -> AnyBody:
    """A message body on its own; raises ContractError with the place."""
    return _decoded(_body, raw)


def decode_request(raw: bytes) -> Request:
    """What an operator asks of a run; raises ContractError with the place."""
    return _decoded(_request, raw)


def decode_answer(raw: bytes) -> Answer:
    """What a run answers its operator; raises ContractError with the place."""
    return _decoded(_answer, raw)


def _decoded(decoder: Decoder[T], raw: bytes) -> T:
    if len(raw) > MAX_BYTES:
        raise ContractError(f"a frame of {len(raw)} bytes, the limit is {MAX_BYTES}: send less at once")
    try:
        message = decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _refusal(error) from error
    if _encoder.encode(message) != raw:
        refuse_repeated_keys(raw)
    return message


def _refusal(error: Exception) -> ContractError:
    text, _, path = str(error).partition(" - at `")
    if text.startswith(("Expected `float` >=", "Expected `float` <=")):
        text += ", which NaN and infinity are not"
    place = path.rstrip("`").replace("key` in `", "a key of ").replace("$.", "")
    return ContractError(f"not a message of this contract: {text}", place=place)


KINDS: tuple[str, ...] = tuple(str(each.__struct_config__.tag) for each in get_args(AnyBody))
"""Every kind of message body."""


def kind_of(body: AnyBody) -> str:
    """The tag of a body, as written in its field `kind`."""
    return _kind(type(body))


@cache
def _kind(body_type: type[Struct]) -> str:
    return str(body_type.__struct_config__.tag)


@cache
def schema_hash() -> str:
    """Short hash of every message type on the wire; texts of documentation do not count."""
    schemas, components = msgspec.json.schema_components((FromPeer, ToPeer, Delivered, Event))
    plain = _without_descriptions([list(schemas), components])
    return blake2b(msgspec.json.encode(plain, order="deterministic"), digest_size=8).hexdigest()


def _without_descriptions(node: Any) -> Any:
    match node:
        case dict():
            return dict(_plain_items(node))
        case list():
            return [_without_descriptions(item) for item in node]
        case _:
            return node


def _plain_items(node: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in node.items():
        if not (key == "description" and isinstance(value, str)):
            yield key, _without_descriptions(value)
