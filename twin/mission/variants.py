"""A mission file with what it shares put in: the mission it `extends`, the requirement sets it names.

`extends = "name"` begins from another mission file; the file's own keys change it: tables key by key, lists
of named tables (timeline, faults, requirements, phases) row by row, a row with `remove = true` takes one
away, the rest whole. `include = ["name"]` puts sets of requirements in front of the file's own, which may
change or remove theirs in the same way.
"""

from typing import Annotated, Any, NamedTuple

from msgspec import Meta, Struct

from twin.contracts.fields import Name, Text
from twin.errors import MissionError
from twin.mission.merging import all_named, merged, refuse_twice
from twin.mission.shared import Include, Kind
from twin.mission.steps import ACTIONS
from twin.mission.strict import Table, at, decoded, nearest, parsed, refuse_unknown

DEEPEST = 8
"""Missions in one line of descent."""
OWN_KEYS = ("extends", "include")
_SETS: Any = Annotated[tuple[Name, ...], Meta(max_length=100)]
_NAME: Any = Name
_ROWS: dict[str, tuple[str, ...]] = {"requirements": ("kind",), "timeline": ACTIONS, "faults": ("kind",)}
"""Lists of the file, and the keys of which a row that is new has one."""
_BY_NAME = ("target", "servicer", "guidance")
"""Keys that hold the name of a shared file, or a table."""
_ALTERNATIVES = ("epoch",)
"""Tables with one key of several: another one replaces it."""

Origins = dict[tuple[str, str], str]
"""List and row name to the file that says it, where that is not the mission's own."""


class Assembled(NamedTuple):
    """A mission's table with nothing left to extend or include, and where its rows come from."""

    table: Table
    origins: Origins


class _Set(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of requirements; its rows are decoded with the mission's."""

    title: Text = ""
    requirements: Annotated[tuple[dict[str, Any], ...], Meta(min_length=1, max_length=1000)]


def assembled(text: str, place: str, include: Include, legal: list[str]) -> Assembled:
    """The table of a mission file. `legal` are the keys of a file, for the nearest to a wrong one.

    Raises MissionError with the place: a file that is not there, a circle, a change of nothing.
    """
    chain = [(place, _own(text, place, legal))]
    while (base := chain[-1][1].get("extends")) is not None:
        heir = chain[-1][0]
        name: str = decoded(base, _NAME, heir, "extends")
        if f"{name}.toml" in [each for each, _ in chain]:
            raise MissionError(f"{name} extends itself", place=at(heir, "extends"))
        if len(chain) == DEEPEST:
            raise MissionError(f"more than {DEEPEST} missions in one line", place=at(heir, "extends"))
        file = f"{name}.toml"
        chain.append((file, _own(_text(include, "missions", name, at(heir, "extends")), file, legal)))
    return _with_sets(chain, include)


def _own(text: str, place: str, legal: list[str]) -> Table:
    table = parsed(text, place)
    refuse_unknown(table, [*legal, *OWN_KEYS], place)
    return table


def _text(include: Include, kind: Kind, name: str, place: str) -> str:
    try:
        return include(kind, name)
    except MissionError as error:
        raise MissionError(str(error), place=place) from None


def _with_sets(chain: list[tuple[str, Table]], include: Include) -> Assembled:
    """From the first ancestor to the mission itself; sets come before all rows of the files."""
    place = chain[0][0]
    named = next((table["include"] for _, table in chain if "include" in table), ())
    table: Table = {}
    origins: Origins = {}
    for index, name in enumerate(decoded(named, _SETS, place, "include")):
        file = f"requirements/{name}.toml"
        text = _text(include, "requirements", name, at(place, f"include[{index}]"))
        own = list(decoded(parsed(text, file), _Set, file).requirements)
        rows = [*table.get("requirements", []), *own]
        refuse_twice(rows, file, "requirements")
        table = {"requirements": rows}
        origins |= {("requirements", str(row.get("name"))): file for row in own}
    for file, keys in reversed(chain):
        changes = {key: value for key, value in keys.items() if key not in OWN_KEYS}
        if file != place:
            changes.pop("name", None)  # a variant is not called what it varies
        table = _extended(table, changes, file, origins)
    return Assembled(table, {key: file for key, file in origins.items() if file != place})


def _extended(table: Table, changes: Table, file: str, origins: Origins) -> Table:
    for key in _ROWS:
        rows = changes.get(key, [])
        if all_named(rows):
            _refuse_no_change(table.get(key, []), rows, file, key)
            origins |= {(key, row["name"]): file for row in rows}
    ready = {key: _like(table.get(key), new) if key in _BY_NAME else new for key, new in changes.items()}
    whole = {key: new for key, new in ready.items() if _in_place_of(key, table.get(key), new)}
    return {**merged(table, ready, file), **whole}


def _in_place_of(key: str, old: Any, new: Any) -> bool:
    """Whether it is given in another way than before, so that nothing of that is left."""
    if key == "start" and isinstance(old, dict) and isinstance(new, dict):
        return ("elements" in old) != ("elements" in new) and bool({"elements", "r_ric_m"} & set(new))
    return key in _ALTERNATIVES


def _like(old: Any, new: Any) -> Any:
    """Changes of a shared file that was named: a table like it."""
    if isinstance(old, str) and isinstance(new, dict) and not {"like", "name"} & set(new):
        return {"like": old, **new}
    return new


def _refuse_no_change(old: Any, new: list[Table], file: str, key: str) -> None:
    """A row that is no row of its own changes one that is there: else its name is wrong."""
    names = [row["name"] for row in old] if all_named(old) else []
    for row in new:
        if names and row["name"] not in names and not any(each in row for each in (*_ROWS[key], "remove")):
            raise MissionError(
                f"no row `{row['name']}` to change{nearest(row['name'], names)}", place=at(file, key)
            )
