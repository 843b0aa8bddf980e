"""The command stack: every telecommand with the stages it reached. Sent is not accepted."""

from typing import Final

from tui.store import Command, Known
from tui.view.looks import ARMED, BAD, CARE, GOOD, LABEL, VALUE
from tui.view.timeline import effect, when_up
from tui.view.words import Line, clipped, clock
from twin.contracts.radio import GroundStage
from twin.mission.script import Mission

STAGES: Final[tuple[tuple[str, GroundStage], ...]] = (
    ("Q", "queued"),
    ("R", "released"),
    ("A", "accepted"),
    ("S", "started"),
    ("C", "completed"),
)
LEGEND: Final = "Q queued  R released  A accepted on board  S started  C completed  X failed  T timed out"


def stack(known: Known, count: int, width: int) -> list[Line]:
    """The newest `count` commands, newest first."""
    newest = sorted(known.commands.values(), key=lambda each: -each.number)[:count]
    if not newest:
        return [[("No command yet: g arms GO, 3 shows all commands.", LABEL)]]
    return [_line(command, width) for command in newest]


def _line(command: Command, width: int) -> Line:
    line: Line = [(f"#{command.number:<3}", LABEL), (f"{command.name[:12]:<12} ", VALUE), *dots(command)]
    word, style = end(command)
    at_ns = command.stages[command.stage]
    line += [(f"{word:<10}", style), (f"{clock(at_ns)} ", LABEL)]
    used = sum(len(text) for text, _ in line)
    return [*line, (clipped(command.reason or command.origin, max(width - used, 0)), LABEL)]


def dots(command: Command) -> Line:
    """A letter for every stage reached, a dot for what is awaited, nothing after the end."""
    line: Line = []
    for letter, stage in STAGES:
        if stage in command.stages:
            line.append((f"{letter} ", GOOD))
        elif command.stage in {"failed", "timed_out"}:
            line.append(("  ", ""))
        else:
            line.append((". ", LABEL))
    return line


def end(command: Command) -> tuple[str, str]:
    """The state of a telecommand in a word, and its style."""
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


def arming_line(mission: Mission, known: Known, command: str, left_s: float) -> Line:
    """The strip while a command is armed."""
    return [
        (f" ARMED {command} ", ARMED),
        (f" {effect(mission, known, command)}; {when_up(known)}. ", ""),
        ("y", VALUE),
        (" sends, ", ""),
        ("esc", VALUE),
        (f" stands down ({left_s:.0f} s)", ""),
    ]
