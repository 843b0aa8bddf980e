"""Any bytes are a message or a ContractError; messages survive the wire; equal messages are equal bytes."""

import math
import os
import subprocess
import sys
from pathlib import Path

import msgpack
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from message_strategies import BODIES, FRAMES, messages, plain

from twin.contracts import codec
from twin.contracts.codec import (
    decode_body,
    decode_delivered,
    decode_event,
    decode_from_peer,
    decode_to_peer,
    encode,
    encode_delivered,
    encode_event,
    kind_of,
    schema_hash,
)
from twin.contracts.envelope import Delivered, Event, FromPeer, Outgoing, Reaction, Reply
from twin.contracts.operations import Mark
from twin.contracts.radio import Telecommand
from twin.errors import ContractError

DECODERS = (decode_body, decode_delivered, decode_event, decode_from_peer, decode_to_peer)
EXAMPLES = settings(max_examples=15, deadline=None)


def decode_frame(raw):
    tag = msgspec.msgpack.decode(raw)["frame"]
    return (decode_from_peer if FRAMES[tag] in FromPeer.__args__ else decode_to_peer)(raw)


def shuffled(value, chance):
    """The same message as another language might write it: other order of keys, whole floats as integers."""
    match value:
        case dict():
            keys = list(value)
            chance.shuffle(keys)
            return {key: shuffled(value[key], chance) for key in keys}
        case list():
            return [shuffled(each, chance) for each in value]
        case float() if value.is_integer() and abs(value) < 2**53:
            return value if math.copysign(1.0, value) < 0 else int(value)
    return value


@EXAMPLES
@pytest.mark.parametrize("kind", BODIES)
@given(st.data())
def test_every_body_survives_the_wire_and_is_equal_bytes_whoever_writes_it(kind, data):
    body = data.draw(messages(BODIES[kind]))
    raw = encode(body)
    assert decode_body(raw) == body
    assert kind_of(body) == kind
    foreign = msgpack.packb(shuffled(plain(body), data.draw(st.randoms(use_true_random=False))))
    assert encode(decode_body(foreign)) == raw


@EXAMPLES
@pytest.mark.parametrize("tag", FRAMES)
@given(st.data())
def test_every_frame_survives_the_wire(tag, data):
    raw = encode(data.draw(messages(FRAMES[tag])))
    assert encode(decode_frame(raw)) == raw


@settings(max_examples=60, deadline=None)
@given(messages(Event), messages(Delivered))
def test_envelopes_around_encoded_bodies_are_the_canonical_ones(event, delivered):
    assert encode_event(event, encode(event.body)) == encode(event)
    assert decode_event(encode(event)) == event
    key = (delivered.t_ns, delivered.micro, delivered.source, delivered.sequence)
    assert encode_delivered(*key, encode(delivered.body)) == encode(delivered)
    assert decode_delivered(msgspec.Raw(encode(delivered))) == delivered


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_a_contract_error(raw):
    for decode in DECODERS:
        judge(decode, raw)


@settings(max_examples=150, deadline=None)
@given(messages(Reply), st.data())
def test_a_spoiled_message_is_a_message_or_a_contract_error(reply, data):
    raw = bytearray(encode(reply))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        spoiled = data.draw(st.sampled_from(["flip", "cut", "insert"]))
        if spoiled == "flip":
            raw[at] ^= data.draw(st.integers(1, 255))
        else:
            raw[at : at + (spoiled == "cut")] = b"" if spoiled == "cut" else data.draw(st.binary(max_size=6))
    judge(decode_from_peer, bytes(raw))


def judge(decode, raw):
    try:
        message = decode(raw)
    except ContractError:
        return
    assert encode(decode(encode(message))) == encode(message)


REPLY = plain(
    Reply(
        run="r",
        epoch=0,
        number=3,
        reaction=Reaction(messages=(Outgoing(body=Telecommand(command=1, name="go", arguments={"x": 1.5})),)),
    )
)


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("number",), 1.5, "number"),
        (("number",), True, "number"),
        (("number",), -1, "number"),
        (("run",), b"r", "run"),
        (("surprise",), 1, ""),
        (("reaction", "wake_ns"), 2**63, "reaction.wake_ns"),
        (("reaction", "messages", 0, "delay_ns"), -1, "reaction.messages[...].delay_ns"),
        (("reaction", "messages", 0, "delivery"), "later", "reaction.messages[...].delivery"),
        (("reaction", "messages", 0, "to"), ["Ground"], "reaction.messages[...].to[...]"),
        (("reaction", "messages", 0, "to"), ["ground\n"], "reaction.messages[...].to[...]"),
        (("reaction", "messages", 0, "to"), ["a"] * 17, "reaction.messages[...].to"),
        (("reaction", "messages", 0, "body", "kind"), "nonsense", "reaction.messages[...].body.kind"),
        (("reaction", "messages", 0, "body", "name"), None, "reaction.messages[...].body.name"),
        (
            ("reaction", "messages", 0, "body", "arguments", "x"),
            math.nan,
            "reaction.messages[...].body.arguments[...]",
        ),
        (
            ("reaction", "messages", 0, "body", "arguments", "x"),
            math.inf,
            "reaction.messages[...].body.arguments[...]",
        ),
        (
            ("reaction", "messages", 0, "body", "arguments", "x"),
            [1],
            "reaction.messages[...].body.arguments[...]",
        ),
    ],
)
def test_what_does_not_belong_is_refused_with_its_place(path, value, place):
    spoiled = msgpack.unpackb(msgpack.packb(REPLY))
    node = spoiled
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    with pytest.raises(ContractError) as caught:
        decode_from_peer(msgpack.packb(spoiled))
    assert caught.value.place.replace("[0]", "[...]") == place


def mapping(*pairs):
    return bytes([0x80 + len(pairs)]) + b"".join(key + value for key, value in pairs)


def test_a_key_that_stands_twice_is_refused_with_its_place():
    pack = msgpack.packb
    arguments = mapping((pack("x"), pack(1.0)), (pack("x"), pack(2.0)))
    head = [(pack("kind"), pack("telecommand")), (pack("command"), pack(1)), (pack("name"), pack("go"))]
    with pytest.raises(ContractError, match="'x' stands twice") as caught:
        decode_body(mapping(*head, (pack("arguments"), arguments)))
    assert caught.value.place == "arguments"
    with pytest.raises(ContractError, match="'name' stands twice"):
        decode_body(mapping(*head, head[2]))
    with pytest.raises(ContractError, match="'name' stands twice"):  # the same key, written another way
        decode_body(mapping(*head, (b"\xd9\x04name", pack("go"))))


def test_size_is_limited():
    with pytest.raises(ContractError, match="limit"):
        decode_body(bytes(codec.MAX_BYTES + 1))
    largest = encode(Mark(text="x" * 4096))
    assert decode_body(largest) == Mark(text="x" * 4096)


@pytest.mark.parametrize("depth", [100, 5_000, 1_000_000])
def test_deep_nesting_is_refused_not_followed(depth):
    start = msgpack.packb({"frame": "start", "run": "r", "epoch": 0, "mission": 0})[:-1]
    for bottom in (b"\xc0", b""):
        with pytest.raises(ContractError):
            decode_to_peer(start + b"\x91" * depth + bottom)


@pytest.mark.parametrize(
    "header", [b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff"]
)
def test_a_header_that_promises_four_thousand_million_items_takes_no_memory(header):
    program = f"""
import resource, sys
from twin.contracts.codec import decode_from_peer, decode_to_peer
from twin.errors import ContractError
import msgpack
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
counts = dict.fromkeys(["epoch", "number"], 0)
frames = [
    (decode_from_peer, counts | {{"frame": "failure", "run": "r", "error": "", "log": []}}),
    (decode_to_peer, counts | {{"frame": "grant", "run": "r", "t_ns": 0, "micro": 0, "inbox": []}}),
    (decode_from_peer, counts | {{"frame": "reply", "run": "r", "reaction": {{"messages": []}}}}),
]
for decode, frame in frames:
    try:
        decode(msgpack.packb(frame)[:-1] + {header!r})
    except ContractError:
        continue
    sys.exit("taken")
"""
    root = Path(__file__).parent.parent
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root, env=clean(PYTHONPATH=str(root)))


def test_the_schema_hash_is_the_same_in_every_process():
    root = Path(__file__).parent.parent
    program = "from twin.contracts.codec import schema_hash; print(schema_hash())"
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            env=clean(PYTHONPATH=str(root), PYTHONHASHSEED=seed),
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {schema_hash()}


def clean(**more):
    return {**os.environ, **more}
