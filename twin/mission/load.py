"""From the text of a mission file to a `Mission` with nothing left to look up.

A mission file names what missions share (a body, a vehicle, stations, a phase table); `include(kind, name)`
gives the text of such a file. In place of a name a table may stand: whole, or `like = "name"` and the keys
that differ; of a list of named tables (phases, thrusters) the rows that differ. What a file extends and
includes is put in first (`twin.mission.variants`).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from re import sub
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from twin.contracts.fields import Count, Name, Text
from twin.dynamics.settings import Environment, TargetBody
from twin.errors import MissionError
from twin.gnc.settings import Guidance
from twin.ground.settings import Ground
from twin.mission.checks import check
from twin.mission.orbit import taken_out, with_elements, with_state
from twin.mission.placing import given_by_elements, placed_start
from twin.mission.script import Desk, Dispersions, Ending, Fault, Mission, Requirement, Start, Step
from twin.mission.shared import Include, Shared
from twin.mission.strict import Table, at, decoded
from twin.mission.variants import assembled
from twin.vehicle.settings import Vehicle


class _EpochUtc(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    utc: Text


class _EpochAfter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after_element_set_h: Annotated[float, Meta(ge=0.0, le=720.0)]


class _File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a mission file that are decoded as they stand."""

    name: Name
    title: Text
    seed: Count = 1
    start: Start
    environment: Environment = Environment()
    dispersions: Dispersions = Dispersions()
    ground: Ground = Ground()
    timeline: Annotated[tuple[Step, ...], Meta(max_length=1000)] = ()
    faults: Annotated[tuple[Fault, ...], Meta(max_length=1000)] = ()
    requirements: Annotated[tuple[Requirement, ...], Meta(min_length=1, max_length=1000)]
    ending: Ending
    operator: Desk = Desk()
    sample_s: Annotated[float, Meta(gt=0.0, le=60.0)] = 1.0


_REFERENCES = ("target", "servicer", "stations", "guidance", "limits", "epoch")


def load(text: str, name: str, include: Include, laws: Mapping[str, type[Any]] | None = None) -> Mission:
    """The mission that `text` describes; `name` is its file name without `.toml`, and its place in errors.

    `laws` maps law names to their parameter structs: with it, laws and parameters of the phase table are
    checked too. Raises MissionError, one line, with file and key, for anything that is not a mission.
    """
    place = f"{name}.toml"
    table, origins = assembled(text, place, include, [*_File.__struct_fields__, *_REFERENCES])
    _refuse_missing(table, place)
    own: Table = {key: value for key, value in table.items() if key not in _REFERENCES}
    own.setdefault("name", _named_after(name))
    by_elements = given_by_elements(own, place)
    file = decoded(own, _File, place)
    table, source = taken_out(table, place, include)
    shared = Shared(table, place, include)
    target = with_elements(shared.one("target", "bodies", TargetBody), source, place)
    epoch_utc = _epoch_utc(table, target, place)
    target = with_state(target, source, epoch_utc, place)
    if by_elements:
        file = msgspec.structs.replace(file, start=placed_start(file.start, target, epoch_utc, place))
    mission = Mission(
        epoch_utc=epoch_utc,
        target=target,
        servicer=shared.one("servicer", "vehicles", Vehicle),
        stations=shared.stations(),
        guidance=shared.one("guidance", "phases", Guidance),
        limits=shared.limits(),
        **{field: getattr(file, field) for field in file.__struct_fields__},
    )
    check(mission, place, laws, origins)
    return mission


def _named_after(file: str) -> str:
    """A name (lower-case letters, digits, dashes) made of a file name."""
    name = sub("[^a-z0-9]+", "-", file.lower()).strip("-")
    return (name if name[:1].isalpha() else f"mission-{name}".strip("-"))[:64]


def _refuse_missing(table: Table, place: str) -> None:
    for key in ("target", "servicer", "guidance"):
        if key not in table:
            raise MissionError(f"key `{key}` is missing: the name of a shared file, or a table", place=place)


def _epoch_utc(table: Table, target: TargetBody, place: str) -> str:
    """The epoch as UTC text: stated, or hours after the epoch of the target's element set."""
    given = table.get("epoch")
    match given:
        case {"utc": datetime() as moment}:
            return _iso(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        case {"utc": _}:
            return decoded(given, _EpochUtc, place, "epoch").utc
        case dict():
            hours = decoded(given, _EpochAfter, place, "epoch").after_element_set_h
            return _iso(_element_epoch(target, place) + timedelta(hours=hours))
    raise MissionError(
        'expected a table with `utc = "2022-01-23T02:41:00Z"` or `after_element_set_h = 8.1` (h)',
        place=at(place, "epoch"),
    )


def _element_epoch(target: TargetBody, place: str) -> datetime:
    """Epoch of a two-line element set: two digits of the year (57 to 56), day from 1 with its fraction."""
    if target.elements is None:
        raise MissionError(
            "the target has no element set to count from: state `utc`", place=at(place, "epoch")
        )
    field = target.elements.line1[18:32]
    try:
        year, day = int(field[:2]), float(field[2:])
        return datetime(year + (1900 if year >= 57 else 2000), 1, 1, tzinfo=UTC) + timedelta(days=day - 1.0)
    except (ValueError, OverflowError):
        raise MissionError(
            f"no epoch in columns 19 to 32 of the element set, found {field!r}",
            place=at(place, "target.elements"),
        ) from None


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
