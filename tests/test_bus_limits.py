"""Who connects too often, or says too much, is named, turned away and counted; the run does not notice."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq
from peers.toys import NAMES, all_toys, toy_mission

from services.bus import keys
from services.bus.doors import CONNECTIONS, Allowance, Rates
from services.bus.inproc import InprocPeers
from services.bus.keys import Gatekeeper
from services.bus.launcher import Fleet
from services.bus.operator import Console, OperatorPlane
from services.bus.sockets import RouterPeers
from services.bus.view import View
from services.conductor import Coordinator
from tests.twins import free_endpoint, until
from twin.contracts.codec import encode
from twin.contracts.envelope import Hello
from twin.contracts.steering import AskStatus, Status
from twin.kernel.pace import Pace


@pytest.fixture
def context() -> Iterator["zmq.Context[zmq.Socket[bytes]]"]:
    made: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    yield made
    made.destroy(linger=0)


def crowd(path: Path, count: int) -> list[socket.socket]:
    """So many connections to an ipc endpoint that say nothing."""
    people = []
    for _ in range(count):
        one = socket.socket(socket.AF_UNIX)
        one.connect(str(path))
        people.append(one)
    return people


def is_over(one: socket.socket) -> bool:
    """Whether the other side has ended it: libzmq's greeting comes first."""
    one.settimeout(0.05)
    try:
        while one.recv(256):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def test_a_bucket_holds_what_it_holds_and_fills_with_time() -> None:
    now = [0.0]
    bucket = Allowance(10.0, 3.0, lambda: now[0])
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now[0] = 0.1
    assert [bucket.take() for _ in range(2)] == [True, False]
    now[0] = 100.0
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_frames_that_are_waited_for_count_against_nobody() -> None:
    rates = Rates(lambda: 0.0)
    for _ in range(30_000):
        rates.asked(b"a")
        assert rates.admits(b"a")
    admitted = sum(rates.admits(b"b") for _ in range(30_000))
    assert (admitted, rates.over) == (10_000, 20_000)


def test_connections_beyond_the_limit_are_ended_named_and_counted(folder: Path, context) -> None:
    told: list[str] = []
    router = RouterPeers(NAMES, context, told.append)
    router.listen(f"ipc://{folder}/peers")
    people = crowd(folder / "peers", CONNECTIONS + 5)
    until(lambda: router.losses() or router.turned_away == 5, "the last five to be turned away")
    until(lambda: sum(map(is_over, people)) == 5, "the end of five connections")
    assert told[0].endswith(f"was turned away from the control plane: {CONNECTIONS} are connected")
    assert told[0].startswith("process ")
    for one in people:
        one.close()
    with context.socket(zmq.DEALER) as late:
        late.connect(f"ipc://{folder}/peers")
        late.send(encode(Hello(name="relay", schema="s", fingerprint="")))
        until(lambda: router.losses() or router.receive(0.01), "the one who came when there was room")
    router.close()


def test_a_crowd_at_both_planes_stops_no_run(folder: Path, context) -> None:
    view = View(context, f"ipc://{folder}/view")
    plane = OperatorPlane(context, f"ipc://{folder}/operator", view)
    people: list[socket.socket] = []
    run = Coordinator(toy_mission(), InprocPeers(all_toys()), None, (), Pace(rate=20.0), operator=plane)
    with Console(f"ipc://{folder}/operator") as console:
        flown = threading.Thread(target=run.run)
        flown.start()
        assert isinstance(console.ask(AskStatus()), Status)
        people += crowd(folder / "view", CONNECTIONS + 3) + crowd(folder / "operator", CONNECTIONS)
        until(lambda: view.refusals.connections >= 3 and plane.refusals.connections >= 1, "the refusals")
        assert isinstance(console.ask(AskStatus()), Status)
        run.stop("enough")
        flown.join()
    for each in (view, plane):
        each.close()


@pytest.mark.parametrize(("right", "joins"), [("peer", True), ("operator", False), ("", False)])
def test_with_keys_only_a_peer_plays_a_foreign_role(folder: Path, context, monkeypatch, right, joins) -> None:
    ring = folder / "keys"
    key = keys.let_in(ring, "law", right or "peer")
    if right:
        monkeypatch.setenv(keys.CLIENT, str(key))
    with (
        Fleet(
            NAMES, foreign=["relay"], endpoint=(endpoint := free_endpoint()), folder=folder, keys=ring
        ) as fleet,
        context.socket(zmq.DEALER) as peer,
    ):
        peer.linger = 0  # what is not taken never leaves
        keys.unlock(peer)
        peer.connect(endpoint)
        peer.send(encode(Hello(name="relay", schema="twin-wire-1", fingerprint="", foreign=True)))
        if joins:
            until(lambda: fleet.receive(0.01), "the peer with the key")
        else:
            until(lambda: fleet.receive(0.01) or right == "" or fleet.refusals.connections, "the refusal")
            assert not fleet.receive(0.5)


def test_our_children_need_no_key(folder: Path, context) -> None:
    """Their endpoint was bound before the lock was put on the socket."""
    ring = keys.made(folder / "keys")
    router = RouterPeers(NAMES, context)
    router.listen(f"ipc://{folder}/peers")
    keeper = Gatekeeper(context, ring)
    router.open_to(["relay"], free_endpoint(), keeper)
    with context.socket(zmq.DEALER) as child:
        child.connect(f"ipc://{folder}/peers")
        child.send(encode(Hello(name="beacon", schema="s", fingerprint="")))
        until(lambda: router.receive(0.01), "the child")
    router.close()
    keeper.close()
