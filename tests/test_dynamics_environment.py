"""Sun and shadow: an almanac's Sun, the geometry of the cone, crossings to the millisecond."""

import erfa
import numpy as np
import pytest

from tests.dynamics_samples import EPOCH, HOUR_NS, VACUUM, circular
from twin.dynamics.constants import ASTRONOMICAL_UNIT_M, EARTH_RADIUS_M, SUN_RADIUS_M
from twin.dynamics.environment import eclipses, lit_fraction, sun_direction_eci, sun_position_eci, sunlight
from twin.dynamics.epochs import Epoch
from twin.dynamics.orbit import coast

AT = Epoch(EPOCH)


def almanac_sun(epoch: Epoch, t_ns: int) -> np.ndarray:
    """The Astronomical Almanac's low-precision Sun (page C5), mean equator of date: 0.01 deg."""
    day, part = epoch.tt(t_ns)
    n = day - 2_451_545.0 + part
    anomaly = np.radians(357.528 + 0.9856003 * n)
    longitude = np.radians(280.460 + 0.9856474 * n + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2.0 * anomaly))
    obliquity = np.radians(23.439 - 4e-7 * n)
    return np.array(
        (np.cos(longitude), np.cos(obliquity) * np.sin(longitude), np.sin(obliquity) * np.sin(longitude))
    )


@pytest.mark.parametrize("utc", ["2018-03-20T16:15:00Z", "2022-01-23T02:47:21.8Z", "2025-07-01T12:00:00Z"])
def test_the_sun_is_where_the_almanac_puts_it(utc):
    epoch = Epoch(utc)
    eci_from_date = erfa.pmat06(*epoch.tt()).T
    miss = np.linalg.norm(sun_direction_eci(epoch, 0) - eci_from_date @ almanac_sun(epoch, 0))
    # The almanac's 0.01 deg, and 0.006 deg of aberration that ours leaves out.
    assert np.degrees(miss) < 0.017


def test_many_suns_are_the_same_as_one_by_one_and_close_to_sofa():
    times = np.array([0, 1_234_567_890_123, 9 * HOUR_NS + 17], dtype=np.int64)
    together = sun_position_eci(AT, times)
    for k, t_ns in enumerate(times.tolist()):
        heliocentric, _ = erfa.epv00(*AT.tt(t_ns))
        exact = -ASTRONOMICAL_UNIT_M * heliocentric["p"]
        assert np.abs(together[k] - exact).max() < 7e-8 * ASTRONOMICAL_UNIT_M
        assert np.array_equal(together[k], sun_position_eci(AT, t_ns))


def test_behind_the_earth_it_is_dark_and_before_it_bright():
    sun = sun_direction_eci(AT, 0)
    side = np.cross(sun, (0.0, 0.0, 1.0))
    side /= np.linalg.norm(side)
    assert sunlight(AT, 0, -7e6 * sun) == 0.0
    assert sunlight(AT, 0, 7e6 * sun) == 1.0
    assert sunlight(AT, 0, 7e6 * side) == 1.0
    edge_m = np.sqrt(7e6**2 - EARTH_RADIUS_M**2)
    half = sunlight(AT, 0, -edge_m * sun + EARTH_RADIUS_M * side)
    # On the cylinder through the Earth's limb the limb cuts the Sun's disk nearly in the middle.
    assert half == pytest.approx(0.5, abs=0.01)


def test_lit_fraction_falls_steadily_from_one_to_nothing_through_the_penumbra():
    sun, earth = 4.65e-3, 1.14
    apart = np.linspace(earth - 1.01 * sun, earth + 1.01 * sun, 400)
    lit = np.array([lit_fraction(sun, earth, a) for a in apart.tolist()])
    assert (lit[0], lit[-1]) == (0.0, 1.0)
    assert (np.diff(lit) >= 0.0).all()
    # A small Earth far away leaves a ring.
    assert lit_fraction(sun, 0.5 * sun, 0.0) == pytest.approx(0.75)


def test_every_crossing_is_a_touch_of_the_disks_within_a_millisecond():
    start = circular(6_983e3, np.radians(98.1))
    track = coast(start.r_eci_m, start.v_eci_mps, 0, 6 * HOUR_NS, VACUUM)
    found = eclipses(AT, track, "target", 0, 6 * HOUR_NS)
    assert len(found) >= 12

    def depth(t_ns: int, side: float) -> float:
        r = track.state(t_ns).r_eci_m
        to_sun = sun_position_eci(AT, t_ns) - r
        apart = np.arctan2(np.linalg.norm(np.cross(-r, to_sun)), -r @ to_sun)
        sun_rad = np.arcsin(SUN_RADIUS_M / np.linalg.norm(to_sun))
        return float(np.arcsin(EARTH_RADIUS_M / np.linalg.norm(r)) + side * sun_rad - apart)

    for crossing in found:
        side = 1.0 if crossing.boundary == "penumbra" else -1.0
        before, after = (depth(crossing.t_ns + d, side) > 0.0 for d in (-(10**6), 10**6))
        assert (before, after) == (not crossing.entering, crossing.entering)


def test_crossings_come_in_order_and_windows_share_none():
    start = circular(6_983e3, np.radians(98.1))
    track = coast(start.r_eci_m, start.v_eci_mps, 0, 6 * HOUR_NS, VACUUM)
    whole = eclipses(AT, track, "target", 0, 6 * HOUR_NS)
    parts = [c for k in range(6) for c in eclipses(AT, track, "target", k * HOUR_NS, (k + 1) * HOUR_NS)]
    assert tuple(parts) == whole
    words = [(c.boundary, c.entering) for c in whole]
    cycle = [("penumbra", True), ("umbra", True), ("umbra", False), ("penumbra", False)]
    first = cycle.index(words[0])
    assert words == [cycle[(first + k) % 4] for k in range(len(words))]


def test_light_agrees_with_the_crossings():
    start = circular(6_983e3, np.radians(98.1))
    track = coast(start.r_eci_m, start.v_eci_mps, 0, 2 * HOUR_NS, VACUUM)
    ten_ms = 10**7
    for crossing in eclipses(AT, track, "target", 0, 2 * HOUR_NS):
        times = (crossing.t_ns - ten_ms, crossing.t_ns + ten_ms)
        lit = [sunlight(AT, t_ns, track.state(t_ns).r_eci_m) for t_ns in times]
        outer, inner = lit if crossing.entering else lit[::-1]
        if crossing.boundary == "penumbra":
            assert (outer, inner < 1.0) == (1.0, True)
        else:
            assert (outer > 0.0, inner) == (True, 0.0)
