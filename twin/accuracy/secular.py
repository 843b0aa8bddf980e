"""V02: the node of a sun-synchronous orbit under J2, by the theory's formula and by integration."""

from collections.abc import Iterator
from functools import partial
from math import cos, degrees, pi, radians, sin, sqrt

import numpy as np

from twin.accuracy.case import Case, Group, Reference, listed
from twin.accuracy.runs import Array
from twin.dynamics.constants import EARTH_RADIUS_M, J2, MU_M3PS2
from twin.dynamics.orbit import coast
from twin.dynamics.settings import Environment

_A_M, _INCLINATION_RAD = 7_143e3, radians(98.3)
_REVOLUTIONS, _SAMPLES = 15, 1501
_case = partial(Case, model="gravity")


def node(_: Reference) -> Iterator[Case]:
    """The formula at the mean axis is what the fit through the integrated node is held against."""
    n = sqrt(MU_M3PS2 / _A_M**3)
    rows = (
        ("mean motion", n, 1.0457982546e-3, "rad/s", 5e-14),
        ("period", 2.0 * pi / n, 6008.028106, "s", 5e-7),
        ("drift of the node, first-order theory", _drift_deg_per_day(_A_M), 0.9676451031, "deg/day", 5e-11),
    )
    yield from listed("V02 circular orbit at 7143 km, 98.3 deg: ", "gravity", rows)
    rate, mean_m = _integrated()
    yield _case(
        name="V02 circular orbit at 7143 km, 98.3 deg: drift of the node, 15 revolutions integrated",
        source="first-order theory at the mean axis of the run: Vallado (2013), 9.6",
        ours=rate,
        reference=_drift_deg_per_day(mean_m),
        unit="deg/day",
        tolerance=1.5 * J2 * (EARTH_RADIUS_M / _A_M) ** 2,
        relative=True,
        because="computed: the theory's next order, 3/2 J2 (R / a)^2 of it",
    )


def _drift_deg_per_day(axis_m: float) -> float:
    """-3/2 n J2 (R / a)^2 cos i, circular (Vallado 2013, 9.6)."""
    n = sqrt(MU_M3PS2 / axis_m**3)
    return degrees(-1.5 * n * J2 * (EARTH_RADIUS_M / axis_m) ** 2 * cos(_INCLINATION_RAD)) * 86_400.0


def _integrated() -> tuple[float, float]:
    """Drift of the node (deg/day) by a straight line, and the mean osculating axis (m)."""
    speed = sqrt(MU_M3PS2 / _A_M)
    v: Array = speed * np.array((0.0, cos(_INCLINATION_RAD), sin(_INCLINATION_RAD)))
    period_ns = 2e9 * pi * sqrt(_A_M**3 / MU_M3PS2)
    times = np.linspace(0, _REVOLUTIONS * period_ns, _SAMPLES).astype(np.int64)
    vacuum = Environment(gravity="j2", atmosphere="none")
    states = coast(np.array((_A_M, 0.0, 0.0)), v, 0, int(times[-1]), vacuum).states(times)
    momentum = np.cross(states.r_eci_m, states.v_eci_mps)
    nodes = np.degrees(np.unwrap(np.arctan2(momentum[:, 0], -momentum[:, 1])))
    radius_m = np.sqrt((states.r_eci_m**2).sum(axis=1))
    axis_m = 1.0 / (2.0 / radius_m - (states.v_eci_mps**2).sum(axis=1) / MU_M3PS2)
    return float(np.polyfit(times / 86_400e9, nodes, 1)[0]), float(axis_m.mean())


GROUPS = (Group("node of J2", node),)
