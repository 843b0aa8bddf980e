"""The abort strip: each rung's closest approach over the next day with its dispersion, and how long it may
wait."""

from typing import Final

from tui.store import Known
from tui.view.looks import BAD, CARE, GOOD, LABEL, VALUE
from tui.view.words import Line, span
from twin.gnc.outlook import Outlook, RungOutlook
from twin.guidance.ladder import LONGEST_WAIT_S

ABOUT: Final = (
    "What each rung of the abort ladder would come to, from the newest report by linear covariance over the "
    "next 24 h. NEAREST: least distance from the target's centre as predicted; LOW: of the dispersed path at "
    "the sigmas of the mission's safety settings; WHEN it comes so near. It must stay outside the keep-out "
    "sphere, or inside it clear of the bodies. MAY WAIT: how long the command may be put off if the servicer "
    "coasts on without control from that report. In brackets: the phase takes no such command."
)
_OLD_S: Final = 60.0


def aged(outlook: Outlook | None, known: Known) -> str:
    """How old the report is that the ladder was computed from."""
    if outlook is None or not outlook.rungs:
        return ""
    return f"from the report of {span((known.now_ns - outlook.generated_ns) * 1e-9)} ago"


def table(outlook: Outlook | None, known: Known, problem: str = "") -> list[Line]:
    """A line for every rung under a head."""
    if outlook is None or not outlook.rungs:
        return [[(_why_none(outlook, known, problem), LABEL)]]
    old = (known.now_ns - outlook.generated_ns) * 1e-9 > _OLD_S
    head = f"{'RUNG':<13}{'NEAREST':>9}{'LOW':>9}{'WHEN':>9}  MAY WAIT"
    return [[(head, LABEL)], *(_row(each, old=old) for each in outlook.rungs)]


def _row(rung: RungOutlook, *, old: bool) -> Line:
    near = rung.closest
    return [
        (f"{_name(rung):<13}", VALUE if rung.cue else LABEL),
        (f"{_metres(near.nominal_m):>9}", ""),
        (f"{_metres(near.low_m):>9}", LABEL if old else GOOD if rung.qualifies else BAD),
        (f"{span(near.at_s):>9}", LABEL),
        (f"  {_wait(rung)}", LABEL if old else _urgency(rung)),
    ]


def strip(outlook: Outlook | None, known: Known, problem: str = "") -> Line:
    """All rungs on one line: name, dispersed closest approach, how long it may wait."""
    line: Line = [(" ABORT ", LABEL)]
    if outlook is None or not outlook.rungs:
        return [*line, (_why_none(outlook, known, problem), LABEL)]
    for rung in outlook.rungs:
        style = GOOD if rung.qualifies else BAD
        mark = "ok" if rung.qualifies else "NO"
        line += [
            (f"{_name(rung)} ", VALUE if rung.cue else LABEL),
            (f"{_metres(rung.closest.low_m)} {mark}", style),
            (f" {_wait(rung)}   " if rung.qualifies else "   ", _urgency(rung)),
        ]
    return line


def _name(rung: RungOutlook) -> str:
    return rung.name if rung.cue else f"({rung.name})"


def _why_none(outlook: Outlook | None, known: Known, problem: str) -> str:
    if problem:
        return f"no outlook: {problem}"
    if outlook is not None:
        return outlook.reason
    return "no report has come down yet" if known.newest is None else "being computed"


def _metres(distance_m: float) -> str:
    return f"{distance_m:.1f} m" if distance_m < 1e4 else f"{distance_m / 1e3:.0f} km"


def _wait(rung: RungOutlook) -> str:
    if rung.wait_s is None:
        return f"> {LONGEST_WAIT_S / 60.0:.0f} min"
    return "too late" if rung.wait_s <= 0.0 else span(rung.wait_s)


def _urgency(rung: RungOutlook) -> str:
    if rung.wait_s is None:
        return LABEL
    return BAD if rung.wait_s < 60.0 else CARE if rung.wait_s < 600.0 else ""
