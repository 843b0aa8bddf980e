"""Fly-around: once round the target, on a forced circle or on nature's two-to-one ellipse.

Forced: a circle of any plane and period, the centripetal push less what nature gives (Fehse, Automated
Rendezvous and Docking of Spacecraft (2003), 3.3.3). Natural: x = R sin(a), y = 2 R cos(a), z = C cos(a) with
the orbit's own rate, which costs nothing but corrections (Clohessy and Wiltshire (1960)).
"""

from math import atan2, cos, pi, sin
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from twin.contracts.fields import Vec3
from twin.guidance import vectors as vec
from twin.guidance.law import Demand, Seen
from twin.guidance.tracking import Point, Positive, Tracker, off, pursue


class Going(msgspec.Struct, frozen=True, kw_only=True):
    """Angle on the path, its present size in metres, the angle flown."""

    angle_rad: float
    size_m: float
    turned_rad: float = 0.0


class FlyAround(Tracker, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A circle of `radius_m` about the target, across `normal_ric`, in `turn_s` a turn; `natural`:
    the ellipse of that radial size, tilted so that it climbs `cross_track_m`. Where the servicer begins
    nearer or farther, the path changes its size at `closing_mps`. The forced one waits for a servicer more
    than `slack_m` off. Arrived after `turns`.
    """

    memory_type: ClassVar[Any] = Going

    radius_m: Positive
    motion: Literal["forced", "natural"] = "forced"
    normal_ric: Vec3 = (0.0, 0.0, 1.0)
    cross_track_m: float = 0.0
    turn_s: Annotated[float, Meta(ge=60.0, le=1e6)] = 3600.0
    turns: Positive = 1.0
    closing_mps: Positive = 0.05
    slack_m: Positive = 2.0

    def start(self, seen: Seen) -> Going:
        if self.motion == "natural":
            x, along = seen.r_ric_m[0], 0.5 * seen.r_ric_m[1]
            return Going(angle_rad=atan2(x, along), size_m=(x * x + along * along) ** 0.5)
        first, second = _across(self.normal_ric)
        a, b = vec.dot(seen.r_ric_m, first), vec.dot(seen.r_ric_m, second)
        return Going(angle_rad=atan2(b, a), size_m=max((a * a + b * b) ** 0.5, 1.0))

    def step(self, memory: Going, seen: Seen) -> tuple[Going, Demand]:
        rate = seen.orbit_rate_radps if self.motion == "natural" else 2.0 * pi / self.turn_s
        on_path = off(seen, self.at(memory, rate))[0] <= self.slack_m
        # By nature the path does not stop for anybody.
        moving = on_path or self.motion == "natural"
        point = self.at(memory, rate if moving else 0.0)
        most_m = self.closing_mps * seen.period_s
        turn = rate * seen.period_s if moving else 0.0
        size_m = memory.size_m + max(-most_m, min(most_m, self.radius_m - memory.size_m))
        full = on_path and size_m == self.radius_m
        after = Going(
            angle_rad=(memory.angle_rad + turn) % (2.0 * pi),
            size_m=size_m,
            turned_rad=memory.turned_rad + (turn if full else 0.0),
        )
        arrived = after.turned_rad >= 2.0 * pi * self.turns
        return after, Demand(acceleration_ric_mps2=pursue(self, seen, point), arrived=arrived)

    def at(self, going: Going, rate_radps: float) -> Point:
        """The point of the path, and its motion at `rate_radps`."""
        s, c, w = sin(going.angle_rad), cos(going.angle_rad), rate_radps
        if self.motion == "natural":
            first: Vec3 = (0.0, 2.0 * going.size_m, self.cross_track_m)
            second: Vec3 = (going.size_m, 0.0, 0.0)
        else:
            one, two = _across(self.normal_ric)
            first, second = vec.scale(going.size_m, one), vec.scale(going.size_m, two)
        r = vec.add(vec.scale(c, first), vec.scale(s, second))
        v = vec.scale(w, vec.sub(vec.scale(c, second), vec.scale(s, first)))
        return Point(r, v, vec.scale(-w * w, r))


def _across(normal: Vec3) -> tuple[Vec3, Vec3]:
    """Two unit vectors that span the plane across `normal`, right-handed with it."""
    n = vec.scale(1.0 / vec.norm(normal), normal)
    helper: Vec3 = (0.0, 1.0, 0.0) if abs(n[1]) < 0.9 else (1.0, 0.0, 0.0)
    first = vec.cross(helper, n)
    first = vec.scale(1.0 / vec.norm(first), first)
    return first, vec.cross(n, first)
