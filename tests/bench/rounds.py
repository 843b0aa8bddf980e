"""How fast rounds go: bare ROUTER/DEALER, and the coordinator over as many peers.

A round is: every peer gets a frame, every peer has answered. Both are measured with processes of this
interpreter, one after the other, so that their ratio says what the coordination costs.
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import zmq

from services.bus.endpoints import SocketFolder
from services.bus.launcher import Fleet
from services.bus.planes import opened
from services.conductor import Coordinator
from services.recording.milestone import Milestones
from services.recording.write import Recorder
from services.run import run_facts
from tests.bench.figures import Figure, least
from twin.contracts.envelope import Delivered, Event, Outgoing, Reaction
from twin.contracts.operations import Mark
from twin.kernel.participant import Participant
from twin.mission.script import Mission

PEERS = 3
PERIOD_NS = 1_000_000
_PAYLOAD = bytes(128)  # about a grant with a small message in it
_ECHO = """
import sys, zmq
socket = zmq.Context().socket(zmq.DEALER)
socket.connect(sys.argv[1])
socket.send(b"hello")
while frame := socket.recv():
    socket.send(frame)
"""


class Ticker:
    """Wakes every simulated millisecond and says one word to the record; nothing else."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._wake_ns = 0

    @property
    def name(self) -> str:
        return self._name

    def begin(self, mission: Mission) -> Reaction:
        self._wake_ns = PERIOD_NS
        return Reaction(wake_ns=PERIOD_NS)

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        if now_ns != self._wake_ns:
            return Reaction(wake_ns=self._wake_ns)
        self._wake_ns = now_ns + PERIOD_NS
        return Reaction(messages=(Outgoing(body=Mark(text="tick")),), wake_ns=self._wake_ns)

    def snapshot(self) -> bytes:
        return self._wake_ns.to_bytes(8, "little")

    def restore(self, mission: Mission, state: bytes) -> None:
        self._wake_ns = int.from_bytes(state, "little")


def ticker_a() -> Participant:
    return Ticker("a")


def ticker_b() -> Participant:
    return Ticker("b")


def ticker_c() -> Participant:
    return Ticker("c")


TICKERS = {name: f"tests.bench.rounds:ticker_{name}" for name in ("a", "b", "c")}


class _Stopwatch:
    """Wall time from the first event to the last: the start of the processes is another figure."""

    def __init__(self) -> None:
        self._first_s = self._last_s = 0.0

    def take(self, event: Event) -> None:
        self._last_s = time.perf_counter()
        self._first_s = self._first_s or self._last_s

    @property
    def wall_s(self) -> float:
        return self._last_s - self._first_s


def bare_rounds_per_s(rounds: int) -> float:
    """Rounds a second of a ROUTER and three echoing DEALERs, each in a process of its own."""
    with SocketFolder() as folder, zmq.Context() as context, context.socket(zmq.ROUTER) as router:
        router.linger = 0
        endpoint = folder.endpoint("bare")
        router.bind(endpoint)
        command = [sys.executable, "-c", _ECHO, endpoint]
        echoes = [subprocess.Popen(command) for _ in range(PEERS)]
        identities: list[bytes] = []
        try:
            identities += [router.recv_multipart()[0] for _ in echoes]
            return rounds / _ping(router, identities, rounds)
        finally:
            for identity in identities:
                router.send_multipart((identity, b""))
            for echo in echoes:
                echo.wait(5.0)


def _ping(router: "zmq.Socket[bytes]", identities: Sequence[bytes], rounds: int) -> float:
    begun_s = time.perf_counter()
    for _ in range(rounds):
        for identity in identities:
            router.send_multipart((identity, _PAYLOAD))
        for _ in identities:
            router.recv_multipart()
    return time.perf_counter() - begun_s


def coordinated_rounds_per_s(mission: Mission, rounds: int, record: Path, *, everything: bool) -> float:
    """Rounds a second of the coordinator with three processes that say a word each; recorded, digested.
    With `everything` states are kept on disk too, a view is published, and an operator may ask."""
    lasting = msgspec.structs.replace(mission.ending, latest_s=rounds * PERIOD_NS * 1e-9 + 1.0)
    mission = msgspec.structs.replace(mission, ending=lasting)
    recorder = Recorder(record, mission, run_facts(mission))
    stopwatch, milestones = _Stopwatch(), Milestones(record) if everything else None
    with Fleet(TICKERS, modules=TICKERS) as fleet, SocketFolder() as folder:
        view, operator = (folder.endpoint(name) if everything else None for name in ("view", "operator"))
        with opened(view, operator) as planes:
            fleet.start()
            outcome = Coordinator(
                mission,
                fleet,
                recorder,
                (stopwatch.take,),
                view=planes.view,
                operator=planes.operator,
                until_ns=rounds * PERIOD_NS,
                milestones=milestones,
            ).run()
    recorder.close()
    if milestones is not None:
        milestones.discard()
    return outcome.rounds / stopwatch.wall_s


def figures(mission: Mission, folder: Path, rounds: int, repeats: int) -> Iterator[Figure]:
    """Coordination against bare rounds: of pairs measured one after the other, the one of median ratio."""
    what = "coordination rounds, three participants as processes"
    for text, everything, budget in (
        ("recorded and digested", False, least(0.6, "ratio")),
        ("with states kept, viewed and steered too", True, None),
    ):
        pairs: list[tuple[float, float]] = []
        for repeat in range(repeats):
            bare = bare_rounds_per_s(rounds)
            record = folder / f"rounds-{everything}-{repeat}.mcap"
            ours = coordinated_rounds_per_s(mission, rounds, record, everything=everything)
            pairs.append((ours, bare))
        pairs.sort(key=lambda pair: pair[0] / pair[1])
        ours, bare = pairs[len(pairs) // 2]
        yield Figure(
            what=f"{what}, {text}",
            measured=ours,
            unit="1/s",
            reference=bare,
            against="bare ROUTER/DEALER, three Python peers",
            budget=budget,
            note=f"{PEERS} events a round",
        )
