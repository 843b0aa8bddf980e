"""What an operator types into a prompt, understood or refused in one line."""

import re
from typing import Final

from tui.view.words import clock
from twin.errors import UsageError
from twin.kernel.pace import FASTEST, SLOWEST

_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_CLOCK: Final = re.compile(r"(?:T?\+)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_LONGEST_S: Final = 1e8


def duration_s(text: str) -> float:
    """Seconds, from `90`, `90 s`, `1.5 min`, `2 h` or `1:30`. Raises UsageError."""
    text = text.strip().lower()
    if match := _CLOCK.fullmatch(text):
        hours, minutes, seconds = match.groups()
        found = 3600.0 * int(hours or 0) + 60.0 * int(minutes) + float(seconds)
    elif (match := _NUMBER.fullmatch(text)) and match[2] in _UNITS:
        found = float(match[1]) * _UNITS[match[2]]
    else:
        raise UsageError(f"{text!r} is no duration: 90, 90 s, 1.5 min, 2 h or 1:30")
    if not 0.0 < found <= _LONGEST_S:
        raise UsageError(f"{text!r}: give more than 0 s and less than three years")
    return found


def moment_ns(text: str, now_ns: int, end_ns: int, *, past: bool) -> int:
    """Simulated time from `T+01:02:03`, `1:02:03`, `3723` (seconds) or `+90` (from now). `past`: whether it
    may lie before now. Raises UsageError, which names what is possible.
    """
    text = text.strip()
    relative = text.startswith(("+", "-"))
    sign = -1 if text.startswith("-") else 1
    stripped = text[1:] if relative else text
    at_zero = stripped.upper().removeprefix("T+").strip("0:.") == "" and stripped != ""
    length_ns = 0 if at_zero else round(duration_s(stripped) * 1e9)
    t_ns = now_ns + sign * length_ns if relative else length_ns
    least_ns = 0 if past else now_ns
    if not least_ns <= t_ns <= end_ns:
        raise UsageError(f"{clock(max(t_ns, 0))} is not between {clock(least_ns)} and {clock(end_ns)}")
    return t_ns


def rate_of(text: str) -> float | None:
    """Simulated seconds a wall second, or None for `max`. Raises UsageError."""
    text = text.strip().lower().removeprefix("x")
    if text == "max":
        return None
    try:
        rate = float(text)
    except ValueError:
        raise UsageError(f"{text!r} is neither a number nor max") from None
    if not SLOWEST <= rate <= FASTEST:
        raise UsageError(f"{rate:g} is outside {SLOWEST:g} to {FASTEST:g}; or type max")
    return rate


def name_of(text: str) -> str:
    """A name for a mark: one line, which may be empty."""
    name = " ".join(text.split())
    if len(name) > 60:
        raise UsageError(f"{len(name)} characters; 60 are enough for a name")
    return name
