"""The run itself: who holds time, how fast it goes, what was lost on the way to this screen."""

from collections import Counter
from typing import Final

from tui.store import Known
from tui.view.looks import BAD, CARE, GOOD, LABEL, PLAIN, REPORTED, VALUE
from tui.view.words import NOTHING, Line, clipped, fine_clock, rate
from twin.contracts.steering import ServicesGiven, Status

_BAR: Final = 24


def pace(status: Status | None, known: Known, *, received: int, lost: int, recording: bool) -> list[Line]:
    """Time, rates, rounds and events."""
    if status is None:
        return [[("The run has not answered yet.", LABEL)]]
    achieved = NOTHING if status.achieved_rate is None else rate(status.achieved_rate)
    lines: list[Line] = [
        _fact("simulated time", fine_clock(status.position_ns), "paused" if status.paused else "running"),
        _fact("last round at", fine_clock(status.now_ns), "highest time granted so far"),
        _fact(
            "ends at latest", fine_clock(status.end_ns), "the mission's own limit" if not recording else ""
        ),
        _fact("rate wanted", rate(status.wanted_rate), "simulated seconds a wall second"),
        _fact("rate achieved", achieved, "since the pace was last changed"),
        _fact("events", f"{status.events}", "in the recording" if recording else "published so far"),
    ]
    if not recording:
        lines.append(_fact("rounds", f"{status.rounds}", "grants answered by all who were due"))
        lines.append(_fact("this screen", f"{received}", f"events seen here, {lost} lost on the way"))
    return lines


def running(status: Status | None, known: Known, lost: int, restarts: Counter[str]) -> Line:
    """The services on one line: who is ready, who holds time, how fast it goes."""
    line: Line = [(" SERVICES ", LABEL)]
    if status is None:
        return [*line, ("no answer yet", LABEL)]
    gone = _lost(known)
    for name in status.waits:
        word, style = _state(name, status, known, gone)
        line += [(f"{name} ", VALUE), (f"{word}{_again(restarts[name])}   ", style)]
    if not status.waits:
        line.append(("a recording: none runs   ", LABEL))
    line += [("rate ", LABEL), (rate(status.wanted_rate), VALUE)]
    if status.achieved_rate is not None:
        line.append((f" achieved {rate(status.achieved_rate)}", LABEL))
    return [*line, (f"   {lost} events lost on the way here", CARE)] if lost else line


def services(
    status: Status | None,
    known: Known,
    health: tuple[ServicesGiven, ...],
    width: int,
    restarts: Counter[str],
) -> list[Line]:
    """Who holds time now and whom it was waited for, and what each process uses."""
    if status is None or not status.waits:
        return [[("A recording does not say who held time.", LABEL)]]
    total_s = sum(status.waits.values()) or 1.0
    head = (
        f"{'SERVICE':<11}{'STATE':<14}{'WAITED':>9}{'SHARE':>7}{'CPU':>7}{'MEMORY':>9}{'SAID':>9}{'A SEC':>7}"
    )
    room = min(width - len(head) - 2, _BAR)
    lines: list[Line] = [[(head, LABEL)]]
    lost = _lost(known)
    for name, wait_s in status.waits.items():
        word, style = _state(name, status, known, lost)
        share = wait_s / total_s
        line: Line = [
            (f"{name:<11}", VALUE),
            (f"{word + _again(restarts[name]):<14}", CARE if restarts[name] else style),
            (f"{wait_s:>7.1f} s", PLAIN),
            (f"{share:>7.0%}", PLAIN),
            (_used(name, health), PLAIN),
        ]
        lines.append([*line, (f"  {'#' * round(share * room)}", REPORTED)] if room >= 8 else line)
    return lines


def _again(times: int) -> str:
    """How often a service has come back."""
    return f" +{times}" if times else ""


def _used(name: str, health: tuple[ServicesGiven, ...]) -> str:
    """CPU share and messages a second between the last two answers, memory and messages of the last."""
    newest = health[-1].services.get(name) if health else None
    if newest is None:
        return f"{NOTHING:>7}{NOTHING:>9}{NOTHING:>9}{NOTHING:>7}"
    cpu = per_s = NOTHING
    before = health[0].services.get(name) if len(health) > 1 else None
    passed_s = health[-1].wall_s - health[0].wall_s
    if before is not None and passed_s > 0.0:
        cpu = f"{(newest.cpu_s - before.cpu_s) / passed_s:.0%}"
        per_s = f"{(newest.messages - before.messages) / passed_s:.0f}"
    if not newest.pid:
        return f"{'foreign':>7}{NOTHING:>9}{newest.messages:>9}{per_s:>7}"
    return f"{cpu:>7}{newest.memory_bytes / 2**20:>5.0f} MiB{newest.messages:>9}{per_s:>7}"


def logs(health: tuple[ServicesGiven, ...], width: int) -> list[Line]:
    """The last lines that each service wrote."""
    if not health:
        return [[("No answer about the services yet.", LABEL)]]
    said = [(name, line) for name, each in health[-1].services.items() for line in each.log]
    if not said:
        return [[("No service has written anything: that is how it should be.", LABEL)]]
    return [[(f"{name:<11}", LABEL), (clipped(line, max(width - 11, 4)), PLAIN)] for name, line in said]


def _lost(known: Known) -> str:
    """What was said when a service was lost; "" while all are there."""
    return next((each.text for each in known.log if each.severity == "critical" and "lost" in each.text), "")


def _state(name: str, status: Status, known: Known, lost: str) -> tuple[str, str]:
    if f"service {name} lost" in lost:
        return "LOST", BAD
    if known.ended:
        return "ended", LABEL
    if name in status.waiting_for:
        return "holds time", CARE
    return "ready", GOOD


def _fact(name: str, value: str, note: str) -> Line:
    return [(f"{name:<16}", LABEL), (f"{value:>16}", VALUE), (f"  {note}", LABEL)]
