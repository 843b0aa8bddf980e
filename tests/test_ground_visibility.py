"""Elevations and passes, against closed forms and against an independent propagation."""

from itertools import pairwise
from math import acos, cos, degrees, radians, sin

import erfa
import numpy as np
import pytest
from ground_samples import HOUR, S, mission, orbit, station_tables
from hypothesis import given, settings
from hypothesis import strategies as st
from sgp4.api import Satrec

from twin.dynamics.epochs import Epoch
from twin.ground.link import light_time_ns
from twin.ground.settings import Station
from twin.ground.visibility import Pass, Sky, elevation_rad, site_of

EARTH_RADIUS_M = 6_378_137.0
HOURS = 8.1


def station(
    latitude_deg: float, longitude_deg: float, height_m: float = 0.0, mask_deg: float = 5.0
) -> Station:
    return Station(
        name="here",
        title="Here",
        network="test",
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        height_m=height_m,
        mask_deg=mask_deg,
        source="test",
        confidence="good",
    )


def found(hours: float, span_ns: int) -> list[Pass]:
    about = mission(hours)
    sky = Sky(Epoch(about.epoch_utc), orbit(hours, span_ns), 0)
    each = [one for place in about.stations for one in sky.passes(site_of(place))]
    return sorted(each, key=lambda one: one.rise_ns)


def test_a_pass_at_600_km_begins_at_2329_km_and_7_769_ms() -> None:
    # Closed form on the equator, where the ellipsoid's radius is the sphere's: reference V28.
    central = acos(EARTH_RADIUS_M * cos(radians(5.0)) / (EARTH_RADIUS_M + 600e3)) - radians(5.0)
    r_ecef_m = (EARTH_RADIUS_M + 600e3) * np.array([[cos(central), sin(central), 0.0]])
    site = site_of(station(0.0, 0.0))
    assert degrees(elevation_rad(r_ecef_m, site)[0]) == pytest.approx(5.0, abs=1e-9)
    x, y, z = r_ecef_m[0].tolist()
    assert np.linalg.norm(r_ecef_m[0] - site.r_ecef_m) == pytest.approx(2_329_031.5, abs=0.05)
    assert light_time_ns((x, y, z), site.r_ecef_m) == pytest.approx(7_768_800, abs=200)


@given(latitude=st.floats(-90, 90), longitude=st.floats(-180, 180), height=st.floats(1e5, 4e7))
def test_what_is_in_the_zenith_stands_at_90_deg(latitude: float, longitude: float, height: float) -> None:
    site = site_of(station(latitude, longitude))
    r_ecef_m = np.array(site.r_ecef_m) + height * np.array(site.up_ecef)
    assert degrees(elevation_rad(r_ecef_m[None, :], site)[0]) == pytest.approx(
        90.0, abs=1e-6
    )  # of 100 km, 2 mm


def test_the_mission_has_passes_at_8_2_and_9_8_and_11_3_and_13_0_hours() -> None:
    rises_h = [HOURS + each.rise_ns / HOUR for each in found(HOURS, 6 * HOUR)]
    first_of_each = [rises_h[0]] + [b for a, b in pairwise(rises_h) if b - a > 0.5]
    assert first_of_each == pytest.approx([8.22, 9.745, 11.295, 13.005], abs=0.005)


def test_passes_agree_with_sgp4_and_sidereal_time_alone() -> None:
    ours = {(each.station, round(each.rise_ns / HOUR)): each for each in found(HOURS, 6 * HOUR)}
    theirs = list(_passes_by_sgp4(HOURS, 6.0))
    assert len(ours) == len(theirs) == 8
    for name, rise_s, set_s, peak_deg in theirs:
        mine = ours[name, round(rise_s / 3600.0)]
        # 1 s of their grid, 0.5 s (4 km) between our field, which ends at J2, and theirs.
        assert mine.rise_ns / S == pytest.approx(rise_s, abs=1.5)
        assert mine.set_ns / S == pytest.approx(set_s, abs=1.5)
        assert degrees(mine.max_elevation_rad) == pytest.approx(peak_deg, abs=0.2)


def _passes_by_sgp4(hours: float, span_h: float):
    about = mission(hours)
    satellite = Satrec.twoline2rv(about.target.elements.line1, about.target.elements.line2)
    t_s = np.arange(0.0, 3600.0 * span_h, 1.0)
    fraction = satellite.jdsatepochF + (hours * 3600.0 + t_s) / 86_400.0
    day = np.full_like(fraction, satellite.jdsatepoch)
    _, r_km, _ = satellite.sgp4_array(day, fraction)
    turn = erfa.gmst82(day, fraction)  # UT1 taken as UTC: 0.1 s of turning
    x = np.cos(turn) * r_km[:, 0] + np.sin(turn) * r_km[:, 1]
    y = np.cos(turn) * r_km[:, 1] - np.sin(turn) * r_km[:, 0]
    r_ecef_m = 1e3 * np.stack([x, y, r_km[:, 2]], axis=-1)
    for table in station_tables("china-ttc"):
        longitude, latitude = np.radians(table["longitude_deg"]), np.radians(table["latitude_deg"])
        place_m = erfa.gd2gc(1, longitude, latitude, table["height_m"])
        up = np.array(erfa.s2c(longitude, latitude))
        line_m = r_ecef_m - place_m
        elevation_deg = np.degrees(np.arcsin(line_m @ up / np.linalg.norm(line_m, axis=1)))
        visible = elevation_deg > table["mask_deg"]
        edges = np.flatnonzero(np.diff(visible.astype(int)))
        for first, last in edges.reshape(-1, 2).tolist():
            yield table["name"], t_s[first], t_s[last], elevation_deg[first : last + 1].max()


def test_rise_and_set_are_roots_to_a_microsecond() -> None:
    about = mission(HOURS)
    sky = Sky(Epoch(about.epoch_utc), orbit(HOURS, 6 * HOUR), 0)
    for place in about.stations:
        site = site_of(place)
        for each in sky.passes(site):
            edges = np.array([each.rise_ns - 1000, each.rise_ns, each.set_ns - 1000, each.set_ns], np.int64)
            above = elevation_rad(sky.r_ecef_m(edges), site) > site.mask_rad
            assert above.tolist() == [False, True, True, False]


@settings(max_examples=25, deadline=None)
@given(latitude=st.floats(-80, 80), longitude=st.floats(-180, 180), mask=st.floats(0.0, 20.0))
def test_no_pass_is_missed_and_none_is_invented(latitude: float, longitude: float, mask: float) -> None:
    site = site_of(station(latitude, longitude, mask_deg=mask))
    sky = Sky(Epoch(mission(HOURS).epoch_utc), orbit(HOURS, 6 * HOUR), 0)
    times = np.arange(0, 6 * HOUR, 5 * S, dtype=np.int64)
    visible = elevation_rad(sky.r_ecef_m(times), site) > site.mask_rad
    claimed = np.zeros_like(visible)
    for each in sky.passes(site):
        claimed |= (times >= each.rise_ns) & (times < each.set_ns)
    assert (claimed == visible).all()


def test_a_pass_in_progress_rises_at_the_start_and_sets_at_the_end_of_what_is_known() -> None:
    about = mission(HOURS)
    whole = found(HOURS, 6 * HOUR)[0]
    site = site_of(next(each for each in about.stations if each.name == whole.station))
    inside = Sky(Epoch(about.epoch_utc), orbit(HOURS, whole.set_ns - 100 * S), whole.rise_ns + 100 * S)
    (cut,) = inside.passes(site)
    assert (cut.rise_ns, cut.set_ns) == (whole.rise_ns + 100 * S, whole.set_ns - 100 * S)
