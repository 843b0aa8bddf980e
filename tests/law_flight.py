"""A law alone in a world of its own: linear relative motion about a circle, exact between commands, no noise.

It shares nothing with the product but what a law may see: the motion is a matrix exponential, summed here.
"""

from collections.abc import Callable
from math import cos, sin
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.guidance.examples import RATE, resting
from twin.guidance.law import Demand, Seen

Array = NDArray[np.float64]


class Flown(NamedTuple):
    """Times (n,), states (n, 6) in `ric`, pushes (n, 3), and whether the law said it had arrived."""

    t_s: Array
    states: Array
    pushes: Array
    arrived: bool

    @property
    def delta_v_mps(self) -> float:
        period_s = float(self.t_s[1] - self.t_s[0])
        return float(np.linalg.norm(self.pushes, axis=1).sum()) * period_s


def motion(n: float, t_s: float) -> Array:
    """exp(A t) of (r, v, a held), (9, 9), by its series."""
    a = np.zeros((9, 9))
    a[:3, 3:6] = np.eye(3)
    a[3, 0], a[5, 2], a[3, 4], a[4, 3] = 3 * n * n, -n * n, 2 * n, -2 * n
    a[3:6, 6:] = np.eye(3)
    term = total = np.eye(9)
    for k in range(1, 25):
        term = term @ a * t_s / k
        total = total + term
    return total


def turning(axis0: Array, rate: Array, port_m: float) -> Callable[[float], dict[str, Any]]:
    """What is seen of a target whose capture axis goes round `rate` evenly."""
    size = float(np.linalg.norm(rate))
    k = rate / size if size else np.array((0.0, 0.0, 1.0))

    def at(t_s: float) -> dict[str, Any]:
        c, s = cos(size * t_s), sin(size * t_s)
        axis = c * axis0 + s * np.cross(k, axis0) + (1 - c) * (k @ axis0) * k
        return {
            "port_ric_m": tuple((port_m * axis).tolist()),
            "port_axis_ric": tuple(axis.tolist()),
            "port_rate_ric_radps": tuple(rate.tolist()),
            "port_precession_ric_radps": tuple(rate.tolist()),
        }

    return at


def flown(
    law: Any,
    state: Array,
    period_s: float,
    until_s: float,
    *,
    target: Callable[[float], dict[str, Any]] | None = None,
    rate_radps: float = RATE,
    **constant: Any,
) -> Flown:
    """Fly until the law has arrived, calls off, or `until_s`."""
    step = motion(rate_radps, period_s)
    memory, rows, pushes, times = None, [], [], []
    demand, t_s = Demand(), 0.0
    while t_s < until_s and not (demand.arrived or demand.abort):
        given = {**(target(t_s) if target else {}), **constant}
        seen = _seen(state, t_s, period_s, rate_radps, given)
        if memory is None:
            memory = (law.start(seen),)
        kept, demand = law.step(memory[0], seen)
        memory = (kept,)
        push = np.array(demand.acceleration_ric_mps2)
        rows.append(state)
        pushes.append(push)
        times.append(t_s)
        state = (step @ np.concatenate((state, push)))[:6]
        t_s += period_s
    return Flown(np.array(times), np.array(rows), np.array(pushes), demand.arrived)


def _seen(state: Array, t_s: float, period_s: float, rate: float, given: dict[str, Any]) -> Seen:
    r, v = tuple(state[:3].tolist()), tuple(state[3:].tolist())
    base = resting(
        t_ns=round(t_s * 1e9),
        period_s=period_s,
        r_ric_m=r,
        v_ric_mps=v,
        orbit_rate_radps=rate,
        gravity_per_s2=rate * rate,
        **given,
    )
    away = state[:3] - np.array(base.port_ric_m)
    axial = float(away @ np.array(base.port_axis_ric))
    lateral = float(np.linalg.norm(away - axial * np.array(base.port_axis_ric)))
    inside = lateral <= (axial + 0.5) * 0.268
    return msgspec.structs.replace(base, port_axial_m=axial, port_lateral_m=lateral, in_corridor=inside)
