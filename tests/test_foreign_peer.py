"""Peers that share no code with us, spoken by hand: what they may get wrong."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from peers.relaying import Flight, PlainRelay, flying
from peers.spoken import HELLO
from peers.toys import all_toys, toy_mission

from services.bus.inproc import InprocPeers
from services.conductor import Coordinator

TESTS = Path(__file__).parent


pytestmark = pytest.mark.usefixtures("toys_for_children")


@pytest.fixture
def flight() -> Iterator[Flight]:
    with flying() as flight:
        yield flight


@pytest.fixture
def relay(flight: Flight) -> Iterator[PlainRelay]:
    peer = PlainRelay(flight.endpoint)
    yield peer
    peer.close()


def test_a_foreign_peer_gives_the_digest_of_our_own(flight: Flight, relay: PlainRelay) -> None:
    relay.get_ready()
    relay.relay_to_the_end()
    assert flight.outcome.digest == _at_home()  # taken over our re-encoding: 0 and 0.0 are one number


def test_a_peer_of_another_contract_is_told_so_and_the_role_stays_open(
    flight: Flight, relay: PlainRelay
) -> None:
    refused = relay.join(schema="twin-wire-0")
    assert refused["frame"] == "refused"
    assert "twin-wire-1" in refused["reason"]
    again = PlainRelay(flight.endpoint)
    again.get_ready()
    again.relay_to_the_end()
    assert flight.outcome.cause == "deadline"
    again.close()


@pytest.mark.parametrize(
    ("different", "reason"),
    [
        ({"name": "pilot"}, "no role pilot"),
        ({"name": "beacon"}, "not open"),
        ({"foreign": False}, "not open"),
        ({"colour": 1}, "colour"),
        ({"name": 7}, "name"),
    ],
)
def test_a_hello_that_cannot_be_is_refused_with_its_reason(
    relay: PlainRelay, different: dict[str, Any], reason: str
) -> None:
    refused = relay.join(**different)
    assert refused["frame"] == "refused"
    assert reason in refused["reason"]


def test_a_role_is_taken_once(flight: Flight, relay: PlainRelay) -> None:
    relay.get_ready()
    second = PlainRelay(flight.endpoint)
    refused = second.join()
    assert "taken" in refused["reason"]
    second.close()
    relay.relay_to_the_end()
    assert flight.outcome.cause == "deadline"


@pytest.mark.parametrize("rubbish", [b"", b"\xc1", b"\x81\xa5frame\xa5hello", b"x" * 1000, b"\x91" * 5000])
def test_rubbish_from_a_stranger_is_refused_and_counted(
    flight: Flight, relay: PlainRelay, rubbish: bytes
) -> None:
    relay.socket.send(rubbish)
    assert relay.hear()["frame"] == "refused"
    assert flight.fleet.refusals.frames == 1


def test_a_bad_answer_is_refused_with_its_place_and_may_be_given_again(
    flight: Flight, relay: PlainRelay
) -> None:
    relay.get_ready()
    grant = relay.hear()
    relay.answer(grant, wake_ns=-1)
    assert "wake_ns" in relay.hear()["reason"]
    relay.answer(grant, messages=[{"body": {"kind": "mark", "text": float("nan")}}])
    assert "text" in relay.hear()["reason"]
    relay.answer(grant)
    relay.relay_to_the_end()
    assert flight.outcome.cause == "deadline"
    assert flight.outcome.refused == 2


def test_a_repeated_and_a_late_answer_change_nothing(flight: Flight, relay: PlainRelay) -> None:
    relay.get_ready()
    before = None
    while (frame := relay.hear())["frame"] == "grant":
        if before:
            relay.answer(before)  # late
        relay.answer(frame)
        relay.answer(frame)  # repeated
        before = frame
    assert flight.outcome.digest == _at_home()


def test_an_answer_to_a_grant_never_given_stops_the_run_with_the_numbers(
    flight: Flight, relay: PlainRelay
) -> None:
    relay.get_ready()
    relay.answer({**relay.hear(), "number": 41})
    assert flight.outcome.cause == "error"
    assert "41" in flight.outcome.text


def test_a_foreign_peer_that_leaves_before_the_start_may_be_replaced(
    flight: Flight, relay: PlainRelay
) -> None:
    relay.say({**HELLO, "name": "relay"})
    while "relay" in flight.waiting_for:
        time.sleep(0.001)
    relay.close()
    again = PlainRelay(flight.endpoint)
    while (start := again.join())["frame"] == "refused":  # "taken", until the loss is noticed
        time.sleep(0.01)
    again.get_ready(start)
    again.relay_to_the_end()
    assert flight.outcome.cause == "deadline"
    again.close()


def test_a_foreign_peer_that_is_lost_ends_the_run_with_its_name(flight: Flight, relay: PlainRelay) -> None:
    relay.get_ready()
    relay.answer(relay.hear())
    relay.hear()
    relay.close()
    assert (flight.outcome.cause, flight.outcome.participant) == ("peer_lost", "relay")


def test_a_foreign_peer_that_joins_again_gets_its_whole_inbox_and_the_digest_is_the_same(
    flight: Flight, relay: PlainRelay
) -> None:
    relay.get_ready()
    for _ in range(20):
        relay.answer(relay.hear())
    relay.hear()  # and dies of it
    relay.close()
    again = PlainRelay(flight.endpoint)
    while (start := again.join())["frame"] == "refused":  # "taken", until the loss is noticed
        time.sleep(0.01)
    again.get_ready(start)
    assert (start["epoch"], start["granted"], start["state"]) == (1, 0, b"")
    again.relay_to_the_end()
    assert (flight.outcome.cause, flight.outcome.digest) == ("deadline", _at_home())
    (restart,) = flight.outcome.restarts
    assert (restart.participant, restart.told_again) == ("relay", 20)
    again.close()


def test_a_foreign_peer_that_comes_back_with_other_answers_ends_the_run_with_the_difference(
    flight: Flight, relay: PlainRelay
) -> None:
    relay.get_ready()
    relay.answer(relay.hear())
    relay.answer(relay.hear())
    relay.hear()
    relay.close()
    again = PlainRelay(flight.endpoint)
    while (start := again.join())["frame"] == "refused":
        time.sleep(0.01)
    again.get_ready(start)
    again.answer(again.hear())
    again.answer(again.hear(), wake_ns=7 * 10**9)
    assert (flight.outcome.cause, flight.outcome.participant) == ("error", "relay")
    assert (
        "grant 1 (0.100000000 s) differs at wake_ns: on the record None, now 7000000000"
        in flight.outcome.text
    )
    again.close()


def _at_home() -> str:
    """The digest of the toys in one process."""
    return Coordinator(toy_mission(), InprocPeers(all_toys())).run().digest
