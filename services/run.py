"""One run, from a mission to its report: participants, transport, recorder and judge put together."""

import importlib
import importlib.metadata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from services import fingerprint
from services.bus.inproc import InprocPeers
from services.bus.interrupts import Interrupts, undisturbed
from services.bus.peers import Peers, Refusals
from services.conductor import Coordinator
from services.manners import unheard
from services.outcome import Outcome, end_facts
from services.recording.history import History
from services.recording.layout import RunFacts
from services.recording.milestone import Milestones
from services.recording.read import Recording
from services.recording.write import Recorder, write_side
from services.reproducing import written
from services.source import source_hash
from twin.contracts.codec import schema_hash
from twin.contracts.envelope import Event
from twin.dynamics.epochs import Epoch, unix_ns
from twin.errors import TraceMismatchError, UsageError
from twin.kernel.pace import Pace
from twin.kernel.participant import Participant
from twin.mission.ending import EndingWatch
from twin.mission.script import Mission
from twin.mission.verdict import Assessor, Verdict

if TYPE_CHECKING:
    from services.bus.operator import OperatorPlane
    from services.bus.view import View

ROLES: Final = ("target", "servicer", "guidance", "ground")
"""The services of a run, in rank order."""
PRODUCT: Final = "debris-removal-twin"
_LIBRARIES: Final = (PRODUCT, "heyoka", "numpy", "pyerfa", "daqp", "sgp4", "msgspec", "mcap", "zstandard")


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to fly, none of which may change the trace but `until_s`.

    `rate` in simulated seconds a wall second, None as fast as it goes; `record` None records nothing;
    `foreign` roles join at `endpoint`; `view` and `operator` are the endpoints of these planes. All three are
    open to those alone on the list in the folder `keys`, if there is one.
    """

    in_process: bool = False
    rate: float | None = None
    until_s: float | None = None
    record: Path | None = None
    foreign: tuple[str, ...] = ()
    endpoint: str | None = None
    view: str | None = None
    operator: str | None = None
    keys: Path | None = None


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to; `verdict` is None when a service failed, as then nothing was shown. `fatal` is the
    file that makes a service that died of one grant every time die of it again. `refusals`: what was not let
    in, by plane, where there was any."""

    mission: Mission
    outcome: Outcome
    verdict: Verdict | None
    recording: Path | None
    fatal: Path | None = None
    refusals: dict[str, Refusals] = {}

    @property
    def word(self) -> str:
        """The verdict in one word: pass, fail or none."""
        if self.verdict is None:
            return "none"
        return "pass" if self.verdict.passed else "fail"

    @property
    def end_s(self) -> float:
        return self.outcome.end_t_ns / 1e9

    @property
    def speed(self) -> float:
        """Simulated seconds a wall second."""
        return self.end_s / self.outcome.wall_s if self.outcome.wall_s > 0.0 else 0.0


def fly(
    mission: Mission,
    options: Options,
    observers: Sequence[Callable[[Event], None]] = (),
    *,
    tell: Callable[[str], None] = unheard,
    resumed: Recording | None = None,
) -> RunReport:
    """Fly `mission` to its end and judge it; a failed service is in the report, not raised. `tell` is told
    what befalls the run itself, which is in no event. `resumed` is the cut recording of this very run, which
    is flown again, compared, and flown on.

    Raises UsageError, with nothing left behind, when it cannot be started as asked.
    """
    pace = Pace(rate=options.rate)
    assessor = Assessor(mission)
    side = _side_start(options)
    with (
        Interrupts() as interrupts,  # first: a signal must find somebody who takes the new files away again
        _recorder(mission, options, side, resumed) as recorder,
        _peers(options, tell) as peers,
        _planes(options) as (view, operator),
    ):
        milestones = Milestones(options.record) if options.record and not options.foreign else None
        history = _history(resumed, recorder, milestones) if resumed and recorder else None
        coordinator = Coordinator(
            mission,
            peers,
            recorder,
            (assessor.take, *observers),
            pace,
            view=view,
            operator=operator,
            ending=EndingWatch(mission),
            until_ns=None if options.until_s is None else round(options.until_s * 1e9),
            interrupted=interrupts.asked,
            tell=tell,
            history=history,
            milestones=milestones,
        )
        outcome = coordinator.run()
        if history is not None and history.expected is not None:
            raise TraceMismatchError(f"{outcome.text}; the recording is as it was")
        failed = outcome.cause in ("peer_lost", "error")
        verdict = None if failed else assessor.finish(outcome.end_t_ns)
        saved = options.record if outcome.events else None
        fatal = written(options.record, outcome.participant, outcome.fatal) if saved else None
        outcome = msgspec.structs.replace(outcome, fatal=())
        report = RunReport(
            mission=mission,
            outcome=outcome,
            verdict=verdict,
            recording=saved,
            fatal=fatal,
            refusals=_refusals(control=peers, view=view, operator=operator),
        )
        _finish(recorder, report, side)
        if milestones:
            milestones.discard()
    return report


def fly_whole(
    mission: Mission,
    observers: Sequence[Callable[[Event], None]] = (),
    options: Options = Options(in_process=True),
) -> RunReport:
    """A flight that is part of something longer: a signal ends not just it but all.

    Raises KeyboardInterrupt: the flight took the signal, and hands it on.
    """
    report = fly(mission, options, observers)
    if report.outcome.cause == "interrupted":
        raise KeyboardInterrupt
    return report


def _history(resumed: Recording, recorder: Recorder, milestones: Milestones | None) -> History:
    """What is on the record of a run that is taken up, and the milestone it is taken up from, if there is."""
    milestone = milestones.newest(resumed.saved - resumed.loose) if milestones else None
    return History(resumed.sound_events(), recorder, milestone)


def _refusals(**planes: "Peers | View | OperatorPlane | None") -> dict[str, Refusals]:
    return {name: each.refusals for name, each in planes.items() if each is not None and each.refusals}


def participants(roles: Sequence[str] = ROLES) -> tuple[Participant, ...]:
    """Fresh participants for `roles`, as objects of this process."""
    with undisturbed():
        modules = [importlib.import_module(f"services.{role}") for role in roles]
    return tuple(service.create() for service in modules)


@contextmanager
def _peers(options: Options, tell: Callable[[str], None]) -> Iterator[Peers]:
    if options.in_process:
        if options.foreign or options.endpoint:
            raise UsageError("a foreign role joins over the wire: leave out --in-process")
        inproc = InprocPeers(participants())
        try:
            yield inproc
        finally:
            inproc.close()
        return
    from services.bus.launcher import Fleet  # the only place of a run that loads ZeroMQ

    with Fleet(
        ROLES, foreign=options.foreign, endpoint=options.endpoint, tell=tell, keys=options.keys
    ) as fleet:
        yield fleet.start()


@contextmanager
def _planes(options: Options) -> Iterator[tuple["View | None", "OperatorPlane | None"]]:
    """How the run is seen and steered from outside."""
    if not (options.view or options.operator):
        yield None, None
        return
    from services.bus.planes import opened

    with opened(options.view, options.operator, options.keys) as planes:
        yield planes


@contextmanager
def _recorder(
    mission: Mission, options: Options, side: dict[str, object], resumed: Recording | None
) -> Iterator[Recorder | None]:
    """The recorder, with the side file begun; both are removed again if the run never had an event."""
    if options.record is None:
        yield None
        return
    facts = run_facts(mission, options.foreign)
    recorder = Recorder.resumed(resumed) if resumed else Recorder(options.record, mission, facts)
    try:
        write_side(options.record, side)
        yield recorder
    finally:
        recorder.close()
        if not recorder.events:
            recorder.discard()


def _finish(recorder: Recorder | None, report: RunReport, side: dict[str, object]) -> None:
    if recorder is None or recorder.failed or not recorder.events:
        return
    outcome = report.outcome
    recorder.finish(end_facts(outcome, report.word))
    ended = {"wall_ended_utc": datetime.now(UTC).isoformat(), "speed": report.speed}
    ended["refusals"] = msgspec.to_builtins(report.refusals)
    write_side(recorder.path, {**side, **ended, "outcome": msgspec.to_builtins(outcome)})


def run_facts(mission: Mission, foreign: tuple[str, ...] = ()) -> RunFacts:
    """What is known of a run before it starts."""
    return RunFacts(
        mission=mission.name,
        seed=mission.seed,
        epoch_utc=mission.epoch_utc,
        epoch_unix_ns=unix_ns(Epoch(mission.epoch_utc), 0),
        participants=ROLES,
        foreign=foreign,
        schema=schema_hash(),
        fingerprint=fingerprint(),
        versions={**{name: _version(name) for name in _LIBRARIES}, "source": source_hash()},
    )


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"  # the product itself, run from its source folder


def _side_start(options: Options) -> dict[str, object]:
    return {
        "wall_started_utc": datetime.now(UTC).isoformat(),
        "transport": "in process" if options.in_process else "processes",
        "rate": options.rate,
        "until_s": options.until_s,
        "foreign": options.foreign,
        "endpoint": options.endpoint,
    }
