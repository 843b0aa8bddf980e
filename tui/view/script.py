"""The mission's script as it stands: every step, what it waits for, and every requirement with its margin."""

from collections.abc import Mapping
from functools import cache
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from tui.store import Known
from tui.view.looks import BAD, CARE, CHOSEN, GOOD, LABEL, PLAIN, VALUE
from tui.view.words import NOTHING, Line, clipped, clock
from twin.mission.expressions import Expression, parse
from twin.mission.quantities import DECIDING
from twin.mission.script import Mission, Requirement, Step

if TYPE_CHECKING:  # it brings what judges
    from twin.mission.verdict import RequirementResult, Verdict

STEPS: Final = (
    "The steps of the mission's own timeline, in order; each is armed when the one before is over. HOLDS: "
    "whether its condition holds now, of what the ground knows: yes, no, or ? while something is not known."
)
REQUIREMENTS: Final = (
    "What must hold of the flight, judged over all samples so far. MARGIN is the room to the limit at the "
    "worst moment: negative is beyond it. 'not yet': its moment has not come; a requirement that never has "
    "one is vacuous, and that is not a pass. Judged on truth: hidden where the mission hides truth."
)
_SIGNS: Final = {"pass": ("ok", GOOD), "fail": ("FAIL", BAD), "vacuous": ("not yet", LABEL)}


def steps(mission: Mission, known: Known, width: int) -> list[Line]:
    """Every step with its state."""
    if not mission.timeline:
        return [[("No steps: every decision is yours.", LABEL)]]
    values = {**known.values(), "script.t_s": known.now_ns * 1e-9}
    armed = next((step for step in mission.timeline if step.name not in known.steps), None)
    head = f"{'':2}{'STEP':<20}{'STATE':<11}{'AT':<12}{'HOLDS':<6}WHAT IT DOES, AND WHEN"
    return [[(head, LABEL)], *(_step(each, known, values, armed is each, width) for each in mission.timeline)]


def _step(step: Step, known: Known, values: Mapping[str, object], armed: bool, width: int) -> Line:
    taken = known.steps.get(step.name)
    word, style = _state(taken.outcome if taken else "", armed=armed)
    at = clock(taken.t_ns) if taken else f">{clock(round(step.at_s * 1e9))}" if step.at_s else NOTHING
    holds, care = ("", LABEL) if taken else holding(step.when, values)
    line: Line = [
        ("> " if armed else "  ", VALUE),
        (f"{clipped(step.name, 19):<20}", VALUE if armed else PLAIN),
        (f"{word:<11}", style),
        (f"{at:<12}", LABEL),
        (f"{holds:<6}", care),
    ]
    used = sum(len(text) for text, _ in line)
    return [*line, (clipped(f"{step.doing} when {step.when}", max(width - used, 4)), LABEL)]


def _state(outcome: str, *, armed: bool) -> tuple[str, str]:
    if outcome == "done":
        return "done", GOOD
    if outcome:
        return "timed out", BAD
    return ("armed", CARE) if armed else ("waits", LABEL)


def holding(when: str, values: Mapping[str, object]) -> tuple[str, str]:
    """Whether a condition holds, three-valued; one that looks at what only the ground service keeps is ?."""
    yes, no = _condition(when).claim.truth(values)
    return ("yes", GOOD) if bool(yes) else ("no", LABEL) if bool(no) else ("?", LABEL)


@cache
def _condition(when: str) -> Expression:
    return parse(when, DECIDING)


def ordered(mission: Mission, verdict: "Verdict | None", *, over: bool) -> list[Requirement]:
    """The requirements, those that fail first."""
    failed = {each.name for each in verdict.results if each.outcome == "fail"} if verdict else set()
    return sorted(
        mission.requirements, key=lambda each: each.name not in failed or (not over and may_come(each))
    )


def requirements(
    shown: list[Requirement], verdict: "Verdict | None", width: int, *, over: bool, chosen: int | None = None
) -> list[Line]:
    """How each stands, under a head; until the run is `over`, what may yet come has not failed."""
    if not shown:
        return [[("No requirements: nothing is judged.", LABEL)]]
    results = {each.name: each for each in verdict.results} if verdict else {}
    head = f"{'REQUIREMENT':<20}{'STANDS':<9}{'MARGIN':>18}  {'WORST AT':<11}WHAT MUST HOLD"
    lines = [_requirement(each, results.get(each.name), width, over) for each in shown]
    if chosen is not None and chosen < len(lines):
        lines[chosen][0] = (lines[chosen][0][0], CHOSEN)
    return [[(head, LABEL)], *lines]


def asked(wanted: Requirement | None, width: int) -> list[Line]:
    """One requirement in full: its words, and what it is reckoned from."""
    if wanted is None:
        return []
    when = "" if wanted.when == "true" else f" when {wanted.when}"
    reckoned = f"{wanted.kind.replace('_', ' ')}: {wanted.says}{when}"
    lines: list[Line] = [[(each, PLAIN)] for each in wrap(wanted.text, max(width, 12))]
    return [*lines, *([(each, LABEL)] for each in wrap(reckoned, max(width, 12)))]


def may_come(asked: Requirement) -> bool:
    """Whether a requirement that is not met so far may still be."""
    return asked.kind in {"eventually", "until", "at_end"} or asked.at_least is not None


def _requirement(asked: Requirement, result: "RequirementResult | None", width: int, over: bool) -> Line:
    word, style = _SIGNS[_outcome(asked, result, over)] if result else (NOTHING, LABEL)
    worst = clock(result.worst_t_ns) if result and result.worst_t_ns is not None else NOTHING
    line: Line = [
        (f"{clipped(asked.name, 19):<20}", VALUE if word == "FAIL" else PLAIN),
        (f"{word:<9}", style),
        (f"{_margin(result):>18}", style if word == "FAIL" else PLAIN),
        (f"  {worst:<11}", LABEL),
    ]
    used = sum(len(text) for text, _ in line)
    return [*line, (clipped(asked.text, max(width - used, 4)), LABEL)]


def _outcome(asked: Requirement, result: "RequirementResult", over: bool) -> str:
    open_yet = result.outcome == "fail" and not over and may_come(asked)
    return "vacuous" if open_yet else result.outcome


def _margin(result: "RequirementResult | None") -> str:
    if result is None or result.margin is None:
        return NOTHING
    return f"{result.margin:+.4g} {result.unit}".rstrip()


def standing(mission: Mission, verdict: "Verdict | None", *, over: bool) -> str:
    """How many stand how, for a title."""
    if verdict is None:
        return ""
    asked = {each.name: each for each in mission.requirements}
    words = [_outcome(asked[each.name], each, over) for each in verdict.results if each.name in asked]
    return f"{words.count('pass')} ok, {words.count('fail')} failed, {words.count('vacuous')} not yet"


def since(since_ns: int) -> str:
    """From when on is judged, where that is not the beginning."""
    return f"; judged from {clock(since_ns)} on" if since_ns else ""
