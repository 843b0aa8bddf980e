"""Sensors: what is seen when, how well, and from which noise."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vehicle_samples import SERVICER_800

from twin.dynamics.rotation import conj, from_rotation_vector, mul, rotate, rotation_vector
from twin.dynamics.state import KinematicState
from twin.vehicle.sensors import Scene, SensorSuite

SENSORS = SERVICER_800.sensors
SUN_BEHIND = (-1.5e11, 0.0, 0.0)
SUN_AHEAD = (1.5e11, 0.0, 0.0)
ORBIT_M = np.array([7.0e6, 0.0, 0.0])


def body(r_m, q=(1.0, 0.0, 0.0, 0.0), w=(0.0, 0.0, 0.0)):
    return KinematicState(np.array(r_m), np.array([0.0, 7500.0, 0.0]), np.array(q), np.array(w))


def scene(away_m, *, q_target=(1.0, 0.0, 0.0, 0.0), lit=1.0, sun=SUN_BEHIND, servicer=None):
    """Servicer at the orbit point, body axes along eci unless given; target `away_m` from it in eci."""
    servicer = servicer or body(ORBIT_M)
    return Scene(servicer, body(ORBIT_M + np.array(away_m), q_target), lit, sun)


def suite(factor=1.0, seed=5, sensors=SENSORS):
    return SensorSuite(sensors, seed, factor)


def without_dropouts():
    return msgspec.structs.replace(SENSORS, lidar=msgspec.structs.replace(SENSORS.lidar, dropout=0.0))


def test_without_noise_every_reading_is_the_truth():
    q_servicer = from_rotation_vector([0.1, -0.2, 0.05])
    q_target = from_rotation_vector([1.0, 2.0, -0.5])
    servicer = body(ORBIT_M, q_servicer, (0.01, -0.002, 0.003))
    away_body = np.array([100.0, 5.0, -7.0])
    seen = suite(0.0).read(scene(rotate(q_servicer, away_body), q_target=q_target, servicer=servicer), 0)
    assert seen.gnss.r_eci_m == tuple(ORBIT_M)
    assert seen.gyro.w_body_radps == (0.01, -0.002, 0.003)
    assert np.abs(rotation_vector(mul(seen.star_tracker.q_body_from_eci, q_servicer))).max() < 1e-15
    # The difference of positions at 7,000 km is rounded to 1e-9 m, the rest follows from it.
    assert seen.lidar_range.range_m == pytest.approx(np.linalg.norm(away_body), abs=1e-8)
    assert np.abs(np.array(seen.lidar_pose.r_body_m) - away_body).max() < 1e-8
    assert seen.bearing.azimuth_rad == pytest.approx(np.arctan2(5.0, 100.0), abs=1e-10)
    assert seen.bearing.elevation_rad == pytest.approx(np.arcsin(-7.0 / np.linalg.norm(away_body)), abs=1e-10)
    seen_from_true = mul(conj(seen.lidar_pose.q_servicer_from_target), mul(conj(q_servicer), q_target))
    assert np.abs(rotation_vector(seen_from_true)).max() < 1e-14


def test_the_camera_needs_light_and_the_lidar_does_not():
    dark = suite(0.0).read(scene([50.0, 0.0, 0.0], lit=0.0), 0)
    assert dark.bearing is None
    assert dark.lidar_range is not None
    assert dark.lidar_pose is not None


def test_a_camera_that_leans_leans_alike_the_whole_flight():
    camera = msgspec.structs.replace(SENSORS.camera, sigma_arcsec=0.0, alignment_arcsec=10.0)
    leaning = msgspec.structs.replace(SENSORS, camera=camera)
    ahead = scene([5000.0, 0.0, 0.0])
    seen = [suite(seed=seed, sensors=leaning).read(ahead, 0).bearing for seed in range(300)]
    # What is left of 0.05 m of centroid is 2 arcsec.
    spread = np.degrees([(each.azimuth_rad, each.elevation_rad) for each in seen]).std(axis=0) * 3600.0
    assert spread == pytest.approx((10.2, 10.2), rel=0.15)
    one = suite(sensors=leaning)
    flight = [one.read(ahead, sample).bearing for sample in range(50)]
    wobble = np.degrees([each.azimuth_rad for each in flight]).std() * 3600.0
    assert wobble == pytest.approx(2.06, rel=0.4)


def test_the_camera_is_blind_with_the_sun_near_its_boresight():
    assert suite().read(scene([50.0, 0.0, 0.0], sun=SUN_AHEAD), 0).bearing is None
    assert suite().read(scene([50.0, 0.0, 0.0], sun=SUN_BEHIND), 0).bearing is not None


@pytest.mark.parametrize(
    ("away_m", "bearing", "distance", "pose"),
    [
        ([250.0, 0.0, 0.0], True, True, True),
        ([301.0, 0.0, 0.0], True, True, False),
        ([2001.0, 0.0, 0.0], True, False, False),
        ([20001.0, 0.0, 0.0], False, False, False),
        ([50.0, 50.0 * np.tan(np.radians(19.9)), 0.0], True, True, True),
        ([50.0, 0.0, -50.0 * np.tan(np.radians(20.1))], False, False, False),
        ([-50.0, 0.0, 0.0], False, False, False),
    ],
)
def test_range_and_field_of_view_decide_who_sees(away_m, bearing, distance, pose):
    seen = suite(sensors=without_dropouts()).read(scene(away_m), 0)
    assert (seen.bearing is not None, seen.lidar_range is not None, seen.lidar_pose is not None) == (
        bearing,
        distance,
        pose,
    )


UNSEEN = st.tuples(st.floats(-500.0, -1.0), st.floats(-500.0, 500.0), st.floats(-500.0, 500.0))


@given(UNSEEN, UNSEEN)
@settings(max_examples=50, deadline=None)
def test_a_target_out_of_sight_leaves_no_trace_in_any_reading(one_m, other_m):
    encoded = [msgspec.msgpack.encode(suite().read(scene(away), 3)) for away in (one_m, other_m)]
    assert encoded[0] == encoded[1]


def test_a_lidar_that_sees_moves_no_other_sensors_noise():
    near, far = suite().read(scene([50.0, 0.0, 0.0]), 9), suite().read(scene([-50.0, 0.0, 0.0]), 9)
    assert (near.gnss, near.star_tracker, near.gyro) == (far.gnss, far.star_tracker, far.gyro)


def test_readings_depend_on_seed_and_sample_alone_not_on_the_order_they_are_taken_in():
    one, other = suite(), suite()
    forward = [one.read(scene([50.0, 0.0, 0.0]), k) for k in range(5)]
    backward = [other.read(scene([50.0, 0.0, 0.0]), k) for k in reversed(range(5))]
    assert forward == backward[::-1]
    assert suite(seed=6).read(scene([50.0, 0.0, 0.0]), 0) != forward[0]


def spread(values):
    return np.std(np.array(values), axis=0)


@pytest.mark.parametrize("range_m", [9.4, 50.0, 250.0])
def test_noise_has_the_stated_size_at_every_range(range_m):
    sensors = without_dropouts()
    chosen = suite(sensors=sensors)
    seen = [chosen.read(scene([range_m, 0.0, 0.0]), k) for k in range(2000)]
    close = {"rel": 0.06}  # 1/sqrt(4000) = 1.6 % from 2,000 draws; nearly four of them
    assert spread([s.gnss.r_eci_m for s in seen]) == pytest.approx([5.0] * 3, **close)
    assert spread([s.gnss.v_eci_mps for s in seen]) == pytest.approx([0.005] * 3, **close)
    assert spread([s.gyro.w_body_radps for s in seen]) == pytest.approx(
        [SENSORS.gyro.sigma_radps] * 3, **close
    )
    assert spread([s.lidar_range.range_m for s in seen]) == pytest.approx(max(0.1, 1e-3 * range_m), **close)
    assert spread([s.lidar_pose.r_body_m for s in seen]) == pytest.approx(
        [max(0.01, 0.003 * range_m)] * 3, **close
    )
    turns = [rotation_vector(s.lidar_pose.q_servicer_from_target) for s in seen]
    assert spread(turns) == pytest.approx([np.radians(0.5 + 0.05 * range_m)] * 3, **close)
    bearing = np.hypot(np.radians(20.0 / 3600.0), 0.05 / range_m)
    assert spread([s.bearing.azimuth_rad for s in seen]) == pytest.approx(bearing, **close)
    stars = [rotation_vector(s.star_tracker.q_body_from_eci) for s in seen]
    assert spread(stars) == pytest.approx([np.radians(10.0 / 3600.0)] * 3, **close)


def test_attitude_noise_of_the_pose_is_a_rotation_in_target_axes():
    q_target = from_rotation_vector([0.3, 1.5, -0.7])
    noisy = suite(sensors=without_dropouts())
    turned = noisy.read(scene([50.0, 0.0, 0.0], q_target=q_target), 4).lidar_pose.q_servicer_from_target
    plain = noisy.read(scene([50.0, 0.0, 0.0]), 4).lidar_pose.q_servicer_from_target
    # With servicer axes along eci: seen = q_target * noise, so the noise comes out on the right.
    assert np.abs(np.subtract(mul(conj(q_target), turned), plain)).max() < 1e-15


def test_the_gyros_bias_is_constant_and_the_seeds():
    def mean_rate(seed):
        chosen = suite(seed=seed)
        return np.mean(
            [chosen.read(scene([50.0, 0.0, 0.0]), k).gyro.w_body_radps for k in range(4000)], axis=0
        )

    first, second = mean_rate(5), mean_rate(6)
    white = SENSORS.gyro.sigma_radps / np.sqrt(4000)
    assert np.abs(first - second).max() > 4.0 * white
    assert np.abs(first).max() < 5.0 * SENSORS.gyro.sigma_bias_radps


def test_poses_drop_out_as_often_as_stated():
    chosen = suite()
    lost = sum(chosen.read(scene([50.0, 0.0, 0.0]), k).lidar_pose is None for k in range(5000))
    assert lost / 5000 == pytest.approx(SENSORS.lidar.dropout, abs=0.006)  # three standard errors


def test_frozen_states_are_not_changed_by_reading():
    before = scene([50.0, 0.0, 0.0])
    copies = before.servicer._replace(r_eci_m=before.servicer.r_eci_m.copy())
    suite().read(before, 0)
    assert (before.servicer.r_eci_m == copies.r_eci_m).all()
