"""One committed sample of every kind, decoded for ever: what was once on the wire stays readable.

A new kind needs a sample: `python tests/test_codec_goldens.py` writes the missing ones and touches no other.
"""

from pathlib import Path

import pytest
from hypothesis import given, seed, settings
from message_strategies import BODIES, FRAMES, messages

from twin.contracts.codec import decode_body, decode_from_peer, decode_to_peer, encode
from twin.contracts.envelope import FromPeer

FOLDER = Path(__file__).parent / "goldens" / "messages"


def decode_frame(kind, raw):
    return (decode_from_peer if kind in FromPeer.__args__ else decode_to_peer)(raw)


@pytest.mark.parametrize("kind", BODIES)
def test_the_committed_sample_of_a_body_decodes(kind):
    body = decode_body((FOLDER / f"{kind}.body").read_bytes())
    assert type(body) is BODIES[kind]
    assert decode_body(encode(body)) == body


@pytest.mark.parametrize("tag", FRAMES)
def test_the_committed_sample_of_a_frame_decodes(tag):
    raw = (FOLDER / f"{tag}.frame").read_bytes()
    assert type(decode_frame(FRAMES[tag], raw)) is FRAMES[tag]


def test_no_sample_is_left_of_a_kind_that_was_taken_away():
    known = {f"{kind}.body" for kind in BODIES} | {f"{tag}.frame" for tag in FRAMES}
    assert {path.name for path in FOLDER.iterdir()} == known


def rich_sample(kind):
    """The longest of a fixed set of draws: every optional field is likely to be there."""
    found = []

    @seed(1)
    @settings(max_examples=60, database=None, deadline=None)
    @given(messages(kind))
    def collect(message):
        found.append(encode(message))

    collect()
    return max(found, key=len)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kinds, ending in ((BODIES, "body"), (FRAMES, "frame")):
        for tag, kind in kinds.items():
            path = FOLDER / f"{tag}.{ending}"
            if not path.exists():
                path.write_bytes(rich_sample(kind))
