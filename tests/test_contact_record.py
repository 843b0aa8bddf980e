"""The window's books reach the verdict: momentum and energy, of closed windows and of one that is open."""

import msgspec
import pytest

from services.laws import laws
from services.library import load_mission
from twin.contracts.capture import LedgerBooked, LedgerRow, WindowClosed
from twin.contracts.envelope import Event
from twin.mission.verdict import Assessor

SOUND = LedgerRow(
    t_ns=5,
    momentum_error_ns=1e-4,
    momentum_limit_ns=0.02,
    angular_error_nms=1e-3,
    angular_limit_nms=0.15,
    kinetic_j=1.0,
    booked_j=0.1,
    energy_used=0.25,
)
CLOSED = WindowClosed(
    t_ns=10,
    outcome="stack",
    momentum_error_ns=0.0,
    momentum_limit_ns=0.01,
    angular_error_nms=0.0,
    angular_limit_nms=0.05,
    work_j={"motors": 0.1},
    latch_rise_j=0.0,
    coast_drift=0.0,
)


def books(*bodies):
    """What a run with these events says of its contact windows beside its requirements."""
    mission = msgspec.structs.replace(load_mission("quickstart", laws()), requirements=())
    assessor = Assessor(mission)
    for number, body in enumerate(bodies):
        t_ns = body.t_ns
        assessor.take(
            Event(
                t_ns=t_ns,
                micro=0,
                source="servicer",
                sequence=number,
                to=(),
                due_ns=t_ns,
                delivery="latest",
                external=False,
                body=body,
            )
        )
    return [
        (each.name, each.outcome) for each in assessor.finish(1_000_000_000).results if each.name == "books"
    ]


def booked(**changes):
    return LedgerBooked(t_ns=5, rows=(SOUND, msgspec.structs.replace(SOUND, t_ns=6, **changes)))


def test_sound_books_add_nothing():
    assert books(booked()) == []
    assert books(booked(), CLOSED) == []


@pytest.mark.parametrize(
    "passed", [{"energy_used": 1.5}, {"momentum_error_ns": 0.03}, {"angular_error_nms": 0.2}]
)
def test_a_limit_passed_in_a_window_that_never_closed_fails_the_run(passed):
    assert books(booked(**passed)) == [("books", "fail")]


def test_what_a_closed_window_says_is_broken_fails_the_run():
    broken = msgspec.structs.replace(CLOSED, broken=("energy added by the latch: 0.3 J, limit 0.001",))
    assert books(booked(), broken) == [("books", "fail")]
