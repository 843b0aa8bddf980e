"""Navigation: from sensor readings to `Knowledge`. Owns the filters and the servicer's orbit."""

from math import sqrt

import msgspec
import numpy as np

from twin.contracts.fields import Vec3
from twin.contracts.sensing import SensorReadings
from twin.dynamics.rotation import rotate
from twin.dynamics.settings import TargetBody
from twin.gnc.coasting import coasted
from twin.gnc.gaze import Filters, Gaze
from twin.gnc.grip import Grip, carry
from twin.gnc.impulse import Impulse
from twin.gnc.knowledge import Knowledge, Orbit, port_view, rates_of, relative_in_ric
from twin.gnc.lateness import instant
from twin.gnc.navigator_state import HandOver, NavigatorSnapshot
from twin.gnc.open_valves import astray
from twin.gnc.own_attitude import OwnAttitude, OwnAttitudeFilter, Turned
from twin.gnc.pointing import boresight_error
from twin.gnc.relative import RelativeFilter
from twin.gnc.settings import Navigation
from twin.gnc.target_attitude import TargetFilter
from twin.gnc.thruster_watch import ThrusterWatch
from twin.gnc.two_orbits import Field, TwoOrbits, reaching, restored
from twin.gnc.wheel_health import WheelHealth
from twin.guidance import vectors as vec
from twin.guidance.ric import axes_ric, from_ric
from twin.vehicle.settings import Vehicle


class Navigator:
    """Ready (`begun`) from the first reading with both a GNSS fix and a star-tracker fix.

    While there is a `grip`, the target moves with the servicer.
    """

    def __init__(self, settings: Navigation, vehicle: Vehicle, target: TargetBody, start: HandOver) -> None:
        self._settings = settings
        self._vehicle = vehicle
        self._port = target.port
        self._start = start
        camera = vehicle.sensors.camera
        self._field = Field(start.pole_eci, settings.far_field_mps2, camera.alignment_rad)
        self._target = TargetFilter(
            target.inertia_body_kgm2,
            float(np.radians(settings.sigma_target_rate_deg_per_s)),
            settings.inertia_ratio_sigma,
            settings.noise_factor_most,
        )
        self._relative: RelativeFilter | None = None
        self._orbit: Orbit | None = None
        self._own: OwnAttitude | None = None
        self._attitude = OwnAttitudeFilter(
            vehicle.inertia_body_kgm2,
            vehicle.sensors.star_tracker.sigma_rad,
            vehicle.sensors.gyro.sigma_radps,
        )
        self._thrusters = ThrusterWatch(vehicle, target, settings, self._attitude)
        self.wheels = WheelHealth(vehicle.wheels)
        self._wheel_axes = tuple(wheel.axis_body for wheel in vehicle.wheels)
        self._momentum_nms = vec.ZERO
        self._t_ns = 0
        self._gaze = Gaze(settings, vehicle.sensors)
        self._grip: Grip | None = None

    @property
    def grip(self) -> Grip | None:
        """The latched target, if there is one."""
        return self._grip

    @grip.setter
    def grip(self, grip: Grip | None) -> None:
        self._grip = grip
        self._thrusters.hold(grip, self._vehicle.propellant_kg)

    def weigh(self, propellant_kg: float) -> None:
        """So much is left in the tank of the stack."""
        self._thrusters.hold(self._grip, propellant_kg)

    def take(self, readings: SensorReadings, impulse: Impulse, *, still: bool = True) -> Knowledge | None:
        """Knowledge after these readings, or None while the first fixes are missing.

        `impulse` is what was commanded since the readings before; `still`: the arm does not move.
        """
        dt_s = (readings.sampled_ns - self._t_ns) * 1e-9
        if self._relative is None or self._orbit is None or self._own is None:
            if readings.gnss is None or readings.star_tracker is None:
                return None
            dt_s = 0.0
            self._begin(readings)
        relative, orbit, own = self._moved_on(readings, dt_s, impulse, still)
        self._t_ns = readings.sampled_ns
        here = instant(readings.sampled_ns, orbit, own, impulse)
        nis: list[float] = []
        if self.grip is None:
            nis = self._gaze.take(readings, here, Filters(relative, self._target))
        else:
            carry(self.grip, own, relative, self._target)
            self._gaze.held(readings)
        known = self._knowledge(readings, relative, orbit, own)
        known = msgspec.structs.replace(known, wheel_drag_nm=self.wheels.see(readings))
        return msgspec.structs.replace(known, nis=sum(nis) / len(nis)) if nis else known

    @property
    def sound(self) -> bool:
        """No valve was found open."""
        return not self._thrusters.valves.state.found

    def precedes(self, readings: SensorReadings) -> bool:
        """Whether these are not newer than what was taken last."""
        return self._relative is not None and readings.sampled_ns <= self._t_ns

    def recall(self, readings: SensorReadings) -> None:
        """Readings that are not newer: used for what they show of the target. Where the servicer's own
        attitude is not known for then, their star tracker says it."""
        assert self._relative is not None
        assert self._orbit is not None
        if self.grip is not None:
            return
        fix, there = readings.star_tracker, None
        if fix is not None:
            own = self._attitude.acquired(fix, readings.gyro)
            there = instant(readings.sampled_ns, self._orbit, own, Impulse())
        self._gaze.recall(readings, there, Filters(self._relative, self._target))

    def _begin(self, readings: SensorReadings) -> None:
        assert readings.gnss is not None
        assert readings.star_tracker is not None
        self._orbit = Orbit(readings.gnss.r_eci_m, readings.gnss.v_eci_mps)
        self._own = self._attitude.acquired(readings.star_tracker, readings.gyro)
        axes = axes_ric(self._orbit.r_eci_m, self._orbit.v_eci_mps)
        rate = rates_of(self._orbit)[0]
        r, v = self._start.r_ric_m, self._start.v_ric_mps
        inertial = (v[0] - rate * r[1], v[1] + rate * r[0], v[2])
        self._gaze.begin(readings.sampled_ns)
        if self._start.target is not None:
            target = self._start.target.later(readings.sampled_ns * 1e-9, self._field)
            gnss, most = self._vehicle.sensors.gnss, self._settings.noise_factor_most
            self._relative = TwoOrbits(self._orbit, target, gnss, self._field, most)
            return
        self._relative = RelativeFilter(
            from_ric(axes, r),
            from_ric(axes, inertial),
            max(self._settings.sigma_r_m, self._start.sigma_r_m),
            max(self._settings.sigma_v_mps, self._start.sigma_v_mps),
            self._settings.noise_factor_most,
        )

    def _moved_on(
        self, readings: SensorReadings, dt_s: float, impulse: Impulse, still: bool
    ) -> tuple[RelativeFilter, Orbit, OwnAttitude]:
        """All states at the time of the readings, the absolute ones with their fixes taken in."""
        assert self._relative is not None
        assert self._orbit is not None
        assert self._own is not None
        gnss = readings.gnss
        if self._settings.far_from_m is not None and self.grip is None:
            gnss_of, limit_m = self._vehicle.sensors.gnss, self._settings.far_from_m
            self._relative = reaching(self._relative, limit_m, self._orbit, gnss_of, self._field)
        orbit = Orbit(gnss.r_eci_m, gnss.v_eci_mps) if gnss else coasted(self._orbit, dt_s)
        if dt_s > 0.0:
            impulse = impulse.doubted(self._thrusters.alone.scatter_factor)
            middle = vec.along(orbit.r_eci_m, -0.5 * dt_s, orbit.v_eci_mps)
            both = isinstance(self._relative, TwoOrbits)
            noise_mps2 = self._settings.far_noise_mps2 if both else self._settings.acceleration_noise_mps2
            self._relative.predict(dt_s, middle, impulse, noise_mps2, self._settings.gravity)
            self._target.predict(dt_s, middle, self._settings.angular_acceleration_noise_radps2)
            before, turned = self._own, self._turned(readings, dt_s, impulse)
            self._own = self._attitude.updated(before, turned, readings.gyro, readings.star_tracker)
            rates = before.w_body_radps, self._own.w_body_radps
            still = still and readings.gyro is not None
            pushed_ns = self._thrusters.see(*rates, turned, impulse, still=still)
            if pushed_ns is not None:
                mass_kg = self._vehicle.dry_mass_kg + self._vehicle.propellant_kg
                pushed_ns = rotate(self._own.q_eci_from_body, pushed_ns)
                astray(self._relative, vec.scale(1.0 / mass_kg, pushed_ns), dt_s)
        if isinstance(self._relative, TwoOrbits):
            if gnss is not None and dt_s > 0.0:
                self._relative.fix(gnss, self._vehicle.sensors.gnss)
            orbit = self._relative.orbit
        self._momentum_nms = self._wheels_momentum(readings)
        self._orbit = orbit
        return self._relative, orbit, self._own

    def _turned(self, readings: SensorReadings, dt_s: float, impulse: Impulse) -> Turned:
        return Turned(
            dt_s=dt_s,
            momentum_before_nms=self._momentum_nms,
            momentum_nms=self._wheels_momentum(readings),
            fired=impulse if impulse.sigma_mps > 0.0 and self.grip is None else None,
        )

    def _wheels_momentum(self, readings: SensorReadings) -> Vec3:
        total = vec.ZERO
        for axis, momentum_nms in zip(self._wheel_axes, readings.wheel_momentum_nms, strict=True):
            total = vec.along(total, momentum_nms, axis)
        return total

    def _knowledge(
        self, readings: SensorReadings, relative: RelativeFilter, orbit: Orbit, own: OwnAttitude
    ) -> Knowledge:
        x, y, z, u, v, w = relative.state[:6].tolist()
        covariance = relative.covariance[:6, :6]
        r, vel = (x, y, z), (u, v, w)
        target_orbit = Orbit(vec.sub(orbit.r_eci_m, r), vec.sub(orbit.v_eci_mps, vel))
        axes = axes_ric(target_orbit.r_eci_m, target_orbit.v_eci_mps)
        rate, change, gravity = rates_of(target_orbit)
        r_ric, v_ric = relative_in_ric(axes, rate, r, vel)
        target, seen, valves = self._target, self._gaze.state, self._thrusters.valves
        port = port_view(
            self._port,
            axes,
            rate,
            r,
            covariance,
            target=(target.q_eci_from_body, target.w_body_radps, target.covariance),
            turning=target.turning(target_orbit.r_eci_m, self._port.q_port_from_body),
        )
        variances = covariance.diagonal().tolist()
        return Knowledge(
            t_ns=readings.sampled_ns,
            target_orbit=target_orbit,
            axes=axes,
            orbit_rate_radps=rate,
            orbit_rate_change_radps2=change,
            gravity_per_s2=gravity,
            r_eci_m=r,
            v_eci_mps=vel,
            r_ric_m=r_ric,
            v_ric_mps=v_ric,
            covariance=covariance,
            sigma_r_m=sqrt(sum(variances[:3])),
            sigma_v_mps=sqrt(max(variances[3:])),
            own=own,
            q_eci_from_target=target.q_eci_from_body,
            w_target_radps=target.w_body_radps,
            target_covariance=target.covariance,
            pose_known=target.known and target.trust.scatter <= self._settings.credible_factor,
            sight_age_s=(readings.sampled_ns - seen.used.seen) * 1e-9,
            pose_age_s=(readings.sampled_ns - seen.used.target_attitude) * 1e-9,
            rejected=relative.rejected + target.rejected + seen.stale,
            port=port,
            boresight_error_rad=boresight_error(own.q_eci_from_body, port.axis_eci),
            mass_kg=self._vehicle.dry_mass_kg + readings.propellant_kg,
            wheel_momentum_nms=readings.wheel_momentum_nms,
            off_target_rad=boresight_error(own.q_eci_from_body, vec.scale(1.0 / max(vec.norm(r), 1e-9), r)),
            noise_factor=max(
                relative.place.noise_factor, relative.sight.noise_factor, target.trust.noise_factor
            ),
            looks=seen.used.looks(readings.sampled_ns, relative.sight, relative.place, target.trust),
            dead_thrusters=self._thrusters.dead,
            open_thrusters=valves.state.found,
            opened=valves.named,
            given_up=self._thrusters.given_up,
            late=seen.late,
            propellant_kg=readings.propellant_kg,
            contact_age_s=(readings.sampled_ns - (readings.contact_ns or 0)) * 1e-9,
            far=isinstance(relative, TwoOrbits),
        )

    def snapshot(self) -> NavigatorSnapshot | None:
        """None before the first fixes."""
        if self._relative is None or self._orbit is None or self._own is None:
            return None
        return NavigatorSnapshot(
            t_ns=self._t_ns,
            orbit=self._orbit,
            own=self._own,
            relative=self._relative.snapshot(),
            target=self._target.snapshot(),
            gaze=self._gaze.state,
            grip=self.grip,
            momentum_nms=self._momentum_nms,
            health=self._thrusters.alone.snapshot(),
            stack_health=self._thrusters.stack.snapshot() if self._thrusters.stack else None,
            stack_propellant_kg=self._thrusters.propellant_kg,
            open_valves=self._thrusters.valves.state,
            wheels=self.wheels.snapshot(),
        )

    def restore(self, snapshot: NavigatorSnapshot | None) -> None:
        if snapshot is None:
            return
        self._t_ns, self._orbit, self._own = snapshot.t_ns, snapshot.orbit, snapshot.own
        self._relative = restored(snapshot.relative, self._field)
        self._target.restore(snapshot.target)
        self._gaze.state = snapshot.gaze
        self._momentum_nms = snapshot.momentum_nms
        self.wheels.restore(snapshot.wheels)
        self._grip = snapshot.grip
        self._thrusters.restore(snapshot)
