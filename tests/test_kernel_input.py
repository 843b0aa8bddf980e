"""What comes from outside a run: where it stands in the order, and what is refused."""

import pytest
from kernel_rounds import answer, begun, granted, note, said, texts

from twin.contracts.envelope import Reply
from twin.contracts.operations import Mark, PeerLost
from twin.errors import ContractError, UsageError
from twin.kernel.conductor import Conductor


def test_outside_input_at_one_instant_is_no_loop():
    conductor = begun("a", a=said(wake_ns=5))
    for _ in range(200):
        conductor.inject("operator", ("a",), Mark(text=""))
        answer(conductor, granted(conductor), a=said(wake_ns=5))
    assert (conductor.now_ns, conductor.next_ns) == (0, 5)


def test_outside_input_during_a_round_follows_that_round():
    conductor = Conductor(("a", "b"), "r")
    grants = granted(conductor)
    conductor.inject("operator", ("b",), Mark(text="click"))
    assert conductor.take_committed() == ()
    answer(conductor, grants, b=said(note("b")), a=said(note("a", to=("b",)), wake_ns=7))
    events = [event for event, _ in conductor.take_committed()]
    assert [(event.micro, event.source, event.external) for event in events] == [
        (0, "a", False),
        (0, "b", False),
        (1, "operator", True),
    ]
    grant = granted(conductor)["b"]
    assert (grant.t_ns, grant.micro, texts(grant)) == (0, 2, ["a", "click"])


def test_outside_input_is_refused_at_once_where_it_cannot_go():
    conductor = begun("a", a=said(wake_ns=1))
    with pytest.raises(ContractError, match="nobody"):
        conductor.inject("operator", ("nobody",), Mark(text=""))
    with pytest.raises(ContractError, match="participant"):
        conductor.inject("operator", (), PeerLost(participant="Not A Name", cause="", granted_ns=0))
    for source in ("a", "conductor"):
        with pytest.raises(UsageError):
            conductor.inject(source, (), Mark(text=""))
    assert conductor.take_committed() == ()


def test_input_before_an_outstanding_round_stands_where_it_would_if_it_had_come_first():
    def events(conductor):
        return [(e.t_ns, e.micro, e.source, e.body.text) for e, _ in conductor.take_committed()]

    def round_of(conductor, grants):
        answer(conductor, grants, a=said(note("from a", to=("b",)), wake_ns=9), b=said(note("from b")))
        return events(conductor)

    early, late = (begun("a", "b", a=said(note(to=("b",)), wake_ns=5), b=said(wake_ns=5)) for _ in "ab")
    for conductor in (early, late):
        answer(conductor, granted(conductor), b=said(wake_ns=5))  # the note arrives
        events(conductor)
    early.inject("outside", ("b",), Mark(text="first"), t_ns=5)
    before = events(early) + round_of(early, granted(early))

    grants = granted(late)
    a, b = grants["a"], grants["b"]
    late.reply(
        "a", Reply(run="r", epoch=0, number=a.number, reaction=said(note("from a", to=("b",)), wake_ns=9))
    )
    late.interpose("outside", ("b",), Mark(text="first"))
    _, owed = late.revive("b")
    assert texts(owed) == ["first"]
    assert owed.number == b.number
    late.reply("b", Reply(run="r", epoch=1, number=owed.number, reaction=said(note("from b"))))
    assert events(late) == before
    assert before == [(5, 0, "outside", "first"), (5, 1, "a", "from a"), (5, 1, "b", "from b")]


def test_input_before_a_round_is_refused_for_one_that_owes_no_answer():
    conductor = begun("a", "b", a=said(wake_ns=5))
    granted(conductor)
    with pytest.raises(UsageError, match="b must owe an answer"):
        conductor.interpose("outside", ("b",), Mark(text="late"))
