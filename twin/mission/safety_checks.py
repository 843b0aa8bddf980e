"""What the safety settings must satisfy: what trips must lead somewhere."""

from twin.errors import MissionError
from twin.gnc.settings import Guidance, Ladder
from twin.mission.strict import at, nearest


def refuse_unfit_safety(guidance: Guidance, place: str) -> None:
    """Raise MissionError, with its place, for a monitor or a ladder that leads nowhere."""
    for phase in guidance.phases:
        if phase.link_s is not None and ("abort" not in phase.on or phase.zone == "free"):
            raise MissionError(
                "link_s aborts the phase: give it `abort` in `on`, and another zone than free",
                place=at(place, f"phases.{phase.name}.link_s"),
            )
    if guidance.safety.ladder is not None:
        phases = [phase.name for phase in guidance.phases]
        _refuse_unfit_ladder(guidance.safety.ladder, phases, at(place, "safety.ladder"))


def _refuse_unfit_ladder(ladder: Ladder, phases: list[str], place: str) -> None:
    rungs = {name: getattr(ladder, name) for name in ("hold", "retreat", "cam", "free_drift")}
    if not any(rungs.values()):
        raise MissionError("a ladder needs at least one rung: hold, retreat, cam, free_drift", place=place)
    for name, phase in rungs.items():
        if phase is not None and phase not in phases:
            raise MissionError(f"unknown phase `{phase}`{nearest(phase, phases)}", place=at(place, name))
