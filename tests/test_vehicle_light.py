"""The servicer's quick light against the dynamics' own."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.dynamics.environment import sun_position_eci, sunlight
from twin.dynamics.epochs import Epoch
from twin.vehicle.light import Sun, light_at

EPOCH = Epoch("2022-01-23T02:49:00Z")
DAY_NS = 86_400 * 10**9


@given(st.integers(0, 2 * DAY_NS), st.floats(6.6e6, 8e6), st.floats(0.0, 1.0), st.floats(-0.02, 0.02))
@settings(max_examples=200, deadline=None)
def test_light_is_that_of_the_dynamics_also_at_the_shadows_edge(t_ns, radius_m, turn, off_rad):
    sun_m = sun_position_eci(EPOCH, t_ns)
    sun = sun_m / np.linalg.norm(sun_m)
    side = np.cross(sun, [0.0, 0.0, 1.0])
    side /= np.linalg.norm(side)
    other = np.cross(sun, side)
    across = np.cos(2 * np.pi * turn) * side + np.sin(2 * np.pi * turn) * other
    # `off_rad` about where the Earth's limb stands on the night side: penumbra is 0.0093 rad wide.
    angle = np.arcsin(6_378_137.0 / radius_m) + off_rad
    place_m = radius_m * (-np.cos(angle) * sun + np.sin(angle) * across)
    # The formula takes the acos of 1 - 8e-6 and divides by the Sun's disk: one rounding unit is 5e-10 of it.
    assert abs(light_at(place_m, Sun(EPOCH).at(t_ns)) - sunlight(EPOCH, t_ns, place_m)) < 1e-8


def test_the_suns_place_is_the_same_in_any_order_of_asking():
    sun = Sun(EPOCH)
    for t_ns in (DAY_NS, 5, 3600 * 10**9, 0, DAY_NS):
        assert np.allclose(sun.at(t_ns), sun_position_eci(EPOCH, t_ns), rtol=1e-15)
