"""The ring as guidance believes it to be, carried on to now: what the arm's fast loop steers by.

Assumption: between two estimates the bus measures its own motion without error (over the 0.2 s an
estimate is old, a gyro of 0.1 deg/h and an accelerometer of 10 micro-g err by nanometres).
"""

from collections import deque
from typing import NamedTuple

from twin.capture.interface import RingEstimate
from twin.capture.jaw import Grip, Moving
from twin.capture.world import Scene
from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import from_rotation_vector, mul, rotate
from twin.errors import UsageError
from twin.guidance.vectors import add, along, scale

_STALE_NS = 2_000_000_000
"""An estimate older than this is none: the arm holds."""
_KEPT = 1000


class _Past(NamedTuple):
    t_ns: int
    q_bus: Quaternion
    w_bus_radps: Vec3
    com_m: Vec3
    com_mps: Vec3


class RingTrack:
    """Remembers where the bus was, so that an estimate of a moment ago can be placed in window axes."""

    def __init__(self) -> None:
        self._past: deque[_Past] = deque(maxlen=_KEPT)
        self._placed: tuple[RingEstimate, Moving] | None = None

    def remember(self, scene: Scene) -> None:
        """Once every period of the arm's loop."""
        bus = scene.bus
        self._past.append(_Past(scene.t_ns, bus.q, bus.w_radps, scene.com_m, scene.com_mps))

    def now(self, estimate: RingEstimate, t_ns: int) -> Moving | None:
        """The port at `t_ns`, moving on as estimated; None for an estimate too old to steer by.

        UsageError for an estimate from the future.
        """
        if estimate.t_ns > t_ns:
            raise UsageError(f"ring estimate of {estimate.t_ns} ns at {t_ns} ns: it is from the future")
        if t_ns - estimate.t_ns > _STALE_NS:
            return None
        if self._placed is None or self._placed[0] != estimate:
            self._placed = (estimate, self._place(estimate))
        then = self._placed[1]
        elapsed_s = (t_ns - estimate.t_ns) * 1e-9
        r_m = along(then.grip.r_m, elapsed_s, then.v_mps)
        q = mul(from_rotation_vector(scale(elapsed_s, then.w_radps)), then.grip.q)
        return Moving(Grip(r_m, q), then.v_mps, then.w_radps)

    def _place(self, estimate: RingEstimate) -> Moving:
        """From the nearest memory before it, or the first: when the window opens it is older than that."""
        past = next((p for p in reversed(self._past) if p.t_ns <= estimate.t_ns), self._past[0])
        lag_s = (estimate.t_ns - past.t_ns) * 1e-9
        com_m = along(past.com_m, lag_s, past.com_mps)
        q_bus = mul(from_rotation_vector(scale(lag_s, past.w_bus_radps)), past.q_bus)
        return Moving(
            Grip(add(com_m, rotate(q_bus, estimate.r_body_m)), mul(q_bus, estimate.q_body_from_port)),
            add(past.com_mps, rotate(q_bus, estimate.v_body_mps)),
            rotate(q_bus, estimate.w_body_radps),
        )
