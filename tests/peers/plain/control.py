"""From a wanted acceleration and a wanted attitude to valves and wheels for one period."""

from math import cos, cosh, exp, radians, sqrt

import numpy as np
from turns import matrix, mul, turn

UNLOAD_NMS = 0.5
UNLOADED = 0.5


def gains(bandwidth, damping, period):
    """Of a double integrator that holds its command over the period, by placing its poles."""
    bandwidth = min(bandwidth, 0.5 / period)
    decay = exp(-damping * bandwidth * period)
    angle = bandwidth * period * sqrt(abs(1.0 - damping * damping))
    a1, a0 = -2.0 * decay * (cos(angle) if damping <= 1.0 else cosh(angle)), decay * decay
    return (1.0 + a1 + a0) / period**2, (3.0 + a1 - a0) / (2.0 * period)


def nonnegative(columns, wanted):
    """Least squares with x >= 0 (Lawson and Hanson 1974, chapter 23)."""
    x, free = np.zeros(columns.shape[1]), np.zeros(columns.shape[1], dtype=bool)
    for _ in range(60):
        slope = columns.T @ (wanted - columns @ x)
        slope[free] = 0.0
        if slope.max() < 1e-9:
            break
        free[slope.argmax()] = True
        while True:
            trial = np.zeros_like(x)
            trial[free] = np.linalg.lstsq(columns[:, free], wanted, rcond=None)[0]
            if trial[free].min() > 0.0:
                break
            bad = free & (trial <= 0.0)
            x = x + (x[bad] / (x[bad] - trial[bad])).min() * (trial - x)
            free &= x > 1e-12
        x = trial
    return x


def limited(v, most):
    size = np.linalg.norm(v)
    return v if size <= most else v * (most / size)


class Actuation:
    """The vehicle's thrusters and wheels, turning what has this inertia about this centre (body axes)."""

    def __init__(self, mission, inertia, centre=(0.0, 0.0, 0.0)):
        vehicle, self.settings = mission["servicer"], mission["guidance"]["control"]
        drive, wheels = vehicle["propulsion"], vehicle["wheels"]
        self.delay_s = mission["guidance"]["compute_delay_s"]
        columns = [
            np.concatenate(
                (t["direction_body"], np.cross(np.subtract(t["r_body_m"], centre), t["direction_body"]))
            )
            for t in drive["thrusters"]
        ]
        self.effect = drive["thrust_n"] * np.array(columns).T
        # A last row that asks for little propellant: a solution of least squares that is also short.
        self.system = np.vstack((self.effect, np.full(len(columns), 1e-3)))
        self.least_s, self.tick_s = drive["minimum_on_s"], drive["valve_tick_s"]
        self.least_ns = drive["thrust_n"] * self.least_s
        self.inertia = np.array(inertia)
        self.axes = np.array([wheel["axis_body"] for wheel in wheels]).T
        self.share = -np.linalg.pinv(self.axes)  # the body feels the opposite of what the motor does
        self.torque_nm = min(wheel["maximum_torque_nm"] for wheel in wheels)
        self.momentum_nms = min(wheel["maximum_momentum_nms"] for wheel in wheels)
        self.shut = np.zeros(len(columns)), np.zeros(len(wheels))
        self.owed, self.unloading = np.zeros(3), False

    def act(self, nav, push_eci_ns, torque_nm, most_nm, period_s):
        """On-times (s), wheel torques (N m) and the impulse given (N s, `eci`) for an impulse and a torque.

        What the wheels cannot give is asked of the thrusters, up to `most_nm` about each axis.
        """
        body = matrix(mul(nav.q, turn(self.delay_s * nav.w)))
        wanted = body.T @ push_eci_ns + self.owed
        beyond = torque_nm + self.axes @ self.wheels(torque_nm)
        moment = period_s * np.clip(beyond, -most_nm, most_nm) + self.to_unload(nav.momentum)
        on = self.fire(np.concatenate((wanted, moment)), period_s)
        given = self.effect @ on
        self.owed = limited(wanted - given[:3], 4.0 * self.least_ns)
        return on, self.wheels(torque_nm - given[3:] / period_s), body @ given[:3]

    def wheels(self, torque_nm):
        share = self.share @ torque_nm
        return share / max(1.0, np.abs(share).max() / self.torque_nm)

    def to_unload(self, momentum):
        """The thrusters turn against full wheels, which hold the body still and so give theirs up."""
        start = self.settings["unload_above"]
        fullness = np.abs(momentum).max() / self.momentum_nms
        self.unloading = fullness > (start * UNLOADED if self.unloading else start)
        return -limited(self.axes @ momentum, UNLOAD_NMS) if self.unloading else np.zeros(3)

    def fire(self, wanted, period_s):
        if np.linalg.norm(wanted[:3]) < self.least_ns and np.linalg.norm(wanted[3:]) < self.least_ns:
            return self.shut[0]
        on = nonnegative(self.system, np.append(wanted, 0.0))
        # Valves are shut again at the next reading, or, in fast loops, at the one after it.
        on = np.minimum(on, period_s if period_s <= self.delay_s else period_s - self.delay_s)
        on = np.round(on / self.tick_s) * self.tick_s
        return np.where(on < self.least_s, 0.0, on)

    def torque(self, nav, pointing, loop):
        """N m on the body, to bring it to where it shall point; `loop`: bandwidth, damping, period."""
        (missing, rate), w = pointing, nav.w
        kp, kd = gains(*loop)
        missing = missing + self.delay_s * (rate - w)
        angle = np.linalg.norm(missing)
        # From a large angle no faster than the slew limit, and than half the wheels' torque can brake.
        brake = 0.5 * self.torque_nm / np.linalg.eigvalsh(self.inertia).max()
        most = min(radians(self.settings["slew_deg_per_s"]), sqrt(2.0 * brake * angle))
        towards = limited(kp / kd * missing, most)
        stored = self.inertia @ w + self.axes @ nav.momentum
        return self.inertia @ (kd * (rate + towards - w)) + np.cross(w, stored)
