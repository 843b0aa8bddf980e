"""Mission speed: simulated seconds a wall second, of real runs."""

import msgspec

from tests.bench.figures import Figure, least
from tests.bench.flights import Flight
from twin.mission.script import Mission

DAY_S = 86_400.0
_FIRST_GO_S = 70_000.0


def day_long(mission: Mission) -> Mission:
    """`mission` with a day at its holds: the first GO is held back until the passes of the next day."""
    first, *rest = mission.timeline
    held = msgspec.structs.replace(first, at_s=_FIRST_GO_S)
    ending = msgspec.structs.replace(mission.ending, latest_s=1.5 * DAY_S)
    return msgspec.structs.replace(mission, timeline=(held, *rest), ending=ending)


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
