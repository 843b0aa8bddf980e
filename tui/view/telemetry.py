"""Every value the ground knows, with its unit, when it was generated, how old it is, and how it moves."""

from tui.store import Known
from tui.view.looks import CARE, CHOSEN, LABEL, VALUE
from tui.view.parameters import STALE_S
from tui.view.words import NOTHING, Line, clipped, clock, span, trend
from twin.ground.knowledge import Knowledge, Received, Value
from twin.mission.quantities import QUANTITIES

_OWN = frozenset({"ground.in_pass", "ground.pass_remaining_s", "ground.age_s", "ground.phase_age_s"})
"""What the ground works out itself: it is of now, not of the newest report."""


def names(word: str = "") -> list[str]:
    """Quantities of the ground plane whose name or text holds `word`."""
    ground = (each for each in QUANTITIES.values() if each.plane == "ground")
    return [each.name for each in ground if word.lower() in f"{each.name} {each.text}".lower()]


def table(known: Known, shown: list[str], chosen: int, width: int) -> list[Line]:
    """A line for each quantity in `shown`, under a head."""
    values = known.values()
    head = f"  {'QUANTITY':<26}{'VALUE':>14} {'UNIT':<8}{'GENERATED':>11}{'AGE':>9}  {'TREND':<20}"
    lines: list[Line] = [[(head[:width], LABEL)]]
    for index, name in enumerate(shown):
        lines.append(_line(known, name, values.get(name), width, chosen=index == chosen))
    return lines


def _line(known: Known, name: str, value: Value | None, width: int, *, chosen: bool) -> Line:
    own, newest = name in _OWN, known.newest
    age_s = 0.0 if own else known.age_s
    generated = clock(known.now_ns) if own else clock(newest.generated_ns) if newest else NOTHING
    stale = age_s is None or age_s > STALE_S
    line: Line = [
        ("> " if chosen else "  ", VALUE),
        (f"{name.removeprefix('ground.'):<26}", CHOSEN if chosen else ""),
        (f"{written(value):>14}", LABEL if stale else VALUE),
        (f" {QUANTITIES[name].unit or NOTHING:<8}", LABEL),
        (f"{generated if value is not None else NOTHING:>11}", LABEL),
        (
            f"{NOTHING if age_s is None or value is None else span(age_s):>9}",
            CARE if stale else LABEL,
        ),
    ]
    if width >= 96 and not own:
        line.append((f"  {trend(series(known, name), 20)}", LABEL))
    return line


def written(value: Value | None) -> str:
    """A value without its unit; an unknown one is a dash."""
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case _:
            return f"{value:.4f}" if abs(value) < 1e5 else f"{value:.6g}"


def series(known: Known, name: str, count: int = 60) -> list[float]:
    """The last `count` reported values of a number."""
    past = []
    for report in known.history[-count:]:
        value = Knowledge(Received(newest=report)).values(known.now_ns, None).get(name)
        if isinstance(value, float):
            past.append(value)
    return past


def detail(known: Known, name: str, width: int) -> list[Line]:
    """What a quantity means, and its range over the reports kept."""
    quantity = QUANTITIES[name]
    past = series(known, name, 600)
    spread = (
        f"{min(past):.4f} to {max(past):.4f} {quantity.unit} over {len(past)} reports" if past else NOTHING
    )
    books = known.knowledge.received
    return [
        [("meaning  ", LABEL), (clipped(quantity.text, width - 10), "")],
        [("frame    ", LABEL), (quantity.frame or NOTHING, ""), ("   reported ", LABEL), (spread, "")],
        [
            ("frames   ", LABEL),
            (f"{books.frames} received, {books.missed} missed by their sequence numbers", ""),
        ],
        [("trend    ", LABEL), (trend(past, max(width - 10, 8)), "")],
    ]
