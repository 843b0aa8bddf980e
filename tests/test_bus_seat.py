"""A participant's seat: duplicates, stale frames, gaps and failures, frame by frame."""

import logging

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from peers.toys import PERIOD_NS, Beacon, Trouble, beacon, toy_mission

from services.bus.seat import RecentLines, Seat
from twin.contracts.codec import decode_from_peer, encode, schema_hash
from twin.contracts.envelope import (
    Failure,
    FromPeer,
    Grant,
    Hello,
    Ready,
    Refused,
    Reply,
    SnapshotAsked,
    SnapshotGiven,
    Start,
    Stop,
)
from twin.kernel.participant import Participant


def seated(participant: Participant | None = None, log: RecentLines | None = None) -> Seat:
    seat = Seat("beacon", lambda: participant or beacon(), log)
    start = Start(run="r", epoch=0, mission=msgspec.Raw(encode(toy_mission())))
    assert isinstance(said(seat.take(encode(start))), Ready)
    return seat


def said(raw: bytes | None) -> FromPeer:
    assert raw is not None
    return decode_from_peer(raw)


def grant(number: int, t_ns: int = 0, run: str = "r", epoch: int = 0) -> bytes:
    return encode(Grant(run=run, epoch=epoch, number=number, t_ns=t_ns, micro=0))


def test_hello_says_the_schema_of_this_code() -> None:
    hello = said(Seat("beacon", beacon).hello())
    assert isinstance(hello, Hello)
    assert (hello.name, hello.schema, hello.foreign) == ("beacon", schema_hash(), False)
    assert "numpy" in hello.fingerprint


def test_grant_zero_begins_and_the_next_ones_react() -> None:
    seat = seated()
    first = said(seat.take(grant(0)))
    second = said(seat.take(grant(1, PERIOD_NS)))
    assert isinstance(first, Reply)
    assert isinstance(second, Reply)
    assert first.reaction.wake_ns == PERIOD_NS
    assert len(second.reaction.messages) == 1


def test_a_duplicate_grant_gets_the_cached_reply_and_changes_nothing() -> None:
    seat = seated()
    seat.take(grant(0))
    first = seat.take(grant(1, PERIOD_NS))
    before = said(seat.take(encode(SnapshotAsked(run="r", epoch=0))))
    assert seat.take(grant(1, PERIOD_NS)) == first
    assert said(seat.take(encode(SnapshotAsked(run="r", epoch=0)))) == before


def test_an_older_grant_and_one_of_another_life_get_no_answer() -> None:
    seat = seated()
    seat.take(grant(0))
    seat.take(grant(1, PERIOD_NS))
    assert seat.take(grant(0)) is None
    assert seat.take(grant(2, run="another")) is None
    assert seat.take(grant(2, epoch=1)) is None
    assert not seat.over


def test_a_gap_in_the_grants_ends_the_participant_with_both_numbers() -> None:
    seat = seated()
    seat.take(grant(0))
    failure = said(seat.take(grant(5)))
    assert isinstance(failure, Failure)
    assert "grant 0" in failure.error
    assert "5" in failure.error
    assert seat.over


def test_a_grant_before_start_is_a_failure() -> None:
    assert isinstance(said(Seat("beacon", beacon).take(grant(0))), Failure)


def test_what_a_participant_raises_is_reported_with_its_place_and_its_last_log_lines() -> None:
    log = RecentLines()
    logger = logging.getLogger("test_bus_seat")
    logger.addHandler(log)
    seat = seated(Trouble("beacon", "raise"), log)
    seat.take(grant(0))
    logger.warning("the lamp flickers")
    failure = said(seat.take(grant(1, 2_000_000_000)))
    logger.removeHandler(log)
    assert isinstance(failure, Failure)
    assert failure.error == "ValueError: the beacon's lamp is out"
    assert "WARNING test_bus_seat: the lamp flickers" in failure.log
    assert any("toys.py" in line for line in failure.log)


def test_refused_ends_the_participant_and_names_the_reason() -> None:
    seat = seated()
    failure = said(seat.take(encode(Refused(reason="no such receiver"))))
    assert isinstance(failure, Failure)
    assert "no such receiver" in failure.error


def test_stop_ends_the_conversation_without_an_answer() -> None:
    seat = seated()
    assert seat.take(encode(Stop(run="r", cause=""))) is None
    assert seat.over
    assert seat.ended_by == ""


def test_a_snapshot_restores_a_participant_that_continues_alike() -> None:
    seat = seated()
    seat.take(grant(0))
    seat.take(grant(1, PERIOD_NS))
    given_ = said(seat.take(encode(SnapshotAsked(run="r", epoch=0))))
    assert isinstance(given_, SnapshotGiven)
    again = Beacon("beacon")
    again.restore(toy_mission(), given_.state)
    reply = said(seat.take(grant(2, 2 * PERIOD_NS)))
    assert isinstance(reply, Reply)
    assert again.react(2 * PERIOD_NS, ()) == reply.reaction


@given(st.binary(max_size=200))
def test_any_bytes_are_answered_or_reported_never_raised(raw: bytes) -> None:
    seat = seated()
    answer = seat.take(raw)
    assert answer is None or isinstance(said(answer), Failure | SnapshotGiven)
