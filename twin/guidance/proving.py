"""A proving ground for laws: linear relative motion, a target that turns evenly, noisy sights, no computer.

The law alone is tried: its demand is given as it is, up to the thrust there is. A run is a few hundred steps
and takes milliseconds, so that many situations can be tried twice. Motion: Clohessy and Wiltshire, exact but
for the push, which is held over the period (Simpson's rule, to (n h)^4).
"""

from collections.abc import Callable
from math import cos, radians, sin, sqrt, tan
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.dynamics.relative import cw_transition
from twin.guidance.examples import RATE, resting
from twin.guidance.law import Demand, Law, Seen
from twin.guidance.live_axis import turned
from twin.guidance.trial import LawFailure, stepped
from twin.kernel.streams import Stream

Array = NDArray[np.float64]
PORT_M = 6.2
KEEP_OUT_M = 20.0
CONE_DEG = 15.0
BELIEVED_MPS2 = 1.0


class Span(NamedTuple):
    """A stretch of time, s."""

    from_s: float
    to_s: float

    def holds(self, t_s: float) -> bool:
        return self.from_s <= t_s < self.to_s


class Situation(NamedTuple):
    """What the law is put into. The servicer begins on the capture axis, `axial_m` out, carried with it, and
    `off_mps` faster across; `turn_deg_per_s` is the target's turn, `about` where it points in `ric`.

    `blind` is when the target's attitude is unknown; `weak` the share of the push that a dead thruster leaves
    along the in-track axis; `late` how many periods old what is seen is; every `again`-th sight comes twice.
    """

    name: str
    text: str
    axial_m: float = 17.0
    turn_deg_per_s: float = 0.4
    about: tuple[float, float, float] = (-1.0, 0.0, 0.0)
    off_mps: float = 0.0
    period_s: float = 1.0
    until_s: float = 600.0
    most_mps2: float = 0.02
    blind: Span = Span(0.0, 0.0)
    weak: float = 1.0
    late: int = 0
    again: int = 0
    origin_s: float = 0.0
    budget_mps: float = 1.5


class Tried(NamedTuple):
    """How it went. `margin_m`: least room to the forbidden part of the sphere. `failure`: of the law."""

    steps: int
    delta_v_mps: float
    most_mps2: float
    margin_m: float
    end_axial_m: float
    arrived_s: float | None
    memory_bytes: int
    longest_step_s: float
    mean_step_s: float
    demands: bytes
    failure: str


def tried(law: Law, situation: Situation, clock: Callable[[], float]) -> Tried:
    """Fly it. `clock` gives computing seconds, for the time a step takes."""
    return _Run(law, situation, clock).flown()


class _Run:
    def __init__(self, law: Law, situation: Situation, clock: Callable[[], float]) -> None:
        self._law, self._s, self._clock = law, situation, clock
        s = situation
        about = np.array(s.about) / np.linalg.norm(s.about)
        self._turn = radians(s.turn_deg_per_s) * about
        # On the axis of a fitting that looks at the Earth, 20 degrees off.
        self._axis = np.array((-cos(radians(20.0)), 0.0, sin(radians(20.0))))
        r = (PORT_M + s.axial_m) * self._axis
        v = np.cross(self._turn, r) + s.off_mps * np.array((0.0, 1.0, 0.0))
        self._state = np.concatenate((r, v))
        step, middle = cw_transition(RATE, s.period_s), cw_transition(RATE, 0.5 * s.period_s)
        self._step = step
        self._held = s.period_s / 6.0 * (np.eye(6) + 4.0 * middle + step)[:, 3:]
        self._noise = Stream(1, f"proving.{s.name}")
        self._sights: list[Seen] = []
        self._memory: bytes | None = None
        self._pushes: list[tuple[float, float, float]] = []
        self._times: list[float] = []
        self._margin_m = 1e9

    def flown(self) -> Tried:
        failure, arrived_s, largest = "", None, 0
        for k in range(round(self._s.until_s / self._s.period_s)):
            t_s = k * self._s.period_s
            self._sights.append(self._sight(k, t_s))
            try:
                demand = self._asked(k)
            except LawFailure as wrong:
                failure = f"{wrong.text} at {t_s:g} s"
                break
            largest = max(largest, len(self._memory or b""))
            self._pushes.append(demand.acceleration_ric_mps2)
            self._move(demand)
            self._note_margin(t_s)
            if demand.arrived and arrived_s is None:
                arrived_s = t_s
        return self._outcome(failure, arrived_s, largest)

    def _asked(self, k: int) -> Demand:
        """The demand on what is seen; every `again`-th sight is given twice, the later answer counts."""
        seen = self._sights[max(0, k - self._s.late)]
        twice = self._s.again and k % self._s.again == 0
        demand = Demand()
        for _ in range(2 if twice else 1):
            begun = self._clock()
            self._memory, demand = stepped(self._law, self._memory, seen, BELIEVED_MPS2)
            self._times.append(self._clock() - begun)
        return demand

    def _move(self, demand: Demand) -> None:
        push = np.array(demand.acceleration_ric_mps2)
        size = sqrt(float(push @ push))
        given = push * (min(1.0, self._s.most_mps2 / size) if size > 0.0 else 0.0)
        given[1] *= self._s.weak
        self._state = self._step @ self._state + self._held @ given

    def _note_margin(self, t_s: float) -> None:
        """Outside the sphere, room to it or, in the cone, none needed; inside, room to the cone's wall."""
        now = self._target(t_s + self._s.period_s)
        r = self._state[:3]
        away = r - np.array(now["port_ric_m"])
        axial = float(away @ np.array(now["port_axis_ric"]))
        lateral = sqrt(max(0.0, float(away @ away) - axial * axial))
        room = max(0.0, axial + 0.5) * tan(radians(CONE_DEG)) - lateral
        outside = sqrt(float(r @ r)) - KEEP_OUT_M
        self._margin_m = min(self._margin_m, max(room, outside))
        self._axial_m = axial

    def _target(self, t_s: float) -> dict[str, Any]:
        x, y, z = self._axis.tolist()
        turn = (float(self._turn[0]), float(self._turn[1]), float(self._turn[2]))
        axis = turned((x, y, z), turn, t_s)
        return {
            "port_ric_m": (PORT_M * axis[0], PORT_M * axis[1], PORT_M * axis[2]),
            "port_axis_ric": axis,
            "port_rate_ric_radps": turn,
            "port_precession_ric_radps": turn,
        }

    def _sight(self, k: int, t_s: float) -> Seen:
        off = self._noise.normal(k, 6).tolist()
        noisy = self._state + np.array(
            (*(0.01 * each for each in off[:3]), *(3e-4 * each for each in off[3:]))
        )
        x, y, z, u, v, w = noisy.tolist()
        known = not self._s.blind.holds(t_s)
        base = resting(
            t_ns=round((t_s + self._s.origin_s) * 1e9),
            period_s=self._s.period_s,
            r_ric_m=(x, y, z),
            v_ric_mps=(u, v, w),
            most_mps2=self._s.most_mps2,
            pose_known=known,
            covariance_ric=tuple(np.diag([1e-4] * 3 + [1e-7] * 3).ravel().tolist()),
            keep_out_radius_m=KEEP_OUT_M,
            **self._target(t_s),
        )
        away = noisy[:3] - np.array(base.port_ric_m)
        axial = float(away @ np.array(base.port_axis_ric))
        lateral = sqrt(max(0.0, float(away @ away) - axial * axial))
        inside = known and lateral <= max(0.0, axial + 0.5) * tan(radians(CONE_DEG))
        return msgspec.structs.replace(base, port_axial_m=axial, port_lateral_m=lateral, in_corridor=inside)

    def _outcome(self, failure: str, arrived_s: float | None, largest: int) -> Tried:
        sizes = [sqrt(x * x + y * y + z * z) for x, y, z in self._pushes] or [0.0]
        given = [min(size, self._s.most_mps2) for size in sizes]
        return Tried(
            steps=len(self._pushes),
            delta_v_mps=sum(given) * self._s.period_s,
            most_mps2=max(sizes),
            margin_m=self._margin_m,
            end_axial_m=getattr(self, "_axial_m", self._s.axial_m),
            arrived_s=arrived_s,
            memory_bytes=largest,
            longest_step_s=max(self._times, default=0.0),
            mean_step_s=sum(self._times) / max(len(self._times), 1),
            demands=msgspec.msgpack.encode(self._pushes),
            failure=failure,
        )
