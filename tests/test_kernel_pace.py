"""Pacing is arithmetic on times that are passed in: targets are absolute, holds are exact."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import UsageError
from twin.kernel.pace import Pace, achieved_rate

S = 10**9
TIMES = st.integers(0, 10**15)
WALLS = st.floats(0, 1e6)
RATES = st.floats(0.1, 1000.0)


def test_without_a_rate_nothing_waits():
    assert Pace().wait_s(10**18, 0.0) == 0.0
    assert Pace().due_wall_s(5) == -inf


@given(RATES, TIMES, WALLS, TIMES)
def test_targets_are_absolute_so_lateness_does_not_add_up(rate, start_ns, wall_s, ahead_ns):
    pace = Pace(rate=rate).anchored(start_ns, wall_s)
    due_s = pace.due_wall_s(start_ns + ahead_ns)
    assert due_s == pytest.approx(wall_s + ahead_ns * 1e-9 / rate)
    assert pace.wait_s(start_ns + ahead_ns, due_s + 5.0) == 0.0
    assert pace.after_round().due_wall_s(start_ns + ahead_ns) == due_s


def test_a_pause_stops_the_simulated_clock_between_two_rounds_and_resumes_there():
    pace = Pace(rate=10.0).anchored(0, 100.0)
    at_ns = pace.position_ns(0, 60 * S, 103.0)
    assert at_ns == 30 * S
    paused = pace.pausing(at_ns, 103.0)
    assert paused.held(60 * S) == "paused"
    assert paused.wait_s(60 * S, 200.0) == inf
    assert paused.position_ns(0, 60 * S, 200.0) == 30 * S
    assert paused.running(30 * S, 200.0).due_wall_s(60 * S) == 203.0


def test_a_change_of_rate_neither_jumps_nor_races():
    pace = Pace(rate=1.0).anchored(0, 0.0)
    faster = pace.at_rate(100.0, pace.position_ns(0, 100 * S, 50.0), 50.0)
    assert faster.due_wall_s(100 * S) == 50.5
    assert faster.at_rate(None, 60 * S, 50.1).wait_s(100 * S, 50.1) == 0.0


def test_the_shown_clock_never_passes_the_next_round_or_the_limit_nor_falls_behind_the_last():
    pace = Pace(rate=1.0).anchored(0, 0.0)
    assert pace.position_ns(0, 5 * S, 1e6) == 5 * S
    assert pace.until(3 * S, 0, 0.0).position_ns(0, 5 * S, 1e6) == 3 * S
    assert pace.position_ns(4 * S, 5 * S, 1.0) == 4 * S


def test_run_until_grants_up_to_and_including_its_time_then_pauses_there():
    pace = Pace().until(10 * S, 0, 0.0)
    assert pace.allowed(10 * S)
    assert pace.settled(10 * S, 1.0) is pace
    assert pace.held(10 * S + 1) == "limit"
    settled = pace.settled(10 * S + 1, 1.0)
    assert (settled.paused, settled.limit_ns, settled.anchor_ns) == (True, None, 10 * S)


def test_steps_of_seconds_add_up_exactly_whatever_rounds_lie_between():
    pace = Pace().pausing(0, 0.0)
    for step in range(1, 4):
        pace = pace.stepping(0.1, pace.anchor_ns, 0.0).settled(10 * S, 0.0)
        assert pace.anchor_ns == step * S // 10


def test_step_one_event_grants_one_round_and_pauses():
    pace = Pace(paused=True).stepping_rounds(1, 0, 0.0)
    assert pace.allowed(7)
    pace = pace.after_round()
    assert pace.held(9) == "steps"
    assert pace.settled(9, 0.0).held(9) == "paused"
    assert pace.running(7, 0.0).allowed(9)


@pytest.mark.parametrize("rate", [0.0, -1.0, 0.09, 1001.0, float("nan")])
def test_a_rate_out_of_range_is_refused(rate):
    with pytest.raises(UsageError, match="rate"):
        Pace(rate=rate)


def test_achieved_rate():
    assert achieved_rate(0, 30 * S, 10.0) == pytest.approx(3.0)
    assert achieved_rate(0, 1, 0.0) == inf
