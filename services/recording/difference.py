"""The first difference between an event as recorded and as computed again."""

import struct
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from twin.contracts.codec import kind_of
from twin.contracts.envelope import Event

RELATIVE: Final = 1e-6
ABSOLUTE: Final = 1e-3
"""What counts as equal between two numeric environments: 1 mm, 1 mm/s, 1 mrad, or a millionth."""
TIME_NS: Final = 1_000_000

MISSING: Final = "nothing"


class Difference(NamedTuple):
    """Where two runs part: simulated time, participant, kind, field, and the value on each side."""

    t_ns: int
    participant: str
    kind: str
    field: str
    expected: str
    got: str

    def __str__(self) -> str:
        return (
            f"first difference at {self.t_ns * 1e-9:.9f} s, {self.participant}, {self.kind}, "
            f"field {self.field}: expected {self.expected}, got {self.got}"
        )


def compare(expected: Event | None, got: Event | None, *, exact: bool) -> Difference | None:
    """The first difference of two events, or None; `exact` False allows the tolerances above."""
    subject = expected or got
    if subject is None:
        return None
    place = (subject.t_ns, subject.source, kind_of(subject.body))
    if expected is None or got is None:
        return Difference(*place, "event", _named(expected), _named(got))
    if type(expected.body) is not type(got.body) or expected.source != got.source:
        return Difference(*place, "event", _named(expected), _named(got))
    found = _first(_plain(expected), _plain(got), "", exact)
    return None if found is None else Difference(*place, *found)


def first_difference(expected: object, got: object) -> tuple[str, str, str]:
    """Path and both values of the first field in which two messages differ; empty if they do not."""
    return _first(_plain(expected), _plain(got), "", exact=True) or ("", "", "")


def _plain(event: object) -> Any:
    return msgspec.to_builtins(event, builtin_types=(bytes,))


def _named(event: Event | None) -> str:
    if event is None:
        return MISSING
    return f"{kind_of(event.body)} of {event.source} at {event.t_ns} ns, micro-step {event.micro}"


_Found = tuple[str, str, str] | None


def _first(expected: Any, got: Any, path: str, exact: bool) -> _Found:
    """Path and both values of the first leaf that differs, in field order."""
    match expected, got:
        case dict(), dict():
            keys = [*expected, *(key for key in got if key not in expected)]
            pairs = ((f"{path}.{key}".lstrip("."), expected.get(key), got.get(key)) for key in keys)
            return next((found for p, a, b in pairs if (found := _first(a, b, p, exact))), None)
        case ((list() | tuple()), (list() | tuple())):
            return _first_of_many(expected, got, path, exact)
        case bytes(), bytes() if expected != got:
            return _first_of_bytes(expected, got, path, exact)
    if expected == got and type(expected) is type(got):
        return None
    if not exact and _close(expected, got, path):
        return None
    return path, _shown(expected), _shown(got)


def _first_of_many(expected: Sequence[Any], got: Sequence[Any], path: str, exact: bool) -> _Found:
    for index, (a, b) in enumerate(zip(expected, got, strict=False)):
        found = _first(a, b, f"{path}[{index}]", exact)
        if found:
            return found
    if len(expected) != len(got):
        return path, f"{len(expected)} entries", f"{len(got)} entries"
    return None


def _first_of_bytes(expected: bytes, got: bytes, path: str, exact: bool) -> _Found:
    """Bytes in messages are little-endian float64 where their lengths allow it."""
    if len(expected) != len(got) or len(expected) % 8:
        return path, _shown(expected), _shown(got)
    count = len(expected) // 8
    return _first_of_many(
        struct.unpack(f"<{count}d", expected), struct.unpack(f"<{count}d", got), path, exact
    )


def _close(expected: Any, got: Any, path: str) -> bool:
    if isinstance(expected, bool) or isinstance(got, bool):
        return False
    if isinstance(expected, int) and isinstance(got, int) and path.endswith("_ns"):
        return abs(expected - got) <= TIME_NS
    if isinstance(expected, float) and isinstance(got, float):
        return abs(expected - got) <= ABSOLUTE + RELATIVE * abs(expected)
    return False


def _shown(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
