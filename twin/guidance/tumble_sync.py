"""Tumble synchronisation: join the capture axis of a tumbling target outside its sphere, then go straight in.

From rest the servicer waits until some joining time gives a path that stays outside the sphere within the
thrust it has; the path is that of least squared acceleration between two states of a double integrator,
a(t) = a0 + (aT - a0) t / T (Bryson and Ho, Applied Optimal Control (1975), 3.7), aimed anew every period.
On the axis the push is what the turn needs (`live_axis`) less what nature gives, with feedback; the change
of velocity spent there is the integral of w^2 r.
"""

from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import msgspec
from msgspec import Meta

from twin.contracts.fields import NonNegative, TimeNs, Vec3
from twin.guidance import vectors as vec
from twin.guidance.along_axis import AlongAxis
from twin.guidance.law import Demand, Seen
from twin.guidance.live_axis import axis_point
from twin.guidance.tracking import Point, Positive, fixed, natural_acceleration, off, pursue

_SAMPLES = 16


class Synchronising(msgspec.Struct, frozen=True, kw_only=True):
    """Where it waits and since when, when the joining ends, how far in the point on the axis has come."""

    stage: Literal["wait", "join", "match", "in"]
    since_ns: TimeNs
    wait_ric_m: Vec3
    join_ns: TimeNs = 0
    axial_m: float = 0.0
    settled_s: float = 0.0
    waited_s: float = 0.0


class _Join(NamedTuple):
    """Acceleration at the start and at the end of a joining path of `duration_s`."""

    duration_s: float
    first_mps2: Vec3
    last_mps2: Vec3


class TumbleSync(AlongAxis, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Joins at `sync_axial_m` from the fitting, ends at `end_axial_m`. Refuses, after `watch_s` of looking,
    a target whose turn needs more than `share` of the thrust at the joining point. Settled on the axis for
    `match_s` it goes in; the rest is as in the glideslope. One that begins on the axis joins there at once.
    """

    memory_type: ClassVar[Any] = Synchronising

    sync_axial_m: Positive
    share: Annotated[float, Meta(gt=0.0, le=1.0)] = 0.8
    watch_s: NonNegative = 60.0
    join_least_s: Positive = 15.0
    join_most_s: Positive = 180.0
    clear_m: NonNegative = 0.5
    closing_mps: Positive = 0.7
    match_m: Positive = 0.5
    match_mps: Positive = 0.05
    match_s: NonNegative = 20.0
    speed_mps: Positive = 0.05
    lateral_m: Positive = 0.08
    within_mps: Positive = 0.02
    attitude_deg: Positive = 3.0
    rate_deg_per_s: Positive = 0.3

    def start(self, seen: Seen) -> Synchronising:
        here = axis_point(seen, seen.port_axial_m)
        on_axis = seen.in_corridor and off(seen, here)[1] <= 4.0 * self.match_mps
        return Synchronising(
            stage="match" if on_axis else "wait",
            since_ns=seen.t_ns,
            wait_ric_m=seen.r_ric_m,
            axial_m=seen.port_axial_m if on_axis else self.sync_axial_m,
        )

    def step(self, memory: Synchronising, seen: Seen) -> tuple[Synchronising, Demand]:
        if not seen.pose_known:
            # The axis has gone on turning: where it is nobody knows, so stop, and let the monitors decide.
            place = memory.wait_ric_m if memory.stage == "wait" else seen.r_ric_m
            return memory, Demand(acceleration_ric_mps2=pursue(self, seen, fixed(place)))
        match memory.stage:
            case "wait":
                return self._wait(memory, seen)
            case "join":
                return self._join(memory, seen)
            case _:
                return self._on_axis(memory, seen)

    def needed_mps2(self, seen: Seen) -> float:
        """Acceleration that staying at the joining point takes."""
        point = axis_point(seen, self.sync_axial_m)
        return vec.norm(vec.sub(point.a_ric_mps2, natural_acceleration(seen, point.r_ric_m, point.v_ric_mps)))

    def _wait(self, memory: Synchronising, seen: Seen) -> tuple[Synchronising, Demand]:
        waiting = Demand(acceleration_ric_mps2=pursue(self, seen, fixed(memory.wait_ric_m)))
        if seen.t_ns - memory.since_ns < self.watch_s * 1e9:
            return memory, waiting
        needed, given = self.needed_mps2(seen), self.share * seen.most_mps2
        if needed > given:
            takes = f"staying on its axis takes {needed:.3f} m/s2, {given:.3f} are there"
            return memory, Demand(abort=f"the target turns too fast: {takes}")
        best = self._best(seen)
        if best is None:
            return memory, waiting
        joining = msgspec.structs.replace(
            memory, stage="join", join_ns=seen.t_ns + round(best.duration_s * 1e9)
        )
        return self._join(joining, seen)

    def _best(self, seen: Seen) -> _Join | None:
        """The quickest path that keeps out, comes in no faster than `closing_mps`, within the thrust."""
        duration_s = self.join_least_s
        while duration_s <= self.join_most_s:
            join = self._path(seen, duration_s)
            most = max(vec.norm(join.first_mps2), vec.norm(join.last_mps2))
            if most <= self.share * seen.most_mps2 and self._keeps_out(seen, join):
                return join
            duration_s += max(1.0, 0.05 * duration_s)
        return None

    def _path(self, seen: Seen, duration_s: float) -> _Join:
        end = axis_point(seen, self.sync_axial_m, ahead_s=duration_s)
        missing = vec.sub(vec.along(end.r_ric_m, -duration_s, seen.v_ric_mps), seen.r_ric_m)
        change = vec.sub(end.v_ric_mps, seen.v_ric_mps)
        push = vec.scale(6.0 / duration_s**2, missing)
        return _Join(
            duration_s,
            vec.along(push, -2.0 / duration_s, change),
            vec.sub(vec.scale(4.0 / duration_s, change), push),
        )

    def _keeps_out(self, seen: Seen, join: _Join) -> bool:
        limit_m = seen.keep_out_radius_m + self.clear_m
        jerk = vec.scale(1.0 / join.duration_s, vec.sub(join.last_mps2, join.first_mps2))
        for k in range(1, _SAMPLES + 1):
            t = join.duration_s * k / _SAMPLES
            r = vec.along(seen.r_ric_m, t, seen.v_ric_mps)
            r = vec.along(vec.along(r, 0.5 * t * t, join.first_mps2), t**3 / 6.0, jerk)
            v = vec.along(vec.along(seen.v_ric_mps, t, join.first_mps2), 0.5 * t * t, jerk)
            range_m = vec.norm(r)
            if range_m < limit_m or -vec.dot(r, v) > self.closing_mps * range_m:
                return False
        return True

    def _join(self, memory: Synchronising, seen: Seen) -> tuple[Synchronising, Demand]:
        left_s = (memory.join_ns - seen.t_ns) * 1e-9
        if left_s < 2.0 * seen.period_s:
            return self._on_axis(msgspec.structs.replace(memory, stage="match"), seen)
        join = self._path(seen, left_s)
        share = 0.5 * seen.period_s / left_s
        mean = vec.along(vec.scale(1.0 - share, join.first_mps2), share, join.last_mps2)
        nature = natural_acceleration(seen, seen.r_ric_m, seen.v_ric_mps)
        return memory, Demand(acceleration_ric_mps2=vec.limited(vec.sub(mean, nature), seen.most_mps2))

    def _on_axis(self, memory: Synchronising, seen: Seen) -> tuple[Synchronising, Demand]:
        inwards = memory.stage == "in"
        point, axial_mps = axis_point(seen, memory.axial_m), 0.0
        if inwards:
            point, axial_mps = self.reference(seen, memory.axial_m, axis_point)
        # The push of the coming period's middle: in half a second the axis turns by degrees.
        ahead = axis_point(seen, memory.axial_m, axial_mps, 0.5 * seen.period_s)
        pull = pursue(self, seen, Point(point.r_ric_m, point.v_ric_mps, ahead.a_ric_mps2))
        waited_s = self.waited(seen, memory.waited_s) if inwards else 0.0
        good = self.settled(seen, point, waited_s) if inwards else self._matched(seen, point)
        settled_s = memory.settled_s + seen.period_s if good else 0.0
        after = msgspec.structs.replace(
            memory,
            axial_m=memory.axial_m + axial_mps * seen.period_s,
            settled_s=settled_s,
            waited_s=waited_s,
        )
        if not inwards and settled_s > self.match_s:
            after = msgspec.structs.replace(after, stage="in", settled_s=0.0)
        arrived = inwards and settled_s > self.settle_s
        return after, Demand(acceleration_ric_mps2=pull, arrived=arrived)

    def _matched(self, seen: Seen, point: Point) -> bool:
        distance_m, speed_mps = off(seen, point)
        return distance_m <= self.match_m and speed_mps <= self.match_mps
