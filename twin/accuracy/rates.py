"""An approach under control at several rates and tolerances: what it converges to, and how fast."""

from collections.abc import Iterator
from functools import cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from twin.accuracy.case import Case, Group, Reference
from twin.dynamics.constants import MU_M3PS2, NS_PER_S
from twin.dynamics.epochs import Epoch
from twin.dynamics.orbit import coast
from twin.dynamics.plant import PoweredBody
from twin.dynamics.relative import RelativeState, eci_of_relative, relative_state
from twin.dynamics.segments import Track
from twin.dynamics.settings import Environment
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings

Array = NDArray[np.float64]

_SECONDS, _FAR_M, _NEAR_M = 60, 17.0, 3.2
_MASS_KG, _RATE = 800.0, 0.05
_AROUND = Surroundings.at(Epoch("2022-01-23T02:47:21.8Z"), Environment(fidelity="standard"))
_TOP_MPS = _RATE * (_FAR_M - _NEAR_M) / 2.718281828459045
_LATE = "half a period at the law's top speed, 0.25 m/s: a held command is late by so much"
_ROUNDING = 2.220446049250313e-16


@cache
def _target() -> Track:
    r = np.array((6.98e6, 0.0, 0.0))
    v = sqrt(MU_M3PS2 / 6.98e6) * np.array((0.0, -0.13, 0.99151))
    return coast(r, v, 0, _SECONDS * NS_PER_S, _AROUND, drag_m2pkg=0.016)


def _end_ric_m(rate_hz: int, tolerance: float = 0.0) -> Array:
    """Where an approach along the track ends: a critically damped law, sampled and held."""
    target = _target()
    begin = target.state(0)
    behind = RelativeState(np.array((0.0, -_FAR_M, 0.0)), np.zeros(3))
    r, v = eci_of_relative(begin, behind)
    start = KinematicState(r, v, np.array((1.0, 0.0, 0.0, 0.0)), np.zeros(3))
    body = PoweredBody(start, _AROUND, tolerance=tolerance)
    goal, period_ns, still = np.array((0.0, -_NEAR_M, 0.0)), NS_PER_S // rate_hz, (0.0, 0.0, 0.0)
    for k in range(_SECONDS * rate_hz):
        at = target.state(k * period_ns)
        seen = relative_state(at, body.state)
        demand = -_RATE * _RATE * (seen.r_ric_m - goal) - 2.0 * _RATE * seen.v_ric_mps
        origin = eci_of_relative(at, RelativeState(demand, np.zeros(3)))[0] - at.r_eci_m
        body.advance(period_ns, _MASS_KG * origin, still, still, _MASS_KG, 300.0 * np.eye(3))
    return relative_state(target.state(_SECONDS * NS_PER_S), body.state).r_ric_m


def approach(_: Reference) -> Iterator[Case]:
    """The same law at 1, 2, 5 and 10 Hz, and the physics at half and twice its tolerance."""
    ends = {rate: _end_ric_m(rate) for rate in (1, 2, 5, 10)}
    for rate in (1, 2, 5):
        apart = float(np.sqrt(((ends[rate] - ends[10]) ** 2).sum()))
        yield _case(f"approach with control at {rate} Hz against 10 Hz", apart, 0.5 * _TOP_MPS / rate, _LATE)
    for name, factor in (("half", 0.5), ("twice", 2.0)):
        apart = float(np.sqrt(((_end_ric_m(1, factor * _ROUNDING) - ends[1]) ** 2).sum()))
        because = "rounding of an orbit's radius, 1e-9 m, over 60 periods"
        yield _case(f"approach at {name} the physics' tolerance", apart, 1e-6, because)


def _case(name: str, apart_m: float, tolerance_m: float, because: str) -> Case:
    return Case(
        name=f"{name}: distance at the end",
        model="plant",
        source="the same law at another rate or tolerance",
        ours=apart_m,
        reference=0.0,
        unit="m",
        tolerance=tolerance_m,
        because=because,
    )


GROUPS = (Group("control rates", approach),)
