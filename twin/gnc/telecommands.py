"""Telecommands as the on-board computer reads them, and its reports on them."""

from collections.abc import Callable, Iterator
from typing import get_args

from twin.contracts.navigation import PhaseChanged
from twin.contracts.radio import CommandReport, Stage, Telecommand
from twin.errors import MissionError, UsageError
from twin.guidance.phases import OWN_CUES, Cue


def cue_of(name: str) -> Cue:
    """The cue that a telecommand gives; UsageError if it gives none."""
    cues: tuple[Cue, ...] = get_args(Cue)
    for cue in cues:
        if cue == name and cue not in OWN_CUES:
            return cue
    raise UsageError(f"no command {name} on board")


def reported(
    t_ns: int, command: Telecommand, carry_out: Callable[[Telecommand, int], PhaseChanged | None]
) -> Iterator[CommandReport | PhaseChanged]:
    """Carry a telecommand out, with the reports on it; one that cannot be is reported with the reason."""

    def report(stage: Stage, reason: str = "") -> CommandReport:
        return CommandReport(t_ns=t_ns, command=command.command, stage=stage, reason=reason)

    try:
        changed = carry_out(command, t_ns)
    except (MissionError, UsageError) as error:
        yield report("failed", str(error))
        return
    yield report("accepted")
    yield report("started")
    if changed is not None:
        yield changed
    yield report("completed")
