"""What an abort ladder must satisfy: at least one rung, and phases that are there."""

from twin.errors import MissionError
from twin.gnc.settings import Ladder
from twin.mission.strict import at, nearest


def refuse_unfit_ladder(ladder: Ladder | None, phases: list[str], place: str) -> None:
    """Raise MissionError, with its place, for a ladder that leads nowhere."""
    if ladder is None:
        return
    rungs = {name: getattr(ladder, name) for name in ("hold", "retreat", "cam", "free_drift")}
    if not any(rungs.values()):
        raise MissionError("a ladder needs at least one rung: hold, retreat, cam, free_drift", place=place)
    for name, phase in rungs.items():
        if phase is not None and phase not in phases:
            raise MissionError(f"unknown phase `{phase}`{nearest(phase, phases)}", place=at(place, name))
