"""A valve that dies unnoticed before the latch: the stack's brake keeps to its torque all the same."""

from tests.dead_valves import ending


def test_a_side_thruster_lost_unnoticed_puts_no_more_through_the_arm_than_may_be():
    """One of `python -m tests.dead_valves`; by pairs of side thrusters it was 561 N m."""
    end = ending("envisat-capture", 1, "synchronise", "fore-y1")
    assert (end.word, end.last, end.failed) == ("pass", "stack_hold", ())
    assert end.torque_nm is not None
    assert end.torque_nm <= 140.0


def test_an_aft_thruster_lost_in_the_corridor_is_found_on_the_stack_and_the_stack_comes_to_rest():
    end = ending("envisat-capture", 1, "close_in", "aft-4")
    assert (end.word, end.last, end.failed) == ("pass", "stack_hold", ())
    assert end.found_s is not None
