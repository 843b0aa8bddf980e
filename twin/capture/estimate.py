"""The ring as guidance believes it to be, carried on to now: what the arm's fast loop steers by.

Assumption: between two estimates the bus measures its own motion without error (over the 0.2 s an
estimate is old, a gyro of 0.1 deg/h and an accelerometer of 10 micro-g err by nanometres).
"""

from collections import deque
from typing import NamedTuple

from twin.capture.interface import RingEstimate
from twin.capture.jaw import Grip, Moving
from twin.capture.turning import mul, rotate, turned
from twin.capture.world import Scene
from twin.contracts.fields import Quaternion, Vec3
from twin.errors import UsageError
from twin.guidance.vectors import add, along, scale

_KEPT = 500


class _Past(NamedTuple):
    t_ns: int
    q_bus: Quaternion
    com_m: Vec3
    com_mps: Vec3


class RingTrack:
    """Remembers where the bus was, so that an estimate of a moment ago can be placed in window axes."""

    def __init__(self) -> None:
        self._past: deque[_Past] = deque(maxlen=_KEPT)
        self._placed: tuple[RingEstimate, Moving] | None = None

    def remember(self, scene: Scene) -> None:
        """Once every period of the arm's loop."""
        self._past.append(_Past(scene.t_ns, scene.bus.q, scene.com_m, scene.com_mps))

    def now(self, estimate: RingEstimate, t_ns: int) -> Moving:
        """The port at `t_ns`, moving on as estimated. UsageError for an estimate too old or from the future."""
        if self._placed is None or self._placed[0] is not estimate:
            self._placed = (estimate, self._place(estimate))
        then = self._placed[1]
        elapsed_s = (t_ns - estimate.t_ns) * 1e-9
        r_m = along(then.grip.r_m, elapsed_s, then.v_mps)
        q = mul(turned(scale(elapsed_s, then.w_radps)), then.grip.q)
        return Moving(Grip(r_m, q), then.v_mps, then.w_radps)

    def _place(self, estimate: RingEstimate) -> Moving:
        past = next((p for p in reversed(self._past) if p.t_ns <= estimate.t_ns), None)
        if past is None or estimate.t_ns > self._past[-1].t_ns:
            first, last = self._past[0].t_ns, self._past[-1].t_ns
            raise UsageError(
                f"ring estimate of {estimate.t_ns} ns; the window remembers {first} to {last} ns: send a newer one"
            )
        lag_s = (estimate.t_ns - past.t_ns) * 1e-9
        com_m = along(past.com_m, lag_s, past.com_mps)
        return Moving(
            Grip(
                add(com_m, rotate(past.q_bus, estimate.r_body_m)), mul(past.q_bus, estimate.q_body_from_port)
            ),
            add(past.com_mps, rotate(past.q_bus, estimate.v_body_mps)),
            rotate(past.q_bus, estimate.w_body_radps),
        )
