"""What `?` says: what the focused panel shows, the keys that work here, the signs."""

from collections.abc import Iterable
from itertools import groupby
from textwrap import wrap
from typing import Final, NamedTuple

from tui.view.looks import LABEL, VALUE
from tui.view.words import Line, clipped

SIGNS: Final = (
    "Everything shown is what the ground knows: values come down in passes, late, and are as old as their "
    "AGE says; old ones are never judged as if they were of now. Levels, mildest first: w#--- watch, W##-- "
    "warning, D###- distress, C#### critical, S#### severe. T+ mission time since the epoch, AOS a station "
    "hears the servicer, LOS none does, TM telemetry."
)


class Key(NamedTuple):
    """Keys that do one thing, under the heading they belong to."""

    heading: str
    keys: str
    text: str


def panel(title: str, about: str, keys: Iterable[Key], width: int) -> list[Line]:
    """The whole text, wrapped to `width` columns."""
    lines: list[Line] = []
    if about:
        lines += [[(clipped(title, width), VALUE)], *_wrapped(about, width), []]
    for heading, group in groupby(keys, key=lambda each: each.heading):
        lines.append([(heading.upper(), VALUE)])
        for each in group:
            lines.append([(f"  {each.keys:<14}", VALUE), (clipped(each.text, max(width - 16, 8)), "")])
        lines.append([])
    lines += [[("SIGNS", VALUE)], *_wrapped(SIGNS, width)]
    return lines


def _wrapped(text: str, width: int) -> list[Line]:
    return [[(line, LABEL)] for part in text.splitlines() for line in wrap(part, width) or [""]]
