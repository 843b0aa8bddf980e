"""A small world for guidance to fly in: linear relative motion, rigid attitudes, impulsive thrusters, noise.

It shares no dynamics with the product: the orbit is a circle, the relative motion the Clohessy-Wiltshire
transition, both attitudes take midpoint steps, noise is numpy's.
"""

from math import cos, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from twin.contracts.actuation import ActuatorCommand
from twin.contracts.sensing import (
    Bearing,
    GnssFix,
    GyroRate,
    LidarPose,
    LidarRange,
    SensorReadings,
    StarTrackerFix,
)
from twin.dynamics.relative import cw_transition
from twin.dynamics.rotation import canonical, conj, from_matrix, from_rotation_vector, matrix, mul
from twin.mission.script import Mission

Array = NDArray[np.float64]
RADIUS_M = 6_980_000.0
MU_M3PS2 = 3.986004418e14
RATE = sqrt(MU_M3PS2 / RADIUS_M**3)
NS = 1_000_000_000


class World:
    """Truth at `t_ns`; `command` is flown from `t_ns + delay` on, as the on-board computer's clock has it."""

    def __init__(self, mission: Mission, seed: int, noise: float = 1.0, r_ric_m: Array | None = None) -> None:
        self.mission = mission
        self.noise = noise
        self.random = np.random.default_rng(seed)
        self.t_ns = 0
        start = mission.start.r_ric_m if r_ric_m is None else r_ric_m
        self.ric = np.array((*start, 0.0, 0.0, 0.0))
        self.mass_kg = mission.servicer.dry_mass_kg + mission.servicer.propellant_kg
        self.propellant_kg = mission.servicer.propellant_kg
        self.inertia = np.array(mission.servicer.inertia_body_kgm2)
        self.target_inertia = np.array(mission.target.inertia_body_kgm2)
        self.axes = np.array([wheel.axis_body for wheel in mission.servicer.wheels]).T
        self.wheels = np.zeros(4)
        self.q_target, self.w_target = self._tilted_spin()
        towards = -self.r_eci() / np.linalg.norm(self.r_eci())
        side = np.cross((0.0, 0.0, 1.0), towards)
        side /= np.linalg.norm(side)
        self.q = from_matrix(np.stack((towards, side, np.cross(towards, side)), axis=1))
        self.w = np.zeros(3)
        self.bias = radians(0.1) / 3600.0 * self.random.normal(size=3)
        self.sample = 0

    def _tilted_spin(self) -> tuple[Array, Array]:
        """Long axis 20 deg off the direction to the Earth, towards the orbit normal; spin and orbit rate."""
        tilt, n = radians(19.7), RATE
        long_axis = np.array((-cos(tilt), 0.0, sin(tilt)))
        across = np.array((0.0, 1.0, 0.0))
        q = from_matrix(np.stack((long_axis, across, np.cross(long_axis, across)), axis=1))
        spin = radians(self.mission.target.spin_deg_per_s) * long_axis
        return q, matrix(q).T @ (spin + np.array((0.0, 0.0, n)))

    def frame(self, t_ns: int | None = None) -> Array:
        """Rows: `ric` axes in `eci`; the orbit lies in the plane of x and y."""
        a = RATE * (self.t_ns if t_ns is None else t_ns) * 1e-9
        return np.array(((cos(a), sin(a), 0.0), (-sin(a), cos(a), 0.0), (0.0, 0.0, 1.0)))

    def r_eci(self) -> Array:
        """Servicer from the target, `eci` axes."""
        away: Array = self.frame().T @ self.ric[:3]
        return away

    def readings(self) -> SensorReadings:
        """What the sensors of the vehicle file would say now."""
        sensors, k, random = self.mission.servicer.sensors, self.noise, self.random
        frame = self.frame()
        r = frame.T @ self.ric[:3]
        inertial = self.ric[3:] + np.cross((0.0, 0.0, RATE), self.ric[:3])
        r_abs = RADIUS_M * frame[0] + r
        v_abs = RADIUS_M * RATE * frame[1] + frame.T @ inertial
        q_body_from_eci = conj(self.q)
        away = matrix(q_body_from_eci) @ -r
        range_m = float(np.linalg.norm(r))
        seen = away[0] > range_m * cos(radians(sensors.lidar.half_field_of_view_deg))
        pose = None
        if seen and random.uniform() > sensors.lidar.dropout * k:
            place = away + k * sensors.lidar.sigma_position_m(range_m) * random.normal(size=3)
            turn = from_rotation_vector(k * sensors.lidar.sigma_attitude_rad(range_m) * random.normal(size=3))
            q = canonical(mul(mul(q_body_from_eci, self.q_target), turn))
            pose = LidarPose(r_body_m=tuple(place.tolist()), q_servicer_from_target=q)
        star = from_rotation_vector(k * sensors.star_tracker.sigma_rad * random.normal(size=3))
        sigma_b = k * sensors.camera.sigma_rad(range_m)
        azimuth, elevation = np.arctan2(away[1], away[0]), np.arcsin(away[2] / range_m)
        self.sample += 1
        return SensorReadings(
            sampled_ns=self.t_ns,
            sample=self.sample - 1,
            gnss=GnssFix(
                r_eci_m=tuple((r_abs + 5.0 * k * random.normal(size=3)).tolist()),
                v_eci_mps=tuple((v_abs + 0.005 * k * random.normal(size=3)).tolist()),
            ),
            star_tracker=StarTrackerFix(q_body_from_eci=canonical(mul(star, q_body_from_eci))),
            gyro=GyroRate(
                w_body_radps=tuple((self.w + self.bias + 1e-5 * k * random.normal(size=3)).tolist())
            ),
            bearing=Bearing(
                azimuth_rad=float(azimuth + sigma_b * random.normal()),
                elevation_rad=float(elevation + sigma_b * random.normal()),
            )
            if seen
            else None,
            lidar_range=LidarRange(range_m=abs(range_m + 0.1 * k * random.normal())) if seen else None,
            lidar_pose=pose,
            wheel_momentum_nms=tuple(self.wheels.tolist()),
            propellant_kg=self.propellant_kg,
            battery_fraction=0.9,
        )

    def fly(self, command: ActuatorCommand) -> None:
        """To the next reading; thrusters act as one impulse half-way through their on-time."""
        delay_s = self.mission.guidance.compute_delay_s
        period_s = (command.next_reading_ns - self.t_ns) * 1e-9
        propulsion = self.mission.servicer.propulsion
        force, moment, used = np.zeros(3), np.zeros(3), 0.0
        for thruster, on_s in zip(propulsion.thrusters, command.thruster_on_s, strict=True):
            if on_s <= 0.0:
                continue
            size = propulsion.thrust_n * on_s * (1.0 + 0.03 * self.noise * self.random.normal())
            tilt = radians(0.5) * self.noise * self.random.normal(size=3)
            push = size * (np.array(thruster.direction_body) + tilt)
            force, used = force + push, used + size
            moment = moment + np.cross(thruster.r_body_m, push)
        after_s = delay_s + 0.5 * max(command.thruster_on_s)
        self._coast(after_s, command, delay_s)
        change_ric = self.frame() @ (matrix(self.q) @ force) / self.mass_kg
        self.ric[3:] += change_ric
        self.w = self.w + np.linalg.solve(self.inertia, moment)
        self.propellant_kg -= used / (propulsion.specific_impulse_s * 9.80665)
        self._coast(period_s - after_s, command, -1.0)
        self.t_ns = command.next_reading_ns

    def _coast(self, duration_s: float, command: ActuatorCommand, wait_s: float) -> None:
        """The wheels' new torque holds from `wait_s` on; before, none (it is a tenth of a second)."""
        if duration_s <= 0.0:
            return
        self.ric = cw_transition(RATE, duration_s) @ self.ric
        torque = np.array(command.wheel_torque_nm)
        steps = max(1, int(duration_s / 0.5 + 0.999))
        h = duration_s / steps
        for k in range(steps):
            mid_ns = self.t_ns + int((k + 0.5) * h * NS)
            given = torque if (k + 1) * h > wait_s else np.zeros(4)
            self._turn_servicer(h, given)
            self._turn_target(h, mid_ns)
        self.t_ns += round(duration_s * NS)

    def _turn_servicer(self, h: float, torque: Array) -> None:
        def change(w: Array) -> Array:
            stored = self.inertia @ w + self.axes @ self.wheels
            return np.linalg.solve(self.inertia, -self.axes @ torque - np.cross(w, stored))

        middle = self.w + 0.5 * h * change(self.w)
        self.w = self.w + h * change(middle)
        self.q = canonical(mul(self.q, from_rotation_vector(h * middle)))
        self.wheels = self.wheels + h * torque

    def _turn_target(self, h: float, mid_ns: int) -> None:
        down = RADIUS_M * self.frame(mid_ns)[0]

        def change(w: Array) -> Array:
            r = matrix(self.q_target).T @ down
            pull = 3.0 * MU_M3PS2 / RADIUS_M**5 * np.cross(r, self.target_inertia @ r)
            return np.linalg.solve(self.target_inertia, pull - np.cross(w, self.target_inertia @ w))

        middle = self.w_target + 0.5 * h * change(self.w_target)
        self.w_target = self.w_target + h * change(middle)
        self.q_target = canonical(mul(self.q_target, from_rotation_vector(h * middle)))

    def port(self) -> tuple[float, float]:
        """True (axial, lateral) distance of the servicer from the fitting, m."""
        turn = matrix(self.q_target)
        axis = turn[:, 0]
        away = self.r_eci() - turn @ np.array(self.mission.target.port.r_body_m)
        axial = float(away @ axis)
        return axial, float(np.linalg.norm(away - axial * axis))

    def relative_rate_radps(self) -> float:
        return float(np.linalg.norm(matrix(self.q) @ self.w - matrix(self.q_target) @ self.w_target))
