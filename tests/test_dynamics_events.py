"""Events as roots: exact to a millisecond whatever the step, none missed, for bodies that both move."""

from math import acos, degrees, pi, radians, sqrt

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.dynamics_samples import EPOCH, VACUUM, circular, free
from twin.dynamics import signals
from twin.dynamics.constants import EARTH_RADIUS_M, MU_M3PS2
from twin.dynamics.environment import shadow_depth, sun_position_eci, sunlight
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import pole_eci
from twin.dynamics.kepler import state_of_elements
from twin.dynamics.orbit import coast
from twin.dynamics.relative import RelativeState, eci_of_relative
from twin.dynamics.roots import Crossing, crossings
from twin.dynamics.segments import Track
from twin.dynamics.settings import Environment
from twin.dynamics.surroundings import Surroundings

S, MS = 10**9, 10**6
TWO_BODY = Surroundings(environment=Environment(gravity="point", atmosphere="none"))
HOUR = 3600 * S


@given(
    st.floats(5.0, 50.0), st.floats(-0.999, 0.999), st.floats(0.1, 6.0), st.sampled_from([100 * MS, S, 2 * S])
)
@settings(deadline=None)
def test_every_crossing_of_a_sine_is_found_to_a_nanosecond_whatever_the_step(period_s, level, phase, step_ns):
    def signal(t_ns):
        return np.sin(2.0 * np.pi * 1e-9 * t_ns / period_s + phase) - level

    found = crossings(signal, 0, 200 * S, step_ns)
    turn = 2.0 * np.pi / period_s
    inside = [
        (t, rising)
        for k in range(-1, 42)
        for angle, rising in ((np.arcsin(level), True), (np.pi - np.arcsin(level), False))
        if 0.0 < (t := (angle - phase + 2.0 * np.pi * k) / turn) <= 200.0
    ]
    assume(all(1e-6 < t < 200.0 - 1e-6 for t, _ in inside))
    expected = sorted(inside)
    assert len(found) == len(expected)
    for ours, (t_s, rising) in zip(found, expected, strict=True):
        # Where the curve is flat the crossing is no sharper than rounding over its slope.
        assert abs(ours.t_ns - t_s * 1e9) < 2.0 + 1e-6 / sqrt(1.0 - level * level)
        assert ours.rising == rising


def test_a_pair_of_crossings_between_two_looks_is_found_by_its_extremum():
    def bump(t_ns):
        return 1e-6 - (1e-9 * t_ns - 33.3) ** 2  # above zero for 2 ms around 33.3 s

    rise, fall = crossings(bump, 0, 100 * S, 20 * S)
    assert (rise.rising, fall.rising) == (True, False)
    # The slope is 2e-3 a second and the rounding of 33.3^2 is 1e-13: 50 ns.
    assert (rise.t_ns, fall.t_ns) == pytest.approx((33_299 * MS, 33_301 * MS), abs=50)
    assert crossings(lambda t_ns: bump(t_ns) - 2e-6, 0, 100 * S, 20 * S) == ()


def test_a_crossing_at_the_end_counts_and_one_at_the_start_does_not():
    def signal(t_ns):
        return 1e-9 * (t_ns - 10 * S) + 1e-10

    assert crossings(signal, 0, 10 * S, S) == (Crossing(10 * S, True),)
    assert crossings(signal, 10 * S, 20 * S, S) == ()


def ellipse(e: float = 0.1) -> tuple[Track, float]:
    """Two-body motion from 40 degrees past perigee, and the period in seconds."""
    a_m = 7.2e6 / (1.0 - e)
    r_m, v_mps = state_of_elements(a_m, e, 1.0, 0.4, 0.7, radians(40.0))
    return coast(r_m, v_mps, 0, 6 * HOUR, TWO_BODY), 2.0 * pi * sqrt(a_m**3 / MU_M3PS2)


@pytest.mark.parametrize("step_s", [7, 60, 600])
def test_nodes_and_apsides_come_when_kepler_says_whatever_the_step(step_s):
    track, period_s = ellipse()
    apsides = crossings(signals.apsis(track), 0, 6 * HOUR, step_s * S)
    perigees = [1e-9 * c.t_ns for c in apsides if c.rising]
    apogees = [1e-9 * c.t_ns for c in apsides if not c.rising]
    e_rad = 2.0 * np.arctan(np.tan(radians(20.0)) * sqrt(0.9 / 1.1))
    since_perigee_s = (e_rad - 0.1 * np.sin(e_rad)) / (2.0 * pi) * period_s
    assert perigees == pytest.approx([k * period_s - since_perigee_s for k in (1, 2, 3)], abs=1e-3)
    assert apogees == pytest.approx(
        [(k + 0.5) * period_s - since_perigee_s for k in range(len(apogees))], abs=1e-3
    )
    nodes = [
        1e-9 * c.t_ns
        for c in crossings(signals.node(track, (0.0, 0.0, 1.0)), 0, 6 * HOUR, step_s * S)
        if c.rising
    ]
    e_node = 2.0 * np.arctan(np.tan(-0.35) * sqrt(0.9 / 1.1))
    at_s = (e_node - 0.1 * np.sin(e_node)) / (2.0 * pi) * period_s - since_perigee_s
    assert nodes == pytest.approx([at_s + k * period_s for k in (1, 2, 3)], abs=1e-3)


def beside(r_ric_m, v_ric_mps=(0.0, 0.0, 0.0), target=None) -> Track:
    """A servicer that drifts freely from this state beside the circular orbit, for an hour and a half."""
    target = target or circular(7.0e6, 1.0)
    r_m, v_mps = eci_of_relative(target, RelativeState(np.array(r_ric_m), np.array(v_ric_mps)))
    return coast(r_m, v_mps, 0, 5400 * S, VACUUM)


def test_a_drift_through_a_zone_enters_and_leaves_at_its_radius():
    start = circular(7.0e6, 1.0)
    target = coast(start.r_eci_m, start.v_eci_mps, 0, 5400 * S, VACUUM)
    servicer = beside((-20.0, -300.0, 4.0))
    found = crossings(signals.zone(target, servicer, 200.0), 0, 5400 * S, 300 * S)
    assert [c.rising for c in found] == [True, False]
    for each in found:
        apart = [
            np.linalg.norm(servicer.state(t).r_eci_m - target.state(t).r_eci_m)
            for t in (each.t_ns - MS, each.t_ns + MS)
        ]
        assert min(apart) < 200.0 < max(apart)
        assert (apart[0] > apart[1]) == each.rising


def turning(rate_deg_per_s: float) -> Track:
    """A body on the circular orbit that turns about its z axis."""
    body = free(circular(7.0e6, 1.0, (0.0, 0.0, radians(rate_deg_per_s))), inertia=np.diag([5.0, 5.0, 5.0]))
    return Track(body.advance_to(900 * S))


def test_a_live_corridor_sweeps_over_a_servicer_that_holds():
    target = turning(1.0)
    start = circular(7.0e6, 1.0)
    above_m = start.r_eci_m + np.array((100.0, 0.0, 0.0))
    servicer = coast(above_m, start.v_eci_mps, 0, 900 * S, VACUUM)
    signal = signals.corridor(target, servicer, np.array((6.0, 0.0, 0.0)), np.array((1.0, 0.0, 0.0)), 15.0)
    found = crossings(signal, 0, 900 * S, 60 * S)
    # The axis points at the servicer at first and turns once in 360 s; they drift apart by 1 deg meanwhile.
    assert [c.rising for c in found][:4] == [False, True, False, True]
    for each in found:
        t_ns = np.array((each.t_ns - MS, each.t_ns + MS), dtype=np.int64)
        below = signal(t_ns)
        assert (below[0] <= 0.0 < below[1]) if each.rising else (below[1] <= 0.0 < below[0])
    # From the apex at 6 m the servicer at 100 m is seen a little wider: 15 deg from the apex is sooner.
    inward = acos(1.0 - (1.0 - np.cos(radians(15.0))))
    assert found[0].t_ns * 1e-9 == pytest.approx(degrees(inward) * 94.0 / 100.0, abs=0.4)


def test_a_face_is_imaged_only_while_sun_and_camera_are_over_it_and_the_earth_is_not_in_the_way():
    epoch = Epoch(EPOCH)
    target = turning(2.0)
    camera = beside((0.0, -50.0, 0.0))
    normal = np.array((1.0, 0.0, 0.0))
    signal = signals.lit_face(
        epoch, target, camera, place_body_m=2.0 * normal, normal_body=normal, grazing_deg=10.0
    )
    found = crossings(signal, 0, 900 * S, 30 * S)
    assert len(found) >= 4

    def imaged(t_ns: int) -> bool:
        body = target.state(t_ns)
        w, x, y, z = body.q_eci_from_body
        out = np.array((1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)))
        to_camera = camera.state(t_ns).r_eci_m - body.r_eci_m - 2.0 * out
        over_deg = degrees(np.arcsin(out @ to_camera / np.linalg.norm(to_camera)))
        to_sun = sun_position_eci(epoch, t_ns) - body.r_eci_m - 2.0 * out
        return out @ to_sun > 0.0 and over_deg > 10.0 and sunlight(epoch, t_ns, body.r_eci_m) == 1.0

    for each in found:
        assert [imaged(each.t_ns - MS), imaged(each.t_ns + MS)] == [not each.rising, each.rising]


def test_two_bodies_lose_sight_of_each_other_where_the_earth_rises_between_them():
    one, two = circular(7.0e6, 0.0), circular(7.0e6, 0.0)
    n = sqrt(MU_M3PS2 / 7.0e6**3)
    ahead = coast(one.r_eci_m, one.v_eci_mps, 0, 5400 * S, TWO_BODY)
    back = coast(two.r_eci_m, -two.v_eci_mps, 0, 5400 * S, TWO_BODY)
    sight = signals.line_of_sight(
        signals.places_of(ahead),
        signals.places_of(back),
        lambda t_ns: np.broadcast_to(np.eye(3), (len(t_ns), 3, 3)),
    )
    found = crossings(sight, S, 3000 * S, 60 * S)  # at 0 they are at one place
    # On the equator the ellipsoid is a circle: sight ends when half the angle between them is acos(R / r).
    assert found[0].rising is False
    assert found[0].t_ns * 1e-9 == pytest.approx(acos(EARTH_RADIUS_M / 7.0e6) / n, abs=1e-3)


def test_the_true_pole_moves_a_node_by_what_it_is_tilted():
    start = circular(7.0e6, 1.0)
    track = coast(start.r_eci_m, start.v_eci_mps, 0, 6000 * S, VACUUM)
    mean = crossings(signals.node(track, (0.0, 0.0, 1.0)), 60 * S, 6000 * S, 60 * S)
    true = crossings(signals.node(track, pole_eci(Epoch(EPOCH))), 60 * S, 6000 * S, 60 * S)
    # 22 years of precession have moved the pole by 0.12 deg: up to 2 s of orbit, to sin i.
    assert 0.01 < abs(mean[0].t_ns - true[0].t_ns) * 1e-9 < 3.0


def test_a_graze_of_the_penumbra_shorter_than_the_first_look_is_an_eclipse():
    epoch = Epoch(EPOCH)
    x, y, z = (sun_position_eci(epoch, 0) / np.linalg.norm(sun_position_eci(epoch, 0))).tolist()
    across = np.array((y, -x, 0.0)) / np.hypot(x, y)
    # Behind the Earth, passing the shadow's rim at a tangent: up and down through 1 m of it.
    away = -np.array((x, y, z)) * 3.0e6
    rim = np.cross(across, (x, y, z))

    def rounded(above_m: float):
        def depth(t_ns):
            s = 1e-9 * np.asarray(t_ns) - 50.0
            r_m = away + across * (7500.0 * s)[:, None] + rim * (above_m + 7.0e6)
            return shadow_depth(epoch, np.asarray(t_ns), r_m, "penumbra")

        return depth

    low_m, high_m = -1.0e6, 0.0
    for _ in range(60):  # the height at which the deepest point of the passage just touches the rim
        middle_m = 0.5 * (low_m + high_m)
        deepest = rounded(middle_m)(np.arange(0, 100 * S, MS, dtype=np.int64)).max()
        low_m, high_m = (middle_m, high_m) if deepest > 0.0 else (low_m, middle_m)
    found = crossings(rounded(low_m - 1.0), 0, 100 * S, 20 * S)
    assert [c.rising for c in found] == [True, False]
    assert 10 * MS < found[1].t_ns - found[0].t_ns < 20 * S
    assert crossings(rounded(high_m + 1.0), 0, 100 * S, 20 * S) == ()
