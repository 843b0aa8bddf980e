"""The log: what happened, by the time it was generated, and what was heard late."""

from collections.abc import Iterable
from itertools import islice
from operator import attrgetter

from tui.store import Known, LogLine
from tui.view.looks import CARE, CHOSEN, LABEL, LETTERS, STYLES
from tui.view.words import Line, clipped, clock, span

_LATE_NS = 20_000_000_000
_LOOKED_AT = 1_000  # of the newest heard: more than any panel has lines


def newest(known: Known, count: int, width: int) -> list[Line]:
    """The newest `count` lines, newest first by generation time."""
    lines = _ordered(islice(reversed(known.log), _LOOKED_AT))[:count]
    return [line(each, width) for each in lines] or [[("Nothing has happened yet.", LABEL)]]


def holding(known: Known, word: str) -> list[LogLine]:
    """All lines that hold `word`, newest first by generation time."""
    wanted = word.lower()
    if not wanted:
        return _ordered(reversed(known.log))
    return _ordered(each for each in reversed(known.log) if wanted in f"{each.source} {each.text}".lower())


def _ordered(lines: Iterable[LogLine]) -> list[LogLine]:
    return sorted(lines, key=attrgetter("t_ns"), reverse=True)


def line(said: LogLine, width: int, *, chosen: bool = False) -> Line:
    """One line of the log; the late say by how much."""
    late_ns = said.heard_ns - said.t_ns
    late = f"  (heard {span(late_ns * 1e-9)} later)" if late_ns > _LATE_NS else ""
    parts: Line = [
        (f"{clock(said.t_ns)} ", CHOSEN if chosen else LABEL),
        (f"{LETTERS[said.severity]} ", STYLES[said.severity] or LABEL),
        (f"{said.source[:10]:<10} ", LABEL),
    ]
    used = sum(len(text) for text, _ in parts)
    room = max(width - used - len(late), 8)
    return [*parts, (clipped(said.text, room), STYLES[said.severity]), (late, CARE)]
