"""What missions share, resolved: bodies, vehicles, phase tables and stations."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from msgspec import Meta, Struct

from twin.contracts.fields import Name, Text
from twin.errors import MissionError
from twin.ground.limits import Limit
from twin.ground.settings import Station
from twin.mission.merging import merged
from twin.mission.strict import Table, at, decoded, nearest, parsed

T = TypeVar("T")
Kind = Literal["bodies", "vehicles", "stations", "phases", "limits", "orbits", "requirements", "missions"]
Include = Callable[[Kind, str], str]
"""The text of a shared file by kind and name. Raises MissionError when there is none."""

DEFAULT_STATIONS = "china-ttc"
_NAME: Any = Name


class _Network(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A station file: a network and its stations."""

    title: Text = ""
    stations: Annotated[tuple[Station, ...], Meta(min_length=1, max_length=1000)]


class _Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limits file."""

    limits: Annotated[tuple[Limit, ...], Meta(min_length=1, max_length=1000)]


class Shared:
    """Resolves the names of shared files in one mission file."""

    def __init__(self, table: Table, place: str, include: Include) -> None:
        self.table = table
        self.place = place
        self.include = include

    def one(self, key: str, kind: Kind, wanted: type[T]) -> T:
        """The struct under `key`: by name, by table, or by table `like` a named one."""
        given = self.table[key]
        match given:
            case str():
                return decoded(self.file(key, kind, given), wanted, f"{kind}/{given}.toml")
            case {"like": str() as name}:
                base = self.file(key, kind, name)
                decoded(base, wanted, f"{kind}/{name}.toml")
                changes = {part: value for part, value in given.items() if part != "like"}
                return decoded(merged(base, changes, self.place, key), wanted, self.place, key)
            case dict():
                return decoded(given, wanted, self.place, key)
        raise MissionError(
            f"expected the name of a file in {kind}/ or a table, found {given!r:.60}",
            place=at(self.place, key),
        )

    def file(self, key: str, kind: Kind, name: str) -> Table:
        """A shared file, parsed; the first error about its name says which key asked for it."""
        decoded(name, _NAME, self.place, key)
        try:
            text = self.include(kind, name)
        except MissionError as error:
            raise MissionError(str(error), place=at(self.place, key)) from None
        return parsed(text, f"{kind}/{name}.toml")

    def stations(self) -> tuple[Station, ...]:
        """Stations by `network` (all of it), `network:station`, or a table each; in the order given."""
        given = self.table.get("stations", DEFAULT_STATIONS)
        entries = [given] if isinstance(given, str | dict) else given
        if not isinstance(entries, list) or not entries:
            raise MissionError(
                f"expected a network or a list of `network:station`, found {given!r:.60}",
                place=at(self.place, "stations"),
            )
        found: dict[str, Station] = {}
        for index, entry in enumerate(entries):
            for station in self.named(entry, f"stations[{index}]"):
                if found.setdefault(station.name, station) is not station:
                    raise MissionError(
                        f"station {station.name} is named twice", place=at(self.place, "stations")
                    )
        return tuple(found.values())

    def limits(self) -> tuple[Limit, ...]:
        """Limits by file or by table each; one that is named again replaces the one before."""
        given = self.table.get("limits", [])
        entries = given if isinstance(given, list) else [given]
        found: dict[str, Limit] = {}
        for index, entry in enumerate(entries):
            key = f"limits[{index}]"
            match entry:
                case str():
                    file = self.file(key, "limits", entry)
                    some = decoded(file, _Limits, f"limits/{entry}.toml").limits
                case _:
                    some = (decoded(entry, Limit, self.place, key),)
            found |= {limit.name: limit for limit in some}
        return tuple(found.values())

    def named(self, entry: object, key: str) -> tuple[Station, ...]:
        match entry:
            case str():
                network, colon, name = entry.partition(":")
                stations = decoded(
                    self.file(key, "stations", network), _Network, f"stations/{network}.toml"
                ).stations
                chosen = tuple(station for station in stations if station.name == name or not colon)
                if chosen:
                    return chosen
                legal = [station.name for station in stations]
                raise MissionError(
                    f"unknown station {name!r:.60} in {network}{nearest(name, legal)}",
                    place=at(self.place, key),
                )
            case dict():
                return (decoded(entry, Station, self.place, key),)
        raise MissionError(
            f"expected `network:station` or a table, found {entry!r:.60}", place=at(self.place, key)
        )
