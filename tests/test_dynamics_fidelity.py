"""Levels of fidelity: what each adds, that both plants fly the same, and what is said outside the tables."""

from dataclasses import replace

import numpy as np
import pytest

from tests.dynamics_samples import STILL, circular
from twin.dynamics.environment import sunlight
from twin.dynamics.epochs import Epoch
from twin.dynamics.fidelity import BASIC, STANDARD, terms_of
from twin.dynamics.orbit import coast
from twin.dynamics.outside import Outside
from twin.dynamics.plant import FreeBody, PoweredBody
from twin.dynamics.segments import Track
from twin.dynamics.settings import Environment, Hull
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings
from twin.dynamics.weather import weather_at, weather_warning
from twin.errors import UsageError

EPOCH = Epoch("2022-01-23T02:47:21.8Z")
HOUR_NS = 3600 * 10**9
STANDARD_AIR = Surroundings.at(EPOCH, Environment(fidelity="standard"))
HULL = Hull(length_m=2.0, diameter_m=1.6, centre_body_m=(0.1, 0.05, 0.0))
SHAPE = Outside.of(6.0, 2.2, 1.3, hull=HULL)
INERTIA = np.diag([340.0, 425.0, 400.0])
START = circular(6.98e6, 1.7, (0.007, 0.001, 0.0005))


def free(start: KinematicState = START, around: Surroundings = STANDARD_AIR) -> FreeBody:
    return FreeBody(start, around, mass_kg=800.0, inertia_body_kgm2=INERTIA, outside=SHAPE)


def test_levels_are_named_sets_and_each_term_may_be_changed():
    assert terms_of(Environment()) == BASIC
    assert terms_of(Environment(fidelity="standard", moon=False)) == replace(STANDARD, moon=False)
    assert terms_of(Environment(fidelity="high")).degree == 70
    assert terms_of(Environment(fidelity="high", degree=21)) == replace(STANDARD, degree=21)


def test_terms_of_the_date_need_a_date():
    with pytest.raises(UsageError, match=r"depend on the date"):
        _ = Surroundings(environment=Environment(fidelity="standard")).terms


def test_the_powered_plant_at_rest_and_the_free_one_fly_the_same_hour():
    powered = PoweredBody(START, STANDARD_AIR, outside=SHAPE)
    for _ in range(3600):
        powered.advance(10**9, STILL, STILL, STILL, 800.0, INERTIA)
    reference = free()
    reference.advance_to(HOUR_NS)
    assert np.abs(powered.state.r_eci_m - reference.state.r_eci_m).max() < 5e-6  # measured 1e-6
    # The mean torque of a second stands for its course: 3e-9 rad measured.
    assert np.abs(powered.state.q_eci_from_body - reference.state.q_eci_from_body).max() < 1e-8


def test_the_push_of_sunlight_fades_as_the_disk_of_the_sun_is_covered():
    dark = Surroundings.at(EPOCH, Environment(gravity="point", atmosphere="none"))
    path = Track(free(around=dark).advance_to(2 * HOUR_NS))
    covered = []
    for t_ns in range(0, 2 * HOUR_NS - 10**9, 4 * 10**9):
        state = path.state(t_ns)
        lit = sunlight(EPOCH, t_ns + 5 * 10**8, path.state(t_ns + 5 * 10**8).r_eci_m)
        if lit < 1.0 or t_ns % (300 * 10**9) == 0:
            # 4.5398e-6 N/m2 x 1.3 x 100 m2 / 1 kg, and the Earth 0.984 AU from the Sun.
            assert gained_in_a_second(state, t_ns) == pytest.approx(6.09e-4 * lit, rel=0.01, abs=6e-6)
            covered.append(lit)
    assert min(covered) == 0.0
    assert sum(0.0 < lit < 1.0 for lit in covered) >= 4


def gained_in_a_second(state: KinematicState, t_ns: int) -> float:
    """Speed, m/s, that sunlight gives to 100 m2 and 1 kg."""
    speeds = []
    for pressure in (True, False):
        environment = Environment(gravity="point", atmosphere="none", solar_pressure=pressure)
        body = FreeBody(
            state,
            Surroundings.at(EPOCH, environment),
            mass_kg=1.0,
            inertia_body_kgm2=INERTIA,
            outside=Outside.of(100.0, 2.2, 1.3),
            t_ns=t_ns,
        )
        body.advance_to(t_ns + 10**9)
        speeds.append(body.state.v_eci_mps)
    return float(np.linalg.norm(speeds[0] - speeds[1]))


def test_a_restored_plant_continues_bit_for_bit_across_a_shadow():
    whole, first, second = free(), free(), free()
    whole.advance_to(HOUR_NS)
    whole.advance_to(2 * HOUR_NS)
    first.advance_to(HOUR_NS)
    second.restore(first.snapshot())
    second.advance_to(2 * HOUR_NS)
    assert whole.snapshot() == second.snapshot()


def test_a_geostationary_orbit_feels_sun_moon_and_no_air():
    start = circular(42_164e3, 0.0)
    alone_by = Surroundings.at(EPOCH, Environment(fidelity="standard", sun=False, moon=False))
    tracks = [
        coast(start.r_eci_m, start.v_eci_mps, 0, 24 * HOUR_NS, around, drag_m2pkg=drag)
        for around, drag in ((STANDARD_AIR, 0.05), (STANDARD_AIR, 0.0), (alone_by, 0.05))
    ]
    with_air, without, alone = (track.state(24 * HOUR_NS).r_eci_m for track in tracks)
    assert np.abs(with_air - without).max() < 1e-5
    # 5e-6 m/s2 of Sun and Moon (Montenbruck and Gill, figure 3.1): kilometres a day.
    assert 500.0 < np.linalg.norm(alone - without) < 20_000.0


def test_what_the_mission_states_of_the_weather_goes_before_the_table():
    measured = weather_at(EPOCH, 0, Environment())
    # CelesTrak, 22 January 2022: observed F10.7 of 94 to 97, 81-day mean of 105 to 110.
    assert 90.0 < measured.f107 < 100.0
    assert 100.0 < measured.f107_mean < 115.0
    assert weather_at(EPOCH, 0, Environment(f107=200.0, ap=4.0)).f107 == 200.0


def test_an_epoch_outside_the_space_weather_says_what_is_used_instead():
    late = Epoch("2031-05-01T00:00:00Z")
    said = weather_warning(late, Environment(fidelity="standard"))
    assert "F10.7 140" in said
    assert "f107_mean" in said
    stated = Environment(fidelity="standard", f107=100.0, f107_mean=100.0, ap=5.0)
    assert weather_warning(late, stated) == ""
    assert weather_warning(EPOCH, Environment(fidelity="standard")) == ""
