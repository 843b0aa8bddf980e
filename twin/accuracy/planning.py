"""Cases of mission planning: glideslope, avoidance, pass geometry, impulses, thruster limit cycle."""

from collections.abc import Iterator
from math import acos, cos, degrees, pi, radians, sin, sqrt

import numpy as np

from twin.accuracy.case import Case, Group, Reference, listed
from twin.dynamics.constants import EARTH_RADIUS_M, EARTH_ROTATION_RADPS, MU_M3PS2
from twin.dynamics.manoeuvres import apsis_change_mps, hohmann_mps, propellant_kg
from twin.dynamics.relative import cw_transition
from twin.dynamics.slope import Slope
from twin.ground.budget import doppler_hz, free_space_loss_db
from twin.ground.link import light_time_ns
from twin.ground.visibility import Site, elevation_rad


def glideslope(_: Reference) -> Iterator[Case]:
    """V26."""
    slope = Slope(start_m=100.0, start_mps=0.3, end_mps=0.03)
    rows = (
        ("rate", slope.rate_per_s, -0.0027, "1/s", 1e-15),
        ("duration", slope.duration_s, 852.8093, "s", 5e-5),
        ("distance to go after 300 s", slope.to_go_m(300.0), 38.317563, "m", 5e-7),
    )
    return listed("V26 glideslope 100 m, 0.3 to 0.03 m/s, ", "relative", rows)


def avoidance(_: Reference) -> Iterator[Case]:
    """V27."""
    n = sqrt(MU_M3PS2 / (EARTH_RADIUS_M + 600e3) ** 3)
    moved = cw_transition(n, 12.0 * 3600.0)[:3, 4] * 0.01
    rows = (
        ("in-track", float(moved[1]), -1283.860, "m", 5e-4),
        ("radial", float(moved[0]), 35.906, "m", 5e-4),
    )
    return listed("V27 avoidance of 1 cm/s along the track, 12 h later, ", "relative", rows)


_R_M = EARTH_RADIUS_M + 600e3
_MASK_RAD = radians(5.0)


def passes(_: Reference) -> Iterator[Case]:
    """V28: a spherical Earth that does not turn, as the reference has it."""
    central = acos(EARTH_RADIUS_M / _R_M * cos(_MASK_RAD)) - _MASK_RAD
    place = _R_M * np.array((cos(central), sin(central), 0.0))
    site = Site(name="pole", r_ecef_m=(EARTH_RADIUS_M, 0.0, 0.0), up_ecef=(1.0, 0.0, 0.0), mask_rad=_MASK_RAD)
    line = place - np.array(site.r_ecef_m)
    slant_m = sqrt(float((line * line).sum()))
    v = sqrt(MU_M3PS2 / _R_M) * np.array((sin(central), -cos(central), 0.0))
    closing = float((line * v).sum()) / slant_m
    x, y, z = (float(c) for c in place)
    rows = (
        ("elevation there", degrees(float(elevation_rad(place[None], site)[0])), 5.0, "deg", 1e-9),
        ("slant range", 1e-3 * slant_m, 2329.0315, "km", 5e-5),
        ("free-space loss, 2.2 GHz", free_space_loss_db(slant_m, 2.2e9), 166.6397, "dB", 5e-5),
        ("Doppler, 2.2 GHz", 1e-3 * doppler_hz(closing, 2.2e9), 50.501, "kHz", 5e-4),
        ("longest pass", 2.0 * central / sqrt(MU_M3PS2 / _R_M**3) / 60.0, 10.4315, "min", 5e-5),
        ("one way", 1e-6 * light_time_ns((x, y, z), site.r_ecef_m), 7.769, "ms", 5e-4),
    )
    return listed("V28 pass at 600 km, 5 deg mask, ", "radio", rows)


def _radius(altitude_km: float) -> float:
    return EARTH_RADIUS_M + 1e3 * altitude_km


def _apsides_m(turns_per_day: float, eccentricity: float) -> tuple[float, float]:
    a_m = (MU_M3PS2 / (2.0 * pi * turns_per_day / 86_400.0) ** 2) ** (1.0 / 3.0)
    return a_m * (1.0 - eccentricity), a_m * (1.0 + eccentricity)


def impulses(_: Reference) -> Iterator[Case]:
    """V29, V30, V32."""
    from_766 = apsis_change_mps(_radius(766.0), _radius(766.0), _radius(50.0))
    from_600 = apsis_change_mps(_radius(600.0), _radius(600.0), _radius(50.0))
    geo_m = (MU_M3PS2 / EARTH_ROTATION_RADPS**2) ** (1.0 / 3.0)
    # BeiDou-2 G2 before and after its tow, from the mean motion and eccentricity of both element sets.
    low, high = _apsides_m(1.00362661, 0.0100490)
    low_after, high_after = _apsides_m(0.94517473, 0.0315084)
    raise_apogee = apsis_change_mps(low, high, high_after)
    raise_perigee = apsis_change_mps(high_after, low, low_after)
    rows = (
        ("V29 perigee from 766 to 50 km", from_766, 199.6958, "m/s", 5e-5),
        ("V29 its propellant, 9428 kg, 285 s", propellant_kg(9428.0, from_766, 285.0), 650.13, "kg", 5e-3),
        ("V29 perigee from 600 to 50 km", from_600, 156.6564, "m/s", 5e-5),
        ("V30 geostationary ring plus 300 km", sum(hohmann_mps(geo_m, geo_m + 300e3)), 10.88011, "m/s", 5e-6),
        ("V32 SJ-21 tow, first impulse", raise_apogee, 46.5432, "m/s", 5e-5),
        ("V32 SJ-21 tow, second impulse", raise_perigee, 13.6532, "m/s", 5e-5),
    )
    return listed("", "kepler", rows)


GROUPS = (
    Group("glideslope", glideslope),
    Group("avoidance manoeuvre", avoidance),
    Group("pass geometry", passes),
    Group("impulses", impulses),
)
