"""What laws that go along the live capture axis share: how fast, where next, and when they have arrived."""

from collections.abc import Callable
from math import copysign, radians
from typing import Annotated

from msgspec import Meta

from twin.contracts.fields import NonNegative, TimeNs
from twin.guidance.law import Seen
from twin.guidance.tracking import Point, Positive, Tracker, off

_SILENCE_S = 10.0


class AlongAxis(Tracker, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Speed is `gain_per_s` times the distance to go, between `end_speed_mps` and `speed_mps`; the reference
    point waits for a servicer that is more than `slack_m` from it. It goes outwards as well as inwards.

    Arrived when for `settle_s` the axial error is within `within_m`, the lateral error together with `sigmas`
    of its estimate within `lateral_m`, and speed, attitude and rate within their limits. Where that does not
    come within `patience_s` at the end point, `relax_s` later `least_sigmas` will do: with sensors worse than
    was planned for, more looks make the estimate better by their root only, and the light goes meanwhile.
    """

    end_axial_m: Positive
    speed_mps: Positive = 0.04
    end_speed_mps: Positive = 0.005
    gain_per_s: Positive = 0.01
    slack_m: Positive = 0.5
    within_m: Positive = 0.1
    lateral_m: Positive = 0.05
    sigmas: Annotated[float, Meta(ge=0.0, le=10.0)] = 3.0
    least_sigmas: Annotated[float, Meta(ge=0.0, le=10.0)] = 1.0
    patience_s: NonNegative = 60.0
    relax_s: Positive = 240.0
    within_mps: Positive = 0.01
    attitude_deg: Positive = 2.0
    rate_deg_per_s: Positive = 0.1
    settle_s: NonNegative = 10.0

    def lost_s(self, seen: Seen, due_ns: TimeNs) -> float:
        """How long after it was `due_ns` (0: never) this step comes: readings were late, and the servicer
        went on meanwhile. A silence of more than `_SILENCE_S` is a new beginning."""
        lost_s = (seen.t_ns - due_ns) * 1e-9 if due_ns else 0.0
        return lost_s if 0.0 < lost_s <= _SILENCE_S else 0.0

    def caught_up(self, axial_m: float, lost_s: float) -> float:
        """Where the point to follow has come in the time that was lost."""
        return axial_m + self._speed(self.end_axial_m - axial_m, lost_s) * lost_s if lost_s else axial_m

    def reference(
        self, seen: Seen, axial_m: float, place: Callable[[Seen, float, float], Point]
    ) -> tuple[Point, float]:
        """The point to follow and its signed speed along the axis; it rests while the servicer is behind."""
        axial_mps = self._speed(self.end_axial_m - axial_m, seen.period_s)
        point = place(seen, axial_m, axial_mps)
        if off(seen, point)[0] <= self.slack_m:
            return point, axial_mps
        return place(seen, axial_m, 0.0), 0.0

    def waited(self, seen: Seen, waited_s: float) -> float:
        """For how long it has been at the end point, after this period."""
        return waited_s + seen.period_s if self._at_end(seen) else 0.0

    def settled(self, seen: Seen, point: Point, waited_s: float = 0.0) -> bool:
        """All within its limits after `waited_s` at the end point."""
        return (
            self._at_end(seen)
            and seen.port_lateral_m + self._asked(waited_s) * seen.sigma_lateral_m <= self.lateral_m
            and off(seen, point)[1] <= self.within_mps
            and seen.attitude_error_rad <= radians(self.attitude_deg)
            and seen.rate_error_radps <= radians(self.rate_deg_per_s)
        )

    def _at_end(self, seen: Seen) -> bool:
        return abs(seen.port_axial_m - self.end_axial_m) <= self.within_m

    def _asked(self, waited_s: float) -> float:
        """Sigmas of the lateral error that count after `waited_s` at the end point."""
        gone = min(1.0, max(0.0, waited_s - self.patience_s) / self.relax_s)
        return self.sigmas - gone * max(0.0, self.sigmas - self.least_sigmas)

    def _speed(self, to_go_m: float, period_s: float) -> float:
        """Signed speed along the axis; the last step ends on the end point."""
        size_mps = min(self.speed_mps, max(self.end_speed_mps, self.gain_per_s * abs(to_go_m)))
        return copysign(min(size_mps, abs(to_go_m) / period_s), to_go_m)
