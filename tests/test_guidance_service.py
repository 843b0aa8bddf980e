"""The guidance service as a participant: what it says to what it hears."""

import pytest

from services.guidance import create
from services.laws import laws
from services.library import load_mission
from tests.gnc_world import World
from twin.contracts.actuation import ActuatorCommand
from twin.contracts.envelope import AnyBody, Delivered
from twin.contracts.navigation import Estimate
from twin.contracts.operations import LawSwap, Mark
from twin.contracts.radio import Telecommand
from twin.contracts.sensing import SensorReadings
from twin.errors import ContractError, MissionError, UsageError

MISSION = load_mission("rendezvous", laws())


def delivered(t_ns: int, body: AnyBody) -> tuple[Delivered, ...]:
    return (Delivered(t_ns=t_ns, micro=0, source="servicer", sequence=0, body=body),)


def test_it_answers_readings_with_a_command_after_the_computing_delay() -> None:
    guidance = create()
    assert guidance.begin(MISSION).messages == ()
    reaction = guidance.react(0, delivered(0, World(MISSION, 1).readings()))
    command, estimate = reaction.messages[:2]
    assert isinstance(command.body, ActuatorCommand)
    assert isinstance(estimate.body, Estimate)
    assert (command.delivery, estimate.delivery) == ("wake", "wait")
    assert {message.delay_ns for message in reaction.messages} == {100_000_000}
    assert command.body.next_reading_ns == 10_000_000_000
    assert reaction.wake_ns is None


def test_an_empty_grant_changes_nothing() -> None:
    guidance = create()
    guidance.begin(MISSION)
    guidance.react(0, delivered(0, World(MISSION, 1).readings()))
    before = guidance.snapshot()
    assert guidance.react(5, ()).messages == ()
    assert guidance.snapshot() == before


def test_without_the_first_fixes_it_keeps_still_and_asks_again() -> None:
    guidance = create()
    guidance.begin(MISSION)
    blind = SensorReadings(
        sampled_ns=0,
        sample=0,
        wheel_momentum_nms=(0.0, 0.0, 0.0, 0.0),
        propellant_kg=200.0,
        battery_fraction=0.9,
    )
    (message,) = guidance.react(0, delivered(0, blind)).messages
    assert isinstance(message.body, ActuatorCommand)
    assert max(message.body.thruster_on_s) == 0.0


def test_a_snapshot_taken_mid_way_continues_with_the_same_messages() -> None:
    world, first = World(MISSION, 2), create()
    first.begin(MISSION)
    first.react(0, delivered(0, Telecommand(command=1, name="go")))
    second = create()
    for cycle in range(30):
        readings = world.readings()
        answer = first.react(world.t_ns, delivered(world.t_ns, readings))
        if cycle > 15:
            assert second.react(world.t_ns, delivered(world.t_ns, readings)) == answer
        if cycle == 15:
            second.restore(MISSION, first.snapshot())
        command = answer.messages[0].body
        assert isinstance(command, ActuatorCommand)
        world.fly(command)


def test_a_swapped_law_flies_from_the_next_readings_and_survives_a_restore() -> None:
    world, first = World(MISSION, 2), create()
    first.begin(MISSION)
    first.react(0, delivered(0, world.readings()))
    first.react(0, delivered(0, LawSwap(phase="hold_50", law="drift")))
    second = create()
    second.restore(MISSION, first.snapshot())
    world.t_ns += 10**9
    readings = world.readings()
    answers = [each.react(1, delivered(1, readings)) for each in (first, second)]
    assert answers[0] == answers[1]
    assert max(answers[0].messages[0].body.thruster_on_s) == 0.0


def test_a_swap_to_an_unknown_law_is_refused() -> None:
    guidance = create()
    guidance.begin(MISSION)
    with pytest.raises(MissionError, match="unknown law `drfit`; nearest: drift"):
        guidance.react(0, delivered(0, LawSwap(phase="hold_50", law="drfit")))


def test_a_message_it_has_no_use_for_is_refused_by_name() -> None:
    guidance = create()
    guidance.begin(MISSION)
    with pytest.raises(UsageError, match="guidance takes no Mark"):
        guidance.react(0, delivered(0, Mark(text="hello")))


def test_bytes_that_are_no_snapshot_are_refused() -> None:
    with pytest.raises(ContractError, match="not a guidance snapshot"):
        create().restore(MISSION, b"\x80")
