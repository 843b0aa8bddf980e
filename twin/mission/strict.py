"""From TOML to frozen structs: what does not fit is refused with its place and the nearest right key."""

import tomllib
from difflib import get_close_matches
from math import isfinite
from re import sub
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from twin.errors import MissionError
from twin.mission.units import suffix_of, unit_of, with_unit

T = TypeVar("T")
Table = dict[str, Any]

LONGEST = 1_000_000
"""Characters in one file; the largest of ours has ten thousand."""


def parsed(text: str, place: str) -> Table:
    """A TOML file as a table. Raises MissionError with the line, or with the key of an impossible number."""
    if len(text) > LONGEST:
        raise MissionError(f"{len(text)} characters; at most {LONGEST} are taken", place=place)
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        # Besides its own error tomllib lets through ValueError (a date that does not exist, an integer of
        # 5000 digits) and RecursionError (a thousand open brackets).
        reason = " ".join(str(error).split()) or type(error).__name__
        raise MissionError(f"not TOML: {reason}", place=place) from None
    _refuse_numbers(table, place)
    return table


def decoded(data: object, wanted: type[T], place: str, key: str = "") -> T:
    """`data` as a `wanted`; `key` is where in the file it stands.

    Raises MissionError: unknown key (with the nearest and its unit), missing key, wrong type, out of range.
    """
    _check_keys(data, wanted, place, key)
    try:
        return msgspec.convert(data, wanted)
    except (msgspec.ValidationError, RecursionError) as error:
        raise _explained(str(error) or type(error).__name__, data, place, key) from None


def nearest(word: str, legal: list[str]) -> str:
    """`; nearest: a, b` or `; legal here: …` to end an error message with."""
    near = get_close_matches(word, legal, n=3, cutoff=0.6)
    if near:
        return f"; nearest: {', '.join(near)}"
    return f"; legal here: {', '.join(legal)}" if legal else ""


def at(place: str, key: str) -> str:
    """File and key as one place; a key inside a place that already has one is joined by a dot."""
    joint = "." if ": " in place else ": "
    return f"{place}{joint}{_line(key)}" if key else place


def refuse_unknown(table: Table, legal: list[str], place: str, key: str = "") -> None:
    """Raise MissionError for the first key that is not legal."""
    for found in table:
        if found not in legal:
            raise MissionError(
                f"unknown key {with_unit(_line(found))}{_meant(found, legal)}", place=at(place, key)
            )


def joined(key: str, part: str) -> str:
    """The key of a part inside `key`."""
    return f"{key}.{part}" if key else part


def _refuse_numbers(table: Table, place: str) -> None:
    """No infinity, NaN or integer beyond 63 bits anywhere: some values are typed only by who uses them.

    Walked with a list, not by recursion: dotted keys nest tables as deep as they like.
    """
    waiting: list[tuple[str, Any]] = [("", table)]
    while waiting:
        key, value = waiting.pop()
        match value:
            case dict():
                waiting.extend((part, each) for part, each in value.items())
            case list():
                waiting.extend((key, each) for each in value)
            case float() if not isfinite(value):
                raise MissionError(f"{value} is not a number here{_in_unit(key)}", place=at(place, key))
            case int() if not -(2**63) <= value < 2**63:
                raise MissionError(f"an integer beyond 63 bits{_in_unit(key)}", place=at(place, key))


def _in_unit(key: str) -> str:
    """A hint for the end of a message about a number."""
    unit = unit_of(key)
    return f" (a number in {unit}: the unit is in the key's name)" if unit else ""


def _meant(found: str, legal: list[str]) -> str:
    """The right key for a wrong one: the same stem with another unit first, then the nearest spelling."""
    stem = found.removesuffix(suffix_of(found))
    other_unit = [key for key in legal if stem and stem in (key.removesuffix(suffix_of(key)), key)]
    near = other_unit or get_close_matches(found, legal, n=2, cutoff=0.6)
    if near:
        return f"; did you mean {' or '.join(with_unit(key) for key in near)}?"
    return f"; legal here: {', '.join(legal)}"


def _check_keys(data: object, wanted: Any, place: str, key: str) -> None:
    """What msgspec would refuse without naming the alternatives: keys of tables, and words from a list."""
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin is Annotated:
        _check_keys(data, inner[0], place, key)
    elif origin is Literal:
        _check_word(data, inner, place, key)
    elif origin in (Union, UnionType) and data is not None:
        for choice in inner:
            if _is_struct(choice) and isinstance(data, dict):
                _check_keys(data, choice, place, key)
    elif origin is tuple and isinstance(data, list):
        for index, each in enumerate(data):
            kind = inner[0] if inner[-1] is Ellipsis else inner[min(index, len(inner) - 1)]
            _check_keys(each, kind, place, f"{key}[{index}]")
    elif origin is dict and isinstance(data, dict):
        for name, value in data.items():
            _check_keys(name, inner[0], place, key)
            _check_keys(value, inner[1], place, joined(key, name))
    elif _is_struct(wanted) and isinstance(data, dict):
        _check_table(data, wanted, place, key)


def _is_struct(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, msgspec.Struct)


def _check_word(word: object, legal: tuple[Any, ...], place: str, key: str) -> None:
    if word not in legal:
        listed = ", ".join(str(each) for each in legal)
        raise MissionError(f"expected one of {listed}, found {word!r:.60}", place=at(place, key))


def _check_table(table: Table, wanted: type[msgspec.Struct], place: str, key: str) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(wanted)}
    refuse_unknown(table, list(fields), place, key)
    for name, field in fields.items():
        if name in table:
            _check_keys(table[name], field.type, place, joined(key, name))
        elif field.required:
            raise MissionError(f"key {with_unit(name)} is missing", place=at(place, key))


def _explained(message: str, data: object, place: str, key: str) -> MissionError:
    """msgspec's message in our words, with our place, the value found and the unit of the key's name."""
    reason, _, path = message.partition(" - at `")
    path = path.removesuffix("`").removeprefix("$").removeprefix(".")
    value = _value_at(data, path)
    shown = "" if isinstance(value, dict | list) else f", found {value!r:.60}"
    last = path.rsplit(".", 1)[-1].split("[")[0] or key
    full = key + path if path.startswith("[") else (joined(key, path) if path else key)
    return MissionError(f"{_worded(reason)}{shown}{_in_unit(last)}", place=at(place, full))


_WORDS = {"float": "number", "int": "whole number", "str": "text", "array": "list", "object": "table"}


def _worded(reason: str) -> str:
    """msgspec's reason in the words of TOML: number, text, list, table."""
    if "matching regex" in reason:
        return "expected a name: a lower-case letter, then letters, digits, `_`, `.` or `-`"
    reason = reason.split(", got `", maxsplit=1)[0]
    for theirs, ours in _WORDS.items():
        reason = sub(rf"`{theirs}\b", f"`{ours}", reason)
    return reason[:1].lower() + reason[1:].replace("`", "").replace(" | null", "")


def _line(text: str) -> str:
    """A key of the file fit for a line of text."""
    return text if text.isprintable() else repr(text)


def _value_at(data: Any, path: str) -> Any:
    """The value at a msgspec path such as `wheels[0].axis_body`; the last one that can be reached."""
    for part in path.replace("[", ".[").split("."):
        if isinstance(data, list) and part.startswith("[") and part[1:-1].isdigit():
            data = data[int(part[1:-1])]
        elif isinstance(data, dict) and part in data:
            data = data[part]
    return data
