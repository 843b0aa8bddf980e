"""The coordinator over participants in this process: endings, failures, steering, one digest."""

import random
import time
from collections.abc import Callable, Sequence

import pytest
from peers.toys import PERIOD_NS, Beacon, Relay, Toy, Trouble, all_toys, toy_mission

from services.bus.inproc import InprocPeers
from services.conductor import Coordinator, Outcome
from twin.contracts.envelope import Delivered, Event, Reaction
from twin.contracts.operations import Mark, RunEnded
from twin.errors import RecordingError, UsageError
from twin.kernel.pace import Pace
from twin.kernel.participant import Participant


class Steers:
    """An operator that is not there over a socket: does something each time it is looked after."""

    def __init__(self, act: Callable[[Coordinator], None]) -> None:
        self._act = act

    def serve(self, run: Coordinator, timeout_s: float) -> None:
        self._act(run)


class Keeps:
    """A sink that keeps everything, or fails at an event."""

    def __init__(self, fails_at: int = -1) -> None:
        self.events: list[Event] = []
        self._fails_at = fails_at

    def round(self, committed: Sequence[tuple[Event, bytes]]) -> None:
        self.events += [event for event, _ in committed]
        if 0 <= self._fails_at <= len(self.events):
            raise RecordingError("no space left")


def fly(participants: Sequence[Participant] | None = None, **options: object) -> Outcome:
    peers = InprocPeers(participants or all_toys())
    return Coordinator(toy_mission(), peers, **options).run()  # type: ignore[arg-type]


def test_a_run_ends_at_its_deadline_with_one_last_event() -> None:
    kept = Keeps()
    outcome = fly(recorder=kept)
    assert (outcome.cause, outcome.end_t_ns) == ("deadline", 10_000_000_000)
    assert kept.events[-1].body == RunEnded(t_ns=10_000_000_000, cause="deadline")
    assert outcome.events == len(kept.events)


def test_until_is_inclusive_and_nothing_later_is_granted() -> None:
    kept = Keeps()
    outcome = fly(recorder=kept, until_ns=3 * PERIOD_NS)
    assert (outcome.cause, outcome.end_t_ns) == ("until", 3 * PERIOD_NS)
    beacons = [event for event in kept.events if event.source == "beacon"]
    assert [event.t_ns for event in beacons] == [PERIOD_NS, 2 * PERIOD_NS, 3 * PERIOD_NS]
    assert max(event.t_ns for event in kept.events) == 3 * PERIOD_NS


def test_the_mission_ends_the_run_when_its_watch_says_so() -> None:
    class AfterTwo:
        def take(self, event: Event) -> int | None:
            return 5 * PERIOD_NS if event.t_ns >= 2 * PERIOD_NS else None

    outcome = fly(ending=AfterTwo())
    assert (outcome.cause, outcome.end_t_ns) == ("mission_over", 5 * PERIOD_NS)


def test_equal_runs_have_equal_digests_and_unequal_ones_do_not() -> None:
    assert fly().digest == fly().digest != fly(until_ns=PERIOD_NS).digest


def test_a_probe_at_any_time_changes_no_digest() -> None:
    dice = random.Random(1)

    def act(run: Coordinator) -> None:
        if run.status().now_ns:
            run.probe(dice.choice(("beacon", "relay", "counter")))

    plain = fly()
    probed = fly(operator=Steers(act), pace=Pace(rate=100.0))
    assert probed.digest == plain.digest
    assert probed.digests_by_source == plain.digests_by_source


def test_pauses_steps_and_changes_of_rate_change_no_digest() -> None:
    dice = random.Random(2)

    def act(run: Coordinator) -> None:
        if run.pacing.paused and dice.random() < 0.5:
            run.pacing.resume()
        match dice.randrange(6):
            case 0:
                run.pacing.pause()
            case 1:
                run.pacing.step(0.25)
            case 2:
                run.pacing.step_rounds(3)
            case 3:
                run.pacing.at_rate(dice.choice((50.0, 500.0, 1000.0)))
            case _:
                run.pacing.resume()

    assert fly(operator=Steers(act), pace=Pace(rate=1000.0)).digest == fly().digest


def test_a_step_of_simulated_time_stops_exactly_there() -> None:
    seen: list[int] = []

    def act(run: Coordinator) -> None:
        if run.pacing.paused:
            seen.append(run.pacing.position_ns)
            if len(seen) > 3:
                run.stop("the test")
            run.pacing.step(1.0)

    fly(operator=Steers(act), pace=Pace(paused=True))
    assert seen == [0, 1_000_000_000, 2_000_000_000, 3_000_000_000]


def test_operator_input_is_an_external_event_at_the_time_granted_last() -> None:
    kept = Keeps()

    def act(run: Coordinator) -> None:
        if run.pacing.paused and run.rounds:
            run.inject("operator", ("relay",), Mark(text="hello"))
            run.pacing.resume()

    fly(recorder=kept, operator=Steers(act), pace=Pace(paused=True))
    external = [event for event in kept.events if event.external]
    assert [(event.source, event.t_ns, event.to) for event in external] == [("operator", 0, ("relay",))]
    assert any(event.source == "relay" and event.t_ns == 0 for event in kept.events)  # it was woken at once


def test_a_pace_is_kept() -> None:
    begun_s = time.perf_counter()  # the pace counts from when the coordinator is made, before its run
    fly(until_ns=500_000_000, pace=Pace(rate=2.0))
    # 0.5 s of simulated time at twice real time; the last round is due at 0.25 s of wall time.
    assert time.perf_counter() - begun_s >= 0.25


def test_a_participant_that_raises_ends_the_run_with_its_name_time_and_cause() -> None:
    kept = Keeps()
    outcome = fly((Trouble("beacon", "raise"), *all_toys()[1:]), recorder=kept)
    assert (outcome.cause, outcome.participant) == ("error", "beacon")
    assert outcome.text == "beacon failed at 1.000 s: ValueError: the beacon's lamp is out"
    assert any("toys.py" in line for line in outcome.log)
    assert isinstance(kept.events[-1].body, RunEnded)
    assert max(event.t_ns for event in kept.events[:-1]) < 1_000_000_000


def test_an_answer_that_breaks_the_contract_is_refused_and_named() -> None:
    outcome = fly((Trouble("beacon", "busy"), *all_toys()[1:]))
    assert (outcome.cause, outcome.participant, outcome.refused) == ("error", "beacon", 1)
    assert "wake" in outcome.text


def test_a_message_to_nobody_known_is_refused_and_named() -> None:
    outcome = fly((Beacon("beacon"),))  # its relay is not there
    assert (outcome.cause, outcome.participant) == ("error", "beacon")
    assert "relay" in outcome.text


def test_a_participant_that_does_not_stay_idle_on_a_probe_ends_the_run() -> None:
    class Restless(Relay):
        def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
            return super().react(now_ns, inbox) if inbox else Reaction(wake_ns=now_ns + 1)

    def act(run: Coordinator) -> None:
        if run.status().now_ns:
            run.probe("relay")

    beacon, _, counter = all_toys()
    outcome = fly((beacon, Restless("relay"), counter), operator=Steers(act), pace=Pace(rate=100.0))
    assert (outcome.cause, outcome.participant) == ("error", "relay")
    assert "idle" in outcome.text


def test_a_run_in_which_everybody_waits_ends_with_who_waits() -> None:
    outcome = fly(all_toys()[1:])
    assert outcome.cause == "error"
    assert "DeadlockError" in outcome.text
    assert "relay" in outcome.text


def test_a_recorder_that_fails_ends_the_run_and_is_given_no_more() -> None:
    kept = Keeps(fails_at=10)
    outcome = fly(recorder=kept)
    assert outcome.cause == "error"
    assert "no space left" in outcome.text
    assert len(kept.events) == 10


def test_an_interrupt_ends_the_run_between_two_rounds() -> None:
    kept = Keeps()
    asked = iter([""] * 50 + ["SIGINT"] * 10)
    outcome = fly(recorder=kept, interrupted=lambda: next(asked), pace=Pace(rate=10.0))
    assert (outcome.cause, outcome.text) == ("interrupted", "stopped by SIGINT")
    assert isinstance(kept.events[-1].body, RunEnded)


def test_the_wall_time_waited_for_a_participant_is_charged_to_it() -> None:
    class Slow(Relay):
        def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
            sum(range(100_000))  # about 1 ms
            return super().react(now_ns, inbox)

    beacon, _, counter = all_toys()
    waits = fly((beacon, Slow("relay"), counter)).waits
    assert waits["relay"] > 5.0 * (waits["beacon"] + waits["counter"])


def test_the_states_of_all_participants_can_be_asked_for_between_rounds() -> None:
    states: list[dict[str, bytes]] = []

    def act(run: Coordinator) -> None:
        if run.status().now_ns >= 5 * PERIOD_NS and not states:
            states.append(run.snapshot())

    plain = fly()
    assert fly(operator=Steers(act), pace=Pace(rate=100.0)).digest == plain.digest
    assert list(states[0]) == ["beacon", "relay", "counter"]
    again = Toy("again")
    again.restore(toy_mission(), states[0]["beacon"])
    assert again.memory.count >= 5


def test_nothing_can_be_asked_of_a_run_that_has_not_begun() -> None:
    coordinator = Coordinator(toy_mission(), InprocPeers(all_toys()))
    with pytest.raises(UsageError):
        coordinator.snapshot()
    with pytest.raises(UsageError):
        coordinator.probe("beacon")
    assert coordinator.status().waiting_for == ("beacon", "relay", "counter")
