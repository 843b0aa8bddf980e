"""The command stack: every telecommand with the stages it reached. Sent is not accepted."""

from typing import Final

from tui.store import Command, Known
from tui.view.looks import ARMED, BAD, CARE, CHOSEN, GOOD, LABEL, VALUE
from tui.view.timeline import COMMANDS, effect, when_up
from tui.view.words import Line, clipped, clock
from twin.contracts.radio import GroundStage
from twin.guidance.phases import Cue
from twin.mission.script import Mission

STAGES: Final[tuple[tuple[str, GroundStage], ...]] = (
    ("Q", "queued"),
    ("R", "released"),
    ("A", "accepted"),
    ("S", "started"),
    ("C", "completed"),
)
LEGEND: Final = "Q queued  R released  A accepted on board  S started  C completed  X failed  T timed out"
MEANINGS: Final[dict[Cue, str]] = {
    "go": "leave the hold, go on with the approach",
    "hold": "stop the approach at the last hold point",
    "retreat": "leave along the escape path, clear of the sphere",
    "abort": "break off now: the first rung of the abort ladder",
    "free_drift": "thrusters off, drift",
}


def stack(known: Known, count: int, width: int) -> list[Line]:
    """The newest `count` commands, newest first."""
    newest = sorted(known.commands.values(), key=lambda each: -each.number)[:count]
    if not newest:
        return [[("No command yet: g arms GO, 3 shows all commands.", LABEL)]]
    return [_line(command, width) for command in newest]


def _line(command: Command, width: int) -> Line:
    line: Line = [(f"#{command.number:<3}", LABEL), (f"{command.name[:12]:<12} ", VALUE)]
    for letter, stage in STAGES:
        if stage in command.stages:
            line.append((f"{letter} ", GOOD))
        elif command.stage in {"failed", "timed_out"}:
            line.append(("  ", ""))
        else:
            line.append((". ", LABEL))
    word, style = _end(command)
    at_ns = command.stages[command.stage]
    line += [(f"{word:<10}", style), (f"{clock(at_ns)} ", LABEL)]
    used = sum(len(text) for text, _ in line)
    return [*line, (clipped(command.reason or command.origin, max(width - used, 0)), LABEL)]


def _end(command: Command) -> tuple[str, str]:
    match command.stage:
        case "completed":
            return "completed", GOOD
        case "failed":
            return "X failed", BAD
        case "timed_out":
            return "T timeout", BAD
        case "queued":
            return "queued", CARE
        case stage:
            return stage, ""


def catalogue(mission: Mission, known: Known, chosen: Cue, armed: Cue | None) -> list[Line]:
    """Every command, what it means, what it would do now."""
    lines: list[Line] = []
    for command in COMMANDS:
        pointer = ">" if command == chosen else " "
        mark = " ARMED " if command == armed else ""
        lines.append(
            [
                (f"{pointer} {command:<11}", CHOSEN if command == chosen else VALUE),
                (f" {MEANINGS[command]:<50}", ""),
                (mark, ARMED),
            ]
        )
    return lines


def constraints(mission: Mission, known: Known, chosen: Cue) -> list[Line]:
    """What is checked before sending, shown before sending."""
    aged = f", reported {known.age_s:.0f} s ago" if known.age_s is not None else ""
    return [
        [("command  ", LABEL), (chosen, VALUE)],
        [("effect   ", LABEL), (f"{effect(mission, known, chosen)}{aged}", "")],
        [("link     ", LABEL), (when_up(known), "")],
        [("limits   ", LABEL), (_limits(mission), "")],
    ]


def _limits(mission: Mission) -> str:
    ground = mission.ground
    return (
        f"times out {ground.acceptance_timeout_s:g} s after release without acceptance, "
        f"{ground.completion_timeout_s:g} s without the next report"
    )


def arming_line(mission: Mission, known: Known, command: Cue, left_s: float) -> Line:
    """The strip while a command is armed."""
    return [
        (f" ARMED {command} ", ARMED),
        (f" {effect(mission, known, command)}; {when_up(known)}. ", ""),
        ("y", VALUE),
        (" sends, ", ""),
        ("esc", VALUE),
        (f" stands down ({left_s:.0f} s)", ""),
    ]
