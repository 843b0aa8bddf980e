"""When the latch may close, and why it may not: a grip alone is never a capture (it slips at 22 N)."""

from math import degrees, radians
from typing import NamedTuple

from twin.capture.jaw import Misfit
from twin.capture.settings import LatchSettings


class Felt(NamedTuple):
    """What gripper and contact say over one period of the arm's loop.

    Loads are means of the two fingers; the force is the largest vector sum; the gap is the larger of
    the two fingers' distances to the ring, infinite where one does not touch. `other_n` is what
    touches beside the fingers.
    """

    load_n: tuple[float, float] = (0.0, 0.0)
    other_n: float = 0.0
    force_n: float = 0.0
    gap_m: float = float("inf")


NOTHING_FELT = Felt()


def obstacle(limits: LatchSettings, felt: Felt, fit: Misfit, finger_mps: float, left_m: float) -> str:
    """The first condition that does not hold, with its number; empty when the latch may close.

    `left_m` is the travel the fingers still have before their end stop.
    """
    checks = (
        (
            min(felt.load_n) > limits.finger_load_n,
            f"finger loads {felt.load_n[0]:.1f} and {felt.load_n[1]:.1f} N",
        ),
        (left_m > limits.end_stop_m, f"fingers at their end stop, {1e3 * left_m:.1f} mm left"),
        (felt.gap_m <= limits.gap_m, f"gap {1e3 * felt.gap_m:.1f} mm"),
        (abs(finger_mps) < limits.finger_speed_mps, f"fingers move at {1e3 * finger_mps:.1f} mm/s"),
        (fit.speed_mps < limits.relative_speed_mps, f"relative speed {1e3 * fit.speed_mps:.1f} mm/s"),
        (
            fit.rate_radps < radians(limits.relative_rate_deg_per_s),
            f"relative rate {degrees(fit.rate_radps):.2f} deg/s",
        ),
        (
            fit.misalignment_rad < radians(limits.misalignment_deg),
            f"misalignment {degrees(fit.misalignment_rad):.1f} deg",
        ),
        (fit.offset_m < limits.offset_m, f"offset {1e3 * fit.offset_m:.0f} mm"),
    )
    return next((text for holds, text in checks if not holds), "")


def one_sided(limits: LatchSettings, felt: Felt) -> bool:
    """Whether something touches but not both fingers."""
    return felt.force_n > limits.finger_load_n and min(felt.load_n) <= limits.finger_load_n
