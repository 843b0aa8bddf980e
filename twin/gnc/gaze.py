"""The looks at the target, now or late, as the filters of its motion take them."""

from math import radians
from typing import NamedTuple

import msgspec
import numpy as np

from twin.contracts.fields import Quaternion, TimeNs
from twin.contracts.sensing import LidarPose, ModelMatch, SensorReadings
from twin.dynamics.rotation import matrix, mul
from twin.gnc.lateness import Instant, Remembered, Sights, back_there, by_time
from twin.gnc.looking import Used
from twin.gnc.matrices import Array
from twin.gnc.relative import RelativeFilter
from twin.gnc.settings import Navigation
from twin.gnc.sighting import match_noise, see_sight
from twin.gnc.target_attitude import Source, TargetFilter
from twin.guidance import vectors as vec
from twin.vehicle.settings import ModelMatching, Sensors


class GazeSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All that changes: when each sensor was last of use; when the lidar's pose, and the camera's, was used
    and credible; what is remembered, how many looks came late and were taken, and how many too late."""

    used: Used = Used()
    posed_ns: TimeNs = 0
    matched_ns: TimeNs | None = None
    past: Remembered = Remembered()
    late: int = 0
    stale: int = 0


class Filters(NamedTuple):
    """Of the target's motion."""

    relative: RelativeFilter
    target: TargetFilter


class Gaze:
    """`state` is all that changes of it."""

    def __init__(self, settings: Navigation, sensors: Sensors) -> None:
        self._settings = settings
        self._sensors = sensors
        self._usable_rad = radians(settings.attitude_usable_deg)
        self._handover_ns = round(settings.handover_s * 1e9)
        self.state = GazeSnapshot()

    def take(self, readings: SensorReadings, here: Instant, filters: Filters) -> list[float]:
        """Sights that come with the newest readings, taken `here`; how each fits (NIS)."""
        nis: list[float] = []
        past = self.state.past.then(here, self._settings.late_s)
        self._change(past=past, used=self.state.used.own(readings))
        for sights in by_time(readings):
            if sights.t_ns == here.t_ns:
                self._measure(sights, here, filters, nis)
            else:
                self._look_back(sights, self.state.past.at(sights.t_ns), filters, nis)
        return nis

    def recall(self, readings: SensorReadings, there: Instant | None, filters: Filters) -> None:
        """Readings that come after newer ones, or once more: what they show of the target is used, if it was
        not before. `there` is what they say of the servicer."""
        for sights in by_time(readings):
            own = self.state.past.at(sights.t_ns)
            if own is None and there is not None and there.t_ns == sights.t_ns:
                own = there
            self._look_back(sights, own, filters, [])

    def held(self, readings: SensorReadings) -> None:
        """The target is held: it is known where it is without a look, and what was seen before is over."""
        used = self.state.used.own(readings).held(readings.sampled_ns)
        self._change(used=used, past=Remembered())

    def begin(self, t_ns: int) -> None:
        """Nothing was seen before."""
        self.state = GazeSnapshot(used=Used.begun(t_ns), posed_ns=t_ns)

    def _change(self, **fields: object) -> None:
        self.state = msgspec.structs.replace(self.state, **fields)

    def _look_back(self, sights: Sights, own: Instant | None, filters: Filters, nis: list[float]) -> None:
        """Looks of an earlier instant: used once, or counted as too old."""
        sights = self.state.past.unused(sights)
        count = sum(each is not None for each in sights[1:])
        way = self.state.past.back_to(sights.t_ns)
        if way is None or own is None:
            self._change(stale=self.state.stale + count)
        elif count:
            with back_there(way, filters.relative, filters.target, self._settings.gravity):
                self._measure(sights, own, filters, nis)
            self._change(late=self.state.late + count)

    def _measure(self, sights: Sights, own: Instant, filters: Filters, nis: list[float]) -> None:
        """Range and bearing first, as they see farthest; then the pose. `nis` notes how each fits.

        Of one picture either the bearing or the model's pose is taken: the pose where the lidar has given
        none of use for a while.
        """
        self._change(past=self.state.past.using(sights))
        relative = filters.relative
        match, matching = sights.bearing and sights.bearing.model, self._sensors.camera.model_matching
        if match and matching and sights.t_ns - self.state.posed_ns > self._handover_ns:
            self._measure_match(match, matching, own, filters, nis)
            sights = sights._replace(bearing=None)
        if sights.lidar_range is not None or sights.bearing is not None:
            if see_sight(sights, relative, own, self._sensors, self._settings):
                self._change(used=self.state.used.sighted(sights))
            nis.append(relative.sight.nis)
        if sights.lidar_pose is not None:
            self._measure_pose(sights.lidar_pose, own, filters, nis)

    def _measure_pose(self, pose: LidarPose, own: Instant, filters: Filters, nis: list[float]) -> None:
        """Without the camera's word it is believed in the end, whatever it says."""
        relative, lidar = filters.relative, self._sensors.lidar
        matched_ns = self.state.matched_ns
        alone = matched_ns is None or own.t_ns - matched_ns > self._handover_ns
        range_m = vec.norm(pose.r_body_m)
        gate, patience = self._settings.innovation_gate, self._settings.patience
        if relative.see_pose(_seen(pose, own), lidar.sigma_position_m(range_m), gate, patience, alone=alone):
            self._change(used=self.state.used.posed(own.t_ns))
            if relative.pose.noise_factor <= self._settings.credible_factor:
                self._change(posed_ns=max(self.state.posed_ns, own.t_ns))
        nis.append(relative.pose.nis)
        stands = _Stands("lidar", pose.q_servicer_from_target, lidar.sigma_attitude_rad(range_m), alone)
        self._measure_attitude(stands, own, filters.target, nis)

    def _measure_match(
        self, match: ModelMatch, matching: ModelMatching, own: Instant, filters: Filters, nis: list[float]
    ) -> None:
        relative = filters.relative
        range_m = vec.norm(match.r_body_m)
        noise = match_noise(match, own, matching)
        if relative.see_model(
            _seen(match, own), noise, self._settings.innovation_gate, self._settings.patience
        ):
            self._change(
                used=self.state.used.pictured(own.t_ns), matched_ns=max(self.state.matched_ns or 0, own.t_ns)
            )
        nis.append(relative.model.nis)
        sigma_rad = matching.sigma_attitude_rad(range_m)
        stands = _Stands("camera", match.q_servicer_from_target, sigma_rad, alone=True)
        self._measure_attitude(stands, own, filters.target, nis)

    def _measure_attitude(
        self, stands: "_Stands", own: Instant, target: TargetFilter, nis: list[float]
    ) -> None:
        if stands.sigma_rad > self._usable_rad:
            return
        expected = target.known
        q_eci_from_target = mul(own.q_eci_from_body, stands.q_servicer_from_target)
        gate, patience = self._settings.innovation_gate, self._settings.patience
        used = target.see(q_eci_from_target, stands.sigma_rad, gate, patience, stands.by, alone=stands.alone)
        if used:
            self._change(used=self.state.used.turned(own.t_ns))
        if expected:
            nis.append(target.nis(stands.by))


class _Stands(NamedTuple):
    """How the target stands, whose word it is, and whether nobody else says it."""

    by: Source
    q_servicer_from_target: Quaternion
    sigma_rad: float
    alone: bool


def _seen(pose: LidarPose | ModelMatch, own: Instant) -> Array:
    """The servicer from the target, (3,), in `eci`."""
    away_m: Array = matrix(own.q_eci_from_body) @ np.array(pose.r_body_m)
    return -away_m
