"""Phases, gates and passes: where the mission stands, what a command would do, when the link is up."""

from typing import Final

from tui.store import Known
from tui.view.looks import CARE, CHOSEN, GOOD, LABEL, VALUE
from tui.view.words import NOTHING, Line, clipped, clock, span
from twin.guidance.phases import Cue, Phase
from twin.mission.script import Mission

COMMANDS: Final[tuple[Cue, ...]] = ("go", "hold", "retreat", "abort", "free_drift")
_STRIP_S: Final = 3 * 3600
_PER_S: Final = 1e-9


def phase_of(mission: Mission, known: Known) -> Phase | None:
    """The row of the phase table that was last reported."""
    return next((each for each in mission.guidance.phases if each.name == known.phase), None)


def effect(mission: Mission, known: Known, command: str) -> str:
    """What a command does in the phase last reported, in words."""
    phase = phase_of(mission, known)
    if phase is None:
        return "no phase is known yet: nothing has come down"
    leads = next((name for cue, name in phase.on.items() if cue == command), None)
    return f"{phase.name} -> {leads}" if leads else f"no effect in phase {phase.name}"


def when_up(known: Known) -> str:
    """When a command that is sent now leaves the ground."""
    if known.station is not None:
        return f"goes up through {known.station} now"
    coming = known.next_pass
    if coming is None:
        return "queued: no pass is predicted"
    return f"queued until {coming.station} rises at {clock(coming.rise_ns)}"


def panel(mission: Mission, known: Known, width: int) -> list[Line]:
    """Four lines: phases, gate, passes in words, passes as a strip."""
    return [
        _phases(mission, known, width),
        _gate(mission, known),
        _steps(mission, known, width),
        _strip(known, width),
    ]


def _phases(mission: Mission, known: Known, width: int) -> Line:
    stays = known.stays
    if not stays:
        return [("PHASE  ", LABEL), (f"{mission.guidance.start_phase}, not yet reported", LABEL)]
    room = max((width - 40) // 24, 0)
    line: Line = [("PHASE  ", LABEL)]
    past = stays[:-1]
    if len(past) > room:
        line.append((f"{len(past) - room} before > ", LABEL))
        past = past[len(past) - room :]
    for name, t_ns in past:
        line.append((f"{name} {clock(t_ns)} > ", LABEL))
    name, t_ns = stays[-1]
    since_s = (known.now_ns - t_ns) * _PER_S
    line += [(f" {name} ", CHOSEN), (f" since {clock(t_ns)}, {span(since_s)}", "")]
    return line


def _gate(mission: Mission, known: Known) -> Line:
    phase = phase_of(mission, known)
    line: Line = [("GATE   ", LABEL)]
    if phase is None:
        return [*line, (NOTHING, LABEL)]
    if "go" in phase.on:
        line += [("waits for GO ", CARE), (f"to {phase.on['go']}  (g)", VALUE)]
    elif "arrived" in phase.on:
        line += [("flies on by itself ", ""), (f"to {phase.on['arrived']} on arrival", VALUE)]
    else:
        line.append(("the end of the table" if phase.terminal else "no GO here", ""))
    if phase.timeout_s and "timeout" in phase.on:
        line.append((f"; after {span(phase.timeout_s)} to {phase.on['timeout']}", LABEL))
    return line


def _steps(mission: Mission, known: Known, width: int) -> Line:
    pending = [step for step in mission.timeline if step.name not in known.steps]
    line: Line = [("SCRIPT ", LABEL)]
    if not mission.timeline:
        return [*line, ("no steps: every decision is yours", "")]
    if not pending:
        return [*line, ("every step is taken", "")]
    step = pending[0]
    words = f"next {step.name}: {step.doing} at {clock(round(step.at_s * 1e9))} or later, when {step.when}"
    return [*line, (clipped(words, width - 8), "")]


def _strip(known: Known, width: int) -> Line:
    """The next three hours as a bar: = while a station hears the servicer."""
    cells = max(width - 18, 10)
    bar = ["-"] * cells
    for each in known.passes.values():
        first = (each.rise_ns - known.now_ns) * _PER_S / _STRIP_S * cells
        last = (each.set_ns - known.now_ns) * _PER_S / _STRIP_S * cells
        for k in range(max(int(first), 0), min(int(last) + 1, cells)):
            bar[k] = "="
    line: Line = [("PASSES ", LABEL), ("now|", LABEL)]
    text, style = "", ""
    for cell in bar:
        wanted = GOOD if cell == "=" else LABEL
        if wanted != style and text:
            line.append((text, style))
            text = ""
        text, style = text + cell, wanted
    return [*line, (text, style), ("| +3 h", LABEL)]
