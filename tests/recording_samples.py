"""Recordings of small runs: talkative toys, outside input, and hands that cut and flip files."""

from collections.abc import Callable, Sequence
from pathlib import Path

from kernel_toys import NAMES, Chatter
from msgspec.structs import replace

from services.bus.inproc import InprocPeers
from services.conductor import Coordinator
from services.library import load_mission
from services.outcome import Outcome
from services.recording.layout import EndFacts, RunFacts
from services.recording.read import Recording
from services.recording.write import Recorder
from services.run import run_facts
from twin.contracts.codec import encode
from twin.contracts.envelope import Event
from twin.contracts.operations import Mark
from twin.mission.script import Mission

MISSION: Mission = load_mission("quickstart")
FACTS: RunFacts = replace(run_facts(MISSION), participants=NAMES)


class Clicks:
    """An operator who enters a mark after every so many rounds."""

    def __init__(self, every: int = 7) -> None:
        self.run: Coordinator | None = None
        self.clicked = 0
        self._every = every
        self._rounds = 0

    def round(self, committed: Sequence[tuple[Event, bytes]]) -> None:
        self._rounds += 1
        if self.run and self._rounds % self._every == 0:
            self.clicked += 1
            self.run.inject("operator", NAMES[: self.clicked % 3 + 1], Mark(text=f"click {self.clicked}"))


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
    clicks: Clicks | None = None,
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
        view=clicks,
        until_ns=until_ns,
        interrupted=interrupted,
    )
    if clicks:
        clicks.run = coordinator
    outcome = coordinator.run()
    recorder.finish(
        EndFacts(
            end_ns=outcome.end_t_ns,
            cause=outcome.cause,
            text=outcome.text,
            digest=outcome.digest,
            digests_by_source=outcome.digests_by_source,
            events=outcome.events,
        )
    )
    return outcome


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
