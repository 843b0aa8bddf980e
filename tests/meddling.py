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
    AskLatest,
    AskSnapshot,
    AskStatus,
    Pause,
    Probe,
    Request,
    Resume,
    SetRate,
    StepRounds,
    StepTime,
)
from twin.errors import UsageError

NAMES = ("target", "servicer", "guidance", "ground")
RATES = (100.0, 300.0, 1000.0)


class Meddler(threading.Thread):
    """Meddles until `over()`. `done` counts what the run did, `declined` what it would not, by request;
    `seen` counts the events that its viewers were shown, `saw` of how many kinds."""

    def __init__(self, operator: str, view: str, seed: int, over: Callable[[], bool]) -> None:
        super().__init__(daemon=True)
        self.done: Counter[str] = Counter()
        self.declined: Counter[str] = Counter()
        self.seen = 0
        self._operator, self._view, self._over = operator, view, over
        self._chance = random.Random(seed)

    def run(self) -> None:
        with Console(self._operator, timeout_s=2.0) as console, zmq.Context() as context:
            while not self._over():
                viewer = self._viewer(context)
                for _ in range(self._chance.randint(3, 8)):
                    self._meddle(console)
                    self._look(viewer)
                viewer.close(linger=0)

    def _meddle(self, console: Console) -> None:
        chance = self._chance
        match chance.randrange(6):
            case 0:
                self._ask(console, Pause())
                time.sleep(chance.uniform(0.0, 0.03))
                self._ask(console, AskSnapshot())
            case 1:
                self._ask(console, SetRate(rate=chance.choice(RATES)))
            case 2:
                self._ask(console, StepRounds(rounds=chance.randint(1, 5)))
                time.sleep(chance.uniform(0.0, 0.02))
            case 3:
                self._ask(console, StepTime(seconds=chance.uniform(0.01, 10.0)))
                time.sleep(chance.uniform(0.0, 0.02))
            case 4:
                self._ask(console, AskLatest())
                self._ask(console, AskStatus())
            case _:
                for name in chance.sample(NAMES, 4):
                    self._ask(console, Probe(participant=name))
        self._ask(console, Resume())  # a step ends in a pause, and so does a pause
        time.sleep(chance.uniform(0.0, 0.02))

    def _ask(self, console: Console, request: Request) -> None:
        if self._over():
            return
        try:
            console.ask(request)
        except UsageError:  # not between two rounds just now, or the run is over
            self.declined[type(request).__name__] += 1
        else:
            self.done[type(request).__name__] += 1

    def _viewer(self, context: "zmq.Context[zmq.Socket[bytes]]") -> "zmq.Socket[bytes]":
        """One who joins late and sees some kinds, or all."""
        viewer = context.socket(zmq.SUB)
        viewer.connect(self._view)
        viewer.subscribe(self._chance.choice((b"", b"estimate/", b"sensor_readings/", b"trajectory/")))
        return viewer

    def _look(self, viewer: "zmq.Socket[bytes]") -> None:
        while viewer.poll(0):
            decode_event(viewer.recv_multipart()[2])
            self.seen += 1
