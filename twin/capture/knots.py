"""At which instants of an advance the motion must be told, so that cubics between them are true to a micron.

A cubic through places and speeds follows a constant acceleration and one that grows evenly. Where thrust,
contact or a weld changes it at once by a, the cubic over h seconds is off by up to a h^2 / 30: half a
micron and a micro-radian over 0.1 s for the steps below. Changes within one period of the arm's loop
stay inside it, a hundred times smaller.
"""

from collections.abc import Sequence

from twin.capture.world import Scene
from twin.contracts.fields import Vec3
from twin.guidance.vectors import norm, sub

_STEP_MPS2 = 1.5e-3
_STEP_RADPS2 = 3e-3


def knots(scenes: Sequence[Scene], every_ns: int, opened_ns: int) -> list[Scene]:
    """Of scenes one period apart, without the first: the last, the regular ones, and where forces change."""
    period_s = (scenes[1].t_ns - scenes[0].t_ns) * 1e-9
    kept = [
        at
        for before, at, after in zip(scenes, scenes[1:], scenes[2:], strict=False)
        if (at.t_ns - opened_ns) % every_ns == 0 or _jumps(before, at, after, period_s)
    ]
    return [*kept, scenes[-1]]


def _jumps(before: Scene, at: Scene, after: Scene, period_s: float) -> bool:
    """Whether a force or a torque on either body changes at `at`."""
    most_mps, most_radps = _STEP_MPS2 * period_s, _STEP_RADPS2 * period_s
    return (
        _bend(before.com_mps, at.com_mps, after.com_mps) > most_mps
        or _bend(before.target.v_mps, at.target.v_mps, after.target.v_mps) > most_mps
        or _bend(before.bus.w_radps, at.bus.w_radps, after.bus.w_radps) > most_radps
        or _bend(before.target.w_radps, at.target.w_radps, after.target.w_radps) > most_radps
    )


def _bend(a: Vec3, b: Vec3, c: Vec3) -> float:
    """Second difference."""
    return norm(sub(sub(c, b), sub(b, a)))
