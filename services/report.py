"""What a person or a program reads after a command: tables, one JSON object, times and sizes in words."""

import re
from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table

from services.recording.read import Recording
from services.run import RunReport
from services.words import margin_text, mission_time
from twin.errors import UsageError
from twin.mission.describe import Listing
from twin.mission.verdict import RequirementResult

_WIDTH = 110
_STYLES = {"pass": "green", "fail": "bold red", "vacuous": "yellow", "none": "bold red"}


def moment_ns(text: str) -> int:
    """A mission time as `mission_time` writes it, or as seconds; UsageError for anything else."""
    clock = re.fullmatch(r"(?:T\+)?(\d+):([0-5]\d):([0-5]\d(?:\.\d+)?)", text)
    if clock:
        hours, minutes, seconds = clock.groups()
        return (int(hours) * 60 + int(minutes)) * 60 * 10**9 + round(float(seconds) * 1e9)
    try:
        seconds_s = float(text)
        if not 0.0 <= seconds_s < 1e9:
            raise ValueError
    except ValueError:
        raise UsageError(f"{text!r} is no mission time: give seconds (2905.5) or T+00:48:25.500") from None
    return round(seconds_s * 1e9)


def print_json(facts: dict[str, Any]) -> None:
    """One object on standard output."""
    print(msgspec.json.encode(facts).decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, width: int = _WIDTH) -> None:
    """A plain table on standard output; a column named with a trailing `>` is right-aligned.

    `width` holds where standard output is no terminal.
    """
    table = Table(box=box.SIMPLE, pad_edge=False)
    for name in columns:
        right = name.endswith(">")
        table.add_column(name.rstrip(">"), justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console(width).print(table)


def print_listings(listings: Iterable[Listing]) -> None:
    """Titled tables, one after the other."""
    for listing in listings:
        console().print(listing.title)
        print_table(listing.columns, listing.rows)


def console(width: int = _WIDTH) -> Console:
    """Standard output; where it is no terminal, wide enough that nothing wraps early."""
    on_screen = Console(markup=False, highlight=False)
    return on_screen if on_screen.is_terminal else Console(markup=False, highlight=False, width=width)


def run_facts(report: RunReport) -> dict[str, Any]:
    """The object `twin run --json` prints."""
    outcome = report.outcome
    return {
        "mission": report.mission.name,
        "seed": report.mission.seed,
        "digest": outcome.digest,
        "verdict": report.word,
        "requirements": [_requirement(each) for each in report.verdict.results] if report.verdict else [],
        "end_s": report.end_s,
        "cause": outcome.cause,
        "text": outcome.text,
        "participant": outcome.participant,
        "recording": str(report.recording) if report.recording else None,
        "events": outcome.events,
        "wall_s": outcome.wall_s,
        "refusals": msgspec.to_builtins(report.refusals),
    }


def print_run(report: RunReport) -> None:
    """Verdict table, then digest, times and speed."""
    out = console()
    if report.verdict:
        out.print(_verdict_table(report.verdict.results))
    out.print(f"verdict    {report.word.upper()}", style=_STYLES[report.word])
    ending = f"{report.outcome.cause} at {mission_time(report.outcome.end_t_ns)}"
    out.print(f"ended      {ending}{f': {report.outcome.text}' if report.outcome.text else ''}")
    out.print(
        f"simulated  {report.end_s:.1f} s in {report.outcome.wall_s:.1f} s, {report.speed:.0f} x real time"
    )
    for each in report.outcome.restarts:
        out.print(
            f"recovered  {each.participant} at {mission_time(each.t_ns)}, {each.wall_s:.1f} s: {each.cause}"
        )
    for plane, refused in report.refusals.items():
        frames = f"{refused.frames} frames, {refused.unread} of them unread"
        out.print(f"refused    at the {plane} plane: {frames}, {refused.connections} connections")
    out.print(f"digest     {report.outcome.digest}  seed {report.mission.seed}")
    if report.recording:
        out.print(f"recording  {report.recording}", soft_wrap=True)


def _verdict_table(results: Sequence[RequirementResult]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("requirement")
    table.add_column("outcome")
    table.add_column("margin", justify="right")
    table.add_column("worst moment")
    table.add_column("what must hold", overflow="fold")
    for each in results:
        worst = "-" if each.worst_t_ns is None else mission_time(each.worst_t_ns)
        table.add_row(
            each.name, each.outcome, margin_text(each), worst, each.text, style=_STYLES[each.outcome]
        )
    return table


def _requirement(result: RequirementResult) -> dict[str, Any]:
    finite = result.margin is not None and isfinite(result.margin)
    return {
        "name": result.name,
        "text": result.text,
        "kind": result.kind,
        "outcome": result.outcome,
        "margin": result.margin if finite else None,
        "unit": result.unit,
        "worst_s": None if result.worst_t_ns is None else result.worst_t_ns / 1e9,
        "samples": result.samples,
    }


def recording_facts(recording: Recording) -> dict[str, Any]:
    """The object `twin info --json` prints."""
    return {
        "recording": str(recording.path),
        "condition": recording.condition,
        "problem": recording.problem,
        "bytes": recording.size,
        "events": recording.saved,
        "until_s": recording.until_ns / 1e9,
        "unverified_events": recording.loose,
        "topics": dict(sorted(recording.counts.items())),
        "run": msgspec.to_builtins(recording.run),
        "end": msgspec.to_builtins(recording.end),
    }


def print_recording(recording: Recording) -> None:
    """What was saved, until when, of which kinds, and whether it is whole."""
    out = console()
    rows = [("recording", str(recording.path)), ("condition", _condition(recording))]
    if recording.run:
        run = recording.run
        rows += [("mission", f"{run.mission}, seed {run.seed}"), ("epoch", run.epoch_utc)]
        rows += [("foreign", ", ".join(run.foreign))] if run.foreign else []
        rows += [("numbers", run.fingerprint)]
    rows += [
        (
            "saved",
            f"{recording.saved} events until {mission_time(recording.until_ns)}, {recording.size} bytes",
        )
    ]
    if recording.end:
        end = recording.end
        rows += [("ended", f"{end.cause} at {mission_time(end.end_ns)}{f': {end.text}' if end.text else ''}")]
        rows += [("verdict", end.verdict or "none"), ("digest", end.digest)]
    for name, text in rows:
        out.print(f"{name:<10} {text}", soft_wrap=True)
    if recording.counts:
        print_table(("topic", "events>"), [(k, str(n)) for k, n in sorted(recording.counts.items())])


def _condition(recording: Recording) -> str:
    match recording.condition:
        case "complete":
            return "complete: every checksum agrees"
        case "live":
            return "live: a run is writing it now"
        case "cut":
            loose = (
                f"; the last {recording.loose} events are not covered by a checksum"
                if recording.loose
                else ""
            )
            return f"cut, what was saved is sound: {recording.problem}{loose}"
        case "corrupt":
            return f"corrupt: {recording.problem}"
