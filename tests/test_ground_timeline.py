"""The timeline: steps in order, on what the ground knows and on the clock."""

import msgspec
import pytest

from twin.errors import MissionError
from twin.mission.script import Step
from twin.mission.timeline import POLL_NS, Place, Timeline

S = 1_000_000_000


def step(name: str, when: str = "true", **rest: object) -> Step:
    return Step(name=name, when=when, command="go", **rest)


def taken(timeline: Timeline, t_s: float, **known: object) -> list[tuple[str, str]]:
    values = {f"ground.{name}": value for name, value in known.items()}
    return [(each.step, each.outcome) for each, _ in timeline.advance(round(t_s * S), lambda: values)]


def test_a_step_waits_until_its_condition_holds_and_is_taken_once() -> None:
    timeline = Timeline((step("first", "ground.range_m < 60"),))
    assert taken(timeline, 0.0, range_m=300.0) == []
    assert taken(timeline, 1.0, range_m=50.0) == [("first", "done")]
    assert taken(timeline, 2.0, range_m=50.0) == []
    assert timeline.wake_ns is None


def test_steps_are_taken_in_order_even_if_a_later_one_would_hold_first() -> None:
    timeline = Timeline((step("a", "ground.phase == 'hold_50'"), step("b", "ground.range_m < 1000")))
    assert taken(timeline, 0.0, phase="hold_300", range_m=300.0) == []
    assert taken(timeline, 1.0, phase="hold_50", range_m=50.0) == [("a", "done"), ("b", "done")]


def test_what_the_ground_does_not_know_does_not_hold() -> None:
    timeline = Timeline((step("a", "not (ground.range_m < 60)"),))
    assert taken(timeline, 0.0) == []
    assert taken(timeline, 1.0, range_m=300.0) == [("a", "done")]


def test_a_step_is_not_taken_before_its_time_and_wakes_the_ground_at_it() -> None:
    timeline = Timeline((step("a", at_s=60.0),))
    assert taken(timeline, 0.0) == []
    assert timeline.wake_ns == 60 * S
    assert taken(timeline, 60.0) == [("a", "done")]


def test_a_step_that_runs_out_of_time_is_said_and_the_next_is_armed() -> None:
    timeline = Timeline(
        (step("a", "ground.range_m < 60", at_s=10.0, within_s=20.0), step("b", "script.since_step_s > 5"))
    )
    assert taken(timeline, 10.0, range_m=300.0) == []
    assert timeline.wake_ns == 30 * S
    assert taken(timeline, 30.0, range_m=300.0) == [("a", "timed_out")]
    assert taken(timeline, 36.0, range_m=300.0) == [("b", "done")]


def test_a_condition_on_passing_time_is_looked_at_again_without_news() -> None:
    timeline = Timeline((step("a", "ground.age_s > 3600"),))
    assert taken(timeline, 7.0, age_s=0.0) == []
    assert timeline.wake_ns == 7 * S + POLL_NS


def test_a_condition_on_news_alone_never_wakes_the_ground() -> None:
    timeline = Timeline((step("a", "ground.range_m < 60"),))
    assert taken(timeline, 0.0, range_m=300.0) == []
    assert timeline.wake_ns is None


def test_the_ground_decides_on_nothing_it_cannot_see() -> None:
    with pytest.raises(MissionError, match="truth"):
        Timeline((step("a", "truth.range_m < 60"),))


def test_a_timeline_goes_on_from_a_place_that_was_kept() -> None:
    steps = (step("a"), step("b", "ground.range_m < 60"))
    first = Timeline(steps)
    assert taken(first, 1.0, range_m=300.0) == [("a", "done")]
    place = first.place
    kept = Place(index=place.index, armed_ns=place.armed_ns, looked_ns=place.looked_ns)
    assert taken(Timeline(steps, kept), 2.0, range_m=50.0) == [("b", "done")]


def plain(name: str, **keys: object) -> Step:
    return Step(name=name, **keys)


def test_a_step_waits_for_its_delay_after_the_step_before() -> None:
    timeline = Timeline((step("a", at_s=10.0), step("b", after_s=30.0)))
    assert taken(timeline, 10.0) == [("a", "done")]
    assert timeline.wake_ns == 40 * S
    assert taken(timeline, 39.0) == []
    assert taken(timeline, 40.0) == [("b", "done")]


def test_an_expectation_is_met_when_its_condition_holds_in_time() -> None:
    timeline = Timeline((plain("e", when="ground.in_pass", expect="ground.range_m < 60", within_s=20.0),))
    assert taken(timeline, 5.0, in_pass=False, range_m=50.0) == []
    assert timeline.wake_ns is None  # its time has not begun: only news can begin it
    assert taken(timeline, 10.0, in_pass=True, range_m=300.0) == []
    assert timeline.wake_ns == 30 * S
    assert taken(timeline, 25.0, in_pass=False, range_m=50.0) == [("e", "done")]


def test_an_expectation_fails_at_the_end_of_its_time_and_the_next_step_is_armed() -> None:
    timeline = Timeline((plain("e", expect="ground.range_m < 60", within_s=20.0), step("b")))
    assert taken(timeline, 10.0) == []
    assert taken(timeline, 29.9, range_m=300.0) == []
    assert taken(timeline, 30.0, range_m=300.0) == [("e", "failed"), ("b", "done")]


def test_what_must_hold_fails_when_it_breaks_and_not_before_its_time_is_over() -> None:
    kept = Timeline((plain("h", hold="ground.range_m < 60", for_s=20.0),))
    assert taken(kept, 10.0, range_m=50.0) == []
    assert kept.wake_ns == 30 * S
    assert taken(kept, 30.0, range_m=50.0) == [("h", "done")]
    broken = Timeline((plain("h", hold="ground.range_m < 60", for_s=20.0),))
    assert taken(broken, 10.0, range_m=50.0) == []
    assert taken(broken, 25.0, range_m=70.0) == [("h", "failed")]


def test_what_must_hold_may_begin_to_hold_within_its_time() -> None:
    timeline = Timeline((plain("h", hold="ground.range_m < 60", for_s=20.0, within_s=15.0),))
    assert taken(timeline, 10.0, range_m=70.0) == []
    assert timeline.wake_ns == 25 * S
    assert taken(timeline, 12.0, range_m=50.0) == []
    assert taken(timeline, 14.0, range_m=70.0) == []  # broken, but it may still begin anew
    assert taken(timeline, 24.0, range_m=50.0) == []
    assert timeline.wake_ns == 25 * S
    assert taken(timeline, 25.0, range_m=50.0) == []
    assert timeline.wake_ns == 44 * S
    assert taken(timeline, 44.0, range_m=50.0) == [("h", "done")]


def test_a_hold_that_was_begun_goes_on_from_a_place_that_was_kept() -> None:
    steps = (plain("h", hold="ground.range_m < 60", for_s=20.0),)
    first = Timeline(steps)
    assert taken(first, 10.0, range_m=50.0) == []
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(first.place), type=Place)
    assert taken(Timeline(steps, kept), 30.0, range_m=50.0) == [("h", "done")]
