"""A valve that dies unnoticed before the latch: the stack's brake keeps to its torque all the same."""

from tests.dead_valves import ending


def test_a_side_thruster_lost_unnoticed_puts_no_more_through_the_arm_than_may_be():
    """One of `python -m tests.dead_valves`; by pairs of side thrusters it was 561 N m."""
    end = ending("envisat-capture", 1, "synchronise", "fore-y1")
    assert (end.word, end.last, end.failed) == ("pass", "stack_hold", ())
    assert end.torque_nm is not None
    assert end.torque_nm <= 140.0
