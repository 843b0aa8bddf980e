"""Telecommands as the on-board computer reads them, and its reports on them."""

from typing import get_args

from twin.contracts.radio import CommandReport, Stage, Telecommand
from twin.guidance.phases import OWN_CUES, Cue


def cue_of(name: str) -> Cue | None:
    """The cue that a telecommand gives, if it gives one."""
    cues: tuple[Cue, ...] = get_args(Cue)
    return next((cue for cue in cues if cue == name and cue not in OWN_CUES), None)


def report(t_ns: int, command: Telecommand, stage: Stage, reason: str = "") -> CommandReport:
    """What is said of a telecommand."""
    return CommandReport(t_ns=t_ns, command=command.command, stage=stage, reason=reason)
