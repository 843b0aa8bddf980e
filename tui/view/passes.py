"""Passes: a plan on one time axis, the passes in words, and the next rise or set counted down."""

from typing import Final, NamedTuple

from tui.store import Known
from tui.view.looks import BAD, CARE, CHOSEN, GOOD, LABEL, VALUE
from tui.view.words import NOTHING, Line, clipped, clock, span
from twin.ground.outlook import Outlook
from twin.mission.script import Mission

HORIZON_S: Final = 6 * 3600.0
_SAME_NS: Final = 120_000_000_000
"""A pass as foretold and as the ground announces it differ by less."""
_NAME: Final = 12


class Row(NamedTuple):
    """One pass. `announced`: the ground service has predicted or seen it; else it is foretold."""

    station: str
    rise_ns: int
    set_ns: int
    highest_deg: float
    announced: bool

    @property
    def key(self) -> tuple[str, int]:
        return self.station, self.rise_ns


def rows(known: Known, ahead: Outlook | None, word: str = "") -> list[Row]:
    """Passes that are not over yet, as they rise; what was announced replaces what was foretold."""
    found = [
        Row(each.station, each.rise_ns, each.set_ns, each.max_elevation_rad * _DEG, True)
        for each in known.passes.values()
    ]
    for each in ahead.passes if ahead else ():
        told = (row for row in found if row.station == each.station and row.announced)
        if not any(abs(row.rise_ns - each.rise_ns) < _SAME_NS or _over(row, each.rise_ns) for row in told):
            found.append(Row(each.station, each.rise_ns, each.set_ns, each.max_elevation_rad * _DEG, False))
    coming = [row for row in found if row.set_ns >= known.now_ns and word.lower() in row.station.lower()]
    return sorted(coming, key=lambda row: (row.rise_ns, row.station))


_DEG: Final = 57.29577951308232


def _over(row: Row, t_ns: int) -> bool:
    return row.rise_ns <= t_ns <= row.set_ns


def countdown(known: Known, listed: list[Row]) -> Line:
    """Who hears the servicer now and until when, and who comes next."""
    line: Line = []
    contact = known.contact
    if contact is not None:
        left_s = (contact.set_ns - known.now_ns) * 1e-9
        line += [(f"AOS {contact.station}", GOOD), (f"  LOS in {span(left_s)}", VALUE)]
        line.append((f" at {clock(contact.set_ns)}   ", LABEL))
    else:
        line.append(("LOS: no station hears the servicer   ", CARE))
    coming = next((row for row in listed if row.rise_ns > known.now_ns), None)
    if coming is None:
        return [*line, ("no pass is foretold", BAD)]
    wait_s = (coming.rise_ns - known.now_ns) * 1e-9
    return [
        *line,
        (f"next {coming.station} AOS in {span(wait_s)}", VALUE),
        (f" at {clock(coming.rise_ns)}", LABEL),
    ]


def gantt(
    mission: Mission, known: Known, listed: list[Row], ahead: Outlook | None, size: tuple[int, int]
) -> list[Line]:
    """Stations one under the other over the next hours; # heard, = announced, - foretold, night below."""
    width, height = size
    cells = max(width - _NAME - 1, 10)
    lines = [_hours(known, cells)]
    stations = [station.name for station in mission.stations]
    soonest = {
        name: min((r.rise_ns for r in listed if r.station == name), default=2**62) for name in stations
    }
    stations.sort(key=lambda name: soonest[name])
    room = max(height - 2, 1)
    for name in stations[:room]:
        lines.append(_bar(known, name, [row for row in listed if row.station == name], cells))
    if len(stations) > room:
        lines[-1] = [(f"and {len(stations) - room + 1} stations whose passes come later", LABEL)]
    return [*lines, _night(known, ahead, cells)]


def _hours(known: Known, cells: int) -> Line:
    """A time axis: mission time at every hour."""
    axis = [" "] * cells
    hour_ns = 3_600_000_000_000
    first = -(-known.now_ns // hour_ns)
    for k in range(first, first + int(HORIZON_S // 3600) + 1):
        at = int((k * hour_ns - known.now_ns) * 1e-9 / HORIZON_S * cells)
        text = f"|T+{k}h" if cells >= 60 else f"|{k}h"
        if 0 <= at <= cells - len(text):
            axis[at : at + len(text)] = text
    return [
        (f"{'STATION':<{_NAME}}", LABEL),
        ("now" + "".join(axis)[3:] if axis[0] == " " else "".join(axis), LABEL),
    ]


def _bar(known: Known, name: str, passes: list[Row], cells: int) -> Line:
    marks = [("." if cell % 8 == 0 else " ") for cell in range(cells)]
    for row in passes:
        sign = "#" if row.rise_ns <= known.now_ns and row.announced else "=" if row.announced else "-"
        for cell in _span(known, row.rise_ns, row.set_ns, cells):
            marks[cell] = sign
    line: Line = [(f"{clipped(name, _NAME - 1):<{_NAME}}", VALUE if passes else LABEL)]
    return [*line, *_runs(marks, {"#": GOOD, "=": GOOD, "-": CARE})]


def _night(known: Known, ahead: Outlook | None, cells: int) -> Line:
    """Where the orbit lies in the Earth's shadow."""
    if ahead is None:
        return [("working the orbit out ...", LABEL)]
    marks = ["."] * cells
    for point in ahead.track:
        at = (point.t_ns - known.now_ns) * 1e-9 / HORIZON_S * cells
        if 0 <= at < cells and not point.sunlit:
            marks[int(at)] = "="
    return [(f"{'eclipse':<{_NAME}}", LABEL), *_runs(marks, {"=": LABEL, ".": LABEL})]


def _span(known: Known, rise_ns: int, set_ns: int, cells: int) -> range:
    first = (rise_ns - known.now_ns) * 1e-9 / HORIZON_S * cells
    last = (set_ns - known.now_ns) * 1e-9 / HORIZON_S * cells
    return range(max(int(first), 0), min(int(last) + 1, cells))


def _runs(marks: list[str], styles: dict[str, str]) -> Line:
    line: Line = []
    for mark in marks:
        style = styles.get(mark, LABEL)
        if line and line[-1][1] == style:
            line[-1] = (line[-1][0] + mark, style)
        else:
            line.append((mark, style))
    return line


def head(width: int) -> Line:
    """Names of the columns of the list."""
    return [
        (
            f"  {'STATION':<12}{'RISES':<11}{'SETS':<11}{'LASTS':>7}{'HIGHEST':>9}  {'STATE':<10}"[:width],
            LABEL,
        )
    ]


def line(known: Known, row: Row, *, chosen: bool) -> Line:
    """One pass in words."""
    state, style = _state(known, row)
    return [
        ("> " if chosen else "  ", VALUE),
        (f"{clipped(row.station, 11):<12}", CHOSEN if chosen else VALUE),
        (f"{clock(row.rise_ns):<11}", ""),
        (f"{clock(row.set_ns):<11}", ""),
        (f"{span((row.set_ns - row.rise_ns) * 1e-9):>7}", ""),
        (f"{row.highest_deg:>5.0f} deg", ""),
        (f"  {state}", style),
    ]


def _state(known: Known, row: Row) -> tuple[str, str]:
    if row.rise_ns <= known.now_ns:
        held = known.station == row.station
        return ("# holds link" if held else "# in view"), GOOD
    words = f"in {span((row.rise_ns - known.now_ns) * 1e-9)}"
    return (f"= {words}", GOOD) if row.announced else (f"- {words}", CARE)


def curve(ahead: Outlook | None, row: Row) -> tuple[tuple[int, float], ...]:
    """Elevation (deg) over time of a pass; empty while it is not worked out."""
    curves = ahead.curves if ahead else {}
    near = (key for key in curves if key[0] == row.station and abs(key[1] - row.rise_ns) < _SAME_NS)
    found = next(near, None)
    return curves[found] if found else ()


def place(known: Known, ahead: Outlook | None) -> str:
    """Where the orbit is now, in words."""
    if ahead is None:
        return NOTHING
    point = ahead.place(known.now_ns)
    north = "N" if point.latitude_deg >= 0 else "S"
    east = "E" if point.longitude_deg >= 0 else "W"
    light = "in sunlight" if point.sunlit else "in eclipse"
    edge = next((p for p in ahead.track if p.t_ns > known.now_ns and p.sunlit != point.sunlit), None)
    left = f" for {span((edge.t_ns - known.now_ns) * 1e-9)}" if edge else ""
    return f"{abs(point.latitude_deg):.1f}{north} {abs(point.longitude_deg):.1f}{east} {light}{left}"
