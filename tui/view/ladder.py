"""The abort strip: each rung's closest approach over the next day with its dispersion, and how long it may
wait."""

from typing import TYPE_CHECKING, Final

from tui.store import Known
from tui.view.looks import BAD, CARE, GOOD, LABEL, PLAIN, VALUE
from tui.view.words import NOTHING, Line, span

if TYPE_CHECKING:
    from twin.gnc.outlook import Outlook, RungOutlook

ABOUT: Final = (
    "What each rung of the abort ladder would come to, from the newest report by linear covariance over the "
    "next 24 h. NEAREST: least distance from the target's centre as predicted; LOW: of the dispersed path at "
    "the sigmas of the mission's safety settings; WHEN it comes so near. It must stay outside the keep-out "
    "sphere, or inside it clear of the bodies. MAY WAIT: how long the command may be put off if the servicer "
    "coasts on without control from that report. In brackets: the phase takes no such command."
)
_OLD_S: Final = 60.0


def aged(outlook: "Outlook | None", known: Known) -> str:
    """How old the report is that the ladder was computed from."""
    if outlook is None or not outlook.rungs:
        return ""
    return f"from the report of {span((known.now_ns - outlook.generated_ns) * 1e-9)} ago"


def table(outlook: "Outlook | None", known: Known, problem: str = "") -> list[Line]:
    """A line for every rung under a head."""
    if outlook is None or not outlook.rungs:
        return [[(_why_none(outlook, known, problem), LABEL)]]
    head = f"{'RUNG':<13}{'NEAREST':>9}{'LOW':>9}{'WHEN':>9}  MAY WAIT"
    age_s = (known.now_ns - outlook.generated_ns) * 1e-9
    return [[(head, LABEL)], *(_row(each, age_s) for each in outlook.rungs)]


def _row(rung: "RungOutlook", age_s: float) -> Line:
    near, old = rung.closest, age_s > _OLD_S
    return [
        (f"{_name(rung):<13}", VALUE if rung.cue else LABEL),
        (f"{_metres(near.nominal_m):>9}", ""),
        (f"{_metres(near.low_m):>9}", LABEL if old else GOOD if rung.qualifies else BAD),
        (f"{span(near.at_s):>9}", LABEL),
        (f"  {_wait(rung, age_s)}", LABEL if old else _urgency(rung, age_s)),
    ]


def strip(outlook: "Outlook | None", known: Known, width: int, problem: str = "") -> Line:
    """All rungs on one line: name, dispersed closest approach, how long it may wait."""
    short = width < 100
    line: Line = [(" " if short else " ABORT ", LABEL)]
    if outlook is None or not outlook.rungs:
        return [*line, (_why_none(outlook, known, problem), LABEL)]
    age_s = (known.now_ns - outlook.generated_ns) * 1e-9
    for rung in outlook.rungs:
        name, wait = _name(rung), _wait(rung, age_s)
        if short:
            name, wait = name.replace("FREE DRIFT", "DRIFT"), wait.replace(" ", "")
        mark = "ok" if rung.qualifies else "NO"
        line += [
            (f"{name} ", VALUE if rung.cue else LABEL),
            (f"{_metres(rung.closest.low_m)} {mark}", GOOD if rung.qualifies else BAD),
            (f" {wait}" if rung.qualifies else "", _urgency(rung, age_s)),
            ("  " if short else "   ", PLAIN),
        ]
    return line


def _name(rung: "RungOutlook") -> str:
    return rung.name if rung.cue else f"({rung.name})"


def _why_none(outlook: "Outlook | None", known: Known, problem: str) -> str:
    if problem:
        return f"no outlook: {problem}"
    if outlook is not None:
        return outlook.reason
    return "no report has come down yet" if known.newest is None else "being computed"


def _metres(distance_m: float) -> str:
    return f"{distance_m:.1f} m" if distance_m < 1e4 else f"{distance_m / 1e3:.0f} km"


def _wait(rung: "RungOutlook", age_s: float) -> str:
    """From now on, not from the report."""
    from twin.guidance.ladder import LONGEST_WAIT_S  # here by now: it was made with it

    if rung.wait_s is None:
        return f"> {(LONGEST_WAIT_S - age_s) / 60.0:.0f} min" if age_s < LONGEST_WAIT_S else NOTHING
    return "too late" if rung.wait_s <= age_s else span(rung.wait_s - age_s)


def _urgency(rung: "RungOutlook", age_s: float) -> str:
    if rung.wait_s is None:
        return LABEL
    left_s = rung.wait_s - age_s
    return BAD if left_s < 60.0 else CARE if left_s < 600.0 else ""
