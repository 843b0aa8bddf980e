"""What it costs to be able to come back, and to come back: kept states, every service killed once."""

from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from tests.bench.figures import Figure, most
from tests.bench.flights import flown
from twin.mission.script import Fault, Mission

_UNTIL_S = 600.0
_KILLED_S = {"target": 420.0, "servicer": 450.0, "guidance": 480.0, "ground": 510.0}
_KIB = 1024.0


def figures(mission: Mission, folder: Path) -> Iterator[Figure]:
    """Ten minutes of `mission` as processes, every service killed once in it."""
    kills = [
        Fault(name=f"{role}_dies", kind="process.kill", arguments={"role": role}, at_s=at_s)
        for role, at_s in _KILLED_S.items()
    ]
    shot = replace(mission, faults=(*mission.faults, *kills))
    flight = flown(shot, folder / "shot.mcap", in_process=False, until_s=_UNTIL_S)
    outcome = flight.report.outcome
    lost_s = sum(each.wall_s for each in outcome.restarts)
    kept = outcome.kept
    yield Figure(
        what=f"keeping states, {mission.name} as processes",
        measured=kept.wall_s,
        unit="s",
        reference=flight.flying_s - lost_s,
        against="the flight without its recoveries",
        budget=most(0.05, "ratio"),
        note=f"{kept.times} times, {kept.bytes / max(kept.times, 1) / _KIB:.0f} KiB of states each",
    )
    for each in outcome.restarts:
        yield Figure(
            what=f"recovery of {each.participant}",
            measured=each.wall_s,
            unit="s",
            note=f"from its SIGKILL seen to its next grant; {each.told_again} grants told again",
        )
