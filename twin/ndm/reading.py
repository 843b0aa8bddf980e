"""What the readers of all messages share: keywords checked against a list, rows of numbers, instants."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import pairwise
from math import isfinite

from twin.errors import NdmError
from twin.ndm.tokens import Token, tokens

_INSTANT = re.compile(r"(\d{4})-(?:(\d{2})-(\d{2})|(\d{3}))T(\d{2}):(\d{2}):(\d{2})(?:\.(\d*))?Z?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([EeDd][+-]?\d+)?")
_DAY_2000 = date(2000, 1, 1).toordinal()
NS_PER_S = 1_000_000_000
_ROUNDED_NS = 1_000_000
"""Rows are often printed with fewer digits than the span they lie in."""


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant in the message's own time scale: nanoseconds from its 2000-01-01T00:00:00.

    Days are of 86,400 s; a leap second of UTC is counted as the next day's first.
    """

    text: str
    ns: int


def instant(text: str, place: str) -> Instant:
    """`YYYY-MM-DDThh:mm:ss.d` or `YYYY-DDDThh:mm:ss.d`: CCSDS 301.0-B, ASCII codes A and B."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise NdmError(f"{text!r:.40} is not an epoch like 2022-01-22T18:35:21.5", place=place)
    year, month, day, of_year, hour, minute, second = (int(part or 0) for part in match.groups()[:7])
    try:
        start = date(year, month, day) if not of_year else date(year, 1, 1) + timedelta(days=of_year - 1)
        if hour > 23 or minute > 59 or second > 60 or start.year != year:
            raise ValueError
    except ValueError:
        raise NdmError(f"{text} does not exist", place=place) from None
    whole_s = (start.toordinal() - _DAY_2000) * 86_400 + hour * 3600 + minute * 60 + second
    return Instant(text, whole_s * NS_PER_S + int((match[8] or "0").ljust(9, "0")[:9]))


def number(text: str, place: str) -> float:
    """A decimal number; words, NaN and infinity are refused."""
    if not _NUMBER.fullmatch(text):
        raise NdmError(f"{text!r:.40} is not a number", place=place)
    value = float(text.upper().replace("D", "E"))
    if not isfinite(value):
        raise NdmError(f"{text:.40} is beyond what a double holds", place=place)
    return value


def row(token: Token, lengths: Collection[int]) -> tuple[Instant, tuple[float, ...]]:
    """A row: an epoch, then as many numbers as one of `lengths`."""
    first, *rest = token.value.split()
    if len(rest) not in lengths:
        wanted = " or ".join(str(length) for length in lengths)
        raise NdmError(f"a row has an epoch and {wanted} numbers, this one {len(rest)}", place=token.place)
    return instant(first, token.place), tuple(number(word, token.place) for word in rest)


HEADER_KEYS = ("CREATION_DATE", "ORIGINATOR")
"""They must be there, but may be empty: the largest public catalogue sends them so."""


@dataclass(frozen=True, slots=True)
class Keywords:
    """The legal keywords of a block: those it must have and those it may have."""

    must: tuple[str, ...]
    may: tuple[str, ...] = ()

    def taken(self, found: Iterable[Token], place: str) -> dict[str, Token]:
        """Tokens by keyword. Raises NdmError: unknown (with the nearest), twice, without value, missing."""
        legal = (*self.must, *self.may)
        by_key: dict[str, Token] = {}
        for token in found:
            if token.key not in legal and not token.key.startswith("USER_DEFINED_"):
                raise NdmError(_unknown(token, legal), place=token.place)
            if token.key in by_key:
                raise NdmError(f"{token.key} is there twice", place=token.place)
            if not token.value and token.key not in HEADER_KEYS:
                raise NdmError(f"{token.key} has no value", place=token.place)
            by_key[token.key] = token
        for key in self.must:
            if key not in by_key:
                raise NdmError(f"{key} is missing", place=place)
        return by_key


def _unknown(token: Token, legal: tuple[str, ...]) -> str:
    if not token.key:
        return f"a row of numbers where a keyword is expected: {token.value:.30}"
    near = get_close_matches(token.key, legal, n=1)
    return f"unknown keyword {token.key:.40} here" + (f"; nearest: {near[0]}" if near else "")


HEADER = Keywords(HEADER_KEYS, ("CLASSIFICATION", "MESSAGE_ID", "MESSAGE_FOR"))


def opened(text: str, kind: str, versions: Mapping[str, str]) -> tuple[str, list[Token]]:
    """The version of a message of this kind, and its tokens after that; else NdmError."""
    first, *rest = tokens(text)
    if first.key != f"CCSDS_{kind}_VERS":
        raise NdmError(f"this is a {first.key[6:-5]}, a {kind} is expected", place=first.place)
    if first.value not in versions:
        raise NdmError(
            f"version {first.value:.20} is not taken, these are: {', '.join(versions)}", place=first.place
        )
    return first.value, rest


def split_at(found: list[Token], mark: str) -> tuple[list[Token], list[Token]]:
    """Tokens before the first `mark`, and from it on."""
    for k, token in enumerate(found):
        if token.key == mark:
            return found[:k], found[k:]
    return found, []


def block(found: list[Token], start: str, stop: str) -> tuple[list[Token], list[Token]]:
    """What stands between `start`, which is first, and `stop`; and what comes after. NdmError if unclosed."""
    if not found or found[0].key != start:
        place = found[0].place if found else "end"
        raise NdmError(f"{start} is expected", place=place)
    for k, token in enumerate(found):
        if token.key == stop:
            return found[1:k], found[k + 1 :]
    raise NdmError(f"{start} without {stop}", place=found[0].place)


def check_span(instants: list[Instant], start: Token, stop: Token, place: str) -> None:
    """Rows are in time order within START_TIME and STOP_TIME; there is at least one.

    Two rows of one instant are a jump there, which the standard lets stand.
    """
    if not instants:
        raise NdmError("a segment without rows", place=place)
    for before, after in pairwise(instants):
        if after.ns < before.ns:
            raise NdmError(f"{after.text} comes after {before.text}", place=place)
    first, last = instant(start.value, start.place), instant(stop.value, stop.place)
    if instants[0].ns < first.ns - _ROUNDED_NS or instants[-1].ns > last.ns + _ROUNDED_NS:
        raise NdmError(f"rows outside START_TIME {first.text} to STOP_TIME {last.text}", place=place)
