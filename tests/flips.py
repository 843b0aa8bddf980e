"""One unit in the last place of every field of every recorded kind: does a replay name it?

A replay computes an event again and compares it with the recorded one; it stops at the first difference. As
all events before are the same, what it says of a recording with one field flipped is what it says of this one
event: so all flips are tried in one replay, each as an event that has been through a file's bytes.
What is not computed again (outside inputs, how the run ended) is left to the digest: `tests.damage`.
"""

import struct
from collections import Counter
from collections.abc import Iterator
from math import inf, nextafter
from typing import Any, NamedTuple
from unittest.mock import patch

import msgspec

from services.recording import again
from services.recording import replay as replaying
from services.recording.difference import Difference, compare
from services.recording.read import Recording
from services.run import participants
from twin.contracts.codec import decode_event, encode, kind_of
from twin.contracts.envelope import Event
from twin.contracts.operations import RunEnded
from twin.errors import ContractError

Path = tuple[str | int, ...]
EXAMPLES = 3
"""Events of a kind that are flipped: the first, and others that have a field of another shape."""


_WORDS = {
    "delivery": ("wake", "wait", "latest"),
    "stage": ("accepted", "completed", "queued"),
    "event": ("acquired", "lost"),
    "outcome": ("done", "failed"),
    "origin": ("timeline", "operator"),
}


class Flip(NamedTuple):
    """A field flipped in an event that was computed again, and what was said of it."""

    kind: str
    field: str
    named: bool
    said: str


def flips_of(recording: Recording) -> list[Flip]:
    """Replay once; flip every field of the first events of every kind on the way."""
    found: list[Flip] = []
    done: Counter[str] = Counter()

    def comparing(expected: Event | None, got: Event | None, *, exact: bool) -> Difference | None:
        made = expected is not None and not expected.external and not isinstance(expected.body, RunEnded)
        if made and expected is not None and got is not None:
            kind = kind_of(expected.body)
            if done[kind] < EXAMPLES:
                done[kind] += 1
                found.extend(_tried(expected, got))
        return compare(expected, got, exact=exact)

    with patch.object(again, "compare", comparing):
        replaying.replay(recording, participants())
    return found


def _tried(expected: Event, got: Event) -> Iterator[Flip]:
    for path, flipped in flipped_events(expected):
        difference = compare(flipped, got, exact=True)
        named = difference is not None and _names(difference, expected, path, flipped)
        yield Flip(kind_of(expected.body), _written(path), named, str(difference))


def flipped_events(event: Event) -> Iterator[tuple[Path, Event]]:
    """The event with each of its fields flipped in turn, as far as the contract lets it be an event."""
    plain = msgspec.msgpack.decode(encode(event))
    for path, value in _leaves(plain):
        changed = msgspec.msgpack.decode(encode(event))
        holder: Any = changed
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = value
        try:
            yield path, decode_event(encode(changed))
        except ContractError:  # a bound, a pattern, another tag: it can be in no recording
            continue


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every leaf and what it is flipped to; of packed numbers the first and the last."""
    match value:
        case dict():
            for key, each in value.items():
                yield from _leaves(each, (*path, key))
        case list():
            for index, each in enumerate(value):
                yield from _leaves(each, (*path, index))
        case bool():
            yield path, not value
        case int():
            yield path, value + 1
        case float():
            yield path, nextafter(value, inf)
        case str() if path[-1] != "kind":
            yield path, f"{value}a"
            yield from ((path, word) for word in _other_words(path, value))
        case bytes() if len(value) >= 8 and len(value) % 8 == 0:
            for at in {0, len(value) - 8}:
                (number,) = struct.unpack_from("<d", value, at)
                yield path, value[:at] + struct.pack("<d", nextafter(number, inf)) + value[at + 8 :]


def _other_words(path: Path, value: str) -> tuple[str, ...]:
    """Other words where only some are allowed."""
    return tuple(word for word in _WORDS.get(str(path[-1]), ()) if word != value)


def _names(difference: Difference, event: Event, path: Path, flipped: Event) -> bool:
    """Time, participant, kind and field are those of the flipped event (which may say another time)."""
    if (difference.t_ns, difference.participant) not in {
        (event.t_ns, event.source),
        (flipped.t_ns, flipped.source),
    }:
        return False
    field = difference.field.split("[", maxsplit=1)[0] if path[-1] == "coefficients" else difference.field
    return difference.kind == kind_of(event.body) and (
        field.startswith(_written(path).split("[", maxsplit=1)[0]) or difference.field == "event"
    )


def _written(path: Path) -> str:
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}"
    return text.lstrip(".")
