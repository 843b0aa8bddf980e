"""Which thrusters open for how long: least propellant for a wanted impulse and moment impulse.

    minimise  c.t + e |t|^2 / 2   subject to   B t = wanted,   0 <= t <= longest

solved by daqp (cold start, so that the same demand always gives the same valves). On-times are rounded
to the valve tick; below the least on-time a valve stays shut: opening it for the least from half of that
on would leave as much owed the other way, and noise would fire both by turns. What was not delivered is
the caller's to carry over.
"""

from collections.abc import Sequence
from math import ceil, inf, sqrt
from typing import NamedTuple

import daqp
import numpy as np

from twin.contracts.fields import Vec3
from twin.errors import MissionError
from twin.gnc.matrices import Array, rows3
from twin.guidance import vectors as vec
from twin.vehicle.settings import Propulsion

# Small against 1, so that the sum decides; but burns of a second are shared among all valves that serve: the
# errors of many average out.
_REGULARISATION = 0.02
_TILT = 2e-3
_EQUALITY = 5
_OF_LONGEST = 0.01
_OPTIMAL = 1


class Firing(NamedTuple):
    """On-times, and the nominal impulse and moment impulse they give, in body axes; `lag_body_ns2`,
    `lag_body_nms2`: each valve's share times half of its on-time; `spread_nms2` is the root sum
    square of the valves' shares of the latter. `squares_s2`: sum of u u' t^2 over directions and on-times."""

    on_s: tuple[float, ...]
    impulse_body_ns: Vec3
    moment_body_nms: Vec3
    spent_ns: float
    lag_body_ns2: Vec3 = vec.ZERO
    lag_body_nms2: Vec3 = vec.ZERO
    spread_nms2: float = 0.0
    squares_s2: tuple[Vec3, Vec3, Vec3] = (vec.ZERO, vec.ZERO, vec.ZERO)


class Allocator:
    """The thruster set of a vehicle; moments are about `centre_body_m`."""

    def __init__(
        self,
        propulsion: Propulsion,
        place: str = "servicer.propulsion",
        *,
        centre_body_m: Vec3 = (0.0, 0.0, 0.0),
    ) -> None:
        columns = [
            _column(vec.sub(thruster.r_body_m, centre_body_m), thruster.direction_body)
            for thruster in propulsion.thrusters
        ]
        self._effect: Array = np.ascontiguousarray(propulsion.thrust_n * np.array(columns).T)
        if np.linalg.matrix_rank(self._effect) < 6:
            raise MissionError("the thrusters cannot push and turn along every axis", place=place)
        self._ways: Array = self._effect[:3] / propulsion.thrust_n
        self._arms_nm: Array = np.sqrt((self._effect[3:] ** 2).sum(axis=0))
        count = len(propulsion.thrusters)
        self.shut = (0.0,) * count
        self._thrust_n = propulsion.thrust_n
        self._tick_s = max(propulsion.valve_tick_s, 1e-6)
        self._least_ticks = ceil(propulsion.minimum_on_s / self._tick_s - 1e-9)
        self._least_ns = propulsion.thrust_n * propulsion.minimum_on_s
        self._hessian: Array = _REGULARISATION * np.eye(count)
        # All but equal: of two ways as cheap, few valves open long are better than many too short to open.
        self._cost: Array = np.array([1.0 + _TILT * index for index in range(count)])
        self._sense = np.array([0] * count + [_EQUALITY] * 6, dtype=np.intc)

    @property
    def quantum_ns(self) -> float:
        """Least impulse of one thruster, N s."""
        return self._least_ns

    def least_moment_nms(self, way_body: Array) -> float:
        """The least moment impulse (N m s) along a unit vector, without a push, for which no valve it takes
        opens for less than it can; of both senses the larger."""
        x, y, z = way_body.tolist()
        size_nms = 1e3 * self._least_ns
        least = []
        for moment in ((x, y, z), (-x, -y, -z)):
            on_s = self.fire(vec.ZERO, vec.scale(size_nms, moment), inf).on_s
            shortest_s = min((each for each in on_s if each > _OF_LONGEST * max(on_s)), default=inf)
            least.append(size_nms * self._least_ticks * self._tick_s / shortest_s)
        return max(least)

    def fire(
        self,
        impulse_body_ns: Vec3,
        moment_body_nms: Vec3,
        longest_s: float,
        dead: tuple[int, ...] = (),
        shunned: tuple[int, ...] = (),
    ) -> Firing:
        """The firing for a wanted impulse (N s) and moment impulse (N m s) about the centre of mass.

        A demand beyond what `longest_s` allows is given in its direction, as much as halving finds. Thrusters
        that are `dead` stay shut; those that are `shunned` too, unless the others cannot give all of it.
        """
        wanted = np.array((*impulse_body_ns, *moment_body_nms))
        upper = np.concatenate((np.full(len(self.shut), longest_s), wanted))
        lower = np.concatenate((np.zeros(len(self.shut)), wanted))
        upper[list(dead)] = 0.0
        if shunned:
            without = upper.copy()
            without[list(shunned)] = 0.0
            on_s, _, flag, _ = daqp.solve(
                self._hessian, self._cost, self._effect, without, lower, self._sense
            )
            if flag == _OPTIMAL:
                return self._rounded(on_s.tolist())
        for _ in range(6):
            on_s, _, flag, _ = daqp.solve(self._hessian, self._cost, self._effect, upper, lower, self._sense)
            if flag == _OPTIMAL:
                return self._rounded(on_s.tolist())
            upper[-6:] *= 0.5
            lower[-6:] *= 0.5
        if dead:  # too many to push every way: better one that may be dead than nothing at all
            return self.fire(impulse_body_ns, moment_body_nms, longest_s)
        return Firing(self.shut, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.0)

    @property
    def effect(self) -> Array:
        """Force (N) and torque (N m) of each open valve, body axes: (6, n)."""
        return self._effect

    def _rounded(self, on_s: Sequence[float]) -> Firing:
        return self.given(tuple(self._valve(each) for each in on_s))

    def given(self, valves: tuple[float, ...]) -> Firing:
        """What these on-times, s, give."""
        times_s = np.array(valves)
        halves_s2 = 0.5 * times_s * times_s
        fx, fy, fz, mx, my, mz = (self._effect @ times_s).tolist()
        gx, gy, gz, nx, ny, nz = (self._effect @ halves_s2).tolist()
        spread = self._arms_nm * halves_s2
        return Firing(
            valves,
            (fx, fy, fz),
            (mx, my, mz),
            self._thrust_n * sum(valves),
            (gx, gy, gz),
            (nx, ny, nz),
            sqrt(float(spread @ spread)),
            rows3((self._ways * times_s**2) @ self._ways.T),
        )

    def _valve(self, on_s: float) -> float:
        ticks = round(on_s / self._tick_s)
        return ticks * self._tick_s if ticks >= self._least_ticks else 0.0


def _column(r_body_m: Vec3, direction_body: Vec3) -> tuple[float, ...]:
    x, y, z = r_body_m
    u, v, w = direction_body
    return (u, v, w, y * w - z * v, z * u - x * w, x * v - y * u)
