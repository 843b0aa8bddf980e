"""Counters set just below 2^16, 2^31 and 2^32 and taken past them: nothing wraps, nothing is refused."""

import pytest
from kernel_toys import NAMES, NO_MISSION, Chatter
from recording_samples import FACTS, MISSION

from services.bus.seat import Seat
from services.bus.view import NUMBERS
from services.laws import laws
from services.library import load_mission
from services.recording import layout
from services.recording.milestone import Milestones
from services.recording.walk import Message, Walk
from services.recording.write import Recorder
from services.rejoin import Logbook, Rejoin
from services.run import Options, fly
from tests import counting
from twin.contracts.codec import decode_event, decode_from_peer, encode
from twin.contracts.envelope import Event, Grant, Hello, Ready, Reply, Start
from twin.kernel.conductor import Conductor

LIMITS = [2**16, 2**31, 2**32]
ROUNDS = 60
UNTIL_S = 100.0
"""Past the GO, which goes up at 60 s."""


class _AtHome(Seat):
    """A seat whose participant has begun."""

    def __init__(self, name: str, number: int) -> None:
        super().__init__(name, lambda: Chatter(name))
        self._participant = Chatter(name)
        self._participant.begin(NO_MISSION)
        self._run, self._number = "long", number


def flown(number: int) -> tuple[Conductor, list[tuple[Event, bytes]], dict[str, Logbook]]:
    """A run whose counters stand at `number` after its first round."""
    conductor, trace = Conductor(NAMES, "long"), []
    logs = {name: Logbook() for name in NAMES}
    for name, grant in conductor.grants():
        reaction = Chatter(name).begin(NO_MISSION)
        conductor.reply(name, Reply(run="long", epoch=0, number=grant.number, reaction=reaction))
    for name in NAMES:
        conductor._seats[name].number = conductor._seats[name].replied = number
        conductor._ledger.sequences[name] = number
    seats = {name: _AtHome(name, number) for name in NAMES}
    conductor.take_committed()
    for _ in range(ROUNDS):
        for name, grant in conductor.grants():
            reply = decode_from_peer(seats[name].take(encode(grant)) or b"")
            assert isinstance(reply, Reply), reply
            assert conductor.reply(name, reply) == "accepted"
            logs[name].answered(grant, reply.reaction)
        trace += conductor.take_committed()
    return conductor, trace, logs


@pytest.mark.parametrize("limit", LIMITS)
def test_grants_and_sequences_pass_it_and_the_order_is_that_of_small_numbers(limit):
    _, small, _ = flown(100)
    conductor, large, _ = flown(limit - 5)
    assert all(seat.number > limit for seat in conductor._seats.values())
    assert {event.source for event, _ in large if event.sequence >= limit} == set(NAMES)
    assert all(encode(decode_event(raw)) == raw for _, raw in large)
    # Toys answer to what they hear, numbers included, so only the first events can be alike.
    assert [event.t_ns for event, _ in large[:5]] == [event.t_ns for event, _ in small[:5]]


@pytest.mark.parametrize("limit", LIMITS)
def test_who_comes_back_is_told_grants_on_both_sides_of_it(limit):
    _, _, logs = flown(limit - 5)
    log = logs["alpha"]
    log.granted = limit - 4
    hello = Hello(name="alpha", schema="s", fingerprint="")
    start = Start(run="long", epoch=1, mission=b"\x80")  # type: ignore[arg-type]
    rejoin = Rejoin("alpha", log, start, hello, None)
    rejoin.take(hello)
    rejoin.take(Ready(run="long", epoch=1))
    for grant, reaction in log.since:
        assert rejoin.last == grant.number
        rejoin.take(Reply(run="long", epoch=1, number=grant.number, reaction=reaction))
    assert rejoin.done
    assert isinstance(grant, Grant)
    assert grant.number > limit


@pytest.mark.parametrize("limit", LIMITS)
def test_the_recorder_and_the_view_count_past_it(limit, tmp_path):
    _, trace, _ = flown(3)
    path = tmp_path / "long.mcap"
    recorder = Recorder(path, MISSION, FACTS)
    recorder.events = limit - 5
    for pair in trace[:10]:
        recorder.round((pair,))
    recorder.close()
    written = [item.sequence for item in _messages(path.read_bytes())]
    assert written == [(limit - 5 + count) & layout.SEQUENCE_MASK for count in range(10)]
    assert NUMBERS.unpack(NUMBERS.pack(limit + 1, limit)) == (limit + 1, limit)


def _messages(data):
    walk = Walk(data)
    try:
        for item in walk.items():
            if isinstance(item, Message):
                yield item
    finally:
        assert walk.at


@pytest.mark.parametrize("limit", counting.LIMITS)
def test_a_flight_counts_past_it_with_the_verdict_it_has_from_0_and_is_the_same_flown_again(limit, tmp_path):
    mission, path = load_mission("rendezvous", laws()), tmp_path / "long.mcap"
    calm = fly(mission, Options(in_process=True, until_s=UNTIL_S))
    counting.left(mission, path, processes=False, until_s=UNTIL_S)
    counting.set_below(path, limit, samples=False)
    states = Milestones(path).path.read_bytes()
    flown = counting.flown_on(path)
    assert flown.report.verdict == calm.verdict
    said = ("events of servicer", "events of guidance", "events of ground", "frames", "telecommands")
    granted = ("grants of servicer", "grants of guidance", "grants of ground")
    assert all(flown.highest[name] >= limit for name in (*said, *granted))
    assert counting.flown_again(path, tmp_path / "again.mcap", states).recording == flown.recording
