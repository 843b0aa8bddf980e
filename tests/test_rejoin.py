"""A service killed at any moment is restarted, catches up, and the run has the digest it would have had."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from peers.toys import MODULES, NAMES, PERIOD_NS, all_toys, toy_mission

from services.bus.inproc import InprocPeers
from services.bus.launcher import Fleet
from services.conductor import Coordinator, Outcome
from services.rejoin import Logbook, Rejoin
from twin.contracts.codec import decode_to_peer
from twin.contracts.envelope import Event, Grant, Hello, Reaction, Ready, Reply, Start
from twin.contracts.operations import PeerLost, RunEnded
from twin.errors import ContractError, TraceMismatchError

TESTS = Path(__file__).parent
SECOND = 1_000_000_000


pytestmark = pytest.mark.usefixtures("toys_for_children")


def fly(folder: Path, disturb: Callable[[Event, Fleet], None], **modules: str) -> tuple[Outcome, list[Event]]:
    """The toys as processes, and what happens at their events."""
    events: list[Event] = []
    with Fleet(NAMES, modules={**MODULES, **modules}, folder=folder) as fleet:

        def watch(event: Event) -> None:
            events.append(event)
            disturb(event, fleet)

        return Coordinator(toy_mission(), fleet.start(), None, (watch,)).run(), events


def killing(*victims: str, every_ns: int = SECOND) -> Callable[[Event, Fleet], None]:
    """Kills one victim after the other."""
    left = list(victims)

    def disturb(event: Event, fleet: Fleet) -> None:
        if left and event.source == "beacon" and event.t_ns >= every_ns * (1 + len(victims) - len(left)):
            os.kill(fleet.pids[left.pop(0)], signal.SIGKILL)

    return disturb


def digest() -> str:
    return Coordinator(toy_mission(), InprocPeers(all_toys())).run().digest


def test_every_service_comes_back_and_the_digest_is_what_it_would_have_been(folder: Path) -> None:
    outcome, events = fly(folder, killing("relay", "beacon", "counter", "relay"))
    assert (outcome.cause, outcome.digest) == ("deadline", digest())
    assert [each.participant for each in outcome.restarts] == ["relay", "beacon", "counter", "relay"]
    assert all("SIGKILL" in each.cause and each.t_ns >= SECOND for each in outcome.restarts)
    assert not [event for event in events if isinstance(event.body, PeerLost)]
    assert list(folder.iterdir()) == []


def test_a_service_without_kept_states_is_told_again_what_it_was_told_and_no_more(folder: Path) -> None:
    outcome, _ = fly(folder, killing("relay", every_ns=9 * SECOND))
    assert outcome.digest == digest()
    (restart,) = outcome.restarts
    # It dies before or after it has taken the grant that follows.
    assert restart.grant <= restart.told_again <= restart.grant + 1


def test_a_service_of_which_one_constant_is_another_is_refused_with_the_first_difference(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill = killing("relay")

    def disturb(event: Event, fleet: Fleet) -> None:
        if event.t_ns >= SECOND // 2:
            monkeypatch.setenv("TWIN_TOYS_ALTERED", "1")
        kill(event, fleet)

    outcome, events = fly(folder, disturb, relay="peers.toys:alterable")
    assert (outcome.cause, outcome.participant) == ("error", "relay")
    assert "relay came back different: its answer to grant 1 (0.100000000 s)" in outcome.text
    assert "messages[0].delay_ns: on the record 1000, now 1001" in outcome.text
    assert isinstance(events[-1].body, RunEnded)


def test_the_same_grant_kills_a_service_three_times_and_no_more(folder: Path) -> None:
    outcome, events = fly(folder, lambda event, fleet: None, beacon="peers.toys:dying")
    assert (outcome.cause, outcome.participant) == ("peer_lost", "beacon")
    assert "SIGABRT, for the 3rd time at grant 10" in outcome.text
    assert [type(event.body) for event in events[-2:]] == [PeerLost, RunEnded]
    start, *grants = map(decode_to_peer, outcome.fatal)
    assert isinstance(start, Start)
    assert [each.number for each in grants if isinstance(each, Grant)] == list(range(11))


START = Start(run="r", epoch=1, mission=b"\x80")  # type: ignore[arg-type]
HELLO = Hello(name="x", schema="s", fingerprint="f", source="1")


def rejoining(count: int) -> tuple[Rejoin, list[Reply]]:
    """Somebody who comes back after so many grants, and the answers it once gave."""
    log, replies = Logbook(), []
    for number in range(count):
        reaction = Reaction(wake_ns=number + 1)
        log.answered(Grant(run="r", epoch=0, number=number, t_ns=number, micro=0), reaction)
        replies.append(Reply(run="r", epoch=1, number=number, reaction=reaction))
    return Rejoin("x", log, START, HELLO, None), replies


def test_it_is_told_everything_again_in_order_and_then_it_is_back() -> None:
    rejoin, replies = rejoining(3)
    assert isinstance(decode_to_peer(rejoin.take(HELLO) or b""), Start)
    frames = [rejoin.take(Ready(run="r", epoch=1)), *map(rejoin.take, replies)]
    assert [getattr(decode_to_peer(raw), "number", None) for raw in frames if raw] == [0, 1, 2]
    assert rejoin.done


def test_what_is_out_of_place_is_refused_and_what_is_late_is_dropped() -> None:
    rejoin, replies = rejoining(2)
    with pytest.raises(ContractError, match="catching up"):
        rejoin.take(replies[0])
    rejoin.take(HELLO)
    with pytest.raises(ContractError, match="catching up"):
        rejoin.take(Ready(run="r", epoch=0))
    rejoin.take(Ready(run="r", epoch=1))
    rejoin.take(replies[0])
    assert rejoin.take(replies[0]) is None
    assert not rejoin.done


def test_who_answers_as_before_but_runs_other_code_is_refused() -> None:
    rejoin, replies = rejoining(1)
    rejoin.take(Hello(name="x", schema="s", fingerprint="f", source="2"))
    rejoin.take(Ready(run="r", epoch=1))
    with pytest.raises(TraceMismatchError, match="its source is 2, it was 1"):
        rejoin.take(replies[0])


def test_time_goes_on_where_the_beacon_left_it(folder: Path) -> None:
    _, events = fly(folder, killing("beacon"))
    beacons = [event.t_ns for event in events if event.source == "beacon"]
    assert beacons == [PERIOD_NS * (1 + count) for count in range(100)]
