"""The conductor: one total order, whatever the wire, the machine and the outside do."""

import os
import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_rounds import answer, begun, granted, note, said, texts
from kernel_toys import NAMES, chatters, digest, fly, oracle, take

from twin.contracts.codec import decode_event, encode
from twin.contracts.envelope import Grant, Outgoing, Reply
from twin.contracts.operations import Mark, PeerLost, RunEnded
from twin.errors import ContractError, UsageError
from twin.kernel.conductor import Conductor
from twin.kernel.stalls import AlgebraicLoopError, DeadlockError, GapError

SEEDS = st.integers(0, 2**32)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_the_order_of_events_is_that_of_a_plain_oracle(seed):
    assert [event for event, _ in fly(seed, 40)] == oracle(seed, 40)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.randoms(use_true_random=False))
def test_arrival_order_repeats_late_replies_and_empty_grants_change_nothing(seed, chance):
    old = []

    def disturb(conductor, desks, replies):
        chance.shuffle(replies)
        for name, raw in [*old, *replies[:1] * 2]:
            take(conductor, name, raw)
        old[:] = chance.sample(replies, k=min(2, len(replies)))

    def probe(conductor, desks, replies):
        for name, raw in replies:
            assert take(conductor, name, raw) == "accepted"
        for name in chance.choices(NAMES, k=chance.randrange(3)):
            _, grant = conductor.probe(name)
            assert take(conductor, name, desks[name].answer(encode(grant))) == "accepted"
        replies.clear()

    assert fly(seed, 30, disturb) == fly(seed, 30, probe) == fly(seed, 30)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.randoms(use_true_random=False))
def test_keys_only_grow_and_bytes_are_canonical_also_with_outside_input(seed, chance):
    def disturb(conductor, desks, replies):
        chance.shuffle(replies)
        for source in chance.choices(["operator", "faults"], k=chance.randrange(4)):
            if conductor.now_ns:
                conductor.inject(source, ("beta",), Mark(text=source))

    trace = fly(seed, 30, disturb)
    ranks = {name: rank for rank, name in enumerate((*NAMES, "operator", "faults"))}
    keys = [(event.t_ns, event.micro, ranks[event.source], event.sequence) for event, _ in trace]
    assert all(earlier < later for earlier, later in pairwise(keys))
    assert all(decode_event(raw) == event and encode(event) == raw for event, raw in trace)
    assert all(event.external == (event.source not in NAMES) for event, _ in trace)


def test_another_seed_gives_another_digest():
    assert digest(fly(1, 30)) != digest(fly(2, 30))


def test_the_digest_does_not_depend_on_the_hash_seed_of_the_interpreter():
    program = "from kernel_toys import digest, fly; print(digest(fly(7, 30)))"
    here = Path(__file__).parent
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{here}{os.pathsep}{here.parent}"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert found == {digest(fly(7, 30)) + "\n"}


def test_a_message_without_delay_is_seen_at_the_next_micro_step():
    conductor = begun("a", "b", a=said(note("now", to=("b",)), wake_ns=9))
    grants = granted(conductor)
    assert list(grants) == ["b"]
    assert (grants["b"].t_ns, grants["b"].micro, texts(grants["b"])) == (0, 1, ["now"])


def test_everyone_due_at_an_instant_is_granted_together():
    conductor = begun("a", "b", "c", a=said(note("x", to=("c",), delay_ns=5), wake_ns=5), b=said(wake_ns=5))
    assert conductor.next_ns == 5
    assert list(granted(conductor)) == ["a", "b", "c"]
    assert conductor.next_ns is None
    assert conductor.grants() == ()


def test_messages_due_together_come_by_rank_then_sequence_not_by_emission_or_arrival():
    conductor = Conductor(("a", "b", "c"), "r")
    grants = granted(conductor)
    later = {"b": said(note("b0", to=("c",), delay_ns=7), note("b1", to=("c",), delay_ns=7))}
    answer(conductor, {name: grants[name] for name in ("c", "b", "a")}, **later, a=said(wake_ns=4))
    answer(conductor, granted(conductor), a=said(note("a0", to=("c",), delay_ns=3)))
    assert texts(granted(conductor)["c"]) == ["a0", "b0", "b1"]


def test_waiting_mail_wakes_nobody_and_comes_with_the_next_grant_in_order():
    mail = said(
        note("wait", to=("b",), delivery="wait"), note("late", to=("b",), delay_ns=8, delivery="wait")
    )
    conductor = begun("a", "b", a=mail, b=said(wake_ns=5))
    grants = granted(conductor)
    assert (grants["b"].t_ns, texts(grants["b"])) == (5, ["wait"])
    answer(conductor, grants, b=said(wake_ns=8))
    assert texts(granted(conductor)["b"]) == ["late"]


def test_of_the_latest_kind_only_the_newest_is_delivered_but_all_are_recorded():
    conductor = begun("a", "b", a=said(note("0", to=("b",), delivery="latest"), wake_ns=1), b=said(wake_ns=5))
    for t_ns in range(1, 5):
        mail = note(str(t_ns), to=("b",), delivery="latest")
        answer(conductor, granted(conductor), a=said(mail, wake_ns=t_ns + 1))
    assert [event.body.text for event, _ in conductor.take_committed()] == ["0", "1", "2", "3", "4"]
    assert texts(granted(conductor)["b"]) == ["4"]


def test_a_message_that_an_even_newer_one_overtook_is_never_delivered():
    slow, quick = note("old", to=("b",), delay_ns=9, delivery="latest"), note("new", to=("b",), delay_ns=3)
    conductor = begun("a", "b", a=said(slow, wake_ns=1), b=said(wake_ns=5))
    answer(
        conductor,
        granted(conductor),
        a=said(Outgoing(to=("b",), delay_ns=3, delivery="latest", body=quick.body)),
    )
    grants = granted(conductor)
    assert texts(grants["b"]) == ["new"]
    answer(conductor, grants, b=said(wake_ns=20))
    assert texts(granted(conductor)["b"]) == []


def test_a_mailbox_of_latest_messages_stays_small_while_nobody_empties_it():
    conductor = begun("a", "b", a=said(wake_ns=1))
    for t_ns in range(1, 500):
        mail = note("x", to=("b",), delay_ns=t_ns % 3, delivery="latest")
        answer(conductor, granted(conductor), a=said(mail, wake_ns=t_ns + 1))
    assert len(conductor._seats["b"].mailbox.waiting) <= 4  # one due, and those of the last 2 ns


def test_a_deadlock_names_who_waits_for_what():
    conductor = begun("a", "b", a=said(note("x", to=("b",), delivery="wait")))
    assert conductor.next_ns is None
    with pytest.raises(DeadlockError, match=r"a \(.*nothing in its mailbox.*b \(.*1 mark"):
        conductor.grants()


def test_a_loop_without_delay_is_named_with_its_chain():
    conductor = Conductor(("a", "b"), "r", micro_steps=10)
    for _ in range(11):
        answer(conductor, granted(conductor), a=said(note(to=("b",))), b=said(note(to=("a",))))
    with pytest.raises(AlgebraicLoopError, match="b:mark -> a:mark") as caught:
        conductor.grants()
    assert conductor.now_ns == 0
    assert len(caught.value.chain) >= 10


@pytest.mark.parametrize(
    ("reaction", "place"),
    [
        (said(note(to=("nobody",))), r"reaction.messages\[0\].to\[0\]"),
        (said(note(), note(to=("b", "b"))), r"reaction.messages\[1\].to\[1\]"),
        (said(note(delay_ns=2**62), wake_ns=9), r"reaction.messages\[0\].delay_ns"),
        (said(wake_ns=3), "reaction.wake_ns"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_with_its_place_and_still_owed(reaction, place):
    conductor = begun("a", "b", a=said(wake_ns=3))
    grants = granted(conductor)
    with pytest.raises(ContractError, match=place):
        answer(conductor, grants, a=reaction)
    assert conductor.outstanding == ("a",)
    answer(conductor, grants, a=said(note("ok"), wake_ns=4))
    assert [event.sequence for event, _ in conductor.take_committed()] == [0]


def test_a_reply_to_a_grant_never_given_is_a_gap_with_the_numbers():
    conductor = Conductor(("a", "b"), "r")
    conductor.grants()
    with pytest.raises(GapError, match="a answered grant 3, but the last one given to it is 0"):
        conductor.reply("a", Reply(run="r", epoch=0, number=3, reaction=said()))


def test_replies_of_another_run_or_epoch_and_of_the_past_are_told_apart():
    conductor = begun("a", "b", a=said(wake_ns=1))
    conductor.grants()
    conductor.reply("a", Reply(run="r", epoch=0, number=1, reaction=said(wake_ns=2)))
    receipts = [
        conductor.reply("a", Reply(run=run, epoch=epoch, number=number, reaction=said()))
        for run, epoch, number in [("q", 0, 1), ("r", 1, 1), ("r", 0, 0), ("r", 0, 1)]
    ]
    assert receipts == ["stale", "stale", "stale", "duplicate"]


def test_an_empty_grant_that_is_not_taken_idly_is_refused():
    conductor = begun("a", a=said(wake_ns=5))
    _, grant = conductor.probe("a")
    assert (grant.t_ns, grant.micro, grant.inbox) == (0, 0, ())
    for reaction in (said(note(), wake_ns=5), said(wake_ns=6), said()):
        with pytest.raises(ContractError, match="idle"):
            answer(conductor, {"a": grant}, a=reaction)
    answer(conductor, {"a": grant}, a=said(wake_ns=5))
    assert conductor.take_committed() == ()
    assert granted(conductor)["a"].t_ns == 5


def test_a_run_ends_with_one_last_event_and_grants_nothing_more():
    conductor = begun("a", a=said(wake_ns=5))
    with pytest.raises(UsageError, match="between 0 ns and 5 ns"):
        conductor.end("until", t_ns=6)
    conductor.end("until", "as asked", t_ns=3)
    (event, _), *rest = conductor.take_committed()
    assert not rest
    assert event.body == RunEnded(t_ns=3, cause="until", text="as asked")
    assert (event.t_ns, event.micro, event.source) == (3, 0, "conductor")
    assert (conductor.grants(), conductor.ended, conductor.next_ns) == ((), True, None)
    with pytest.raises(UsageError):
        conductor.end("until")


def test_a_round_that_a_loss_cut_short_leaves_no_trace():
    conductor = begun("a", "b", a=said(wake_ns=5), b=said(wake_ns=5))
    grants = granted(conductor)
    answer(conductor, {"a": grants["a"]}, a=said(note("half a round"), wake_ns=6))
    conductor.inject("supervisor", (), PeerLost(participant="b", cause="killed", granted_ns=5))
    conductor.end("peer_lost")
    assert [type(event.body) for event, _ in conductor.take_committed()] == [PeerLost, RunEnded]
    late = Reply(run="r", epoch=0, number=grants["b"].number, reaction=said(note("too late")))
    assert conductor.reply("b", late) == "stale"


def test_who_holds_time_is_known_at_any_moment():
    conductor = Conductor(NAMES, "toy")
    desks = chatters(3)
    replies = {name: desks[name].answer(encode(grant)) for name, grant in conductor.grants()}
    order = random.Random(1).sample(NAMES, k=3)
    for index, name in enumerate(order):
        assert conductor.outstanding == tuple(other for other in NAMES if other in order[index:])
        take(conductor, name, replies[name])
    assert conductor.outstanding == ()


def test_names_are_unique_and_not_the_conductors_own():
    for names in ((), ("a", "a"), ("a", "conductor")):
        with pytest.raises(UsageError, match="names"):
            Conductor(names, "r")


def test_grants_count_up_from_zero_and_echo_the_run():
    conductor = Conductor(("a",), "r-1", epoch=4)
    for number in range(3):
        (_, grant) = conductor.grants()[0]
        assert (grant.run, grant.epoch, grant.number) == ("r-1", 4, number)
        assert isinstance(grant, Grant)
        conductor.reply("a", Reply(run="r-1", epoch=4, number=number, reaction=said(wake_ns=number + 1)))
