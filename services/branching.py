"""`twin branch`: a recorded run flown on from a moment with something else done, beside its parent."""

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from services import report as show
from services.choosing import Choice, swaps, value_of
from services.comparing import facts as comparison_facts
from services.comparing import print_comparison
from services.exit_codes import FAILED, PASSED
from services.outcome import Outcome, end_facts
from services.recording.branching import Change, Ended, branch, require_branchable
from services.recording.comparison import Tolerances, compare_recordings
from services.recording.read import Recording
from services.recording.write import Recorder
from services.run import RunReport, participants, run_facts
from twin.contracts.envelope import Event
from twin.contracts.faults import FAULT_KINDS
from twin.errors import UsageError
from twin.mission.fault_checks import refuse_unfit_fault
from twin.mission.script import Fault, Mission
from twin.mission.verdict import Assessor


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done otherwise, as it was written."""

    at_ns: int
    until_ns: int | None = None
    seed: int | None = None
    choice: Choice = Choice()
    faults: tuple[str, ...] = ()


def branch_off(path: Path, asked: Asked, record: Path | None, *, as_json: bool) -> int:
    """Fly the branch, judge it, compare it with its parent; exit code by the branch's verdict."""
    parent = Recording(path)
    mission = require_branchable(parent, asked.at_ns)
    change = _change(mission, asked)
    report = _flown(parent, change, record or _free_name(path))
    assert report.recording is not None
    found = compare_recordings(parent, Recording(report.recording), Tolerances(), asked.at_ns)
    if as_json:
        show.print_json({**show.run_facts(report), "parent": str(path), "compared": comparison_facts(found)})
    else:
        show.print_run(report)
        print(f"\nagainst its parent {path}:")
        print_comparison(found)
    return PASSED if report.word == "pass" else FAILED


def fault_of(text: str, number: int, at_ns: int) -> Fault:
    """A fault from `KIND key=value …`; UsageError for how it is written, MissionError for what it says."""
    kind, *words = text.split()
    given: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise UsageError(f"--fault: {word!r} is not KEY=VALUE; write --fault 'KIND KEY=VALUE …'")
        given[key] = value_of(value)
    own = {key: given.pop(key) for key in ("for_s",) if key in given}
    plain = {"name": _fault_name(number), "kind": kind, "at_s": at_ns / 1e9, "arguments": given, **own}
    try:
        return msgspec.convert(plain, Fault)
    except msgspec.ValidationError as error:
        raise UsageError(f"--fault {text}: {error}") from None


def _change(mission: Mission, asked: Asked) -> Change:
    if asked.until_ns is not None and asked.until_ns <= asked.at_ns:
        raise UsageError("--until must be after --at: up to there the branch is its parent")
    texts = [text for text in asked.faults if text.strip()]
    numbers = _free_numbers(mission)
    faults = tuple(fault_of(text, number, asked.at_ns) for text, number in zip(texts, numbers, strict=False))
    for fault in faults:
        refuse_unfit_fault(fault, mission, "--fault")
        if FAULT_KINDS[fault.kind].concerns == "processes":
            raise UsageError(
                f"--fault {fault.kind}: a branch is flown in one process: no service of it can die alone"
            )
    change = Change(
        at_ns=asked.at_ns,
        until_ns=asked.until_ns,
        seed=asked.seed,
        swaps=swaps(mission, asked.choice),
        faults=faults,
    )
    if change.seed is None and not change.swaps and not change.faults:
        raise UsageError("nothing to be done otherwise: give --law, --seed or --fault")
    return change


def _free_numbers(mission: Mission) -> Iterator[int]:
    """Of faults that the parent, a branch itself, has not got already."""
    taken = {each.name for each in mission.faults}
    return (number for number in count(1) if _fault_name(number) not in taken)


def _fault_name(number: int) -> str:
    return f"branch-{number}"


def _flown(parent: Recording, change: Change, place: Path) -> RunReport:
    run, mission = parent.require_sound()
    mission = change.of(mission)
    assessor = Assessor(mission)
    recorder = Recorder(place, mission, run_facts(mission))

    def enter(event: Event, raw: bytes) -> None:
        recorder.round(((event, raw),))
        assessor.take(event)

    begun_s = time.perf_counter()
    try:
        ended = branch(parent, change, participants(run.participants), enter)
        outcome = _outcome(ended, time.perf_counter() - begun_s)
        report = RunReport(
            mission=mission, outcome=outcome, verdict=assessor.finish(ended.t_ns), recording=place
        )
        recorder.finish(end_facts(outcome, report.word))
    except BaseException:
        recorder.discard()
        raise
    return report


def _outcome(ended: Ended, wall_s: float) -> Outcome:
    return Outcome(
        end_t_ns=ended.t_ns,
        cause=ended.cause,
        text="",
        digest=ended.digest,
        digests_by_source=ended.digests_by_source,
        waits={},
        rounds=ended.rounds,
        events=ended.events,
        wall_s=wall_s,
    )


def _free_name(parent: Path) -> Path:
    """<parent>-branch.mcap beside the parent, numbered if that exists."""
    path, number = parent.with_name(f"{parent.stem}-branch.mcap"), 1
    while path.exists():
        number += 1
        path = parent.with_name(f"{parent.stem}-branch-{number}.mcap")
    return path
