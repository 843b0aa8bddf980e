"""A disk that fails: the conductor dies inside a write of the recorder, and the run is taken up again."""

import contextlib
import os
import random
from pathlib import Path
from typing import Any, NamedTuple

from services.bus.inproc import InprocPeers
from services.conductor import Coordinator
from services.keeping import Keeping
from services.recording.history import History
from services.recording.milestone import Milestones
from services.recording.read import Recording
from services.recording.write import Recorder
from services.run import participants, run_facts
from tests.calm import KEPT_EVERY, Calm, Committed
from twin.mission.ending import EndingWatch
from twin.mission.script import Mission


class ConductorDiedError(Exception):
    """The conductor's process ends here."""


class TornDisk:
    """A recorder whose process dies in the midst of a write: only a part of the last one is on disk."""

    def __init__(self, recorder: Recorder, dies_at: int, chance: random.Random) -> None:
        self.whole = b""
        self.sizes = self.events = (0, 0)
        self._recorder, self._left, self._chance = recorder, dies_at, chance

    def round(self, committed: Committed) -> None:
        recorder, path = self._recorder, self._recorder.path
        before = (path.stat().st_size, recorder.events)
        recorder.round(committed)
        self._left -= 1
        if self._left > 0 or not committed:
            return
        self.whole = path.read_bytes()
        self.sizes, self.events = (before[0], len(self.whole)), (before[1], recorder.events)
        recorder.close()
        os.truncate(path, self._chance.randint(*self.sizes))
        raise ConductorDiedError

    def wrong_prefixes(self, copy: Path) -> list[int]:
        """Lengths of the file, through the whole last write, of which not all that was whole is recovered."""
        (first, last), (without, with_it) = self.sizes, self.events
        wrong = []
        for size in range(first, last + 1):
            copy.write_bytes(self.whole[:size])
            found = Recording(copy)
            expected = with_it if size == last else without
            if (found.condition, found.saved - found.loose) != ("cut", expected):
                wrong.append(size - first)
        return wrong


class TakenUp(NamedTuple):
    """A run whose conductor died in a write, and what came of it: `flown` of `rounds` were flown again."""

    at_event: int
    prefixes: int
    rounds: int
    flown: int
    wrong: str


def taken_up(mission: Mission, base: Calm, seed: int, until_ns: int | None, folder: Path) -> TakenUp:
    """Let the conductor die in a write, look at every prefix of that write, then take the run up again."""
    chance, path = random.Random(seed), folder / f"{seed}.mcap"
    dies_at = chance.randrange(2, base.outcome.rounds)
    disk = TornDisk(Recorder(path, mission, run_facts(mission)), dies_at, chance)
    with contextlib.suppress(ConductorDiedError):
        _run(mission, path, until_ns, recorder=disk).run()
    odd = disk.wrong_prefixes(folder / "copy.mcap")
    recording = Recording(path)
    recorder = Recorder.resumed(recording)
    milestone = Milestones(path).newest(recording.saved - recording.loose)
    history = History(recording.sound_events(), recorder, milestone)
    outcome = _run(mission, path, until_ns, history=history).run()
    recorder.close()
    path.unlink()
    Milestones(path).discard()
    wrong = "" if outcome.digest == base.outcome.digest else f"digest {outcome.digest} {outcome.text}"
    wrong += f" prefixes {odd}" if odd else ""
    prefixes = disk.sizes[1] - disk.sizes[0] + 1
    return TakenUp(disk.events[0], prefixes, base.outcome.rounds, outcome.rounds, wrong)


def _run(mission: Mission, path: Path, until_ns: int | None, **given: Any) -> Coordinator:
    return Coordinator(
        mission,
        InprocPeers(participants()),
        ending=EndingWatch(mission),
        until_ns=until_ns,
        keeping=Keeping(fewest=KEPT_EVERY, many=10 * KEPT_EVERY, share=0.0),
        milestones=Milestones(path),
        **given,
    )
