"""A mission and the registry of quantities as tables of text; who shows them decides how they look."""

from msgspec import Struct

from twin.mission.quantities import Plane, described
from twin.mission.script import Mission, Start


class Listing(Struct, frozen=True, kw_only=True):
    """A titled table: names of the columns, rows of texts."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def mission_listings(mission: Mission) -> tuple[Listing, ...]:
    """What `twin check` shows: who and where, stations, phases, timeline, requirements."""
    return (
        _facts(mission),
        _stations(mission),
        _phases(mission),
        _timeline(mission),
        _requirements(mission),
    )


def quantity_listing(planes: tuple[Plane, ...] = ("truth", "onboard", "ground", "script")) -> Listing:
    """What `twin quantities` shows."""
    rows = tuple((each.name, each.unit or each.kind, each.frame, each.text) for each in described(planes))
    return Listing(title="Quantities", columns=("name", "unit", "frame", "meaning"), rows=rows)


def _facts(mission: Mission) -> Listing:
    target, vehicle, start = mission.target, mission.servicer, mission.start
    rows = (
        ("epoch", f"{mission.epoch_utc} (UTC)"),
        ("seed", str(mission.seed)),
        (
            "target",
            f"{target.title}: {target.mass_kg:g} kg, {target.length_m:g} m by {target.diameter_m:g} m",
        ),
        (
            "servicer",
            f"{vehicle.title}: {vehicle.dry_mass_kg:g} kg dry, {vehicle.propellant_kg:g} kg propellant",
        ),
        ("start", f"{_vector(start.r_ric_m)} m and {_vector(start.v_ric_mps)} m/s in ric"),
        *_elements(start),
        ("first phase", mission.guidance.start_phase),
        ("latest end", f"{mission.ending.latest_s:g} s"),
    )
    return Listing(title=mission.title, columns=("", mission.name), rows=rows)


def _elements(start: Start) -> tuple[tuple[str, str], ...]:
    if start.elements is None or start.elements_sigma is None:
        return ()
    return (
        ("from elements", f"{_vector(start.elements.row())} m: a, l, ex, ey, ix, iy less the target's"),
        ("known to", f"{_vector(start.elements_sigma.row())} m, 1 sigma"),
    )


def _vector(v: tuple[float, ...]) -> str:
    return "(" + ", ".join(f"{each:g}" for each in v) + ")"


def _stations(mission: Mission) -> Listing:
    rows = tuple(
        (
            station.name,
            station.network,
            f"{station.latitude_deg:g}",
            f"{station.longitude_deg:g}",
            f"{station.height_m:g}",
            f"{station.mask_deg:g}",
            station.confidence,
        )
        for station in mission.stations
    )
    columns = ("name", "network", "latitude deg", "longitude deg", "height m", "mask deg", "confidence")
    return Listing(title="Stations", columns=columns, rows=rows)


def _phases(mission: Mission) -> Listing:
    rows = tuple(
        (
            phase.name,
            phase.law,
            f"{phase.period_s:g}",
            phase.zone,
            ", ".join(f"{cue} → {name}" for cue, name in phase.on.items()),
            "terminal" if phase.terminal else "",
        )
        for phase in mission.guidance.phases
    )
    return Listing(title="Phases", columns=("name", "law", "period s", "zone", "on", ""), rows=rows)


def _timeline(mission: Mission) -> Listing:
    rows = tuple(
        (
            step.name,
            step.doing,
            step.when,
            f"{step.at_s:g}",
            f"{step.after_s:g}",
            "" if step.within_s is None else f"{step.within_s:g}",
        )
        for step in mission.timeline
    )
    columns = ("step", "does", "when", "not before s", "after s", "within s")
    return Listing(title="Timeline", columns=columns, rows=rows)


def _requirements(mission: Mission) -> Listing:
    rows = tuple((each.name, each.kind, each.says, each.when, each.text) for each in mission.requirements)
    return Listing(title="Requirements", columns=("name", "kind", "what", "when", "text"), rows=rows)
