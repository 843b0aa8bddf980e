"""The log: what happened, by the time it was generated, and what was heard late."""

from tui.store import Known
from tui.view.looks import CARE, LABEL, LETTERS, STYLES
from tui.view.words import Line, clipped, clock, span

_LATE_NS = 20_000_000_000
_LOOKED_AT = 1_000  # of the newest heard: more than any screen has lines


def log(known: Known, count: int, width: int, word: str = "") -> list[Line]:
    """The newest `count` lines that hold `word`, newest first by generation time."""
    lines = [each for each in known.log if word.lower() in f"{each.source} {each.text}".lower()]
    if not lines:
        return [[("Nothing has happened yet." if not word else f"nothing holds {word!r}", LABEL)]]
    lines = sorted(lines[-_LOOKED_AT:], key=lambda each: each.t_ns)
    shown: list[Line] = []
    for each in reversed(lines[-count:]):
        late_ns = each.heard_ns - each.t_ns
        late = f"  (heard {span(late_ns * 1e-9)} later)" if late_ns > _LATE_NS else ""
        line: Line = [
            (f"{clock(each.t_ns)} ", LABEL),
            (f"{LETTERS[each.severity]} ", STYLES[each.severity] or LABEL),
            (f"{each.source[:10]:<10} ", LABEL),
        ]
        used = sum(len(text) for text, _ in line)
        room = max(width - used - len(late), 8)
        shown.append([*line, (clipped(each.text, room), STYLES[each.severity]), (late, CARE)])
    return shown
