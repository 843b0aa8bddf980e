"""Foreign processes that die, freeze, raise or say nothing, and one whose run goes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq
from peers.relaying import Flight, PlainRelay, flying

from services import manners
from tests.twins import PATIENCE_S, private_folder, until

TESTS = Path(__file__).parent
PLAIN = TESTS / "peers" / "plain"


@pytest.fixture
def flight(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flight]:
    monkeypatch.setenv("PYTHONPATH", f"{TESTS}:{TESTS.parent}")  # the toys are children too
    with flying() as flight:
        yield flight


LEAVING = """
import os, signal, sys
from wire import converse

class Relay:
    def __init__(self, mission):
        self.grants = 0
    def react(self, inbox):
        self.grants += 1
        if self.grants == 3:
            {doing}
        return []

converse(sys.argv[1], "relay", Relay)
"""


@pytest.mark.parametrize(
    ("doing", "cause", "text"),
    [
        (
            "os.kill(os.getpid(), signal.SIGKILL)",
            "peer_lost",
            "relay was lost at 0.200 s: its connection is gone",
        ),
        (
            "os.kill(os.getpid(), signal.SIGSTOP)",
            "peer_lost",
            "relay was lost at 0.200 s: its connection is gone",
        ),
        ("inbox[7]", "error", "relay failed at 0.200 s: IndexError: list index out of range"),
    ],
    ids=["killed", "frozen", "raises"],
)
def test_a_foreign_process_that_fails_is_named_with_its_time(
    flight: Flight, monkeypatch: pytest.MonkeyPatch, doing: str, cause: str, text: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(PLAIN))
    peer = subprocess.Popen([sys.executable, "-c", LEAVING.format(doing=doing), flight.endpoint])
    try:
        outcome = flight.outcome
    finally:
        peer.kill()
        peer.wait()
    assert (outcome.cause, outcome.participant, outcome.text) == (cause, "relay", text)


def test_who_is_waited_for_is_told_and_named_in_the_outcome(
    flight: Flight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manners, "PATIENCE_S", 0.1)
    relay = PlainRelay(flight.endpoint)
    relay.get_ready()
    relay.answer(relay.hear())
    relay.hear()  # and no answer ever
    until(lambda: "waiting for relay at 0.100 s" in flight.told, "the line that says who holds time")
    flight.asked = "SIGINT"
    assert flight.outcome.text == "stopped by SIGINT while waiting for relay at 0.100 s"
    relay.close()


def test_the_plain_guidance_ends_when_the_run_goes_without_a_word() -> None:
    with private_folder() as folder, zmq.Context() as context, context.socket(zmq.ROUTER) as run:
        run.linger = 0
        run.bind(f"ipc://{folder}/join")
        words = [sys.executable, str(PLAIN), f"ipc://{folder}/join"]
        peer = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        assert run.poll(int(1000 * PATIENCE_S)), "no HELLO"
    _, errors = peer.communicate(timeout=PATIENCE_S)
    assert (peer.returncode, errors) == (2, "guidance: the run is gone: its connection is lost\n")
