"""Model-predictive control of the final approach: a quadratic programme every period, from a cold start.

    minimise  sum |p_k - p*_k|^2 q + |v_k - v*_k|^2 s + |a_k - a*_k|^2 r
    subject to  x_{k+1} = F x_k + B a_k,  |a_k| within the thrust,  and, softly,
      inside the sphere:   the line-of-sight cone about the live axis, as a pyramid of eight faces
      outside of it:       the half-space tangent to the keep-out ellipsoid at the nearest point
      near the fitting:    no more push away from it than `plume_mps2` (plumes blow at the target)
      at the horizon:      the speed of the point on the axis, within `end_mps`

about a point that goes down the axis of the turning target as in the glideslope. Clohessy and Wiltshire for
F; the cone and tangent planes as in Breger and How, J. Guidance, Control, and Dynamics 31 (2008) 1478.
Solved by daqp (Arnström, Bemporad and Axehill, IEEE TAC 67 (2022) 4362), which finds the exact active set:
no limit of time, no state between periods.
"""

from math import cos, pi, tan
from typing import Annotated, Any, ClassVar, NamedTuple

import daqp
import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from twin.contracts.fields import NonNegative, Vec3
from twin.dynamics.relative import cw_transition
from twin.guidance import vectors as vec
from twin.guidance.glideslope import Glideslope, Slope
from twin.guidance.law import Demand, Seen
from twin.guidance.live_axis import axis_point
from twin.guidance.tracking import Positive, fixed, natural_acceleration, pursue

Array = NDArray[np.float64]

_FACES = 8
_SOFT = 8
_OPTIMAL = (1, 2)
"""Solved, and solved with some soft constraint given way."""
_BOX, _LEAST = 0.7, 0.1
"""A box about the reference's push in place of the ball of what the thrust leaves (at least so much of all of
it); what sticks out at its corners is cut off afterwards."""


class _Ahead(NamedTuple):
    """The point on the axis at the steps of the horizon: (n, 3) each, and the axis itself."""

    r_m: Array
    v_mps: Array
    push_mps2: Array
    axis: Array
    port_m: Array
    axial_m: Array


class Mpc(Glideslope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`horizon` steps of `step_s`, shorter where the axis would turn by more than `turn_rad` in one, and then
    with stiffer control: `weight_push` goes with the step's square, as the way that a push makes in it.
    `cone_deg` lies within the corridor; the ellipsoid has `along_m` along the capture axis and `across_m`
    across it (0: the keep-out sphere). The plume cone ends `plume_m` out.
    """

    memory_type: ClassVar[Any] = Slope

    horizon: Annotated[int, Meta(ge=3, le=40)] = 12
    step_s: Positive = 3.0
    turn_rad: Positive = 0.06
    cone_deg: Annotated[float, Meta(gt=0.0, lt=80.0)] = 12.0
    along_m: NonNegative = 0.0
    across_m: NonNegative = 0.0
    plume_m: NonNegative = 8.0
    plume_mps2: Positive = 0.01
    end_mps: Positive = 0.01
    weight_position: Positive = 1e-3
    weight_velocity: Positive = 0.1
    weight_push: Positive = 10.0

    def step(self, memory: Slope, seen: Seen) -> tuple[Slope, Demand]:
        if not seen.pose_known:
            blind = msgspec.structs.replace(memory, due_ns=0)
            return blind, Demand(acceleration_ric_mps2=pursue(self, seen, fixed(seen.r_ric_m)))
        memory = self.resumed(memory, seen)
        point, axial_mps = self.reference(seen, memory.axial_m, axis_point)
        now = _held(seen, memory.axial_m, axial_mps, 0.5 * seen.period_s)
        pull = self._solved(seen, self._ahead(seen, memory.axial_m, axial_mps), now)
        after = self.after(memory, seen, point, axial_mps)
        return after, Demand(acceleration_ric_mps2=pull, arrived=after.settled_s > self.settle_s)

    def _step_s(self, seen: Seen) -> float:
        longest_s = self.turn_rad / max(vec.norm(seen.port_rate_ric_radps), 1e-9)
        return max(min(self.step_s, longest_s), seen.period_s)

    def _ahead(self, seen: Seen, axial_m: float, axial_mps: float) -> _Ahead:
        rows, pushes, step_s = [], [], self._step_s(seen)
        for k in range(self.horizon):
            t, out_m = (k + 1) * step_s, self._out(axial_m, axial_mps, (k + 1) * step_s)
            moving = axial_mps if out_m != self.end_axial_m else 0.0
            end = axis_point(seen, out_m - moving * t, moving, t)
            foot = axis_point(seen, 0.0, 0.0, t)
            rows.append((end.r_ric_m, end.v_ric_mps, foot.r_ric_m, (out_m, 0.0, 0.0)))
            pushes.append(_held(seen, axial_m, axial_mps, (k + 0.5) * step_s))
        block = np.array(rows)
        axial = block[:, 3, 0]
        axis = (block[:, 0] - block[:, 2]) / axial[:, None]
        return _Ahead(block[:, 0], block[:, 1], np.array(pushes), axis, block[:, 2], axial)

    def _out(self, axial_m: float, axial_mps: float, t_s: float) -> float:
        """Where on the axis the point is in `t_s`: it stops at the end."""
        out_m = axial_m + axial_mps * t_s
        return max(out_m, self.end_axial_m) if axial_m >= self.end_axial_m else min(out_m, self.end_axial_m)

    def _solved(self, seen: Seen, ahead: _Ahead, now_mps2: Vec3) -> Vec3:
        """The push of the coming period; `now_mps2` is the reference's own in it."""
        n, step_s = self.horizon, self._step_s(seen)
        free, forced = _motion(seen, n, step_s)
        weight_push = self.weight_push * (step_s / self.step_s) ** 2
        weights = np.tile(np.repeat((self.weight_position, self.weight_velocity), 3), n)
        wanted = np.hstack((ahead.r_m, ahead.v_mps)).ravel()
        weighted = forced.T * weights
        hessian = weighted @ forced + weight_push * np.eye(3 * n)
        linear = weighted @ (free - wanted) - weight_push * ahead.push_mps2.ravel()
        rows, upper = self._limits(seen, ahead, free, forced)
        held = ahead.push_mps2.ravel()
        room = seen.most_mps2 - np.sqrt((ahead.push_mps2**2).sum(axis=1))
        box = np.repeat(np.maximum(_BOX * room, _LEAST * seen.most_mps2), 3)
        sense = np.array([0] * (3 * n) + [_SOFT] * len(upper), dtype=np.intc)
        lower = np.concatenate((held - box, np.full(len(upper), -1e30)))
        pushes, _, flag, _ = daqp.solve(
            np.ascontiguousarray(hessian), linear, rows, np.concatenate((held + box, upper)), lower, sense
        )
        if flag not in _OPTIMAL:
            point = axis_point(seen, float(ahead.axial_m[0]))
            return pursue(self, seen, point)
        # What is solved for holds for a step of the horizon, the period is the beginning of it: on a turning
        # axis the reference's push there is another than in the step's middle.
        dx, dy, dz = (pushes[:3] - ahead.push_mps2[0]).tolist()
        return vec.limited(vec.add(now_mps2, (dx, dy, dz)), seen.most_mps2)

    def _limits(self, seen: Seen, ahead: _Ahead, free: Array, forced: Array) -> tuple[Array, Array]:
        """Rows G and bounds h of G a <= h."""
        rows, bounds = [], []
        slope = tan(min(self.cone_deg * pi / 180.0, seen.corridor_half_angle_rad))
        for k in range(self.horizon):
            at, away = forced[6 * k : 6 * k + 3], free[6 * k : 6 * k + 3]
            axis = ahead.axis[k]
            if float(np.linalg.norm(ahead.r_m[k])) < seen.keep_out_radius_m:
                sides = _faces(axis) - slope * axis
                room = slope * seen.corridor_apex_slack_m * cos(pi / _FACES)
                rows.append(sides @ at)
                bounds.append(room - sides @ (away - ahead.port_m[k]))
            else:
                normal, limit_m = self._tangent(seen, away, axis)
                rows.append(-normal[None] @ at)
                bounds.append(np.array((float(normal @ away) - limit_m,)))
            if ahead.axial_m[k] < self.plume_m:
                push = np.zeros((1, 3 * self.horizon))
                push[0, 3 * k : 3 * k + 3] = axis
                rows.append(push)
                bounds.append(np.array((self.plume_mps2 + max(0.0, float(axis @ ahead.push_mps2[k])),)))
        last = forced[-3:], ahead.v_mps[-1] - free[-3:]
        rows += [last[0], -last[0]]
        bounds += [last[1] + self.end_mps, self.end_mps - last[1]]
        return np.ascontiguousarray(np.vstack(rows)), np.concatenate(bounds)

    def _tangent(self, seen: Seen, r_m: Array, axis: Array) -> tuple[Array, float]:
        """Outward normal (3,) and distance of the plane that touches the ellipsoid towards `r_m`."""
        along = self.along_m or seen.keep_out_radius_m
        across = self.across_m or seen.keep_out_radius_m
        shape = np.eye(3) / across**2 + (1.0 / along**2 - 1.0 / across**2) * np.outer(axis, axis)
        touching = r_m / np.sqrt(float(r_m @ shape @ r_m))
        normal = shape @ touching
        normal /= np.linalg.norm(normal)
        return normal, float(normal @ touching)


def _held(seen: Seen, axial_m: float, axial_mps: float, t_s: float) -> Vec3:
    """The push (m/s2) that keeps a servicer on the moving point in `t_s`."""
    point = axis_point(seen, axial_m, axial_mps, t_s)
    return vec.sub(point.a_ric_mps2, natural_acceleration(seen, point.r_ric_m, point.v_ric_mps))


def _motion(seen: Seen, n: int, step_s: float) -> tuple[Array, Array]:
    """States (6n,) of a free motion, and (6n, 3n) by which pushes held over each step change them."""
    step = cw_transition(seen.orbit_rate_radps, step_s)
    # The integral of F over a step, by Simpson's rule: to (n h)^4, 1e-10 here.
    middle = cw_transition(seen.orbit_rate_radps, 0.5 * step_s)
    held = step_s / 6.0 * (np.eye(6) + 4.0 * middle + step)[:, 3:]
    state = np.array((*seen.r_ric_m, *seen.v_ric_mps))
    free, forced = np.empty(6 * n), np.zeros((6 * n, 3 * n))
    column = held
    for k in range(n):
        state = step @ state
        free[6 * k : 6 * k + 6] = state
        for j in range(n - k):
            forced[6 * (k + j) : 6 * (k + j) + 6, 3 * j : 3 * j + 3] = column
        column = step @ column
    return free, forced


def _faces(axis: Array) -> Array:
    """Unit vectors (8, 3) across the axis, all round."""
    x, y, z = axis.tolist()
    helper = np.array((0.0, 1.0, 0.0)) if abs(y) < 0.9 else np.array((1.0, 0.0, 0.0))
    first = np.cross(helper, axis)
    first /= np.linalg.norm(first)
    second = np.cross((x, y, z), first)
    angles = 2.0 * pi * np.arange(_FACES) / _FACES
    faces: Array = np.cos(angles)[:, None] * first + np.sin(angles)[:, None] * second
    return faces
