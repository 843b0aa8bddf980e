"""The looks at the target, now or late, as the filters of its motion take them."""

from math import radians
from typing import NamedTuple

import msgspec
import numpy as np

from twin.contracts.sensing import LidarPose, SensorReadings
from twin.dynamics.rotation import matrix, mul
from twin.gnc.lateness import Instant, Looks, Remembered, back_there, by_time
from twin.gnc.relative import RelativeFilter
from twin.gnc.settings import Navigation
from twin.gnc.sighting import see_sight
from twin.gnc.target_attitude import TargetFilter
from twin.guidance import vectors as vec
from twin.vehicle.settings import Sensors


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """All that changes: when the target and its attitude were last seen, what is remembered, how many
    looks came late and were taken, and how many too late."""

    pose_ns: int = 0
    seen_ns: int = 0
    past: Remembered = Remembered()
    late: int = 0
    stale: int = 0


class Filters(NamedTuple):
    """Of the target's motion."""

    relative: RelativeFilter
    target: TargetFilter


class Looking:
    """`seen` is its state."""

    def __init__(self, settings: Navigation, sensors: Sensors) -> None:
        self._settings = settings
        self._sensors = sensors
        self._usable_rad = radians(settings.attitude_usable_deg)
        self.seen = Seen()

    def take(self, readings: SensorReadings, here: Instant, filters: Filters) -> list[float]:
        """Looks that come with the newest readings, taken `here`; how each fits (NIS)."""
        nis: list[float] = []
        self._change(past=self.seen.past.then(here, self._settings.late_s))
        for looks in by_time(readings):
            if looks.t_ns == here.t_ns:
                self._measure(looks, here, filters, nis)
            else:
                self._look_back(looks, self.seen.past.at(looks.t_ns), filters, nis)
        return nis

    def recall(self, readings: SensorReadings, there: Instant | None, filters: Filters) -> None:
        """Readings that come after newer ones, or once more: what they show of the target is used, if it was
        not before. `there` is what they say of the servicer."""
        for looks in by_time(readings):
            own = self.seen.past.at(looks.t_ns)
            if own is None and there is not None and there.t_ns == looks.t_ns:
                own = there
            self._look_back(looks, own, filters, [])

    def held(self, t_ns: int) -> None:
        """The target is held: it is known where it is without a look, and what was seen before is over."""
        self._change(pose_ns=t_ns, past=Remembered())

    def begin(self, t_ns: int) -> None:
        """Nothing was seen before."""
        self.seen = Seen(pose_ns=t_ns, seen_ns=t_ns)

    def _change(self, **fields: object) -> None:
        self.seen = msgspec.structs.replace(self.seen, **fields)

    def _look_back(self, looks: Looks, own: Instant | None, filters: Filters, nis: list[float]) -> None:
        """Looks of an earlier instant: used once, or counted as too old."""
        looks = self.seen.past.unused(looks)
        count = sum(each is not None for each in looks[1:])
        way = self.seen.past.back_to(looks.t_ns)
        if way is None or own is None:
            self._change(stale=self.seen.stale + count)
        elif count:
            with back_there(way, filters.relative, filters.target, self._settings.gravity):
                self._measure(looks, own, filters, nis)
            self._change(late=self.seen.late + count)

    def _measure(self, looks: Looks, own: Instant, filters: Filters, nis: list[float]) -> None:
        """Range and bearing first, as they see farthest; then the pose. `nis` notes how each fits."""
        self._change(past=self.seen.past.using(looks))
        relative = filters.relative
        if looks.lidar_range is not None or looks.bearing is not None:
            if see_sight(looks, relative, own, self._sensors, self._settings):
                self._saw(looks.t_ns)
            nis.append(relative.sight.nis)
        if looks.lidar_pose is not None:
            self._measure_pose(looks.lidar_pose, own, filters, nis)

    def _measure_pose(self, pose: LidarPose, own: Instant, filters: Filters, nis: list[float]) -> None:
        relative, target = filters
        lidar, gate, patience = self._sensors.lidar, self._settings.innovation_gate, self._settings.patience
        range_m = vec.norm(pose.r_body_m)
        seen_m = -(matrix(own.q_eci_from_body) @ np.array(pose.r_body_m))
        if relative.see_pose(seen_m, lidar.sigma_position_m(range_m), gate, patience):
            self._saw(own.t_ns)
        nis.append(relative.pose.nis)
        sigma_rad = lidar.sigma_attitude_rad(range_m)
        if sigma_rad > self._usable_rad:
            return
        expected = target.known
        q_eci_from_target = mul(own.q_eci_from_body, pose.q_servicer_from_target)
        if target.see(q_eci_from_target, sigma_rad, gate, patience):
            self._saw(own.t_ns)
            self._change(pose_ns=max(self.seen.pose_ns, own.t_ns))
        if expected:
            nis.append(target.trust.nis)

    def _saw(self, t_ns: int) -> None:
        self._change(seen_ns=max(self.seen.seen_ns, t_ns))
