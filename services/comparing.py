"""`twin compare`: what two recordings have in common and where they part."""

from math import isfinite
from pathlib import Path
from typing import Any, Final

import msgspec

from services.exit_codes import FAILED, PASSED
from services.recording.comparison import Comparison, EventDifference, Tolerances, compare_recordings
from services.recording.read import Recording
from services.report import print_json, print_table
from services.words import mission_time
from twin.errors import UsageError
from twin.mission.quantities import QUANTITIES
from twin.mission.strict import nearest

_MOST_ROWS: Final = 40


def compare(a: Path, b: Path, tolerances: Tolerances, *, as_json: bool) -> int:
    """Exit code 0 when they are equal within the tolerances."""
    one, other = Recording(a), Recording(b)
    found = compare_recordings(one, other, tolerances)
    if as_json:
        print_json({"a": str(a), "b": str(b), "equal": found.equal, **facts(found)})
    else:
        missions = [each.run.mission for each in (one, other) if each.run is not None]
        if len(set(missions)) > 1:
            print(f"A flew {missions[0]}, B {missions[1]}")
        print_comparison(found)
    return PASSED if found.equal else FAILED


def tolerances_of(texts: tuple[str, ...], relative: float | None, time_s: float | None) -> Tolerances:
    """From `[QUANTITY=]VALUE`; UsageError for an unknown quantity or what is no number."""
    made = Tolerances()
    own: dict[str, float] = {}
    for text in texts:
        name, equals, value = text.rpartition("=")
        if equals and name not in QUANTITIES:
            raise UsageError(f"--tolerance: unknown quantity `{name}`{nearest(name, list(QUANTITIES))}")
        number = _number(value)
        if equals:
            own[name] = number
        else:
            made = msgspec.structs.replace(made, absolute=number)
    if relative is not None:
        made = msgspec.structs.replace(made, relative=_finite("--relative", relative))
    if time_s is not None:
        made = msgspec.structs.replace(made, time_ns=round(_finite("--time", time_s) * 1e9))
    return msgspec.structs.replace(made, own=own)


def _finite(option: str, value: float) -> float:
    if not isfinite(value):
        raise UsageError(f"{option}: {value} is no bound; give a number")
    return value


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0.0 <= number < float("inf"):
        raise UsageError(f"--tolerance: {text!r} is no number from 0 up; write [QUANTITY=]VALUE")
    return number


def print_comparison(found: Comparison) -> None:
    """The first event that differs, then signals and events beyond their tolerances, in order of time."""
    compared = (
        f"{found.quantities} quantities and {found.happened} events until {mission_time(found.until_ns)}"
    )
    if found.first is None:
        print(f"identical: every event to the bit, {compared}")
        return
    print(found.first)
    if found.signals:
        columns = ("quantity", "first beyond", "most apart>", "at", "samples>")
        rows = [
            (each.quantity, mission_time(each.first_ns), _apart(each.largest, each.unit),
             mission_time(each.worst_ns), str(each.samples))
            for each in found.signals[:_MOST_ROWS]
        ]  # fmt: skip
        print_table(columns, rows)
    if found.events:
        apart = [(_time(each.a_ns), _time(each.b_ns), each.what) for each in found.events[:_MOST_ROWS]]
        print_table(("in A", "in B", "event"), apart)
    if len(found.events) > _MOST_ROWS:
        print(f"and {len(found.events) - _MOST_ROWS} events more (--json has all)")
    word = "equal within tolerances" if found.equal else "different"
    print(f"{word}: {len(found.signals)} signals and {len(found.events)} events of {compared}")


def facts(found: Comparison) -> dict[str, Any]:
    """A comparison as JSON takes it: infinity is null there."""
    return {
        "until_s": found.until_ns / 1e9,
        "first": None if found.first is None else found.first._asdict(),
        "quantities": found.quantities,
        "happened": found.happened,
        "signals": [
            {**msgspec.to_builtins(each), "largest": each.largest if isfinite(each.largest) else None}
            for each in found.signals
        ],
        "events": [_event_facts(each) for each in found.events],
    }


def _event_facts(each: EventDifference) -> dict[str, Any]:
    return {"event": each.what, "a_ns": each.a_ns, "b_ns": each.b_ns}


def _apart(largest: float, unit: str) -> str:
    return f"{largest:.4g} {unit}".rstrip() if isfinite(largest) else "not comparable"


def _time(t_ns: int | None) -> str:
    return "-" if t_ns is None else mission_time(t_ns)
