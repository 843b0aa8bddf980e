"""Tables laid over tables: what `like` and `extends` do."""

from typing import Any

from twin.errors import MissionError
from twin.mission.strict import Table, at, joined, nearest

REMOVE = "remove"
"""Key of a row that takes the row of its name away."""


def merged(base: Table, changes: Table, place: str, key: str = "") -> Table:
    """`base` with `changes` put in: tables key by key, lists of named tables name by name, the rest whole.

    Raises MissionError when a row stands twice, or one is to be removed that is not there.
    """
    parts = {each: _changed(base.get(each), new, place, joined(key, each)) for each, new in changes.items()}
    return {**base, **parts}


def all_named(value: Any) -> bool:
    """Whether it is a list of tables that all have a name."""
    return isinstance(value, list) and all(
        isinstance(row, dict) and isinstance(row.get("name"), str) for row in value
    )


def refuse_twice(rows: list[Table], place: str, key: str) -> None:
    """MissionError when a name stands twice in the rows."""
    seen: set[Any] = set()
    for row in rows:
        name = row.get("name")
        if isinstance(name, str) and name in seen:
            raise MissionError(f"row `{name}` stands twice", place=at(place, key))
        seen.add(name if isinstance(name, str) else None)


def _changed(old: Any, new: Any, place: str, key: str) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return merged(old, new, place, key)
    if not (all_named(old) and all_named(new)):
        return new
    refuse_twice(new, place, key)
    rows = {row["name"]: row for row in old}
    for row in new:
        name = row["name"]
        if row.get(REMOVE) is not True:
            rows[name] = merged(rows.get(name, {}), row, place, joined(key, name))
        elif rows.pop(name, None) is None:
            raise MissionError(f"no row `{name}` to remove{nearest(name, list(rows))}", place=at(place, key))
    return list(rows.values())
