"""What each command of `twin` does; returns exit codes, raises the product's errors for the rest."""

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import msgspec

from services import report as show
from services import resuming
from services.choosing import Choice, chosen
from services.desk import PLANES_AT
from services.exit_codes import BAD_INPUT, FAILED, INTERRUPTED, PASSED, SERVICE_FAILED
from services.junit import write_junit
from services.laws import laws
from services.library import find, load_mission, names
from services.progress import Progress
from services.recording.narration import told
from services.recording.read import Recording
from services.run import Options, RunReport, fly, participants
from services.source import source_hash
from services.words import mission_time
from twin.errors import MissionError, RecordingError, UsageError
from twin.mission.cautions import cautions
from twin.mission.describe import Listing, mission_listings, quantity_listing
from twin.mission.quantities import QUANTITIES
from twin.mission.script import Mission

RECORDINGS: Final = Path("recordings")


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How a run meets people: planes opened for them, decisions left to them, what is printed."""

    open_planes: bool = False
    by_hand: bool = False
    quiet: bool = False
    as_json: bool = False
    junit: Path | None = None
    choice: Choice = Choice()


def run(name: str, seed: int | None, options: Options, manner: Manner) -> int:
    """Fly, judge, say where the recording is."""
    mission = load_mission(name, laws())
    if seed is not None:
        mission = msgspec.structs.replace(mission, seed=seed)
    mission = chosen(mission, manner.choice)
    _caution(mission)
    if manner.by_hand:
        mission = by_hand(mission)
    with _planes(options, manner) as reached, _place(mission, options.record) as path:
        try:
            report = _flown(mission, msgspec.structs.replace(reached, record=path), manner.quiet)
        except RecordingError as error:
            print(f"twin: {error}", file=sys.stderr)
            return SERVICE_FAILED
    if manner.junit is not None:
        write_junit(manner.junit, (report,))
    if manner.as_json:
        show.print_json(show.run_facts(report))
    else:
        show.print_run(report)
    return _exit_code(report)


def resume(path: Path, own: Options, *, quiet: bool, as_json: bool) -> int:
    """Take up a run whose conductor died."""
    report = resuming.resume(path, own, quiet=quiet)
    if as_json:
        show.print_json(show.run_facts(report))
    else:
        show.print_run(report)
    return _exit_code(report)


def _caution(mission: Mission) -> None:
    """What the mission can be flown with though its user should know, on standard error."""
    for line in cautions(mission):
        print(f"twin: warning: {line}", file=sys.stderr)


def by_hand(mission: Mission) -> Mission:
    """The mission without the GO steps of its script: an operator takes these decisions.

    It is this mission that is flown and recorded, so a replay takes the GOs from the record alone.
    """
    kept = tuple(step for step in mission.timeline if step.command != "go")
    return msgspec.structs.replace(mission, timeline=kept)


@contextmanager
def _planes(options: Options, manner: Manner) -> Iterator[Options]:
    """Both planes in a private folder of this run, which is named on standard error."""
    if not manner.open_planes:
        yield options
        return
    if options.view or options.operator:
        raise UsageError("--open chooses both addresses: leave out --view and --operator")
    from services.bus.endpoints import SocketFolder

    with SocketFolder() as folder:
        print(f"{PLANES_AT} {folder.path}", file=sys.stderr, flush=True)
        yield msgspec.structs.replace(
            options, view=folder.endpoint("view"), operator=folder.endpoint("operator")
        )


def _flown(mission: Mission, options: Options, quiet: bool) -> RunReport:
    if quiet:
        return fly(mission, options, tell=_tell)
    with closing(Progress(mission)) as progress:
        return fly(mission, options, (progress.take,), tell=progress.say)


def _tell(text: str) -> None:
    print(f"twin: {text}", file=sys.stderr, flush=True)


@contextmanager
def _place(mission: Mission, asked: Path | None) -> Iterator[Path]:
    """Where to record: as asked, or a free name in `recordings`, which goes again if it stays empty."""
    if asked:
        yield asked
        return
    try:
        RECORDINGS.mkdir(exist_ok=True)
    except OSError as error:
        place = RECORDINGS.absolute()
        raise UsageError(
            f"cannot make {place}: {error.strerror}; choose a place with --record FILE"
        ) from error
    try:
        yield _free_name(f"{mission.name}-{mission.seed}")
    finally:
        if not any(RECORDINGS.iterdir()):
            RECORDINGS.rmdir()


def _free_name(stem: str) -> Path:
    """recordings/<stem>.mcap, numbered if that exists."""
    path, number = RECORDINGS / f"{stem}.mcap", 1
    while path.exists():
        number += 1
        path = RECORDINGS / f"{stem}-{number}.mcap"
    return path


def _exit_code(report: RunReport) -> int:
    outcome = report.outcome
    if outcome.cause in ("peer_lost", "error"):
        for line in outcome.log:
            print(f"{outcome.participant}| {line}", file=sys.stderr)
        print(f"twin: {outcome.text}", file=sys.stderr)
        if report.fatal:
            print(f"twin: it dies of the same again with: twin reproduce {report.fatal}", file=sys.stderr)
        return SERVICE_FAILED
    if outcome.cause == "interrupted":
        return INTERRUPTED
    return PASSED if report.word == "pass" else FAILED


def check(name: str, *, as_json: bool) -> int:
    """Load a mission with everything it names."""
    found = find(name)
    mission = load_mission(name, laws())
    _caution(mission)
    facts = _mission_facts(mission, found.place)
    if as_json:
        show.print_json(facts)
    else:
        show.print_listings(mission_listings(mission))
        print(f"{found.place} is sound.")
    return PASSED


def _mission_facts(mission: Mission, place: str) -> dict[str, Any]:
    return {
        "mission": mission.name,
        "title": mission.title,
        "place": place,
        "seed": mission.seed,
        "epoch_utc": mission.epoch_utc,
        "target": mission.target.name,
        "servicer": mission.servicer.name,
        "stations": [station.name for station in mission.stations],
        "phases": [phase.name for phase in mission.guidance.phases],
        "steps": [step.name for step in mission.timeline],
        "requirements": [requirement.name for requirement in mission.requirements],
    }


def list_missions(*, as_json: bool) -> int:
    """Every mission that needs no path, by its folder; one that is wrong is named after the others."""
    facts, wrong = [], []
    for name in names():
        try:
            facts.append(_mission_facts(load_mission(name, laws()), find(name).place))
        except MissionError as error:
            wrong.append(str(error))
    if as_json:
        show.print_json({"missions": facts, "wrong": wrong})
    else:
        show.print_listings(_by_folder(facts))
    for each in wrong:
        print(f"twin: {each}", file=sys.stderr)
    return BAD_INPUT if wrong else PASSED


def _by_folder(facts: list[dict[str, Any]]) -> Iterator[Listing]:
    for folder, own in groupby(facts, key=lambda each: str(Path(each["place"]).parent)):
        rows = tuple((each["mission"], each["title"]) for each in own)
        yield Listing(title=f"In {folder}", columns=("mission", "title"), rows=rows)


def info(path: Path, *, as_json: bool) -> int:
    """What a recording holds; a corrupt one is described too."""
    recording = Recording(path)
    if as_json:
        show.print_json(show.recording_facts(recording))
    else:
        show.print_recording(recording)
    return BAD_INPUT if recording.condition == "corrupt" else PASSED


def quantities(*, as_json: bool) -> int:
    """The registry."""
    if as_json:
        show.print_json({"quantities": [msgspec.to_builtins(each) for each in QUANTITIES.values()]})
    else:
        show.print_listings((quantity_listing(),))
    return PASSED


def replay(path: Path, *, as_json: bool) -> int:
    """Recompute and compare; a difference and a corrupt file are raised."""
    from services.recording.replay import DifferenceError
    from services.recording.replay import replay as recompute

    recording = Recording(path)
    facts, _ = recording.require_sound()
    local = tuple(name for name in facts.participants if name not in facts.foreign)
    try:
        done = recompute(recording, participants(local))
    except DifferenceError as error:
        if facts.versions.get("source") != source_hash():
            print("twin: the recording was made by other source code than this", file=sys.stderr)
        before = [told(event) for event in error.before]
        if as_json:
            found = error.difference._asdict()
            show.print_json(
                {"recording": str(path), "result": "different", **found, "before": before, "exit": FAILED}
            )
        else:
            print("\n".join(["the same until then; the last events before:", *before]))
        raise
    result = "identical" if done.exact else "equal within tolerances"
    if as_json:
        show.print_json({"recording": str(path), "result": result, **msgspec.to_builtins(done)})
    else:
        print("\n".join(_replayed(recording, done, result)))
    return PASSED


def _replayed(recording: Recording, done: Any, result: str) -> list[str]:
    lines = [f"{result}: {done.events} events until {mission_time(done.until_ns)}, digest {done.digest}"]
    if not done.exact:
        lines.append("recorded in another numeric environment: compared to 1 mm, 1 mm/s, 1 mrad, 1 ms")
    if not done.complete:
        lines.append(f"as far as it was saved: {recording.problem}")
    if done.not_executed:
        lines.append(f"not re-executed, taken from the record: {', '.join(done.not_executed)}")
    return lines
