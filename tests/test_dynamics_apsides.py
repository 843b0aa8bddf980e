"""Perigee and apogee from one state, against the motion integrated with J2."""

from math import pi, radians

import numpy as np
import pytest

from twin.dynamics.apsides import apsides
from twin.dynamics.constants import EARTH_RADIUS_M
from twin.dynamics.kepler import state_of_elements
from twin.guidance.free_drift import nystroem

STEP_S = 5.0


def state(perigee_km, apogee_km, argument_rad, true_deg):
    low, high = EARTH_RADIUS_M + 1e3 * perigee_km, EARTH_RADIUS_M + 1e3 * apogee_km
    middle = 0.5 * (low + high)
    return state_of_elements(
        middle, (high - middle) / middle, radians(98.1), 0.3, argument_rad, radians(true_deg)
    )


def flown(r, v):
    """Least and largest distance within a revolution, by steps of 40 km: 7 m of either."""
    r, v, radii = r[None], v[None], []
    for _ in range(round(5900.0 / STEP_S)):
        radii.append(float(np.sqrt((r * r).sum())))
        r, v = nystroem(r, v, STEP_S)
    return min(radii), max(radii)


@pytest.mark.parametrize(("perigee_km", "worst_m"), [(50.0, 600.0), (180.0, 750.0), (400.0, 1400.0)])
def test_the_coming_perigee_is_where_the_body_passes(perigee_km, worst_m):
    for argument in (0.3, 1.5, 2.8):
        for true_deg in (90.0, 150.0, 180.0, 215.0):
            r, v = state(perigee_km, 640.0, argument, true_deg)
            least_m, most_m = flown(r, v)
            found = apsides(r[None], v[None])
            assert abs(float(found.perigee_m[0]) - least_m) < worst_m
            if true_deg == 180.0:  # from elsewhere apogee comes after perigee, whose torque then counts twice
                assert abs(float(found.apogee_m[0]) - most_m) < 60.0


def test_the_angle_is_from_apogee_on():
    for true_deg, from_apogee_deg in ((150.0, -30.0), (200.0, 20.0), (90.0, -90.0), (-90.0, 90.0)):
        r, v = state(300.0, 700.0, 0.4, true_deg)
        assert float(apsides(r[None], v[None]).from_apogee_rad[0]) == pytest.approx(radians(from_apogee_deg))


def test_a_circle_and_a_perigee_have_values_too():
    for perigee_km, apogee_km, true_deg in ((600.0, 600.0, 10.0), (500.0, 600.0, 0.0)):
        r, v = state(perigee_km, apogee_km, 0.4, true_deg)
        found = apsides(r[None], v[None])
        assert np.all(np.isfinite(found.perigee_m))
        assert abs(float(found.perigee_m[0]) - EARTH_RADIUS_M - 1e3 * perigee_km) < 3e4
    assert abs(abs(float(found.from_apogee_rad[0])) - pi) < 1e-6
