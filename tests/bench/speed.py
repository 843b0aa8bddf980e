"""Mission speed: simulated seconds a wall second, of real runs."""

from msgspec.structs import replace

from tests.bench.figures import Figure, least
from tests.bench.flights import Flight
from tests.patience import without_link_limits
from twin.mission.script import Mission

DAY_S = 86_400.0
_FIRST_GO_S = 70_000.0


def day_long(mission: Mission) -> Mission:
    """`mission` with a day at its holds: the first GO is held back until the passes of the next day, and the
    holds wait through the gaps between passes."""
    first, *rest = mission.timeline
    held = replace(first, at_s=_FIRST_GO_S)
    ending = replace(mission.ending, latest_s=1.5 * DAY_S)
    return replace(without_link_limits(mission), timeline=(held, *rest), ending=ending)


def figure(what: str, flight: Flight, budget: float | None) -> Figure:
    """One flight's speed."""
    report = flight.report
    return Figure(
        what=what,
        measured=flight.speed,
        unit="x real time",
        budget=None if budget is None else least(budget),
        note=f"{report.end_s:.0f} s, {flight.cycles + 1} control cycles, {report.word}",
    )
