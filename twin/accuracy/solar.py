"""Sunlight's push against an integration of its own, and the law of the penumbra against two disks."""

from collections.abc import Iterator
from math import asin, atan2, hypot, pi, sqrt

import numpy as np

from twin.accuracy.case import Case, Group, Reference
from twin.accuracy.runs import Array, largest_m
from twin.dynamics.constants import (
    ASTRONOMICAL_UNIT_M,
    EARTH_RADIUS_M,
    MU_M3PS2,
    NS_PER_S,
    SOLAR_PRESSURE_PA,
    SUN_RADIUS_M,
)
from twin.dynamics.environment import lit_fraction, sun_at, sunlight
from twin.dynamics.epochs import Epoch
from twin.dynamics.kepler import moved, state_of_elements
from twin.dynamics.lighting import fraction
from twin.dynamics.outside import Outside
from twin.dynamics.plant import FreeBody
from twin.dynamics.segments import Track
from twin.dynamics.settings import Environment
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings

_EPOCH = Epoch("2023-03-20T00:00:00Z")
_SHONE = Environment(gravity="point", atmosphere="none", solar_pressure=True)
_AXIS_M = 6.98e6
_REFLECTIVITY, _AREA_M2, _MASS_KG = 1.3, 1000.0, 1000.0
_STEPS, _STEP_S = 10_000, 2.0
_EDGES = 7


def _law_error(behind_m: float) -> float:
    """What the penumbra's law is wrong by at most, as a part of full light.

    The polynomial is within 0.2 % of a straight edge. Linear in squared distances instead of in angles it is
    off by (rho / pi) (b / R + R^3 / (b (R^2 + b^2))), by second derivatives in the middle, with rho the Sun's
    apparent radius; the limb's bend, of curvature b / R, adds rho b / (3 pi R).
    """
    rho, b = SUN_RADIUS_M / ASTRONOMICAL_UNIT_M, behind_m / EARTH_RADIUS_M
    return 0.002 + rho / pi * (b + 1.0 / (b * (1.0 + b * b)) + b / 3.0)


def _push_mps2() -> float:
    return SOLAR_PRESSURE_PA * _REFLECTIVITY * _AREA_M2 / _MASS_KG


def _acceleration(t_s: float, r_m: Array) -> Array:
    t_ns = round(t_s * NS_PER_S)
    away = r_m - np.array(sun_at(_EPOCH, t_ns))
    sun_m = sqrt(float((away * away).sum()))
    shone = sunlight(_EPOCH, t_ns, r_m) * _push_mps2() * ASTRONOMICAL_UNIT_M**2 / sun_m**3
    pull = -MU_M3PS2 * float((r_m * r_m).sum()) ** -1.5
    total: Array = pull * r_m + shone * away
    return total


def _stepped(r_m: Array, v_mps: Array) -> Array:
    """Places (n, 3) at every hundredth step of Runge and Kutta's fourth-order method."""
    h, places = _STEP_S, [r_m]
    for k in range(_STEPS):
        t = k * h
        a1 = _acceleration(t, r_m)
        v2 = v_mps + 0.5 * h * a1
        a2 = _acceleration(t + 0.5 * h, r_m + 0.5 * h * v_mps)
        v3 = v_mps + 0.5 * h * a2
        a3 = _acceleration(t + 0.5 * h, r_m + 0.5 * h * v2)
        v4 = v_mps + h * a3
        a4 = _acceleration(t + h, r_m + h * v3)
        r_m = r_m + h / 6.0 * (v_mps + 2.0 * v2 + 2.0 * v3 + v4)
        v_mps = v_mps + h / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
        if (k + 1) % 100 == 0:
            places.append(r_m)
    return np.array(places)


def push(_: Reference) -> Iterator[Case]:
    """33500's height, 1.3 m2/kg, three and a half revolutions through the shadow."""
    r, v = state_of_elements(_AXIS_M, 0.001, 1.7, 0.5, 0.3, 0.7)
    start = KinematicState(r, v, np.array((1.0, 0.0, 0.0, 0.0)), np.zeros(3))
    body = FreeBody(
        start,
        Surroundings.at(_EPOCH, _SHONE),
        mass_kg=_MASS_KG,
        inertia_body_kgm2=1000.0 * np.eye(3),
        outside=Outside.of(_AREA_M2, 0.0, _REFLECTIVITY),
    )
    last_ns = round(_STEPS * _STEP_S * NS_PER_S)
    times = np.arange(_STEPS // 100 + 1) * round(100 * _STEP_S * NS_PER_S)
    flown = Track(body.advance_to(last_ns)).states(times).r_eci_m
    dark = np.array([moved(r, v, 1e-9 * t)[0] for t in times.tolist()])
    pushed_m = largest_m(flown, dark)
    crossing_s = 2.0 * SUN_RADIUS_M / ASTRONOMICAL_UNIT_M * sqrt(_AXIS_M**3 / MU_M3PS2)
    behind_m = sqrt(_AXIS_M**2 - EARTH_RADIUS_M**2)
    led_astray_m = _EDGES * _law_error(behind_m) * _push_mps2() * crossing_s * 1.5 * _STEPS * _STEP_S
    yield Case(
        name=f"sunlight on 1 m2/kg, 5.6 h, seven edges of shadow, {pushed_m:.0f} m pushed: largest distance",
        model="radiation",
        source="fourth-order Runge-Kutta, the Sun of SOFA epv00, the shadow by two disks",
        ours=largest_m(flown, _stepped(r, v)),
        reference=0.0,
        unit="m",
        tolerance=led_astray_m,
        because="computed: the law's error in seven crossings of 10 s, each leading 3 v t along the track",
    )


def penumbra(_: Reference) -> Iterator[Case]:
    """Across the edge of the shadow of two low orbits and of the geostationary ring."""
    for behind_m in (2.0e6, 2.8e6, 35.0e6):
        yield Case(
            name=f"part of the Sun seen through the penumbra {1e-6 * behind_m:g} Mm behind the Earth: "
            "largest difference",
            model="radiation",
            source="Montenbruck and Gill (2000), eqs. 3.92 to 3.94: two disks",
            ours=max(abs(_by_law(k, behind_m) - _by_disks(k, behind_m)) for k in range(1, 100)),
            reference=0.0,
            unit="1",
            tolerance=_law_error(behind_m),
            because="computed: the polynomial's 0.2 %, squares for angles, a straight edge for a limb",
        )


def _edges_m(behind_m: float) -> tuple[float, float]:
    """Radii of umbra and penumbra: similar triangles between the two spheres."""
    umbra, wide = ((SUN_RADIUS_M + side * EARTH_RADIUS_M) / ASTRONOMICAL_UNIT_M for side in (-1.0, 1.0))
    return (
        (EARTH_RADIUS_M - behind_m * umbra) / sqrt(1.0 - umbra * umbra),
        (EARTH_RADIUS_M + behind_m * wide) / sqrt(1.0 - wide * wide),
    )


def _aside_m(hundredths: int, behind_m: float) -> float:
    inner_m, outer_m = _edges_m(behind_m)
    return inner_m + 0.01 * hundredths * (outer_m - inner_m)


def _by_law(hundredths: int, behind_m: float) -> float:
    inner_m, outer_m = _edges_m(behind_m)
    aside_m = _aside_m(hundredths, behind_m)
    return fraction(aside_m**2 - outer_m**2, aside_m**2 - inner_m**2, behind_m)


def _by_disks(hundredths: int, behind_m: float) -> float:
    aside_m, to_sun_m = _aside_m(hundredths, behind_m), ASTRONOMICAL_UNIT_M + behind_m
    apart_rad = atan2(aside_m, behind_m) - atan2(aside_m, to_sun_m)
    return lit_fraction(
        asin(SUN_RADIUS_M / hypot(aside_m, to_sun_m)),
        asin(EARTH_RADIUS_M / hypot(aside_m, behind_m)),
        apart_rad,
    )


GROUPS = (Group("sunlight", push), Group("penumbra", penumbra))
