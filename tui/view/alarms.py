"""Alarms as rows: what is wrong, since when, how it is now, who has seen it."""

from textwrap import wrap
from typing import Final, Literal, NamedTuple

from tui.store import Known
from tui.view.looks import BAD, CARE, CHOSEN, GOOD, LABEL, LETTERS, STYLES, VALUE
from tui.view.numbers import measured
from tui.view.words import NOTHING, Line, clipped, clock, span
from twin.ground.alarms import Alarm, Alarms, Entry
from twin.ground.limits import LEVELS, RANK, Limit, Severity
from twin.mission.quantities import QUANTITIES

View = Literal["active", "shelved", "history", "log"]
VIEWS: Final[tuple[View, ...]] = ("active", "shelved", "history", "log")
_INITIALS: Final = {"watch": "w", "warning": "W", "distress": "D", "critical": "C", "severe": "S"}


class Row(NamedTuple):
    """A line of a view with the key it is chosen by."""

    key: str
    line: Alarm | Entry


def rows(alarms: Alarms, view: View, word: str = "") -> list[Row]:
    """What a view lists, most urgent first, the log newest first; only what holds `word`."""
    match view:
        case "log":
            found = [Row(f"{k}", each) for k, each in enumerate(alarms.log)][::-1]
        case "history":
            found = [Row(f"{each.key} {each.raised_ns}", each) for each in alarms.history][::-1]
        case _:
            kept = [
                each for each in alarms.listed.values() if (each.shelved is not None) == (view == "shelved")
            ]
            found = [Row(each.key, each) for each in sorted(kept, key=_urgency)]
    return [row for row in found if word.lower() in _words(row.line)] if word else found


def _urgency(alarm: Alarm) -> tuple[bool, int, int]:
    return alarm.acknowledged is not None, -RANK[alarm.level], -alarm.raised_ns


def _words(line: Alarm | Entry) -> str:
    if isinstance(line, Entry):
        return f"{line.alarm} {line.level} {line.text}".lower()
    return f"{line.key} {line.level} {line.text} {state(line)}".lower()


def counts(alarms: Alarms) -> dict[Severity, int]:
    """Alarms on the list and not on a shelf that nobody has acknowledged, by level, worst first."""
    waiting = [each.level for each in alarms.listed.values() if not each.shelved and not each.acknowledged]
    return {level: waiting.count(level) for level in reversed(LEVELS) if level in waiting}


def summary(alarms: Alarms) -> Line:
    """The banner's word: how many want an acknowledgement, by the letter of their level."""
    waiting = counts(alarms)
    listed = sum(not each.shelved for each in alarms.listed.values())
    if not waiting:
        return [("ALM ", LABEL), (f"{listed} seen" if listed else "0", LABEL)]
    worst = next(iter(waiting))
    words = " ".join(f"{number}{_INITIALS[level]}" for level, number in waiting.items())
    return [("ALM ", LABEL), (f" {words} ", f"reverse {STYLES[worst]}")]


def title(alarms: Alarms, view: View) -> str:
    """The list's frame: which view, and how much the others hold."""
    shelved = sum(each.shelved is not None for each in alarms.listed.values())
    sizes = {
        "active": len(alarms.listed) - shelved,
        "shelved": shelved,
        "history": len(alarms.history),
        "log": len(alarms.log),
    }
    return "  ".join(f"{'>' if each == view else ''}{each.capitalize()} {sizes[each]}" for each in VIEWS)


def state(alarm: Alarm) -> str:
    """Where an alarm is in its life, in one word or two."""
    seen = "seen" if alarm.acknowledged else "UNSEEN"
    match alarm.stage:
        case "active":
            return seen
        case "returned":
            return f"{seen}, over"
        case "past":
            return f"{seen}, past"
        case "event":
            return f"{seen}, event"


def head(view: View, width: int) -> Line:
    """The names of the columns."""
    if view == "log":
        return [(f"{'AT':<11} {'LEVEL':<6}{'ALARM':<24} {'WHAT':<20}"[:width], LABEL)]
    wide = f"{'TRIGGER':>14} {'NOW':>14} {'COUNT':>6} " if width >= 104 else f"{'NOW':>14} "
    return [(f"{'LEVEL':<6}{'SINCE':<11} {'ALARM':<20} {wide}{'STATE':<15}{'WHAT, WHO':<12}"[:width], LABEL)]


def line(row: Row, width: int, *, chosen: bool) -> Line:
    """One alarm or one entry of the log."""
    name = CHOSEN if chosen else VALUE
    if isinstance(row.line, Entry):
        return _entry(row.line, width, name)
    alarm = row.line
    unit = _unit(alarm)
    style = STYLES[alarm.level] if not alarm.acknowledged else LABEL
    shown: Line = [
        (f"{LETTERS[alarm.level]} ", style),
        (f"{clock(alarm.raised_ns):<11} ", CARE if alarm.late else LABEL),
        (f"{clipped(alarm.key, 20):<20} ", name),
    ]
    if width >= 104:
        shown.append((f"{measured(alarm.trigger, unit):>14} ", LABEL))
    shown.append((f"{measured(alarm.live, unit):>14} ", STYLES[alarm.now]))
    if width >= 104:
        shown.append((f"{alarm.count:>6} ", LABEL))
    word = alarm.shelved or alarm.acknowledged
    shown.append((f"{state(alarm):<15}", GOOD if alarm.acknowledged else BAD))
    said = f"{word.who} {word.comment}" if word else alarm.text
    used = sum(len(text) for text, _ in shown)
    return [*shown, (clipped(said, max(width - used, 0)), LABEL)]


def nothing(view: View, word: str) -> list[Line]:
    """What an empty list says."""
    if word:
        return [[(f"nothing here holds {word!r}", LABEL)]]
    empty = {
        "active": "No alarm: all that came down is within its limits.",
        "shelved": "Nothing is on the shelf.",
        "history": "No alarm has been seen and over yet.",
        "log": "Nothing has been raised or done yet.",
    }
    return [[(empty[view], LABEL)]]


def _entry(entry: Entry, width: int, name: str) -> Line:
    late_s = (entry.t_ns - entry.of_ns) * 1e-9
    late = f"  (heard {span(late_s)} later)" if late_s > 30.0 else ""
    room = max(width - 44 - len(late), 8)
    return [
        (f"{clock(entry.of_ns):<11} ", LABEL),
        (f"{LETTERS[entry.level]} ", STYLES[entry.level]),
        (f"{clipped(entry.alarm, 24):<24} ", name),
        (clipped(entry.text, room), ""),
        (late, CARE),
    ]


def _unit(alarm: Alarm) -> str:
    quantity = QUANTITIES.get(alarm.quantity)
    return quantity.unit if quantity else ""


def detail(known: Known, row: Row | None, width: int) -> list[Line]:
    """All there is to know of the chosen alarm."""
    if row is None or isinstance(row.line, Entry):
        keys = "a acknowledge, ctrl+a all shown, s shelve, u unshelve, c clear, v next view, / filter"
        return [[(line, LABEL)] for line in wrap(keys, max(width, 12))]
    alarm = row.line
    limit = next((each for each in known.alarms.limits if each.name == row.key.partition(".t")[0]), None)
    facts = (
        ("what", f"{alarm.text}, worst so far {alarm.level}"),
        ("when", _when(known, alarm)),
        ("limit", bounds(limit, _unit(alarm)) if limit else "an event: it has no limit"),
        ("source", limit.source if limit else NOTHING),
        ("seen", _said(alarm)),
    )
    return [line for fact in facts for line in _fact(*fact, width)]


def _when(known: Known, alarm: Alarm) -> str:
    heard = f", heard {span((alarm.heard_ns - alarm.raised_ns) * 1e-9)} later" if alarm.late else ""
    judged = ""
    if alarm.live is not None:
        judged = f"; last judged {span((known.now_ns - alarm.live_ns) * 1e-9)} ago: {alarm.now}"
    return f"since {clock(alarm.raised_ns)}{heard}, {alarm.count} x{judged}"


def _said(alarm: Alarm) -> str:
    words = []
    if alarm.acknowledged:
        said = alarm.acknowledged
        words.append(f"by {said.who} at {clock(said.t_ns)}: {said.comment or 'no comment'}")
    if alarm.shelved:
        said = alarm.shelved
        end = f"until {clock(said.until_ns)}" if said.until_ns is not None else "without end"
        words.append(f"on the shelf {end} by {said.who}: {said.comment or 'no reason'}")
    if alarm.latched:
        words.append("latched: stays until c clears it")
    return "; ".join(words) or "not yet: a acknowledges"


def bounds(limit: Limit, unit: str) -> str:
    """A limit in words: its bounds, where it holds, how it is judged."""
    parts = []
    for word, sides in (("at least", limit.low), ("at most", limit.high)):
        if sides:
            levels = ", ".join(f"{level} {sides[level]:g}" for level in LEVELS if level in sides)
            parts.append(f"{word} {levels} {unit}".rstrip())
    where = [*limit.phases, *(f"zone {zone}" for zone in limit.zones)]
    parts.append(f"in {', '.join(where)}" if where else "in every phase")
    parts.append(f"raised by {limit.violations} in a row, over after {limit.returns}")
    return ", ".join(parts)


def _fact(name: str, text: str, width: int) -> list[Line]:
    first, *rest = wrap(text, max(width - 8, 12)) or [""]
    return [[(f"{name:<8}", LABEL), (first, "")], *([(f"{'':<8}{more}", "")] for more in rest)]
