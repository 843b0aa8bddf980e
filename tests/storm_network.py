"""A network that fails: `Peers` over real seats, with delays, duplicates, other order, stalls and crashes."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, Literal, NamedTuple

from services.bus.peers import Loss, Refusals
from services.bus.seat import Seat
from twin.contracts.capture import WindowClosed, WindowOpened
from twin.contracts.codec import decode_from_peer, decode_to_peer
from twin.contracts.envelope import Event, Grant, Hello
from twin.contracts.operations import FaultRequest

Moment = Literal["unheard", "unanswered", "answered"]
"""A process dies before it has heard a grant, before its answer is out, or just after."""
MOMENTS: Final[tuple[Moment, ...]] = ("unheard", "unanswered", "answered")
IN_WINDOW: Final = 60
"""Of so many grants to the servicer in the contact window one kills: each recovery runs the window again."""


class Crash(NamedTuple):
    """Where a process dies."""

    number: int
    name: str
    grant: int
    moment: Moment
    in_window: bool


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

    @property
    def grants(self) -> int:
        """How many were given, those to a second life for the first time too."""
        return len(self._met)

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
        self.crashes.append(Crash(number, name, grant, moment, self.in_window))
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
        if seat is None or life != self._lives[name] or isinstance(seat, _Dead):
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
