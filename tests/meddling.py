"""Somebody who plays with a run from outside, at random: pauses, rates, steps, empty grants, viewers."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

import zmq

from services.bus.operator import Console
from twin.contracts.codec import decode_event
from twin.contracts.steering import (
    Answer,
    AskLatest,
    AskSnapshot,
    AskStatus,
    Pause,
    Probe,
    Request,
    Resume,
    SetRate,
    Status,
    StepRounds,
    StepTime,
)
from twin.errors import UsageError

NAMES = ("target", "servicer", "guidance", "ground")
RATES = (100.0, 300.0, 1000.0)
TOPICS = (b"", b"estimate/", b"sensor_readings/", b"trajectory/")


class Meddler(threading.Thread):
    """Meddles until `over()`: first every deed once, then at random. `done` counts what the run did,
    `declined` what it would not, by request; `seen` the events that its viewers were shown."""

    def __init__(self, operator: str, view: str, seed: int, over: Callable[[], bool]) -> None:
        super().__init__(daemon=True)
        self.done: Counter[str] = Counter()
        self.declined: Counter[str] = Counter()
        self.seen = 0
        self._operator, self._view, self._over = operator, view, over
        self._chance = random.Random(seed)
        self._deeds = [self._hold, self._step_rounds, self._step_time, self._look_in, self._probe, self._pace]

    def run(self) -> None:
        with Console(self._operator, timeout_s=2.0) as console, zmq.Context() as context:
            topics, deeds = [b""], list(self._deeds)
            self._begun(console)
            while not self._over():
                viewer = self._viewer(context, topics.pop() if topics else self._chance.choice(TOPICS))
                for deed in deeds:
                    deed(console)
                    self._ask(console, Resume())  # a step ends in a pause, and so does a pause
                    time.sleep(self._chance.uniform(0.0, 0.02))
                    self._look(viewer)
                viewer.close(linger=0)
                deeds = self._chance.choices(self._deeds, k=self._chance.randint(3, 8))

    def _begun(self, console: Console) -> None:
        """Wait for the first round: before it there is nothing to play with."""
        while not self._over():
            status = self._ask(console, AskStatus())
            if isinstance(status, Status) and status.rounds:
                return
            time.sleep(0.01)

    def _probe(self, console: Console) -> None:
        """In the midst of things, where it may be declined."""
        self._ask(console, Probe(participant=self._chance.choice(NAMES)))

    def _look_in(self, console: Console) -> None:
        self._ask(console, AskLatest())
        self._ask(console, AskStatus())

    def _hold(self, console: Console) -> None:
        """Pause; when the round under way is over, look at all states and give everybody an empty grant."""
        self._ask(console, Pause())
        while isinstance(status := self._ask(console, AskStatus()), Status) and status.waiting_for:
            time.sleep(0.001)
        time.sleep(self._chance.uniform(0.0, 0.03))
        self._ask(console, AskSnapshot())
        for name in self._chance.sample(NAMES, len(NAMES)):
            self._ask(console, Probe(participant=name))

    def _step_rounds(self, console: Console) -> None:
        self._ask(console, StepRounds(rounds=self._chance.randint(1, 5)))
        time.sleep(self._chance.uniform(0.0, 0.02))

    def _step_time(self, console: Console) -> None:
        self._ask(console, StepTime(seconds=self._chance.uniform(0.01, 10.0)))
        time.sleep(self._chance.uniform(0.0, 0.02))

    def _pace(self, console: Console) -> None:
        self._ask(console, SetRate(rate=self._chance.choice(RATES)))

    def _ask(self, console: Console, request: Request) -> Answer | None:
        """The answer, None if there was none or it was no."""
        if self._over():
            return None
        try:
            answer = console.ask(request)
        except UsageError:  # not between two rounds just now, or the run is over
            self.declined[type(request).__name__] += 1
            return None
        self.done[type(request).__name__] += 1
        return answer

    def _viewer(self, context: "zmq.Context[zmq.Socket[bytes]]", topic: bytes) -> "zmq.Socket[bytes]":
        """One who joins late and sees some kinds, or all."""
        viewer = context.socket(zmq.SUB)
        viewer.connect(self._view)
        viewer.subscribe(topic)
        return viewer

    def _look(self, viewer: "zmq.Socket[bytes]") -> None:
        while viewer.poll(0):
            decode_event(viewer.recv_multipart()[2])
            self.seen += 1
