"""Cases from textbooks: Kepler's equation, Clohessy-Wiltshire, two impulses, drift, Lambert."""

from collections.abc import Callable, Iterator
from json import loads
from math import cos, pi, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from twin.accuracy.case import Case, Group, Reference
from twin.dynamics.kepler import eccentric_anomaly_rad
from twin.dynamics.lambert import lambert
from twin.dynamics.relative import cw_transition
from twin.dynamics.transfers import two_impulses

CURTIS_N_RADPS = 0.00115697  # Curtis, Orbital Mechanics, example 7.2
_OREKIT = "Orekit's tests (after Curtis, Orbital Mechanics)"


def kepler(_: Reference) -> Iterator[Case]:
    """V01."""
    ours = eccentric_anomaly_rad(radians(235.4), 0.4)
    yield Case(
        name="V01 eccentric anomaly at M 235.4 deg, e 0.4",
        model="kepler",
        source="Vallado, Fundamentals (2013), example 2-1, to full precision",
        ours=ours % (2.0 * pi),
        reference=radians(220.512074767522),
        unit="rad",
        tolerance=1e-14,
        because="half a unit of the twelfth decimal of a degree, 9e-15 rad",
    )


def transition(_: Reference) -> Iterator[Case]:
    """V05."""
    n = (3.986004415e14 / 6_677_993.3719419**3) ** 0.5
    phi = cw_transition(n, 28_800.0)
    expected = {
        (0, 0): 4.97868541238670,
        (1, 0): -194.242457498099,
        (2, 2): -0.326228470795567,
        (0, 3): 817.081897951423,
        (0, 4): 2292.70633171889,
        (1, 3): -2292.70633171889,
        (1, 4): -83_131.6724081943,
    }
    for (row, column), value in expected.items():
        yield Case(
            name=f"V05 Clohessy-Wiltshire over 28800 s, row {row + 1} column {column + 1}",
            model="relative",
            source="Orekit's test of its Clohessy-Wiltshire matrix",
            ours=float(phi[row, column]),
            reference=value,
            unit="m/m" if column < 3 else "s",
            tolerance=1e-14,
            relative=True,
            because="half a unit of the 15th digit given, and the rounding of n t = 33 rad",
        )


def rendezvous(_: Reference) -> Iterator[Case]:
    """V06, and what its numbers imply for the sign of the start's speed along the track."""
    start = (np.array((20e3, 20e3, 20e3)), np.array((-20.0, 20.0, -5.0)))
    plan = two_impulses(cw_transition(CURTIS_N_RADPS, 28_800.0), *start)
    published = {
        "first": (plan.first_mps, (29.357511488, -66.751151059, 13.029719714)),
        "second": (plan.second_mps, (25.820815904, 0.472351059, 24.493024130)),
    }
    for which, (ours, values) in published.items():
        for axis, got, value in zip(("radial", "in-track", "cross-track"), ours, values, strict=True):
            name = f"V06 {which} impulse to the origin at rest, {axis}"
            yield _impulse(name, float(got), value, 5e-10, "half a unit of the ninth decimal")
    because = "two lengths, each of three components to half a unit of the ninth decimal: 2 x 3^0.5 x 5e-10"
    yield _impulse("V06 sum of both impulses", plan.total_mps, 109.669449880, 1.8e-9, because)
    # The speed of departure follows from the place alone, so the published impulse tells the speed before it.
    implied = plan.first_mps + start[1] - np.array(published["first"][1])
    because = (
        "half a unit of the ninth decimal: the published impulse needs +20 m/s, with -20 it were -26.75 m/s"
    )
    yield _impulse(
        "V06 speed along the track before the first impulse", float(implied[1]), 20.0, 5e-10, because
    )


def _impulse(name: str, ours: float, reference: float, tolerance: float, because: str) -> Case:
    return Case(
        name=name,
        model="relative",
        source=_OREKIT,
        ours=ours,
        reference=reference,
        unit="m/s",
        tolerance=tolerance,
        because=because,
    )


def drift(_: Reference) -> Iterator[Case]:
    """V08."""
    below = np.array((-15.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    after = cw_transition(CURTIS_N_RADPS, 2.0 * pi / CURTIS_N_RADPS) @ below
    for axis, ours, reference in (("in-track", after[1], 180.0 * pi), ("radial", after[0], -15.0)):
        yield Case(
            name=f"V08 drift of one orbit from rest 15 m below, {axis}",
            model="relative",
            source="closed form, 12 pi x (reference file: +565.486678 m)",
            ours=float(ours),
            reference=reference,
            unit="m",
            tolerance=1e-12,
            because="rounding of the angle 2 pi, 1e-15, times 12 pi x = 570 m",
        )
    hop = two_impulses(cw_transition(_HOP_N, pi / _HOP_N), np.zeros(3), np.zeros(3), to_m=(0.0, -100.0, 0.0))
    yield Case(
        name="V08 each kick of a 100 m hop along the track in half an orbit",
        model="relative",
        source="closed form n d / 4 at 6983.568 km",
        ours=float(np.sqrt((hop.first_mps**2).sum())),
        reference=0.0270453652,
        unit="m/s",
        tolerance=5e-11,
        because="half a unit of the tenth decimal; the file does not name the orbit, the number implies it",
    )


def fehse(reference: Reference) -> Iterator[Case]:
    """Four drifts in closed form; Fehse's x is in-track, y against the orbit's normal, z downwards."""
    sheet = loads(reference("dynamics/cw_fehse_analytic.json"))
    n, t = sqrt(sheet["mu"] / sheet["a"] ** 3), float(sheet["t"])

    def ours_of(column: list[float | str]) -> NDArray[np.float64]:
        x, y, z, u, v, w = (_FEHSE[each](n, t) if isinstance(each, str) else each for each in column)
        return np.array((-z, x, -y, -w, u, -v))

    for drift_ in sheet["analytic"]:
        apart = cw_transition(n, t) @ ours_of(drift_["x0"]) - ours_of(drift_["x1"])
        yield Case(
            name=f"Fehse, {drift_['name']}, 100 s: largest difference in position or speed",
            model="relative",
            source="closed forms of Fehse, Automated Rendezvous (2003), ch. 3, in openAstro's tests",
            ours=float(np.abs(apart).max()),
            reference=0.0,
            unit="m, m/s",
            tolerance=1e-14,
            because="rounding units of 20 m, 4e-15",
        )


_FEHSE: dict[str, Callable[[float, float], float]] = {
    "1.5*n*10": lambda n, _: 1.5 * n * 10.0,
    "1.5*n*10*t": lambda n, t: 1.5 * n * 10.0 * t,
    "60*(n*t-sin(n*t))": lambda n, t: 60.0 * (n * t - sin(n * t)),
    "10*(4-3*cos(n*t))": lambda n, t: 10.0 * (4.0 - 3.0 * cos(n * t)),
    "60*n*(1-cos(n*t))": lambda n, t: 60.0 * n * (1.0 - cos(n * t)),
    "30*n*sin(n*t)": lambda n, t: 30.0 * n * sin(n * t),
    "20*cos(n*t)": lambda n, t: 20.0 * cos(n * t),
    "-20*n*sin(n*t)": lambda n, t: -20.0 * n * sin(n * t),
}
"""The sheet's formulas, by their text: text is not evaluated."""

_HOP_N = (398_600.4418e9 / 6_983_567.9668**3) ** 0.5
"""The orbit that the reference's number implies: 605 km up."""


def two_points(_: Reference) -> Iterator[Case]:
    """V10."""
    v1, v2 = lambert(
        np.array((15_945.34e3, 0.0, 0.0)), np.array((12_214.83899e3, 10_249.46731e3, 0.0)), 76.0 * 60.0
    )
    published = {"departure": (v1, (2058.91335, 2915.96435)), "arrival": (v2, (-3451.56484, 910.31425))}
    for which, (ours, values) in published.items():
        for axis, got, value in zip("xy", ours[:2], values, strict=True):
            yield Case(
                name=f"V10 Lambert, 76 min, velocity at {which}, {axis}",
                model="kepler",
                source="Vallado, Fundamentals (2013), example 7-5, to full precision",
                ours=float(got),
                reference=value,
                unit="m/s",
                tolerance=5e-6,
                because="half a unit of the eighth decimal of km/s",
            )


GROUPS = (
    Group("kepler", kepler),
    Group("clohessy-wiltshire", transition),
    Group("two impulses", rendezvous),
    Group("passive drift", drift),
    Group("Fehse's drifts", fehse),
    Group("lambert", two_points),
)
