"""What can be sent, what speaks for and against it now, and how far everything sent has come."""

from textwrap import wrap
from typing import Final

from tui.store import Command, Known
from tui.view.alarms import counts
from tui.view.commanding import LEGEND, STAGES, dots, end
from tui.view.looks import ARMED, BAD, CARE, CHOSEN, GOOD, LABEL, VALUE
from tui.view.parameters import STALE_S
from tui.view.timeline import effect, when_up
from tui.view.words import NOTHING, Line, clipped, clock, span
from twin.contracts.radio import Argument
from twin.ground.catalogue import CATALOGUE, Entry
from twin.ground.commanding import AWAITS
from twin.guidance.swapping import SWAP_LAW
from twin.mission.script import Mission

_GRADES: Final = {"routine": "", "critical": "critical", "hazardous": "HAZARDOUS"}
_STEPS: Final = {
    "routine": "enter arms, y sends",
    "critical": "enter arms, y sends",
    "hazardous": "enter, write its name, y sends",
}


def entries(word: str) -> list[Entry]:
    """Telecommands whose name or text holds `word`."""
    return [each for each in CATALOGUE if word.lower() in f"{each.name} {each.text}".lower()]


def head(width: int) -> Line:
    """Names of the catalogue's columns."""
    does = "WHAT IT DOES" if width >= 49 else ""
    return [(f"  {'COMMAND':<11} {'GRADE':<10} {does}"[:width], LABEL)]


def line(entry: Entry, width: int, *, chosen: bool, armed: bool) -> Line:
    """A telecommand of the catalogue."""
    parts: Line = [
        ("> " if chosen else "  ", VALUE),
        (f"{entry.name:<11}", CHOSEN if chosen else VALUE),
        (f" {_GRADES[entry.grade]:<10} ", CARE if entry.grade == "hazardous" else LABEL),
    ]
    mark = " ARMED" if armed else ""
    room = width - 25 - len(mark)
    # Where there is no room for the words they stand beside, under "does".
    text = clipped(entry.text, room) if room >= 24 else ""
    return [*parts, (text, ""), (mark, ARMED if armed else "")]


def before(mission: Mission, known: Known, entry: Entry, width: int) -> list[Line]:
    """What is checked before sending, each with its verdict, shown before sending."""
    ground = mission.ground
    acceptance_s, completion_s = ground.acceptance_timeout_s, ground.completion_timeout_s
    waits = f"{acceptance_s:g} s to be accepted, {completion_s:g} s to each next report"
    checks = (
        ("does", "", entry.text),
        ("phase", *_phase(mission, known, entry)),
        ("link", *_link(known)),
        ("picture", *_picture(known)),
        ("alarms", *_alarms(known)),
        ("others", *_others(known, entry)),
        ("time", "", waits),
    )
    return [line for each in checks for line in _check(*each, width)]


def steps(entry: Entry) -> str:
    """The keys that send it."""
    return _STEPS[entry.grade]


_VERDICTS: Final = {"OK": GOOD, "WAITS": CARE, "CARE": CARE, "NO": BAD, "": LABEL}


def _check(name: str, verdict: str, text: str, width: int) -> list[Line]:
    first, *rest = wrap(text, max(width - 14, 12)) or [""]
    lines: list[Line] = [[(f"{name:<8}", LABEL), (f"{verdict:<6}", _VERDICTS[verdict]), (first, "")]]
    return [*lines, *([(f"{'':<14}{more}", "")] for more in rest)]


def _phase(mission: Mission, known: Known, entry: Entry) -> tuple[str, str]:
    if entry.name == SWAP_LAW:
        return "OK", "in every phase, from the next control boundary on"
    words = effect(mission, known, entry.name)
    if known.phase is None:
        return "CARE", words
    return ("OK" if "->" in words else "NO"), words


def _link(known: Known) -> tuple[str, str]:
    return ("OK" if known.station else "WAITS"), when_up(known)


def _picture(known: Known) -> tuple[str, str]:
    if known.age_s is None:
        return "CARE", "nothing has come down yet"
    words = f"the phase was reported {span(known.age_s)} ago"
    return ("OK", words) if known.age_s <= STALE_S else ("CARE", f"{words}: it may be another by now")


def _alarms(known: Known) -> tuple[str, str]:
    waiting = counts(known.alarms)
    if not waiting:
        return "OK", "none that nobody has seen"
    words = ", ".join(f"{number} {level}" for level, number in waiting.items())
    return "CARE", f"unseen: {words}"


def _others(known: Known, entry: Entry) -> tuple[str, str]:
    """A command of the same name that is still on its way."""
    ends = {"completed", "failed", "timed_out"}
    under = [each for each in known.commands.values() if each.stage not in ends]
    same = [each for each in under if each.name == entry.name]
    if same:
        return "CARE", f"#{same[-1].number} {entry.name} is {same[-1].stage} already"
    return "OK", f"{len(under)} on their way" if under else "nothing on its way"


def sent(known: Known, word: str) -> list[Command]:
    """Telecommands, newest first, that hold `word` in what is shown of them."""
    newest = sorted(known.commands.values(), key=lambda each: -each.number)
    return [each for each in newest if word.lower() in _words(each)] if word else newest


def _words(command: Command) -> str:
    stage = command.stage.replace("_", " ")
    return f"{command.name} {stage} {command.origin} {written(command.arguments)} {command.reason}".lower()


def sent_head(width: int) -> Line:
    """Names of the columns of what was sent."""
    return [(f"{'NO':<5}{'COMMAND':<13}{'STAGES':<11}{'STATE':<11}{'SINCE':<11}{'WHAT':<12}"[:width], LABEL)]


def sent_line(mission: Mission, known: Known, command: Command, width: int, *, chosen: bool) -> Line:
    """A telecommand with the stages it reached, and what is awaited until when."""
    word, style = end(command)
    parts: Line = [
        (f"#{command.number:<4}", LABEL),
        (f"{clipped(command.name, 12):<12} ", CHOSEN if chosen else VALUE),
        *dots(command),
        (f" {word:<11}", style),
        (f"{clock(command.stages[command.stage]):<11}", LABEL),
    ]
    said = "  ".join(each for each in (awaited(mission, known, command), written(command.arguments)) if each)
    said = said or command.reason or f"by {command.origin}"
    used = sum(len(text) for text, _ in parts)
    return [*parts, (clipped(said, max(width - used, 0)), LABEL)]


def awaited(mission: Mission, known: Known, command: Command) -> str:
    """What a command waits for and for how long; "" when it has ended."""
    if command.stage == "queued":
        coming = known.next_pass
        if known.station:
            return "goes up now"
        return (
            f"goes up in {span((coming.rise_ns - known.now_ns) * 1e-9)}" if coming else "no pass is predicted"
        )
    wait = AWAITS.get(command.stage)
    if wait is None:
        return ""
    ground = mission.ground
    limit_s = ground.acceptance_timeout_s if wait == "acceptance" else ground.completion_timeout_s
    left_s = limit_s - (known.now_ns - command.stages[command.stage]) * 1e-9
    return f"{wait}: times out in {span(max(left_s, 0.0))}"


def written(arguments: dict[str, Argument]) -> str:
    """Arguments as they were sent."""
    return " ".join(f"{name}={value}" for name, value in arguments.items())


def stages(mission: Mission, known: Known, command: Command | None, width: int) -> list[Line]:
    """Every stage of one telecommand with its time, its end state, its arguments."""
    if command is None:
        return [[(clipped(LEGEND, width), LABEL)]]
    times = [(stage, command.stages.get(stage)) for _, stage in STAGES]
    line: Line = [(f"#{command.number} {command.name}  ", VALUE)]
    for stage, t_ns in times:
        if t_ns is not None or command.stage not in {"failed", "timed_out"}:
            line.append((f"{stage} ", LABEL))
            line.append(
                (f"{clock(t_ns) if t_ns is not None else NOTHING}  ", GOOD if t_ns is not None else LABEL)
            )
    word, style = end(command)
    ended: Line = [(f"{word}  ", style), (awaited(mission, known, command) or command.reason, "")]
    told = written(command.arguments) or "no arguments"
    return [line, ended, [(clipped(f"by {command.origin}, {told}", width), LABEL)]]
