"""The line at the top of every screen: which mission, how it runs, what time it is, who hears it."""

from typing import NamedTuple

from tui.store import Known
from tui.view.alarms import summary
from tui.view.looks import BAD, CARE, CHOSEN, GOOD, LABEL, VALUE
from tui.view.words import Line, clipped, clock, fine_clock, rate, span
from twin.contracts.steering import Status
from twin.dynamics.epochs import Epoch, utc_text


def mode_word(mode: str, status: Status | None, known: Known, problem: str) -> tuple[str, str]:
    """LIVE, PAUSED, OVER, LOST or REPLAY, and its style."""
    if mode == "replay":
        return ("REPLAY PAUSED" if status and status.paused else "REPLAY"), CARE
    if known.ended:
        return "OVER", "bold"
    if problem:
        return "LOST", BAD
    if status and status.paused:
        return "PAUSED", CARE
    return "LIVE", GOOD


class Heading(NamedTuple):
    """Which mission, from when, and how it is shown (a word and its style)."""

    name: str
    epoch: Epoch
    mode: tuple[str, str]


def banner(heading: Heading, known: Known, status: Status | None, width: int) -> Line:
    """One line; what is least wanted is left out first when it is narrow."""
    position_ns = status.position_ns if status and not known.ended else known.now_ns
    shown = fine_clock(position_ns) if status and status.paused else clock(position_ns)
    short = width < 100
    line: Line = [
        (" TWIN ", CHOSEN),
        (f" {clipped(heading.name, 12 if short else 24)}  ", VALUE),
        heading.mode,
    ]
    if status and not known.ended:
        line.append((f" {_pace(status)}", ""))
    line += [("  ", ""), (shown, VALUE)]
    if not short:
        line.append((f"  {utc_text(heading.epoch, position_ns)[:19].replace('T', ' ')} UTC", ""))
    line += [("  ", ""), *_pass(known, short=short)]
    line += [("  ", ""), *summary(known.alarms)]
    age_s = known.age_s
    aged = "no telemetry yet" if age_s is None else f"TM {span(age_s)}{'' if short else ' old'}"
    line += [("  ", ""), (aged, LABEL if age_s is not None and age_s < 30 else CARE)]
    return line


def _pace(status: Status) -> str:
    wanted = rate(status.wanted_rate)
    if status.paused or status.achieved_rate is None:
        return wanted
    slow = status.wanted_rate is None or status.achieved_rate < 0.9 * status.wanted_rate
    return f"{wanted} ({rate(status.achieved_rate)})" if slow else wanted


def _pass(known: Known, *, short: bool) -> Line:
    contact = known.contact
    if contact is not None:
        left_s = (contact.set_ns - known.now_ns) * 1e-9
        return [
            (
                f"AOS {'' if short else contact.station + ' '}{span(left_s)}{'' if short else ' left'}",
                GOOD,
            )
        ]
    coming = known.next_pass
    if coming is None:
        return [("LOS, no pass known", CARE)]
    wait_s = (coming.rise_ns - known.now_ns) * 1e-9
    return [("LOS" if short else f"LOS, {coming.station} in {span(wait_s)}", CARE)]
