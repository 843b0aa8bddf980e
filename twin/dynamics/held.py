"""Over a control period, what nature adds to the Earth's J2 is a parabola in time.

It is evaluated where the body will be at the period's start, middle and end. Over ten seconds the
parabola leaves 5e-10 m/s2, of no mean (Simpson's rule): the full system would take four times as
a step and give the same place within a micrometre (tests/test_dynamics_fidelity.py).
"""

from dataclasses import dataclass
from functools import cache

import heyoka as hy
import numpy as np
from numpy.typing import NDArray

from twin.contracts.fields import Quaternion
from twin.dynamics.constants import MU_M3PS2
from twin.dynamics.fidelity import HELD, Terms
from twin.dynamics.lighting import fraction
from twin.dynamics.models import BODY_SLOTS, LENGTH_M
from twin.dynamics.nature import Nature
from twin.dynamics.outside import Outside
from twin.dynamics.rotation import Floats, conj, from_rotation_vector, mul, rotate
from twin.dynamics.surroundings import Surroundings

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Given:
    """Coefficients of 1, t and t^2, three each, of an acceleration in `eci` (LENGTH_M, s); a mean torque."""

    acceleration: tuple[float, ...]
    torque_body_nm: Floats


@cache
def _evaluator(kinds: Terms) -> hy.cfunc:
    """(r, v, long axis in eci) to: acceleration beyond J2, forces of air and of whole sunlight, shadow."""
    names = list(hy.make_vars("rx", "ry", "rz", "vx", "vy", "vz", "ax", "ay", "az"))
    nature = Nature(names[:3], names[3:6], kinds, BODY_SLOTS)
    j2 = Nature(names[:3], names[3:6], HELD, BODY_SLOTS)
    zero = hy.expression(0.0)
    pulls = [nature.gravity(), *nature.third_bodies()]
    beyond = [hy.sum([*parts, -1.0 * own]) for *parts, own in zip(*pulls, j2.gravity(), strict=True)]
    air = nature.air_on_hull(names[6:]) if kinds.atmosphere != "none" else [zero] * 3
    shine = nature.light_on_hull(names[6:]) if kinds.solar_pressure else [zero] * 3
    shadow = nature.shadow() if kinds.solar_pressure else [zero] * 3
    return hy.cfunc(beyond + air + shine + shadow, names, compact_mode=True, opt_level=2, parjit=False)


class Held:
    """The forces of one body."""

    def __init__(self, kinds: Terms, surroundings: Surroundings, outside: Outside) -> None:
        self._lit = kinds.solar_pressure
        self._around, self._centre = surroundings, outside.centre_body_m
        self._call = _evaluator(kinds)
        self._pars = np.zeros(self._call.nparams)
        BODY_SLOTS.write(self._pars, {**surroundings.constants(), **outside.values(), "light": (1.0, 0.0)})

    def over(self, state: Array, t_ns: int, duration_ns: int, force_body_n: Floats, mass_kg: float) -> Given:
        """What is given over a period, for a state (13 or more,) of the integrator at its start."""
        BODY_SLOTS.write(self._pars, self._around.dated(t_ns))
        h = duration_ns * 1e-9
        q = state[6:10].tolist()
        inputs = _path(state, np.array(rotate(q, force_body_n)) / (LENGTH_M * mass_kg), h)
        turned = [mul(q, from_rotation_vector((t * state[10:13]).tolist())) for t in (0.0, 0.5 * h, h)]
        inputs[6:9] = np.array([rotate(p, (1.0, 0.0, 0.0)) for p in turned]).T
        values = self._call(
            inputs, pars=self._pars[:, None].repeat(3, axis=1), time=np.array((0.0, 0.5 * h, h))
        )
        force = values[3:6]
        if self._lit:
            force = force + values[6:9] * [fraction(*column) for column in values[9:12].T.tolist()]
        a0, a1, a2 = (values[0:3] + force / (LENGTH_M * mass_kg)).T
        slope, bend = (4.0 * a1 - 3.0 * a0 - a2) / h, 2.0 * (a0 - 2.0 * a1 + a2) / (h * h)
        terms = np.concatenate([a0, slope, bend]).tolist()
        return Given(tuple(terms), self._torque(turned, force))

    def _torque(self, turned: list[Quaternion], force_eci_n: Array) -> Floats:
        """Mean torque (Simpson's rule) of forces (3, 3), a column an instant, at the hull's centre."""
        in_body = [np.array(rotate(conj(q), f)) for q, f in zip(turned, force_eci_n.T, strict=True)]
        fx, fy, fz = ((in_body[0] + 4.0 * in_body[1] + in_body[2]) / 6.0).tolist()
        x, y, z = self._centre
        return (y * fz - z * fy, z * fx - x * fz, x * fy - y * fx)


def _path(state: Array, push: Array, h: float) -> Array:
    """Inputs (9, 3) of the evaluator, six of them set: two bodies and the push, 2 m off after ten seconds."""
    r, v = state[0:3], state[3:6]
    a = push - (MU_M3PS2 / LENGTH_M**3) * float((r * r).sum()) ** -1.5 * r
    inputs = np.empty((9, 3))
    for k, t in enumerate((0.0, 0.5 * h, h)):
        inputs[0:3, k] = r + t * v + (0.5 * t * t) * a
        inputs[3:6, k] = v + t * a
    return inputs
