"""The far range: the law arrives, at a low price, and whoever stops on the way passes beside the target."""

from math import asin, atan2

import msgspec
import numpy as np
import pytest
from contact_flights import flown as whole_flight

from services.laws import laws
from services.library import find, load_mission
from tests.far_world import MISSION, Pair, Step, begin, flown, homing, least_of_a_day
from twin.contracts.navigation import Estimate, PhaseChanged, SafetyVerdict
from twin.contracts.sensing import Bearing, GnssFix, GyroRate, SensorReadings, StarTrackerFix
from twin.dynamics.rotation import conj, from_matrix, rotate
from twin.errors import MissionError
from twin.gnc.computer import Computer
from twin.gnc.impulse import Impulse
from twin.gnc.knowledge import vec3
from twin.gnc.relative import RelativeFilter
from twin.gnc.two_orbits import TwoOrbits, reaching
from twin.guidance.relative_elements import Array, mean_between
from twin.mission.load import load

INCLUDE = find("adras-j-far").include
KEEP_OUT_M = MISSION.guidance.safety.keep_out_radius_m


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    """The law's whole way, impulses off by 3 %."""
    return list(flown(homing(), begin(), error=0.03, seed=5))


def elements(pair: Pair) -> Array:
    target, own = ((vec3(pair.r_eci_m[k]), vec3(pair.v_eci_mps[k])) for k in (0, 1))
    return mean_between(target, own)[0]


def test_it_arrives_on_the_ellipse_1_km_behind(steps: list[Step]) -> None:
    """To what 3 % of the last impulses of 3 cm/s leave: a metre of axis, ten along the track a revolution."""
    last = homing().stations[-1]
    found = elements(steps[-1].pair)
    assert found[0] == pytest.approx(0.0, abs=3.0)
    assert found[1] == pytest.approx(last.along_m, abs=20.0)
    assert np.hypot(found[2], found[3]) == pytest.approx(last.radial_m, abs=6.0)
    assert np.hypot(found[4], found[5]) == pytest.approx(last.cross_track_m, abs=6.0)


def test_it_costs_little_more_than_no_plan_could_do_without(steps: list[Step]) -> None:
    """A change of the eccentricity vector takes n/2 a metre, of the inclination vector n, both at once the
    root of their squares (Gaias and D'Amico 2015): no plan is below. Stations on the way are not free."""
    missing = elements(steps[-1].pair) - elements(steps[0].pair)
    rate = 1.0826e-3
    least = rate * np.hypot(0.5 * np.hypot(missing[2], missing[3]), np.hypot(missing[4], missing[5]))
    spent = sum(np.linalg.norm(step.change_eci_mps) for step in steps)
    assert least <= spent <= 1.25 * least


def test_whoever_stops_at_any_instant_keeps_out_of_the_sphere_for_a_day(steps: list[Step]) -> None:
    """Every missed impulse, every one broken off in its middle, and every tenth step of the coasting."""
    stops = [step for k, step in enumerate(steps) if k % 10 == 0 or step.change_eci_mps != (0.0, 0.0, 0.0)]
    assert least_of_a_day(stops).min() > 2.0 * KEEP_OUT_M


def readings_of(pair: Pair, t_s: float, seed: int) -> SensorReadings:
    """Of a body that does not turn, its boresight where the target was first: fixes, and a bearing."""
    rng = np.random.default_rng(seed)
    ahead = begin().r_eci_m[0] - begin().r_eci_m[1]
    x = ahead / np.linalg.norm(ahead)
    y = np.cross((0.0, 0.0, 1.0), x) / np.linalg.norm(np.cross((0.0, 0.0, 1.0), x))
    q_eci_from_body = from_matrix(np.stack((x, y, np.cross(x, y)), axis=1))
    line = pair.r_eci_m[0] - pair.r_eci_m[1]
    u, v, w = rotate(conj(q_eci_from_body), line / np.linalg.norm(line))
    a, b = 1e-4 * rng.normal(size=2)
    return SensorReadings(
        sampled_ns=round(t_s * 1e9),
        sample=round(t_s),
        gnss=GnssFix(
            r_eci_m=vec3(pair.r_eci_m[1] + 5.0 * rng.normal(size=3)),
            v_eci_mps=vec3(pair.v_eci_mps[1] + 0.005 * rng.normal(size=3)),
        ),
        star_tracker=StarTrackerFix(q_body_from_eci=conj(q_eci_from_body)),
        gyro=GyroRate(w_body_radps=(0.0, 0.0, 0.0)),
        bearing=Bearing(azimuth_rad=atan2(v, u) + a, elevation_rad=asin(w) + b),
        lidar_range=None,
        lidar_pose=None,
        wheel_momentum_nms=(0.0, 0.0, 0.0, 0.0),
        propellant_kg=20.0,
        battery_fraction=1.0,
    )


def test_a_snapshot_of_the_far_range_goes_on_to_the_bit() -> None:
    first, second, pair = Computer(MISSION, laws()), Computer(MISSION, laws()), begin()
    seen = []
    for k in range(24):
        seen.append(readings_of(pair, 30.0 * k, k))
        pair = pair.later(30.0)
    for each in seen[:20]:
        first.cycle(each)
    saved = msgspec.msgpack.encode(first.snapshot())
    second.restore(msgspec.msgpack.decode(saved, type=type(first.snapshot())))
    for each in seen[20:]:
        assert first.cycle(each) == second.cycle(each)
    assert msgspec.msgpack.encode(first.snapshot()) == msgspec.msgpack.encode(second.snapshot())


def test_there_and_back_is_where_it_was() -> None:
    """As a look that came late is taken: 30 s back, with the impulse of before undone, and forth again."""
    known = Computer(MISSION, laws())
    known.cycle(readings_of(begin(), 0.0, 1))
    filter_ = known._navigator._relative
    assert isinstance(filter_, TwoOrbits)
    state, spread = filter_.state.copy(), filter_.covariance.copy()
    fired = Impulse((0.1, 0.2, -0.1), 1e-3, 10.0, (1.0, 2.0, -1.0))
    filter_.redo(fired)
    filter_.undo(fired)
    filter_.carry(-30.0, (0.0, 0.0, 0.0))
    filter_.carry(30.0, (0.0, 0.0, 0.0))
    assert filter_.state == pytest.approx(state, abs=1e-5)  # of two steps of 15 s, there and back
    assert np.abs(filter_.covariance - spread).max() < 1e-7 * np.abs(spread).max()


def test_near_the_target_the_difference_alone_goes_on_as_good_as_it_was() -> None:
    known = Computer(MISSION, laws())
    known.cycle(readings_of(begin(), 0.0, 1))
    both = known._navigator._relative
    assert isinstance(both, TwoOrbits)
    about = (500.0, both.orbit, MISSION.servicer.sensors.gnss, both.field)
    assert reaching(both, *about) is both
    both.state[:3] *= 400.0 / np.linalg.norm(both.state[:3])
    alone = reaching(both, *about)
    assert type(alone) is RelativeFilter
    assert (alone.state == both.state[:6]).all()
    assert (alone.covariance == both.covariance[:6, :6]).all()
    assert reaching(alone, *about) is alone
    alone.state[:3] *= 2.0
    again = reaching(alone, *about)
    assert isinstance(again, TwoOrbits)
    assert (again.state[:6] == alone.state).all()


def test_three_hours_from_300_km_are_flown_on_angles_within_three_sigma() -> None:
    ending = msgspec.structs.replace(MISSION.ending, latest_s=10_800.0)
    report, events = whole_flight(msgspec.structs.replace(MISSION, ending=ending, seed=3))
    said = [event.body for event in events if isinstance(event.body, Estimate)]
    assert not [e for e in events if isinstance(e.body, PhaseChanged | SafetyVerdict)]
    assert said[-1].delta_v_mps > 0.5
    results = {result.name: result for result in report.verdict.results}
    assert results["known_far"].outcome == "pass"


START = "elements = { a_m = -5500.0"
SIGMA = "elements_sigma = {"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[start]", "[start]\nr_ric_m = [0.0, -300.0, 0.0]", "start.elements: one start only"),
        (START, "elements = { a_km = -5.5", "start.elements: .*a_m"),
        (START, "elements = { a_m = 9e6", "start: elements must be within 1000 km"),
        (SIGMA, "#", "start: elements need elements_sigma"),
        ("iy_m = 150.0 }", "iy_m = 0.0 }", "start: elements need elements_sigma, six above 0"),
        ("[start]", "[start]\nsigma_r_m = 3.0", "start: what disperses elements is"),
        ("far_from_m = 500.0", "", "start: elements need guidance.navigation.far_from_m"),
        ("phase_deg = 227.2", "", "guidance.phases.homing.parameters.*phase_deg"),
        ("radial_m = 4000.0", "radial_m = -1.0", "guidance.phases.homing.parameters.*radial_m"),
        ('zone = "far"', 'zone = "fa"', "zone"),
    ],
)
def test_a_start_that_cannot_be_is_refused_with_place_and_remedy(old: str, new: str, reason: str) -> None:
    text = INCLUDE("missions", "adras-j-far")
    assert old in text
    with pytest.raises(MissionError, match=reason) as caught:
        load(text.replace(old, new), "adras-j-far", INCLUDE, laws())
    assert len(str(caught.value).splitlines()) == 1


def test_a_variant_may_begin_near_again() -> None:
    """A place takes the elements' place, and with it their doubt."""
    text = 'extends = "adras-j-far"\n[start]\nr_ric_m = [0.0, -3000.0, 0.0]\nsigma_r_m = 20.0\n'
    mission = load(text, "near", INCLUDE, laws())
    assert mission.start.elements is None
    assert mission.start.elements_sigma is None
    assert load_mission("adras-j-far", laws()).start.elements is not None
