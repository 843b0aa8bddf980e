"""Every value the ground knows: in a tree of pages, with its limit, when it was generated, how it moves."""

from textwrap import wrap
from typing import Final, NamedTuple

from tui.store import Known
from tui.view.alarms import bounds
from tui.view.limits import demanded, kept
from tui.view.looks import CARE, CHOSEN, LABEL, LETTERS, STYLES, VALUE
from tui.view.numbers import measured, written
from tui.view.parameters import STALE_S
from tui.view.words import NOTHING, Line, clipped, clock, fine_clock, span, trend
from twin.ground.knowledge import REPORTED, Value
from twin.ground.limits import RANK, Severity
from twin.mission.quantities import QUANTITIES

ALL: Final = "all"
FAVOURITES: Final = "favourites"
_PAGES: Final = {
    "servicer/relative": ("range_m", "closing_mps", "r_ric_", "v_ric_"),
    "servicer/fitting": ("port_", "corridor_", "attitude_", "latched"),
    "servicer/guidance": ("phase", "sigma_", "delta_v"),
    "servicer/resources": ("propellant_", "battery_", "wheel_"),
    "servicer/sensors": (
        "gnss_",
        "star_tracker_",
        "gyro_",
        "camera_",
        "lidar_",
        "target_attitude_",
        "sight_",
        "pose_",
        "rejected",
        "nis",
    ),
    "ground/link": ("in_pass", "pass_", "age_"),
}
"""Pages by the beginnings of their quantities' names, without the plane."""


class Page(NamedTuple):
    """A row of the tree: its key, how deep it stands, what it holds."""

    key: str
    label: str
    depth: int
    names: tuple[str, ...]


def names(word: str = "") -> tuple[str, ...]:
    """Quantities of the ground plane whose name or text holds `word`."""
    ground = (each for each in QUANTITIES.values() if each.plane == "ground")
    return tuple(each.name for each in ground if word.lower() in f"{each.name} {each.text}".lower())


def tree(favourites: set[str]) -> list[Page]:
    """All pages, branches before their leaves; what fits no page has one of its own."""
    every = names()
    pages = {key: tuple(name for name in every if _page_of(name) == key) for key in _PAGES}
    other = tuple(name for name in every if not _page_of(name))
    rows = [Page(ALL, "everything", 0, every)]
    for branch in ("servicer", "ground"):
        leaves = {key: held for key, held in pages.items() if key.startswith(f"{branch}/")}
        rows.append(Page(branch, branch, 0, tuple(name for held in leaves.values() for name in held)))
        rows += [Page(key, key.partition("/")[2], 1, held) for key, held in leaves.items()]
    if other:
        rows.append(Page("other", "other", 0, other))
    return [*rows, Page(FAVOURITES, "favourites *", 0, tuple(name for name in every if name in favourites))]


def _page_of(name: str) -> str:
    bare = name.removeprefix("ground.")
    return next((key for key, starts in _PAGES.items() if bare.startswith(starts)), "")


def branch(known: Known, page: Page, width: int, *, chosen: bool) -> Line:
    """A row of the tree: with the letter of the worst level on its page."""
    levels: list[Severity] = [level for name in page.names if (level := known.alarms.level(name)) is not None]
    worst = max(levels, key=lambda each: RANK[each], default=None)
    mark, style = ("", LABEL) if worst in {None, "info"} else (LETTERS[worst], STYLES[worst])
    label = f"{'  ' * page.depth}{page.label}"
    room = max(width - 11, 4)
    return [
        ("> " if chosen else "  ", VALUE),
        (f"{clipped(label, room) if not page.depth else label[:room]:<{room}}", CHOSEN if chosen else ""),
        (f"{len(page.names):>3} ", LABEL),
        (f"{mark:<5}", style),
    ]


class Columns(NamedTuple):
    """What there is room for, and whether values are shown as they came."""

    width: int
    raw: bool

    @property
    def value(self) -> int:
        """Columns of a value."""
        return 20 if self.raw else 12

    @property
    def limit(self) -> bool:
        return self.width >= 72 + self.value

    @property
    def trend(self) -> bool:
        return self.width >= 92 + self.value

    @property
    def spread(self) -> bool:
        return self.width >= 116 + self.value


def head(columns: Columns) -> Line:
    """Names of the columns."""
    limit = f"{'LIMIT':<9}" if columns.limit else ""
    text = f"  {'QUANTITY':<23}{'VALUE':>{columns.value}} {'UNIT':<6} "
    text += f"{limit}{'STATE':<6}{'GENERATED':>10}{'AGE':>8}"
    text += f"  {'TREND':<16}" if columns.trend else ""
    text += f"  {'LEAST':>10} {'MOST':>10}" if columns.spread else ""
    return [(text[: columns.width], LABEL)]


def line(known: Known, name: str, value: Value | None, columns: Columns, *, chosen: bool) -> Line:
    """One quantity. What came down is as old as its report; what the ground works out itself is of now."""
    quantity, newest = QUANTITIES[name], known.newest
    own = name not in REPORTED
    age_s = 0.0 if own else known.age_s
    stale = age_s is None or age_s > STALE_S
    generated = clock(known.now_ns) if own else clock(newest.generated_ns) if newest else NOTHING
    text = written(value, quantity.unit) if not columns.raw else NOTHING if value is None else f"{value}"
    word, style = _state(known, name, value, stale=stale)
    parts: Line = [
        ("> " if chosen else "  ", VALUE),
        (f"{clipped(name.removeprefix('ground.'), 22):<23}", CHOSEN if chosen else ""),
        (f"{clipped(text, columns.value):>{columns.value}}", LABEL if stale else VALUE),
        (f" {quantity.unit:<6} ", LABEL),
    ]
    if columns.limit:
        parts.append((f"{demanded(known, name):<9}", LABEL))
    aged = NOTHING if age_s is None or value is None else span(age_s)
    parts += [
        (f"{word:<6}", style),
        (f"{generated if value is not None else NOTHING:>10}", LABEL),
        (f"{aged:>8}", CARE if stale else LABEL),
    ]
    if columns.trend:
        parts.append((f"  {trend(series(known, name, 16), 16):<16}", LABEL))
    if columns.spread:
        parts.append((_spread(known, name), LABEL))
    return parts


def _state(known: Known, name: str, value: Value | None, *, stale: bool) -> tuple[str, str]:
    return (NOTHING, LABEL) if value is None else kept(known, name, stale=stale)


def _spread(known: Known, name: str) -> str:
    past = series(known, name, 400)
    unit = QUANTITIES[name].unit
    return f"  {written(min(past), unit):>10} {written(max(past), unit):>10}" if past else ""


def series(known: Known, name: str, count: int) -> list[float]:
    """The last `count` reported values of a number; nothing of what does not come down."""
    of = REPORTED.get(name)
    if of is None or QUANTITIES[name].kind != "number":
        return []
    told = (of(report) for report in known.history[-count:])
    return [float(value) for value in told if value is not None]


def detail(known: Known, name: str, width: int) -> list[Line]:
    """What a quantity means, where it came from, its limits, its range over the reports kept."""
    quantity = QUANTITIES[name]
    value = known.values().get(name)
    past = series(known, name, len(known.history))
    unit = quantity.unit
    spread = NOTHING
    if past:
        spread = f"{measured(min(past), unit)} to {measured(max(past), unit)} over {len(past)} reports"
    limits = [each for each in known.alarms.limits if each.quantity == name]
    facts = [
        ("meaning", f"{quantity.text}{f', in {quantity.frame}' if quantity.frame else ''}"),
        ("value", f"{NOTHING if value is None else value} {unit}".rstrip()),
        ("source", _source(known, name)),
        ("range", spread),
        *(("limit", f"{each.name}: {bounds(each, unit)}") for each in limits),
    ]
    if not limits:
        facts.append(("limit", "none: nothing is demanded of it"))
    return [line for fact in facts for line in _fact(*fact, width)]


def _source(known: Known, name: str) -> str:
    """When a value was generated and heard, to the nanosecond and in words."""
    newest, books = known.newest, known.knowledge.received
    if name not in REPORTED:
        return f"worked out on the ground, of now: {fine_clock(known.now_ns)}"
    if newest is None:
        return "nothing has come down"
    heard_ns = known.heard_ns.get(newest.generated_ns, newest.generated_ns)
    late_s = (heard_ns - newest.generated_ns) * 1e-9
    return (
        f"generated {fine_clock(newest.generated_ns)} ({newest.generated_ns} ns), heard {span(late_s)} "
        f"later; "
        f"{books.frames} frames, {books.missed} missed"
    )


def _fact(name: str, text: str, width: int) -> list[Line]:
    first, *rest = wrap(text, max(width - 9, 12)) or [""]
    return [[(f"{name:<9}", LABEL), (first, "")], *([(f"{'':<9}{more}", "")] for more in rest)]
