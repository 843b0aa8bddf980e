"""Recordings of small runs: plain ones, talkative toys, and toys with an operator."""

from collections.abc import Callable, Sequence
from pathlib import Path

from kernel_toys import NAMES, Chatter, digest, fly
from msgspec.structs import replace

from services.bus.inproc import InprocPeers
from services.conductor import Coordinator
from services.library import load_mission
from services.outcome import Outcome, end_facts
from services.recording.layout import EndFacts, RunFacts
from services.recording.read import Recording
from services.recording.write import Recorder
from services.run import run_facts
from twin.contracts.codec import encode
from twin.contracts.envelope import Event
from twin.contracts.operations import Mark
from twin.kernel.conductor import Conductor
from twin.mission.script import Mission

MISSION: Mission = load_mission("quickstart")
FACTS: RunFacts = replace(run_facts(MISSION), participants=NAMES)


def event(index: int, text: str = "", t_ns: int | None = None) -> tuple[Event, bytes]:
    """An event of a plain run, one a second."""
    at_ns = index * 10**9 if t_ns is None else t_ns
    made = Event(
        t_ns=at_ns,
        micro=0,
        source="target",
        sequence=index,
        to=(),
        due_ns=at_ns,
        delivery="wake",
        body=Mark(text=text or f"event {index}"),
    )
    return made, encode(made)


def end(events: int) -> EndFacts:
    return EndFacts(end_ns=events * 10**9, cause="until", digest="00", digests_by_source={}, events=events)


def written(path: Path, rounds: int = 30, *, finish: bool = True, text: str = "") -> Recorder:
    """A recording of `rounds` rounds of two events each."""
    recorder = Recorder(path, MISSION, FACTS)
    for index in range(0, 2 * rounds, 2):
        recorder.round((event(index, text), event(index + 1, text)))
    if finish:
        recorder.finish(end(2 * rounds))
    return recorder


def players(seed: int = 1) -> tuple[Chatter, ...]:
    return tuple(Chatter(name, seed) for name in NAMES)


def flown(
    path: Path,
    *,
    facts: RunFacts = FACTS,
    cast: Sequence[Chatter] = (),
    interrupted: Callable[[], str] = str,
    until_ns: int = 400,
) -> Outcome:
    """Fly the toys to `until_ns` and record them, as `services.run` does with the real ones."""
    recorder = Recorder(path, MISSION, facts)
    coordinator = Coordinator(
        MISSION,
        InprocPeers(cast or players()),
        recorder,
        until_ns=until_ns,
        interrupted=interrupted,
    )
    outcome = coordinator.run()
    recorder.finish(end_facts(outcome))
    return outcome


def clicked(path: Path, every: int, *, facts: RunFacts = FACTS, rounds: int = 120) -> str:
    """Record toys whom an operator interrupts after every so many rounds; returns the digest."""
    count = 0

    def click(conductor: Conductor, _desks: object, _replies: object) -> None:
        nonlocal count
        count += 1
        if count % every == 0:
            conductor.inject("operator", NAMES[: count % 3 + 1], Mark(text=f"click {count}"))

    trace = fly(1, rounds, click)
    recorder = Recorder(path, MISSION, facts)
    recorder.round(trace)
    recorder.finish(replace(end(len(trace)), digest=digest(trace)))
    return digest(trace)


def rewritten(source: Path, target: Path, change: Callable[[int, Event], Event]) -> None:
    """Copy a recording event by event through `change`, as somebody with our own tools would."""
    found = Recording(source)
    run, mission = found.require_sound()
    recorder = Recorder(target, mission, run)
    for index, (made, _) in enumerate(found.events()):
        changed = change(index, made)
        recorder.round(((changed, encode(changed)),))
    assert found.end
    recorder.finish(found.end)
