"""From sensor readings to what is known: own orbit and attitude, the relative state, the target's attitude.

Relative states are of the servicer from the target, in `eci` axes; the target's rate is in its own axes.
"""

from math import ceil, cos, hypot, radians, sin

import numpy as np
from filter import corrected, grown, transition
from turns import canonical, conj, matrix, mul, rotation_vector, skew, turn

MU = 3.986004418e14


class Navigation:
    def __init__(self, mission):
        self.settings = mission["guidance"]["navigation"]
        self.lidar = mission["servicer"]["sensors"]["lidar"]
        self.inertia = np.array(mission["target"]["inertia_body_kgm2"])
        self.start, self.dry_kg = mission["start"], mission["servicer"]["dry_mass_kg"]
        self.t_ns = None
        self.r = self.v = self.q_target = self.cov_target = self.grip = None
        self.w = self.w_target = np.zeros(3)
        self.refused, self.seen_ns = 0, 0

    def take(self, reading, burns):
        """True once all that is needed is known.

        `burns` are those over since the reading before: velocity change (`eci`), seconds since its middle.
        """
        fix, star = reading["gnss"], reading["star_tracker"]
        if self.t_ns is None and not (fix and star):
            return False
        dt = 0.0 if self.t_ns is None else (reading["sampled_ns"] - self.t_ns) * 1e-9
        self.t_ns = reading["sampled_ns"]
        self.own(reading, dt)
        if self.r is None:
            self.begin()
        elif self.grip is None:
            self.predict(dt, burns)
        if self.grip is not None:
            self.carry()
        elif pose := reading["lidar_pose"]:
            self.see(np.array(pose["r_body_m"]), "position")
            self.see_attitude(np.array(pose["q_servicer_from_target"]))
        elif reading["bearing"] and reading["lidar_range"]:
            self.see(towards(reading["bearing"]) * reading["lidar_range"]["range_m"], "range")
        self.axes, self.rate = orbit_frame(self.r_own - self.r, self.v_own - self.v)
        return True

    def own(self, reading, dt):
        """Fixes are good enough to be taken as they are; between them orbit and attitude are carried on."""
        fix, star, gyro = reading["gnss"], reading["star_tracker"], reading["gyro"]
        if fix:
            self.r_own, self.v_own = np.array(fix["r_eci_m"]), np.array(fix["v_eci_mps"])
        else:
            pull = -MU * self.r_own / np.linalg.norm(self.r_own) ** 3
            self.r_own = self.r_own + dt * self.v_own + 0.5 * dt * dt * pull
            self.v_own = self.v_own + dt * pull
        self.momentum = np.array(reading["wheel_momentum_nms"])
        self.mass_kg = self.dry_kg + reading["propellant_kg"]
        before, self.w = self.w, np.array(gyro["w_body_radps"]) if gyro else self.w
        if star:
            self.q = conj(np.array(star["q_body_from_eci"]))
        else:
            self.q = mul(self.q, turn(0.5 * dt * (before + self.w)))

    def begin(self):
        """The mission says where we are, in `ric`, and how sure that is."""
        axes, rate = orbit_frame(self.r_own, self.v_own)
        r = np.array(self.start["r_ric_m"])
        self.r = axes.T @ r
        self.v = axes.T @ (self.start["v_ric_mps"] + np.cross([0.0, 0.0, rate], r))
        sigma_r = max(self.settings["sigma_r_m"], self.start["sigma_r_m"])
        sigma_v = max(self.settings["sigma_v_mps"], self.start["sigma_v_mps"])
        self.cov = np.diag([sigma_r**2] * 3 + [sigma_v**2] * 3)
        self.seen_ns = self.t_ns

    def predict(self, dt, burns):
        radius = np.linalg.norm(self.r_own)
        up = self.r_own / radius
        gradient = MU / radius**3 * (3.0 * np.outer(up, up) - np.eye(3))
        phi = transition(np.block([[np.zeros((3, 3)), np.eye(3)], [gradient, np.zeros((3, 3))]]), dt)
        moved = phi @ np.concatenate((self.r, self.v))
        self.r, self.v = moved[:3], moved[3:]
        self.cov = grown(self.cov, phi, dt, self.settings["acceleration_noise_mps2"])
        for change, before_s in burns:
            self.r, self.v = self.r + before_s * change, self.v + change
            effect = np.kron([[before_s], [1.0]], np.eye(3))
            sigma = self.settings["burn_fraction"] * np.linalg.norm(change)
            self.cov = self.cov + sigma**2 * effect @ effect.T
        if self.q_target is not None and dt > 0.0:
            self.predict_target(dt, up, 3.0 * MU / radius**3)

    def predict_target(self, dt, up, pull):
        """Euler's equations under the gravity gradient; its slope is left to the noise."""
        spin, stored = skew(self.w_target), skew(self.inertia @ self.w_target)
        change = np.linalg.solve(self.inertia, stored - spin @ self.inertia)
        phi = transition(np.block([[-spin, np.eye(3)], [np.zeros((3, 3)), change]]), dt)
        noise = self.settings["angular_acceleration_noise_radps2"]
        self.cov_target = grown(self.cov_target, phi, dt, noise)

        def turning(q, w):
            down = matrix(q).T @ up
            moment = pull * np.cross(down, self.inertia @ down) - np.cross(w, self.inertia @ w)
            return np.linalg.solve(self.inertia, moment)

        h = dt / ceil(dt)
        for _ in range(ceil(dt)):
            w_half = self.w_target + 0.5 * h * turning(self.q_target, self.w_target)
            q_half = mul(self.q_target, turn(0.5 * h * self.w_target))
            self.w_target = self.w_target + h * turning(q_half, w_half)
            self.q_target = canonical(mul(self.q_target, turn(h * w_half)))

    def see(self, place, what):
        """The target's centre in our axes, by the lidar's `position` or its `range` along a bearing.

        The bearing is better than the range: one sigma for all axes is on the safe side.
        """
        seen = matrix(self.q) @ -place
        share = self.lidar[f"{what}_fraction"] * np.linalg.norm(seen)
        sigma = max(self.lidar[f"{what}_floor_m"], share)
        change, self.cov = corrected(self.cov, seen - self.r, sigma, self.settings["innovation_gate"])
        if change is None:
            self.refused += 1
            return
        self.r, self.v = self.r + change[:3], self.v + change[3:]
        self.seen_ns = self.t_ns

    def see_attitude(self, q_servicer_from_target):
        lidar, gate = self.lidar, self.settings["innovation_gate"]
        q = mul(self.q, q_servicer_from_target)
        sigma = radians(lidar["attitude_deg"] + lidar["attitude_deg_per_m"] * np.linalg.norm(self.r))
        if sigma > radians(self.settings["attitude_usable_deg"]):
            return
        if self.q_target is None:
            sigma_rate = radians(self.settings["sigma_target_rate_deg_per_s"])
            self.q_target, self.cov_target = canonical(q), np.diag([4 * sigma**2] * 3 + [sigma_rate**2] * 3)
            return
        missing = rotation_vector(mul(conj(self.q_target), q))
        change, self.cov_target = corrected(self.cov_target, missing, sigma, gate)
        if change is None:
            self.refused += 1
            return
        self.q_target = canonical(mul(self.q_target, turn(change[:3])))
        self.w_target = self.w_target + change[3:]

    def latch(self, held):
        """Once latched, the target is fixed to us where it was seen then."""
        if held and self.grip is None:
            self.grip = matrix(self.q).T @ -self.r, mul(conj(self.q), self.q_target)
        elif not held:
            self.grip = None

    def carry(self):
        place, q = self.grip
        self.r, self.v = matrix(self.q) @ -place, matrix(self.q) @ np.cross(self.w, -place)
        self.q_target = canonical(mul(self.q, q))
        self.w_target = matrix(q).T @ self.w
        self.seen_ns = self.t_ns

    @property
    def r_ric(self):
        return self.axes @ self.r

    @property
    def v_ric(self):
        return self.axes @ self.v - np.cross([0.0, 0.0, self.rate], self.r_ric)

    def sigma_at(self, distance):
        """How far off, across, a point of the target may be that far from its centre (m)."""
        attitude = np.trace(self.cov_target[:3, :3]) / 3.0
        return hypot((np.trace(self.cov[:3, :3]) / 3.0) ** 0.5, distance * attitude**0.5)


def towards(bearing):
    azimuth, elevation = bearing["azimuth_rad"], bearing["elevation_rad"]
    return np.array([cos(elevation) * cos(azimuth), cos(elevation) * sin(azimuth), sin(elevation)])


def orbit_frame(r, v):
    """Rows are the `ric` axes (radial, in-track, cross-track) in `eci`; then the rate at which they turn."""
    h = np.cross(r, v)
    radial, cross_track = r / np.linalg.norm(r), h / np.linalg.norm(h)
    return np.array([radial, np.cross(cross_track, radial), cross_track]), np.linalg.norm(h) / (r @ r)
