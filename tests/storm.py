"""The transport itself, simulated: the real conductor and real seats over a network and a disk that fail.

python -m tests.storm                          quickstart, a crash at every grant outside the contact window
python -m tests.storm --seed 7 --mission rendezvous --until 200
python -m tests.storm --only 812               the one crash at that grant, to look at a failure

Delays, duplicates, order, stalls and crashes are drawn from the seed, so a failure is one seed (and one
grant, with --only). Every event is compared with those of a calm run as soon as it is committed.
"""

import argparse
import contextlib
import importlib
import itertools
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal, NamedTuple

from services.bus.inproc import InprocPeers
from services.bus.peers import Loss, Refusals
from services.bus.seat import Seat
from services.conductor import Coordinator, Outcome
from services.keeping import Keeping
from services.laws import laws
from services.library import load_mission
from services.recording.history import History
from services.recording.read import Recording
from services.recording.write import Recorder
from services.run import ROLES, participants, run_facts
from twin.contracts.capture import WindowClosed, WindowOpened
from twin.contracts.codec import decode_from_peer, decode_to_peer
from twin.contracts.envelope import Event, Grant, Hello
from twin.contracts.operations import FaultRequest, PeerLost, RunEnded
from twin.errors import TraceMismatchError
from twin.mission.ending import EndingWatch
from twin.mission.script import Mission

Moment = Literal["unheard", "unanswered", "answered"]
"""A process dies before it has heard a grant, before its answer is out, or just after."""
MOMENTS: Final[tuple[Moment, ...]] = ("unheard", "unanswered", "answered")
KEPT_EVERY: Final = 8
"""Grants between two states: so that a crash is told little again, and states are restored all the time."""
IN_WINDOW: Final = 60
"""Of so many grants to the servicer in the contact window one kills: each recovery runs the window again."""
Committed = Sequence[tuple[Event, bytes]]


class Crash(NamedTuple):
    """Where a process dies."""

    number: int
    name: str
    grant: int
    moment: Moment


class Weather:
    """All chance of one storm: which grants kill, what is late, what comes twice."""

    def __init__(self, seed: int, only: int | None = None) -> None:
        self.chance = random.Random(seed)
        self.crashes: list[Crash] = []
        self.done: Counter[str] = Counter()
        self.in_window = False
        self._only = only
        self._met: set[tuple[str, int]] = set()
        self._windowed = 0

    def hear(self, event: Event) -> None:
        """Note when both bodies are in contact."""
        if isinstance(event.body, WindowOpened | WindowClosed):
            self.in_window = isinstance(event.body, WindowOpened)

    def kills(self, name: str, grant: int) -> Moment | None:
        """Whether a process dies of a grant, the first time it gets it."""
        if (name, grant) in self._met:
            return None
        self._met.add((name, grant))
        number = len(self._met)
        moment = self.chance.choice(MOMENTS)
        if name == "servicer" and self.in_window:
            self._windowed += 1
            if self._windowed % IN_WINDOW:
                return None
        if self._only not in (None, number):
            return None
        self.crashes.append(Crash(number, name, grant, moment))
        self.done[f"killed, {moment}"] += 1
        return moment


class SimPeers:
    """`Peers` over a network in which every frame is under way for a while, and some twice."""

    def __init__(self, create: Callable[[str], Any], names: Sequence[str], weather: Weather) -> None:
        self.names = tuple(names)
        self.foreign: frozenset[str] = frozenset()
        self.mortal = frozenset(names)
        self.pids: dict[str, int] = {}
        self._create = create
        self._weather = weather
        self._seats: dict[str, Seat] = {}
        self._to_peer: list[tuple[str, int, bytes]] = []
        self._from_peer: list[tuple[str, int, bytes]] = []
        self._lives = Counter[str]()
        self._losses: list[Loss] = []
        for name in names:
            self.revive(name)

    @property
    def refusals(self) -> Refusals:
        return Refusals()

    def log(self, name: str, lines: int) -> tuple[str, ...]:
        return ()

    def revive(self, name: str) -> None:
        self._lives[name] += 1
        self._seats[name] = Seat(name, partial(self._create, name), None, "storm")
        self._post(self._from_peer, name, self._seats[name].hello())

    def send(self, name: str, frame: bytes) -> None:
        self._post(self._to_peer, name, frame)

    def receive(self, timeout_s: float) -> list[tuple[str, bytes]]:
        """One frame moves: any that is under way; sometimes none does, and that is a stall."""
        for _ in range(1000):
            if self._weather.chance.random() < 0.02:
                self._weather.done["stalled"] += 1
                return []
            if self._from_peer and (not self._to_peer or self._weather.chance.random() < 0.5):
                name, life, frame = self._any(self._from_peer)
                if life == self._lives[name] and name in self._seats:
                    return [(name, frame)]
                self._weather.done["of a former life"] += 1
            elif self._to_peer:
                self._deliver(*self._any(self._to_peer))
            else:
                return []
        raise AssertionError("the network never comes to rest")

    def disturb(self, fault: FaultRequest) -> None:
        """This network has faults enough."""

    def losses(self) -> list[Loss]:
        lost, self._losses = self._losses, []
        return lost

    def refuse(self, name: str, frame: bytes) -> None:
        raise AssertionError(f"{name} was refused: {decode_to_peer(frame)}")

    def stop(self, frame: bytes) -> None:
        self._seats.clear()

    def close(self) -> None:
        self._seats.clear()

    def _post(self, line: list[tuple[str, int, bytes]], name: str, frame: bytes) -> None:
        line.append((name, self._lives[name], frame))
        if self._weather.chance.random() < 0.05 and not _is_hello(line is self._from_peer, frame):
            line.append((name, self._lives[name], frame))
            self._weather.done["sent twice"] += 1

    def _any(self, line: list[tuple[str, int, bytes]]) -> tuple[str, int, bytes]:
        place = self._weather.chance.randrange(len(line))
        self._weather.done["out of order"] += place > 0
        return line.pop(place)

    def _deliver(self, name: str, life: int, raw: bytes) -> None:
        seat = self._seats.get(name)
        if seat is None or life != self._lives[name]:
            return None
        frame = decode_to_peer(raw)
        fatal = self._weather.kills(name, frame.number) if isinstance(frame, Grant) else None
        if fatal == "unheard":
            return self._die(name)
        answer = seat.take(raw)
        if fatal == "unanswered":
            return self._die(name)
        if answer is not None:
            self._post(self._from_peer, name, answer)
        if fatal == "answered":
            self._losses.append(Loss(name=name, cause="killed by the storm"))
            del self._seats[name]
            self._seats[name] = _Dead(name)
        return None

    def _die(self, name: str) -> None:
        del self._seats[name]
        self._losses.append(Loss(name=name, cause="killed by the storm"))


class _Dead(Seat):
    """A process that is gone while its last words are still under way."""

    def __init__(self, name: str) -> None:
        super().__init__(name, _never)

    def take(self, raw: bytes) -> bytes | None:
        return None


def _never() -> Any:
    raise AssertionError("the dead do not begin")


def _is_hello(from_peer: bool, frame: bytes) -> bool:
    return from_peer and isinstance(decode_from_peer(frame), Hello)


class Compared:
    """A sink that compares every event with the calm run's."""

    def __init__(self, calm: Sequence[bytes]) -> None:
        self.events = 0
        self._calm = calm

    def round(self, committed: Committed) -> None:
        for event, raw in committed:
            expected = self._calm[self.events] if self.events < len(self._calm) else b""
            if raw != expected and not isinstance(event.body, RunEnded | PeerLost):
                raise TraceMismatchError(f"event {self.events}, {event.source} at {event.t_ns} ns differs")
            self.events += 1


class Calm(NamedTuple):
    """A run without a storm."""

    outcome: Outcome
    events: list[bytes]


def calm(mission: Mission, until_ns: int | None) -> Calm:
    """The same mission as objects of this process."""
    events: list[bytes] = []

    class Keeps:
        def round(self, committed: Committed) -> None:
            events.extend(raw for _, raw in committed)

    peers = InprocPeers(participants())
    run = Coordinator(mission, peers, Keeps(), ending=EndingWatch(mission), until_ns=until_ns)
    return Calm(run.run(), events)


def created(role: str) -> Any:
    """A fresh participant."""
    return importlib.import_module(f"services.{role}").create()


def stormy(mission: Mission, base: Calm, weather: Weather, until_ns: int | None) -> Outcome:
    """The mission in a storm; TraceMismatchError in the outcome's text if an event differs."""
    run = Coordinator(
        mission,
        SimPeers(created, ROLES, weather),
        Compared(base.events),
        (weather.hear,),
        ending=EndingWatch(mission),
        until_ns=until_ns,
        keeping=Keeping(fewest=KEPT_EVERY, many=KEPT_EVERY, share=0.0),
        clock=partial(
            next, (tick * 1e-3 for tick in itertools.count())
        ),  # else chance would be the machine's
    )
    return run.run()


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
    """A run whose conductor died in a write, and what came of it."""

    at_event: int
    prefixes: int
    wrong: str


def taken_up(mission: Mission, base: Calm, seed: int, until_ns: int | None, folder: Path) -> TakenUp:
    """Let the conductor die in a write, look at every prefix of that write, then take the run up again."""
    chance, path = random.Random(seed), folder / f"{seed}.mcap"
    dies_at = chance.randrange(2, base.outcome.rounds * 3 // 4)
    disk = TornDisk(Recorder(path, mission, run_facts(mission)), dies_at, chance)
    ending = {"ending": EndingWatch(mission), "until_ns": until_ns}
    with contextlib.suppress(ConductorDiedError):
        Coordinator(mission, InprocPeers(participants()), disk, **ending).run()
    odd = disk.wrong_prefixes(folder / "copy.mcap")
    recording = Recording(path)
    recorder = Recorder.resumed(recording)
    history = History(recording.sound_events(), recorder)
    ending = {"ending": EndingWatch(mission), "until_ns": until_ns}
    outcome = Coordinator(mission, InprocPeers(participants()), history=history, **ending).run()
    recorder.close()
    path.unlink()
    wrong = "" if outcome.digest == base.outcome.digest else f"digest {outcome.digest} {outcome.text}"
    wrong += f" prefixes {odd}" if odd else ""
    return TakenUp(disk.events[0], disk.sizes[1] - disk.sizes[0] + 1, wrong)


def main() -> int:
    """Exit code 0 if every crash left the run what it would have been."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.storm",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--mission", default="quickstart")
    parser.add_argument("--seed", type=int, default=1, help="of the first storm")
    parser.add_argument("--storms", type=int, default=1, help="how many, each with the next seed")
    parser.add_argument("--only", type=int, help="let only this crash happen")
    parser.add_argument("--until", type=float, help="end at this mission time, s")
    parser.add_argument("--conductors", type=int, default=5, help="deaths of the conductor inside a write")
    asked = parser.parse_args()
    mission = load_mission(asked.mission, laws())
    until_ns = None if asked.until is None else round(asked.until * 1e9)
    begun_s = time.process_time()
    base = calm(mission, until_ns)
    print(f"calm: {base.outcome.rounds} rounds, {len(base.events)} events, {base.outcome.digest}", flush=True)
    failures = 0
    for seed in range(asked.seed, asked.seed + asked.storms):
        weather = Weather(seed, asked.only)
        outcome = stormy(mission, base, weather, until_ns)
        same = outcome.digest == base.outcome.digest
        failures += not same
        last = weather.crashes[-1] if weather.crashes else None
        did = ", ".join(f"{count} {what}" for what, count in sorted(weather.done.items()))
        print(f"storm {seed}: {len(weather.crashes)} crashes, {did}, {outcome.kept.times} states kept")
        print("  digest equal" if same else f"  DIFFERS: {outcome.text} after {last}", flush=True)
    with TemporaryDirectory(prefix="t-") as folder:
        for seed in range(asked.seed, asked.seed + asked.conductors):
            found = taken_up(mission, base, seed, until_ns, Path(folder))
            failures += bool(found.wrong)
            where = f"conductor {seed}: died in the write after event {found.at_event}"
            print(
                f"{where}, {found.prefixes} prefixes: {found.wrong or 'taken up, digest equal'}", flush=True
            )
    print(f"{failures} failures, {time.process_time() - begun_s:.0f} s of CPU")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
