"""Every way three replies, copies of them, old ones and a crash can meet the conductor, to a stated depth.

Breadth first over whole states of conductor and network; two paths that lead to equal states are joined.
Wherever a path leads, the events so far are a beginning of one and the same sequence.
"""

import copyreg
import io
import pickle
from collections import deque
from typing import NamedTuple

import pytest
from kernel_toys import NAMES, Desk, chatters, fly, take
from msgspec import Raw

from twin.contracts.codec import encode
from twin.contracts.operations import PeerLost, RunEnded
from twin.kernel.conductor import Conductor

copyreg.pickle(Raw, lambda raw: (Raw, (bytes(raw),)))


class Depth(NamedTuple):
    """How far to search: rounds, and how often each disturbance may strike, anywhere."""

    rounds: int
    copies: int
    old: int
    probes: int


GATE = Depth(rounds=4, copies=1, old=1, probes=1)
DEEP = Depth(rounds=7, copies=2, old=2, probes=1)


class World:
    """The conductor, its participants, and replies under way; moves change it."""

    def __init__(self, seed: int, depth: Depth) -> None:
        self.conductor = Conductor(NAMES, "toy")
        self.desks: dict[str, Desk] = chatters(seed)
        self.network: list[tuple[str, bytes]] = []  # kept sorted: a set of replies, copies counted
        self.answered = dict.fromkeys(NAMES, b"")
        self.trace: list[bytes] = []
        self.ends: list[object] = []
        self.rounds_left = depth.rounds
        self.budget = {"copy": depth.copies, "old": depth.old, "probe": depth.probes}
        self._go_on()

    def moves(self) -> list[tuple[str, str]]:
        """What may happen next: (what, to whom)."""
        if self.conductor.ended:
            return [("late", name) for name in sorted({name for name, _ in self.network})]
        flying = sorted({name for name, _ in self.network})
        moves = [("arrive", name) for name in flying]
        moves += [("copy", name) for name in flying if self.budget["copy"]]
        moves += [("old", name) for name in NAMES if self.answered[name] and self.budget["old"]]
        moves += [("crash", name) for name in self.conductor.outstanding]
        if not self.conductor.outstanding and self.rounds_left:
            moves.append(("grant", ""))
            moves += [("probe", name) for name in NAMES if self.budget["probe"]]
        return moves

    def move(self, what: str, name: str) -> None:
        if what in self.budget:
            self.budget[what] -= 1
        match what:
            case "arrive" | "late":
                index = [flying for flying, _ in self.network].index(name)
                self._arrive(*self.network.pop(index))
            case "copy":  # the grant came twice: the participant's desk repeats its last reply
                self._fly(name, next(raw for flying, raw in self.network if flying == name))
            case "old":
                self._fly(name, self.answered[name])
            case "crash":
                self._lose(name)
            case "probe":
                _, grant = self.conductor.probe(name)
                self._fly(name, self.desks[name].answer(encode(grant)))
            case "grant":
                self._go_on()

    def _go_on(self) -> None:
        self.rounds_left -= 1
        for name, grant in self.conductor.grants():
            self._fly(name, self.desks[name].answer(encode(grant)))

    def _fly(self, name: str, raw: bytes) -> None:
        self.network = sorted([*self.network, (name, raw)])

    def _arrive(self, name: str, raw: bytes) -> None:
        if take(self.conductor, name, raw) == "accepted":
            self.answered[name] = raw
        self._collect()

    def _lose(self, name: str) -> None:
        self.conductor.inject("supervisor", (), PeerLost(participant=name, cause="killed", granted_ns=0))
        self.conductor.end("peer_lost")
        self._collect()

    def _collect(self) -> None:
        for event, raw in self.conductor.take_committed():
            if isinstance(event.body, PeerLost | RunEnded):
                self.ends.append(type(event.body))
            else:
                assert not self.ends
                self.trace.append(raw)


def state_of(world: World) -> bytes:
    """Everything that can matter later, whichever equal objects are one: same bytes, same future."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer)
    pickler.fast = True
    pickler.dump(world)
    return buffer.getvalue()


def explore(seed: int, depth: Depth) -> tuple[int, int, int]:
    """Number of states, of moves tried, and of ends reached; asserts the order on every move."""
    reference = [raw for _, raw in fly(seed, depth.rounds)]
    start = World(seed, depth)
    seen = {state_of(start)}
    front, tried, ends = deque([start]), 0, 0
    while front:
        world = front.popleft()
        moves, frozen = world.moves(), pickle.dumps(world)
        ends += not moves
        for what, name in moves:
            after = pickle.loads(frozen)
            after.move(what, name)
            tried += 1
            assert after.trace == reference[: len(after.trace)], f"{what} {name} changed the order of events"
            assert after.ends in ([], [PeerLost, RunEnded])
            if not after.moves():
                assert after.ends or after.trace == reference, "a run stopped before its end"
            state = state_of(after)
            if state not in seen:
                seen.add(state)
                front.append(after)
    return len(seen), tried, ends


def report(seed: int, depth: Depth) -> str:
    states, tried, ends = explore(seed, depth)
    return (
        f"{states} states, {tried} moves, {ends} ends explored: {len(NAMES)} participants, "
        f"{depth.rounds} rounds, up to {depth.copies} copied and {depth.old} old replies, "
        f"{depth.probes} empty grant, a crash anywhere"
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_events_is_the_same_on_every_path(seed, capsys):
    text = report(seed, GATE)
    with capsys.disabled():
        print(f"\n{text}")
    assert int(text.split()[0]) > 1000


if __name__ == "__main__":  # the same search, further: minutes
    print(report(1, DEEP))
