"""Passes, horizons, shadow and the Earth's turn against brahe, a library with its own SOFA and roots."""

import brahe
import numpy as np
import pytest
from msgspec.structs import replace

from tests.test_ground_visibility import station
from twin.dynamics.environment import eclipses, sun_position_eci
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ecef_from_eci
from twin.dynamics.kepler import state_of_elements
from twin.dynamics.orbit import coast
from twin.dynamics.orientation import earth_orientation
from twin.dynamics.settings import Environment
from twin.dynamics.surroundings import Surroundings
from twin.ground.visibility import Sky, site_of

S, DAY_S = 10**9, 86_400
EPOCH = Epoch("2022-01-22T00:00:00Z")
TWO_BODY = Surroundings(environment=Environment(gravity="point", atmosphere="none"))
HORIZON = ((0.0, 12.0), (45.0, 3.0), (130.0, 20.0), (200.0, 6.0), (300.0, 15.0))
PLACES = ((75.9, 39.5), (130.4, 46.8), (-68.9, -38.2), (15.6, 78.2))


@pytest.fixture(scope="module")
def start():
    return state_of_elements(6.98e6, 0.004, 1.71, 2.0, 1.0, 0.3)


@pytest.fixture(scope="module")
def track(start):
    return coast(*start, 0, DAY_S * S, TWO_BODY)


@pytest.fixture(scope="module")
def theirs(start):
    """brahe's propagator of the same motion, with our Earth orientation of the middle of the day."""
    ut1_minus_tai_s, x_rad, y_rad = (float(part[0]) for part in earth_orientation(np.array([59_601.5])))
    # In brahe 1.8 the pole comes first and UT1 - UTC third, whatever the names of its parameters say.
    orientation = brahe.StaticEOPProvider.from_values(x_rad, y_rad, ut1_minus_tai_s + 37.0, 0.0, 0.0, 0.0)
    brahe.set_global_eop_provider_from_static_provider(orientation)
    at = brahe.Epoch.from_datetime(2022, 1, 22, 0, 0, 0.0, 0.0, brahe.TimeSystem.UTC)
    return at, brahe.KeplerianPropagator.from_eci(at, np.hstack(start), 60.0)


def test_the_earth_turns_as_theirs(theirs):
    at, _ = theirs
    for second in (0.0, 12_345.0, 86_000.0):
        apart = ecef_from_eci(EPOCH, round(second * 1e9)) - brahe.rotation_eci_to_ecef(at + second)
        # One orientation for their whole day, ours drawn through it: UT1 runs by 0.2 ms in half a day.
        assert np.abs(apart).max() < 3e-8


@pytest.mark.parametrize("horizon", [(), HORIZON], ids=["mask", "horizon"])
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_days_passes_rise_and_set_when_theirs_do(track, theirs, place, horizon):
    at, propagator = theirs
    longitude_deg, latitude_deg = place
    ours = list(
        Sky(EPOCH, track, 0).passes(site_of(replace(station(latitude_deg, longitude_deg), horizon=horizon)))
    )
    within = brahe.ElevationMaskConstraint(list(HORIZON)) if horizon else brahe.ElevationConstraint(5.0)
    if horizon:
        within = brahe.ConstraintAll([brahe.ElevationConstraint(5.0), within])
    config = brahe.AccessSearchConfig(initial_time_step=5.0, adaptive_step=False, time_tolerance=1e-4)
    there = brahe.PointLocation(longitude_deg, latitude_deg, 0.0)
    windows = brahe.location_accesses(there, propagator, at, at + float(DAY_S), within, config=config)
    inside = [w for w in windows if w.window_open - at > 1.0 and at + float(DAY_S) - w.window_close > 1.0]
    mine = [each for each in ours if each.rise_ns > S and each.set_ns < (DAY_S - 1) * S]
    assert len(mine) == len(inside) >= 2
    for each, window in zip(mine, inside, strict=True):
        # mu differs in the tenth digit (0.1 ms in a day), the Earth's turn by 3e-8 rad (0.03 ms).
        assert each.rise_ns * 1e-9 == pytest.approx(window.window_open - at, abs=2e-3)
        assert each.set_ns * 1e-9 == pytest.approx(window.window_close - at, abs=2e-3)


def test_the_shadows_edges_are_where_their_cone_says(track):
    found = eclipses(EPOCH, track, "target", 0, 6 * 3600 * S)
    assert len(found) >= 12
    for each in found:
        lit = [
            brahe.eclipse_conical(track.state(t).r_eci_m, sun_position_eci(EPOCH, t))
            for t in (each.t_ns - 10**6, each.t_ns + 10**6)
        ]
        outer, inner = lit if each.entering else lit[::-1]
        if each.boundary == "penumbra":
            assert (outer == 1.0) > (inner == 1.0)
        else:
            assert outer > 0.0
            assert inner == pytest.approx(0.0, abs=1e-12)
