"""View and operator plane: numbered, complete for late joiners, never in the loop; each request answered."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq
from peers.toys import Relay, all_toys, toy_mission

from services.bus.inproc import InprocPeers
from services.bus.operator import Console, OperatorPlane
from services.bus.view import NUMBERS, View
from services.conductor import Coordinator, Outcome
from twin.contracts.codec import decode_event, encode
from twin.contracts.envelope import Delivered, Event, Reaction
from twin.contracts.steering import (
    AskLatest,
    AskSnapshot,
    AskStatus,
    Done,
    Latest,
    Pause,
    Probe,
    Resume,
    RunUntil,
    SendTelecommand,
    SetRate,
    States,
    Status,
    StepRounds,
    StepTime,
    StopRun,
)
from twin.errors import UsageError
from twin.kernel.pace import Pace


class Ground(Relay):
    """A relay in the role of the ground: takes what the operator asks for."""

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        self.memory.count += len(inbox)
        return Reaction()


class Flying:
    """A run in a thread of its own, with both planes open."""

    def __init__(self, folder: Path, pace: Pace) -> None:
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.view = View(self.context, f"ipc://{folder}/view")
        self.operator = OperatorPlane(self.context, f"ipc://{folder}/operator", self.view)
        self.events: list[Event] = []
        self.outcome: Outcome | None = None
        self._run = Coordinator(
            toy_mission(3600.0),
            InprocPeers((*all_toys(), Ground("ground"))),
            None,
            (self.events.append,),
            pace,
            view=self.view,
            operator=self.operator,
        )
        self._thread = threading.Thread(target=self._fly)
        self._thread.start()

    def _fly(self) -> None:
        self.outcome = self._run.run()

    def join(self) -> Outcome:
        self._thread.join(10.0)
        assert self.outcome is not None
        return self.outcome

    def close(self) -> None:
        self._run.stop("the end of the test")
        self._thread.join(10.0)
        self.context.destroy(linger=0)


@pytest.fixture
def paused(folder: Path) -> Iterator[tuple[Flying, Console]]:
    flying = Flying(folder, Pace(paused=True, rate=100.0))
    with Console(flying.operator.endpoint) as console:
        while status(console).rounds == 0:
            time.sleep(0.001)
        yield flying, console
    flying.close()


def status(console: Console) -> Status:
    answer = console.ask(AskStatus())
    assert isinstance(answer, Status)
    return answer


def rest(console: Console) -> Status:
    """Status as soon as the run is paused again."""
    while not (now := status(console)).paused:
        time.sleep(0.001)
    return now


def test_steps_and_run_until_stop_where_they_were_told(paused: tuple[Flying, Console]) -> None:
    _, console = paused
    assert console.ask(StepTime(seconds=1.5)) == Done(id=console.asked)
    assert rest(console).position_ns == 1_500_000_000
    console.ask(RunUntil(t_ns=2_000_000_000))
    assert rest(console).position_ns == 2_000_000_000
    before = status(console).rounds
    console.ask(StepRounds(rounds=2))
    assert rest(console).rounds == before + 2


def test_a_rate_out_of_range_is_declined_with_the_range(
    paused: tuple[Flying, Console],
) -> None:
    _, console = paused
    console.ask(SetRate(rate=10.0))
    assert status(console).wanted_rate == 10.0
    with pytest.raises(UsageError, match="1000"):
        console.ask(SetRate(rate=5000.0))
    console.ask(SetRate(rate=None))
    assert status(console).wanted_rate is None


def test_a_telecommand_is_an_external_event_at_the_time_granted_last(paused: tuple[Flying, Console]) -> None:
    flying, console = paused
    console.ask(StepTime(seconds=1.0))
    now_ns = rest(console).now_ns
    console.ask(SendTelecommand(name="go", arguments={"to": "hold_50"}))
    (event,) = [event for event in flying.events if event.external]
    assert (event.source, event.t_ns, event.to) == ("operator", now_ns, ("ground",))


def test_a_probe_and_a_snapshot_leave_the_run_as_it_is(paused: tuple[Flying, Console]) -> None:
    _, console = paused
    before = status(console)
    console.ask(Probe(participant="relay"))
    answer = console.ask(AskSnapshot())
    assert isinstance(answer, States)
    assert set(answer.states) == {"beacon", "relay", "counter", "ground"}
    after = status(console)
    assert (after.now_ns, after.events, after.rounds) == (before.now_ns, before.events, before.rounds)
    with pytest.raises(UsageError, match="pilot"):
        console.ask(Probe(participant="pilot"))


def test_stop_ends_the_run_as_interrupted_by_the_operator(paused: tuple[Flying, Console]) -> None:
    flying, console = paused
    console.ask(StopRun())
    outcome = flying.join()
    assert (outcome.cause, outcome.text) == ("interrupted", "stopped by the operator")


@pytest.mark.parametrize("frames", [[b""], [b"\xc1"], [b"x" * 100], [encode({"ask": "fly"})], [b"a", b"b"]])
def test_rubbish_is_declined_and_the_run_goes_on(paused: tuple[Flying, Console], frames: list[bytes]) -> None:
    flying, console = paused
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.connect(flying.operator.endpoint)
        socket.send_multipart(frames)
        assert socket.poll(5000)
        assert b"declined" in socket.recv()
    assert flying.operator.refused == 1
    console.ask(Resume())
    assert not status(console).paused


def test_a_late_viewer_misses_nothing_and_sees_nothing_twice(paused: tuple[Flying, Console]) -> None:
    flying, console = paused
    console.ask(StepTime(seconds=1.0))
    rest(console)
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.connect(flying.view.endpoint)
        socket.subscribe(b"")
        while not isinstance(latest := console.ask(AskLatest()), Latest) or not flying.view.watched:
            time.sleep(0.001)
        console.ask(StepTime(seconds=1.0))
        rest(console)
        numbers = []
        while socket.poll(100):
            topic, packed, raw = socket.recv_multipart()
            number, _ = NUMBERS.unpack(packed)
            event = decode_event(raw)
            assert topic.decode().endswith(f"/{event.source}")
            numbers.append(number)
    known = {(event.source, event.sequence) for event in map(decode_event, latest.events)}
    newest = {event.source: event.sequence for event in flying.events[: latest.number]}
    assert known == set(newest.items())
    assert numbers == list(range(latest.number + 1, len(flying.events) + 1))


def test_a_viewer_that_does_not_read_holds_nobody_up(folder: Path) -> None:
    flying = Flying(folder, Pace(paused=True))
    with Console(flying.operator.endpoint) as console, zmq.Context() as context:
        socket = context.socket(zmq.SUB)
        socket.rcvhwm = 10
        socket.connect(flying.view.endpoint)
        socket.subscribe(b"")
        while not flying.view.watched:
            console.ask(AskLatest())
        console.ask(Resume())
        while status(console).events < 20_000:  # ten times what is kept for a viewer
            time.sleep(0.01)
        console.ask(Pause())
        socket.close(linger=0)
    flying.close()
    assert flying.join().cause == "interrupted"
