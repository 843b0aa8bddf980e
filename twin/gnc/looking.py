"""When each sensor was last of use, and how what it says fits: for the monitors, and for the ground."""

import msgspec

from twin.contracts.fields import TimeNs
from twin.contracts.navigation import Looks
from twin.contracts.sensing import SensorReadings
from twin.gnc.gate import Trust
from twin.gnc.lateness import Sights


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """Time of the last reading of each sensor that the filter took in; `target_attitude` is the second half
    of the lidar's pose, which has a gate of its own."""

    gnss: TimeNs = 0
    star_tracker: TimeNs = 0
    gyro: TimeNs = 0
    camera: TimeNs = 0
    lidar_range: TimeNs = 0
    lidar_pose: TimeNs = 0
    target_attitude: TimeNs = 0

    @classmethod
    def begun(cls, t_ns: int) -> "Used":
        """Nothing is older than the first reading."""
        return cls(**dict.fromkeys(cls.__struct_fields__, t_ns))

    @property
    def seen(self) -> int:
        """When the target was last seen by anything."""
        return max(self.camera, self.lidar_range, self.lidar_pose, self.target_attitude)

    def own(self, readings: SensorReadings) -> "Used":
        """With the readings of the servicer's own motion, which have no gate."""
        t_ns = readings.sampled_ns
        return msgspec.structs.replace(
            self,
            gnss=t_ns if readings.gnss else self.gnss,
            star_tracker=t_ns if readings.star_tracker else self.star_tracker,
            gyro=t_ns if readings.gyro else self.gyro,
        )

    def sighted(self, sights: Sights) -> "Used":
        """With range, bearing or both."""
        return msgspec.structs.replace(
            self,
            camera=max(self.camera, sights.t_ns) if sights.bearing else self.camera,
            lidar_range=max(self.lidar_range, sights.t_ns) if sights.lidar_range else self.lidar_range,
        )

    def pictured(self, t_ns: int) -> "Used":
        """With the place that the camera's picture shows."""
        return msgspec.structs.replace(self, camera=max(self.camera, t_ns))

    def posed(self, t_ns: int) -> "Used":
        """With the place of the lidar's pose."""
        return msgspec.structs.replace(self, lidar_pose=max(self.lidar_pose, t_ns))

    def turned(self, t_ns: int) -> "Used":
        """With its attitude."""
        return msgspec.structs.replace(self, target_attitude=max(self.target_attitude, t_ns))

    def held(self, t_ns: int) -> "Used":
        """With the target in the grip: it is known without looking."""
        return msgspec.structs.replace(
            self, camera=t_ns, lidar_range=t_ns, lidar_pose=t_ns, target_attitude=t_ns
        )

    def looks(self, now_ns: int, sight: Trust, pose: Trust, attitude: Trust) -> Looks:
        """The message: ages at `now_ns`, and what the gates have learnt."""
        ages = {f"{name}_age_s": (now_ns - getattr(self, name)) * 1e-9 for name in self.__struct_fields__}
        return Looks(
            **ages,
            sight_misfit=sight.learnt,
            pose_misfit=pose.learnt,
            target_attitude_misfit=attitude.learnt,
        )
