"""The target's model matched to the camera's picture: when there is a match, how good it is, who takes it."""

import numpy as np
import pytest
from contact_flights import bodies, flown
from msgspec.structs import replace

from services.laws import laws
from services.library import load_mission
from tests.consistency import band, relative_run
from tests.gnc_world import World
from tests.test_vehicle_sensors import SUN_AHEAD, scene
from twin.contracts.actuation import ActuatorCommand
from twin.contracts.navigation import Estimate
from twin.contracts.operations import FaultRequest
from twin.contracts.sensing import ModelMatch, SensorReadings
from twin.dynamics.rotation import conj, from_rotation_vector, matrix, mul, rotation_vector
from twin.gnc.impulse import Impulse
from twin.gnc.knowledge import Knowledge
from twin.gnc.navigator import HandOver, Navigator
from twin.vehicle.failing import FailingSensors
from twin.vehicle.faults import InForce
from twin.vehicle.sensors import SensorSuite

MISSION = load_mission("adras-j-lidar-lost", laws())
SENSORS = MISSION.servicer.sensors
MATCHING = SENSORS.camera.model_matching
RANGE_M = 50.0


def match_at(away_m, *, factor=1.0, sample=0, **light) -> ModelMatch | None:
    bearing = SensorSuite(SENSORS, 5, factor).read(scene(away_m, **light), sample).bearing
    return bearing.model if bearing else None


def test_without_noise_the_match_is_the_truth():
    q_target = from_rotation_vector([1.0, 2.0, -0.5])
    seen = match_at([100.0, 5.0, -7.0], factor=0.0, q_target=q_target)
    assert np.abs(np.subtract(seen.r_body_m, (100.0, 5.0, -7.0))).max() < 1e-8
    assert np.abs(rotation_vector(mul(conj(seen.q_servicer_from_target), q_target))).max() < 1e-14


def test_it_is_as_good_as_stated_along_the_line_of_sight_across_it_and_in_attitude():
    line = np.array((0.98, 0.12, -0.16)) / np.linalg.norm((0.98, 0.12, -0.16))
    suite = SensorSuite(SENSORS, 5, 1.0)
    looks = [suite.read(scene(RANGE_M * line), k).bearing.model for k in range(4000)]
    found = [each for each in looks if each is not None]
    assert len(found) == pytest.approx(4000 * (1.0 - MATCHING.dropout), abs=3 * 4000**0.5 * 0.18)
    off_m = np.array([each.r_body_m for each in found]) - RANGE_M * line
    along_m = off_m @ line
    across_m = off_m - along_m[:, None] * line
    turned = np.array([rotation_vector(each.q_servicer_from_target) for each in found])
    # A standard deviation from 3900 samples scatters by 1.1 %.
    assert along_m.std() == pytest.approx(0.01 * RANGE_M, rel=0.04)
    assert np.sqrt((across_m**2).sum(axis=1).mean() / 2) == pytest.approx(0.002 * RANGE_M, rel=0.04)
    assert np.sqrt((turned**2).mean()) == pytest.approx(np.radians(2.0), rel=0.04)


def test_an_infrared_camera_sees_in_the_dark_but_not_beside_the_sun_and_matches_no_farther_than_it_can():
    assert match_at([300.0, 0.0, 0.0], lit=0.0) is not None
    assert match_at([300.0, 0.0, 0.0], sun=SUN_AHEAD) is None
    assert match_at([1001.0, 0.0, 0.0]) is None
    visible = replace(SENSORS, camera=replace(SENSORS.camera, infrared=False))
    assert SensorSuite(visible, 5, 1.0).read(scene([300.0, 0.0, 0.0], lit=0.0), 0).bearing is None


def test_a_bias_of_the_camera_moves_all_that_its_picture_shows():
    arguments = {"azimuth_deg": 2.0, "elevation_deg": -1.0}
    request = FaultRequest(fault="camera.bias", name="b", active=True, arguments=arguments)
    clean = SensorSuite(SENSORS, 5, 0.0).read(scene([60.0, 4.0, 3.0]), 0)
    moved = FailingSensors(1).seen(clean, (InForce(request=request, since_ns=0),), 0, 0).bearing
    x, y, z = moved.model.r_body_m
    # The angles add, the picture turns: the same to first order in the angles off the boresight.
    assert np.arctan2(y, x) == pytest.approx(moved.azimuth_rad, abs=2e-3)
    assert np.arctan2(z, np.hypot(x, y)) == pytest.approx(moved.elevation_rad, abs=2e-3)
    assert moved.azimuth_rad - clean.bearing.azimuth_rad == pytest.approx(np.radians(2.0))
    turned = rotation_vector(
        mul(moved.model.q_servicer_from_target, conj(clean.bearing.model.q_servicer_from_target))
    )
    assert np.degrees(turned) == pytest.approx((0.0, 1.0, 2.0), abs=0.02)


class Watch:
    """A navigator in a world that drifts 50 m off, whose camera matches and whose lidar may fail."""

    def __init__(self) -> None:
        self.world = World(MISSION, 3, r_ric_m=np.array((0.0, -RANGE_M, 0.0)))
        start = HandOver(
            r_ric_m=(0.0, -RANGE_M, 0.0), v_ric_mps=(0.0, 0.0, 0.0), sigma_r_m=2.0, sigma_v_mps=0.02
        )
        self.navigator = Navigator(MISSION.guidance.navigation, MISSION.servicer, MISSION.target, start)
        self.random = np.random.default_rng(8)

    def look(self, lidar: str = "sound") -> Knowledge:
        """Two seconds later; the lidar is `sound`, `blind`, or 3 m off."""
        readings = self.world.readings()
        readings = replace(readings, bearing=replace(readings.bearing, model=self._match()))
        if lidar == "blind":
            readings = replace(readings, lidar_pose=None)
        elif lidar == "off" and readings.lidar_pose is not None:
            x, y, z = readings.lidar_pose.r_body_m
            readings = replace(readings, lidar_pose=replace(readings.lidar_pose, r_body_m=(x, y + 3.0, z)))
        known = self.navigator.take(readings, Impulse())
        self._drift(readings)
        return known

    def _match(self) -> ModelMatch:
        seen_m = matrix(conj(self.world.q)) @ -self.world.r_eci()
        line, size = seen_m / np.linalg.norm(seen_m), self.random.normal(size=7)
        across = MATCHING.sigma_lateral_m(RANGE_M) * size[:3]
        off_m = across + (MATCHING.sigma_axial_m(RANGE_M) * size[3] - across @ line) * line
        turn = from_rotation_vector((MATCHING.sigma_attitude_rad(RANGE_M) * size[4:]).tolist())
        q = mul(mul(conj(self.world.q), self.world.q_target), turn)
        return ModelMatch(r_body_m=tuple((seen_m + off_m).tolist()), q_servicer_from_target=tuple(q))

    def _drift(self, readings: SensorReadings) -> None:
        shut = ActuatorCommand(
            reading_ns=readings.sampled_ns,
            thruster_on_s=(0.0,) * len(MISSION.servicer.propulsion.thrusters),
            wheel_torque_nm=(0.0,) * 4,
            next_reading_ns=readings.sampled_ns + 2_000_000_000,
        )
        self.world.fly(shut)


def test_the_lidar_comes_first_the_camera_takes_over_and_gives_back():
    watch = Watch()
    for _ in range(10):
        watch.look()
    assert watch.navigator.snapshot().relative.model.nis == 1.0  # never asked
    ages = [watch.look("blind").looks for _ in range(20)]
    assert ages[-1].lidar_pose_age_s > 38.0
    assert ages[-1].target_attitude_age_s == 0.0
    assert watch.navigator.snapshot().relative.by_camera
    watch.look()
    assert not watch.navigator.snapshot().relative.by_camera


def test_a_lidar_that_is_wrong_is_not_believed_against_the_camera():
    watch = Watch()
    for _ in range(30):
        watch.look()
    for _ in range(60):
        watch.look("off")
    error_m = np.linalg.norm(np.array(watch.navigator.snapshot().relative.state[:3]) - watch.world.r_eci())
    assert error_m < 0.5
    after = watch.navigator.snapshot().relative
    assert after.model.nis != 1.0  # it was asked
    assert after.pose.noise_factor > MISSION.guidance.navigation.credible_factor


def test_the_filter_with_the_camera_alone_is_as_good_as_it_says():
    found = [relative_run("camera", seed, 1.0) for seed in range(20)]
    low, high = band(6, 20)
    assert low < np.mean([each.nees for each in found]) < high


def test_adras_j_flies_on_when_its_lidar_gives_no_more_poses():
    report, events = flown(MISSION)
    assert report.word == "pass"
    assert max(each.looks.lidar_pose_age_s for each in bodies(events, Estimate)) > 3600.0
