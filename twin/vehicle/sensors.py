"""Sensors: true states in, noisy readings out; each noise a function of its stream and the sample index.

What a relative sensor says depends on the target's true state only when it could see the target:
otherwise it says nothing, and nothing of what it drew moves any other reading.

Assumptions and limitations: sensors sit at the centre of mass and look along body x; errors are
white, except the gyro's constant bias; no outliers; star tracker and GNSS always deliver; wheel
speed, propellant and battery gauges are exact.
"""

from math import asin, atan2, cos, radians, sqrt
from typing import NamedTuple

from twin.contracts.fields import Quaternion, Vec3
from twin.contracts.sensing import (
    Bearing,
    GnssFix,
    GyroRate,
    LidarPose,
    LidarRange,
    ModelMatch,
    StarTrackerFix,
)
from twin.dynamics.rotation import canonical, conj, from_rotation_vector, mul, rotate
from twin.dynamics.state import KinematicState
from twin.guidance import vectors as vec
from twin.kernel.streams import Stream
from twin.vehicle.settings import Sensors

_LIT = 0.5
"""Fraction of the Sun's disc above which a body is bright enough for the camera."""


class Scene(NamedTuple):
    """What a reading is taken of: both true states, the light on the target, the Sun's place."""

    servicer: KinematicState
    target: KinematicState
    target_lit: float
    sun_eci_m: Vec3


class Readings(NamedTuple):
    """One reading of each sensor; None where it gave nothing."""

    gnss: GnssFix | None
    star_tracker: StarTrackerFix | None
    gyro: GyroRate | None
    bearing: Bearing | None
    lidar_range: LidarRange | None
    lidar_pose: LidarPose | None


class _Sight(NamedTuple):
    """The target's centre as the servicer has it in front: position in body axes, and its distance."""

    x_m: float
    y_m: float
    z_m: float
    range_m: float

    def within(self, half_angle_deg: float, maximum_m: float) -> bool:
        """Whether the centre is inside a cone about body x, nearer than `maximum_m`."""
        return 0.0 < self.range_m <= maximum_m and self.x_m >= self.range_m * cos(radians(half_angle_deg))


class SensorSuite:
    """The vehicle's sensors with their noise streams; `factor` scales every error and the dropouts."""

    def __init__(self, settings: Sensors, seed: int, factor: float) -> None:
        self._settings = settings
        self._factor = factor
        self._gnss = Stream(seed, "servicer.gnss")
        self._star_tracker = Stream(seed, "servicer.star_tracker")
        self._gyro = Stream(seed, "servicer.gyro")
        self._camera = Stream(seed, "servicer.camera")
        self._match_noise = Stream(seed, "servicer.camera.model")
        self._match_dropout = Stream(seed, "servicer.camera.dropout")
        self._lidar_range = Stream(seed, "servicer.lidar.range")
        self._lidar_pose = Stream(seed, "servicer.lidar.pose")
        self._lidar_dropout = Stream(seed, "servicer.lidar.dropout")
        bias = Stream(seed, "servicer.gyro.bias").normal(0, 3).tolist()
        lean = Stream(seed, "servicer.camera.alignment").normal(0, 2).tolist()
        self._lean_rad = [settings.camera.alignment_rad * factor * n for n in lean]
        sigma_bias = settings.gyro.sigma_bias_radps * factor
        self._bias_radps = [sigma_bias * n for n in bias]

    def read(self, scene: Scene, sample: int) -> Readings:
        """All readings of one instant; `sample` counts them."""
        q_body_from_eci = conj(scene.servicer.q_eci_from_body)
        away_m = (scene.target.r_eci_m - scene.servicer.r_eci_m).tolist()
        x, y, z = rotate(q_body_from_eci, away_m)
        sight = _Sight(x, y, z, sqrt(x * x + y * y + z * z))
        return Readings(
            gnss=self._fix(scene.servicer, sample),
            star_tracker=self._attitude(q_body_from_eci, sample),
            gyro=self._rate(scene.servicer.w_body_radps.tolist(), sample),
            bearing=self._bearing(sight, scene, q_body_from_eci, sample),
            lidar_range=self._range(sight, sample),
            lidar_pose=self._pose(sight, scene, q_body_from_eci, sample),
        )

    def _fix(self, servicer: KinematicState, sample: int) -> GnssFix:
        settings, n = self._settings.gnss, self._gnss.normal(sample, 6).tolist()
        sigma_r_m, sigma_v_mps = settings.sigma_r_m * self._factor, settings.sigma_v_mps * self._factor
        x, y, z = servicer.r_eci_m.tolist()
        u, v, w = servicer.v_eci_mps.tolist()
        return GnssFix(
            r_eci_m=(x + sigma_r_m * n[0], y + sigma_r_m * n[1], z + sigma_r_m * n[2]),
            v_eci_mps=(u + sigma_v_mps * n[3], v + sigma_v_mps * n[4], w + sigma_v_mps * n[5]),
        )

    def _attitude(self, q_body_from_eci: Quaternion, sample: int) -> StarTrackerFix:
        sigma = self._settings.star_tracker.sigma_rad * self._factor
        turn = from_rotation_vector([sigma * n for n in self._star_tracker.normal(sample, 3).tolist()])
        return StarTrackerFix(q_body_from_eci=canonical(mul(turn, q_body_from_eci)))

    def _rate(self, w_body_radps: list[float], sample: int) -> GyroRate:
        sigma = self._settings.gyro.sigma_radps * self._factor
        noise = self._gyro.normal(sample, 3).tolist()
        x, y, z = (w + b + sigma * n for w, b, n in zip(w_body_radps, self._bias_radps, noise, strict=True))
        return GyroRate(w_body_radps=(x, y, z))

    def _bearing(
        self, sight: _Sight, scene: Scene, q_body_from_eci: Quaternion, sample: int
    ) -> Bearing | None:
        camera = self._settings.camera
        if not (camera.infrared or scene.target_lit >= _LIT):
            return None
        if not sight.within(camera.half_field_of_view_deg, camera.maximum_range_m):
            return None
        if camera.sun_exclusion_deg > 0.0:
            x, y, z = rotate(q_body_from_eci, scene.sun_eci_m)
            if x > sqrt(x * x + y * y + z * z) * cos(radians(camera.sun_exclusion_deg)):
                return None
        sigma = camera.sigma_rad(sight.range_m) * self._factor
        a, b = self._camera.normal(sample, 2).tolist()
        azimuth_off, elevation_off = self._lean_rad
        return Bearing(
            azimuth_rad=atan2(sight.y_m, sight.x_m) + azimuth_off + sigma * a,
            elevation_rad=asin(sight.z_m / sight.range_m) + elevation_off + sigma * b,
            model=self._match(sight, mul(q_body_from_eci, scene.target.q_eci_from_body), sample),
        )

    def _match(self, sight: _Sight, q_body_from_target: Quaternion, sample: int) -> ModelMatch | None:
        """Noise along the line of sight and across it; of the attitude as the lidar's."""
        matching = self._settings.camera.model_matching
        if matching is None or sight.range_m > matching.maximum_range_m:
            return None
        if self._match_dropout.uniform(sample, 1).tolist()[0] < matching.dropout * self._factor:
            return None
        n = self._match_noise.normal(sample, 7).tolist()
        place = (sight.x_m, sight.y_m, sight.z_m)
        line = vec.scale(1.0 / sight.range_m, place)
        lateral_m = matching.sigma_lateral_m(sight.range_m) * self._factor
        across_m = vec.scale(lateral_m, (n[0], n[1], n[2]))
        along_m = matching.sigma_axial_m(sight.range_m) * self._factor * n[3] - vec.dot(across_m, line)
        turn = [matching.sigma_attitude_rad(sight.range_m) * self._factor * v for v in n[4:]]
        return ModelMatch(
            r_body_m=vec.along(vec.add(place, across_m), along_m, line),
            q_servicer_from_target=canonical(mul(q_body_from_target, from_rotation_vector(turn))),
        )

    def _range(self, sight: _Sight, sample: int) -> LidarRange | None:
        lidar = self._settings.lidar
        if not sight.within(lidar.half_field_of_view_deg, lidar.maximum_range_m):
            return None
        sigma_m = lidar.sigma_range_m(sight.range_m) * self._factor
        (n,) = self._lidar_range.normal(sample, 1).tolist()
        return LidarRange(range_m=max(0.0, sight.range_m + sigma_m * n))

    def _pose(
        self, sight: _Sight, scene: Scene, q_body_from_eci: Quaternion, sample: int
    ) -> LidarPose | None:
        """Position noise in servicer axes; attitude noise as a rotation vector in target axes."""
        lidar = self._settings.lidar
        if not sight.within(lidar.half_field_of_view_deg, lidar.pose_maximum_range_m):
            return None
        if self._lidar_dropout.uniform(sample, 1).tolist()[0] < lidar.dropout * self._factor:
            return None
        n = self._lidar_pose.normal(sample, 6).tolist()
        sigma_m = lidar.sigma_position_m(sight.range_m) * self._factor
        sigma_rad = lidar.sigma_attitude_rad(sight.range_m) * self._factor
        q_target_from_seen = from_rotation_vector([sigma_rad * v for v in n[3:]])
        q_servicer_from_target = mul(q_body_from_eci, scene.target.q_eci_from_body)
        return LidarPose(
            r_body_m=(sight.x_m + sigma_m * n[0], sight.y_m + sigma_m * n[1], sight.z_m + sigma_m * n[2]),
            q_servicer_from_target=canonical(mul(q_servicer_from_target, q_target_from_seen)),
        )
