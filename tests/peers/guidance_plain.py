"""A guidance process of somebody else: written from PROTOCOL.md with zmq, msgpack and numpy alone.

    python guidance_plain.py tcp://127.0.0.1:5555

It imports nothing of the project. Frames are maps; quaternions are scalar first; `ric` is radial,
in-track, cross-track of the target's orbit; relative states are of the servicer from the target.
"""

import sys
from math import atan2, cos, cosh, exp, radians, sqrt, tan

import msgpack
import numpy as np
import zmq

MU = 3.986004418e14
ZERO = np.zeros(3)


# --- rotations -------------------------------------------------------------------------------------------


def mul(p, q):
    a, b = p[0], p[1:]
    c, d = q[0], q[1:]
    return np.concatenate(([a * c - b @ d], a * d + c * b + np.cross(b, d)))


def conj(q):
    return q * np.array([1.0, -1.0, -1.0, -1.0])


def canonical(q):
    q = q / np.linalg.norm(q)
    return -q if q[0] < 0.0 else q


def matrix(q):
    w, v = q[0], q[1:]
    return (w * w - v @ v) * np.eye(3) + 2.0 * np.outer(v, v) + 2.0 * w * skew(v)


def skew(v):
    x, y, z = v
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def exp_q(v):
    angle = np.linalg.norm(v)
    return np.concatenate(([cos(angle / 2)], 0.5 * np.sinc(angle / (2 * np.pi)) * v))


def log_q(q):
    q = canonical(q)
    sine = np.linalg.norm(q[1:])
    return 2.0 * q[1:] if sine < 1e-12 else 2.0 * atan2(sine, q[0]) / sine * q[1:]


# --- navigation ------------------------------------------------------------------------------------------


def series(rate):
    square = rate @ rate
    return np.eye(len(rate)) + rate + square / 2.0 + square @ rate / 6.0


def grown(covariance, transition, dt, q):
    """Prediction of a covariance of (x, x') with white noise of root density q on x''."""
    noise = np.kron([[dt**3 / 3.0, dt**2 / 2.0], [dt**2 / 2.0, dt]], np.eye(3))
    return transition @ covariance @ transition.T + q * q * noise


def corrected(covariance, innovation, sigma):
    """Change of the state and new covariance after x was measured; a wild measurement changes nothing."""
    spread = np.linalg.inv(covariance[:3, :3] + sigma**2 * np.eye(3))
    if innovation @ spread @ innovation > 25.0:
        return np.zeros(6), covariance
    gain = covariance[:, :3] @ spread
    keep = np.eye(6)
    keep[:, :3] -= gain
    return gain @ innovation, keep @ covariance @ keep.T + sigma**2 * gain @ gain.T


class Navigation:
    """Own orbit and attitude as measured; filters of the relative state and of the target's attitude."""

    def __init__(self, mission):
        self.lidar = mission["servicer"]["sensors"]["lidar"]
        self.inertia = np.array(mission["target"]["inertia_body_kgm2"])
        start = mission["start"]
        self.start_ric = np.array(start["r_ric_m"]), np.array(start["v_ric_mps"])
        self.t_ns = None
        self.r = self.v = self.q_target = None
        self.w_target = ZERO
        self.cov_r = np.diag([25.0] * 3 + [4e-4] * 3)
        self.cov_q = None

    def take(self, reading, dv_eci, before_s):
        """True once all that is needed is known. `dv_eci` was commanded, `before_s` ago."""
        fix, star = reading["gnss"], reading["star_tracker"]
        if self.t_ns is None and not (fix and star):
            return False
        dt = 0.0 if self.t_ns is None else (reading["sampled_ns"] - self.t_ns) * 1e-9
        self.t_ns = reading["sampled_ns"]
        if fix:
            self.r_own, self.v_own = np.array(fix["r_eci_m"]), np.array(fix["v_eci_mps"])
        else:
            pull = -MU * self.r_own / np.linalg.norm(self.r_own) ** 3
            self.r_own = self.r_own + dt * self.v_own + 0.5 * dt * dt * pull
            self.v_own = self.v_own + dt * pull
        if reading["gyro"]:
            self.w = np.array(reading["gyro"]["w_body_radps"])
        self.q = conj(np.array(star["q_body_from_eci"])) if star else mul(self.q, exp_q(dt * self.w))
        self.axes, self.rate = orbit_frame(self.r_own, self.v_own)
        if self.r is None:
            r, v = self.start_ric
            self.r = self.axes.T @ r
            self.v = self.axes.T @ (v + np.cross([0.0, 0.0, self.rate], r))
        self.predict(dt, dv_eci, before_s)
        if reading["lidar_pose"]:
            self.see(reading["lidar_pose"])
        self.axes, self.rate = orbit_frame(self.r_own - self.r, self.v_own - self.v)
        self.r_ric = self.axes @ self.r
        self.v_ric = self.axes @ self.v - np.cross([0.0, 0.0, self.rate], self.r_ric)
        return True

    def predict(self, dt, dv_eci, before_s):
        radius = np.linalg.norm(self.r_own)
        up = self.r_own / radius
        gradient = MU / radius**3 * (3.0 * np.outer(up, up) - np.eye(3))
        rate = np.block([[np.zeros((3, 3)), np.eye(3)], [gradient, np.zeros((3, 3))]])
        transition = series(dt * rate)
        moved = transition @ np.concatenate((self.r, self.v))
        self.r, self.v = moved[:3] + before_s * dv_eci, moved[3:] + dv_eci
        self.cov_r = grown(self.cov_r, transition, dt, 3e-5)
        self.cov_r[3:, 3:] += (0.02 * np.linalg.norm(dv_eci)) ** 2 * np.eye(3)
        if self.q_target is None or dt == 0.0:
            return
        turn, stored = skew(self.w_target), skew(self.inertia @ self.w_target)
        change = np.linalg.solve(self.inertia, stored - turn @ self.inertia)
        transition = series(dt * np.block([[-turn, np.eye(3)], [np.zeros((3, 3)), change]]))
        steps = int(np.ceil(dt))
        for _ in range(steps):
            self.tumble(dt / steps, up, 3.0 * MU / radius**3)
        self.cov_q = grown(self.cov_q, transition, dt, 3e-7)

    def tumble(self, h, up, pull):
        """Midpoint step of Euler's equations under the gravity gradient."""

        def turning(q, w):
            down = matrix(q).T @ up
            moment = pull * np.cross(down, self.inertia @ down) - np.cross(w, self.inertia @ w)
            return np.linalg.solve(self.inertia, moment)

        w_half = self.w_target + 0.5 * h * turning(self.q_target, self.w_target)
        q_half = mul(self.q_target, exp_q(0.5 * h * self.w_target))
        self.w_target = self.w_target + h * turning(q_half, w_half)
        self.q_target = mul(self.q_target, exp_q(h * w_half))

    def see(self, pose):
        seen = matrix(self.q) @ -np.array(pose["r_body_m"])
        distance = np.linalg.norm(seen)
        sigma = max(self.lidar["position_floor_m"], self.lidar["position_fraction"] * distance)
        change, self.cov_r = corrected(self.cov_r, seen - self.r, sigma)
        self.r, self.v = self.r + change[:3], self.v + change[3:]
        q = mul(self.q, np.array(pose["q_servicer_from_target"]))
        sigma = radians(self.lidar["attitude_deg"] + self.lidar["attitude_deg_per_m"] * distance)
        if self.q_target is None:
            self.q_target, self.cov_q = q, np.diag([4 * sigma**2] * 3 + [radians(1.0) ** 2] * 3)
            return
        change, self.cov_q = corrected(self.cov_q, log_q(mul(conj(self.q_target), q)), sigma)
        self.q_target = canonical(mul(self.q_target, exp_q(change[:3])))
        self.w_target = self.w_target + change[3:]


def orbit_frame(r, v):
    """Rows of the `ric` axes in `eci`, and the rate at which they turn."""
    h = np.cross(r, v)
    radial, cross_track = r / np.linalg.norm(r), h / np.linalg.norm(h)
    return np.array([radial, np.cross(cross_track, radial), cross_track]), np.linalg.norm(h) / (r @ r)


# --- control ---------------------------------------------------------------------------------------------


def gains(bandwidth, damping, period):
    """Of a double integrator that holds its command over the period, by placing its poles."""
    bandwidth = min(bandwidth, 0.5 / period)
    decay = exp(-damping * bandwidth * period)
    turn = bandwidth * period * sqrt(abs(1.0 - damping * damping))
    a1, a0 = -2.0 * decay * (cos(turn) if damping <= 1.0 else cosh(turn)), decay * decay
    return (1.0 + a1 + a0) / period**2, (3.0 + a1 - a0) / (2.0 * period)


def nonnegative(matrix_, wanted):
    """Least squares with x >= 0 (Lawson and Hanson 1974, chapter 23)."""
    x, free = np.zeros(matrix_.shape[1]), np.zeros(matrix_.shape[1], dtype=bool)
    for _ in range(60):
        slope = matrix_.T @ (wanted - matrix_ @ x)
        slope[free] = 0.0
        if slope.max() < 1e-9:
            break
        free[slope.argmax()] = True
        while True:
            trial = np.zeros_like(x)
            trial[free] = np.linalg.lstsq(matrix_[:, free], wanted, rcond=None)[0]
            if trial[free].min() > 0.0:
                break
            bad = free & (trial <= 0.0)
            step = (x[bad] / (x[bad] - trial[bad])).min()
            x = x + step * (trial - x)
            free &= x > 1e-12
        x = trial
    return x


class Actuation:
    """Valves and wheels for an acceleration and an attitude error."""

    def __init__(self, mission):
        vehicle = mission["servicer"]
        drive = vehicle["propulsion"]
        columns = [
            np.concatenate((t["direction_body"], np.cross(t["r_body_m"], t["direction_body"])))
            for t in drive["thrusters"]
        ]
        self.effect = drive["thrust_n"] * np.array(columns).T
        self.least_s, self.tick_s = drive["minimum_on_s"], drive["valve_tick_s"]
        self.dry_kg = vehicle["dry_mass_kg"]
        self.inertia = np.array(vehicle["inertia_body_kgm2"])
        self.wheels = np.array([wheel["axis_body"] for wheel in vehicle["wheels"]]).T
        self.torque_nm = min(wheel["maximum_torque_nm"] for wheel in vehicle["wheels"])
        self.bandwidth = mission["guidance"]["control"]["attitude_bandwidth_radps"]
        self.owed = ZERO

    def valves(self, acceleration_eci, q, mass_kg, period_s):
        """On-times (s), and the impulse they give in `eci` (N s)."""
        body = matrix(q)
        wanted = self.owed + mass_kg * period_s * acceleration_eci
        # The last row asks for little propellant: a solution of least squares that is also short.
        system = np.vstack((self.effect, np.full(self.effect.shape[1], 1e-3)))
        on = nonnegative(system, np.concatenate((body.T @ wanted, np.zeros(4))))
        on = np.where(on < 0.5 * self.least_s, 0.0, np.maximum(on, self.least_s))
        on = np.minimum(np.round(on / self.tick_s) * self.tick_s, period_s - 0.2)
        given = body @ (self.effect @ on)[:3]
        self.owed = np.clip(wanted - given, -0.4, 0.4)
        return on, given

    def torques(self, pointing, w, momentum, on, period_s):
        missing, rate = pointing
        kp, kd = gains(self.bandwidth, 0.9, period_s)
        towards = kp / kd * missing
        size = np.linalg.norm(towards)
        towards = towards * min(1.0, radians(0.6) / size) if size > 0.0 else towards
        torque = self.inertia @ (kd * (rate + towards - w))
        torque = torque + np.cross(w, self.inertia @ w + self.wheels @ momentum)
        torque = torque - (self.effect @ on)[3:] / period_s
        share = -np.linalg.pinv(self.wheels) @ torque
        return share / max(1.0, np.abs(share).max() / self.torque_nm)


# --- guidance --------------------------------------------------------------------------------------------


class Guidance:
    """Phases from the mission's table, flown with laws of our own: a moving point and its tracking."""

    def __init__(self, mission):
        self.settings = mission["guidance"]
        self.rows = {row["name"]: row for row in self.settings["phases"]}
        self.port_m = np.array(mission["target"]["port"]["r_body_m"])
        self.delay_ns = round(self.settings["compute_delay_s"] * 1e9)
        self.navigation, self.actuation = Navigation(mission), Actuation(mission)
        self.dv, self.middle_s, self.spent_mps = ZERO, 0.0, 0.0
        self.row, self.since_ns, self.path = self.rows[self.settings["start_phase"]], 0, None
        self.commands = []

    def react(self, inbox):
        messages = []
        for delivered in inbox:
            body = delivered["body"]
            if body["kind"] == "telecommand":
                self.commands.append(body)
            elif body["kind"] == "sensor_readings":
                command, said = self.cycle(body)
                messages.append(self.to_servicer(command, "wake"))
                messages += [self.to_servicer(each, "wait") for each in said]
        return messages

    def to_servicer(self, body, delivery):
        return {"to": ["servicer"], "delay_ns": self.delay_ns, "delivery": delivery, "body": body}

    def cycle(self, reading):
        nav, said = self.navigation, []
        on, torques = np.zeros(self.actuation.effect.shape[1]), np.zeros(4)
        if nav.take(reading, self.dv, self.middle_s):
            self.look_at_port()
            self.obey(said)
            self.watch(said)
            period_s = self.row["period_s"]
            mass_kg = self.actuation.dry_kg + reading["propellant_kg"]
            acceleration = self.demand(period_s, said)
            on, given = self.actuation.valves(nav.axes.T @ acceleration, nav.q, mass_kg, period_s)
            momentum = np.array(reading["wheel_momentum_nms"])
            torques = self.actuation.torques(self.pointing(), nav.w, momentum, on, period_s)
            self.dv = given / mass_kg
            self.middle_s = self.row["period_s"] - 0.1 - 0.5 * float(on.max())
            self.spent_mps += float(np.linalg.norm(self.dv))
            said.insert(0, self.estimate())
        command = {
            "kind": "actuator_command",
            "reading_ns": reading["sampled_ns"],
            "thruster_on_s": on.tolist(),
            "wheel_torque_nm": torques.tolist(),
            "next_reading_ns": reading["sampled_ns"] + round(self.row["period_s"] * 1e9),
        }
        return command, said

    def look_at_port(self):
        """The live capture axis in `ric`: its foot, direction and turning rate, and our place along it."""
        nav = self.navigation
        self.known = nav.q_target is not None
        to_ric = nav.axes @ matrix(nav.q_target) if self.known else np.eye(3)
        self.foot, self.axis = to_ric @ self.port_m, to_ric @ (self.port_m / np.linalg.norm(self.port_m))
        self.turning = to_ric @ nav.w_target - np.array([0.0, 0.0, nav.rate])
        away = nav.r_ric - self.foot
        self.axial = float(away @ self.axis)
        self.lateral = float(np.linalg.norm(away - self.axial * self.axis))

    def obey(self, said):
        for command in self.commands:
            number = {"kind": "command_report", "t_ns": self.navigation.t_ns, "command": command["command"]}
            if command["name"] not in self.row["on"]:
                said.append({**number, "stage": "failed", "reason": f"not in {self.row['name']}"})
                continue
            said += [{**number, "stage": "accepted"}, {**number, "stage": "started"}]
            self.change(command["name"], said)
            said.append({**number, "stage": "completed"})
        self.commands = []

    def watch(self, said):
        """Time limits; keep-out sphere outside the corridor, the cone inside it."""
        row, nav, zone = self.row, self.navigation, self.settings["safety"]
        limit_s = row["timeout_s"]
        if limit_s is not None and nav.t_ns - self.since_ns >= limit_s * 1e9:
            self.change("timeout", said)
        distance = float(np.linalg.norm(nav.r))
        room_m = tan(radians(zone["corridor_half_angle_deg"])) * max(0.0, self.axial)
        inside = distance < zone["keep_out_radius_m"]
        broken = {"outside": inside, "corridor": inside and self.lateral > room_m, "free": False}
        if broken[row["zone"]] and "abort" in row["on"]:
            verdict = {"kind": "safety_verdict", "t_ns": nav.t_ns, "monitor": "zone", "level": "abort"}
            said.append({**verdict, "value": distance, "limit": zone["keep_out_radius_m"]})
            self.change("abort", said)

    def change(self, cue, said):
        before, self.row = self.row, self.rows[self.row["on"][cue]]
        self.since_ns, self.path = self.navigation.t_ns, None
        now = {"phase": self.row["name"], "terminal": self.row["terminal"], "t_ns": self.since_ns}
        said.append({"kind": "phase_changed", "previous": before["name"], "cue": cue, **now})

    def demand(self, period_s, said):
        """Acceleration in `ric`: stay on the reference point of the phase."""
        nav, wanted = self.navigation, self.row["parameters"]
        if self.row["law"] not in ("hold", "waypoints", "glideslope"):
            outward = nav.r_ric / np.linalg.norm(nav.r_ric)
            return 0.02 * outward if nav.v_ric @ outward < 0.1 and self.row["law"] == "retreat" else ZERO
        r, v, a = self.reference(wanted, period_s)
        kp, kd = gains(wanted["bandwidth_radps"], 1.0, period_s)
        behind = beyond(r - nav.r_ric, wanted.get("deadband_m", 0.0))
        slower = beyond(v - nav.v_ric, wanted.get("deadband_mps", 0.0))
        if self.arrived(r, v, wanted, period_s) and "arrived" in self.row["on"]:
            self.change("arrived", said)
        n = nav.rate
        nature = np.array([2 * n * v[1] + 3 * n * n * r[0], -2 * n * v[0], -n * n * r[2]])
        pull = kp * behind + kd * slower + a - nature
        most = self.settings["control"]["maximum_acceleration_mps2"]
        return pull * min(1.0, most / max(np.linalg.norm(pull), 1e-12))

    def reference(self, wanted, period_s):
        """Position, velocity, acceleration of where to be, in `ric`."""
        elapsed_s = (self.navigation.t_ns - self.since_ns) * 1e-9
        if self.path is None:
            self.path = {"from": self.navigation.r_ric, "axial": self.axial, "settled_s": 0.0}
        if self.row["law"] == "hold":
            return self.place(wanted["place"])
        if self.row["law"] == "glideslope":
            speed = wanted.get("speed_mps", 0.04)
            to_go = self.path["axial"] - wanted["end_axial_m"]
            speed = np.sign(to_go) * min(speed, wanted.get("gain_per_s", 0.01) * abs(to_go))
            r, v, a = self.on_axis(self.path["axial"])
            if np.linalg.norm(self.navigation.r_ric - r) > 0.5:
                speed = 0.0
            self.path["axial"] -= speed * period_s
            return r, v - speed * self.axis, a - 2.0 * speed * np.cross(self.turning, self.axis)
        start = self.path["from"]
        for leg in wanted["legs"]:
            r, v, a = self.place(leg)
            if elapsed_s < leg["duration_s"]:
                x, t = elapsed_s / leg["duration_s"], leg["duration_s"]
                share, speed, pull = x * x * (3 - 2 * x), 6 * x * (1 - x) / t, 6 * (1 - 2 * x) / (t * t)
                way = r - start
                return start + share * way, share * v + speed * way, share * a + 2 * speed * v + pull * way
            elapsed_s, start = elapsed_s - leg["duration_s"], r
        return r, v, a

    def place(self, said):
        fixed = said.get("r_ric_m")
        return (np.array(fixed), ZERO, ZERO) if fixed is not None else self.on_axis(said["port_axial_m"])

    def on_axis(self, axial):
        r = self.foot + axial * self.axis
        v = np.cross(self.turning, r)
        return r, v, np.cross(self.turning, v)

    def arrived(self, r, v, wanted, period_s):
        nav, law = self.navigation, self.row["law"]
        if law == "waypoints":
            over = nav.t_ns - self.since_ns >= 1e9 * sum(leg["duration_s"] for leg in wanted["legs"])
            there = over and np.linalg.norm(nav.r_ric - r) < wanted.get("within_m", 1.0)
        elif law == "glideslope":
            sigma_m = sqrt(np.trace(self.navigation.cov_q[:3, :3])) * 9.4 if self.known else 1e3
            there = abs(self.axial - wanted["end_axial_m"]) < wanted.get("within_m", 0.1)
            there = there and self.lateral + sigma_m < wanted.get("lateral_m", 0.05)
        else:
            return False
        there = there and np.linalg.norm(nav.v_ric - v) < wanted.get("within_mps", 0.02)
        self.path["settled_s"] = self.path["settled_s"] + period_s if there else 0.0
        return self.path["settled_s"] > wanted.get("settle_s", 30.0)

    def pointing(self):
        """Missing rotation and reference rate, in our body axes."""
        nav = self.navigation
        to_body = matrix(nav.q).T
        if self.row["point"] == "port" and self.known:
            facing = mul(nav.q_target, np.array([0.0, 0.0, 0.0, 1.0]))
            return log_q(mul(conj(nav.q), facing)), to_body @ (matrix(nav.q_target) @ nav.w_target)
        sight = -(to_body @ nav.r)
        across = np.hypot(sight[1], sight[2])
        angle = atan2(across, sight[0])
        missing = angle * np.array([0.0, -sight[2], sight[1]]) / max(across, 1e-12)
        return missing, to_body @ (np.cross(nav.r, nav.v) / (nav.r @ nav.r)) * np.array([0.0, 1.0, 1.0])

    def estimate(self):
        nav = self.navigation
        whole = np.zeros((12, 12))
        six = np.kron(np.eye(2), nav.axes)
        whole[:6, :6] = six @ nav.cov_r @ six.T
        if self.known:
            whole[6:, 6:] = nav.cov_q
        q_target = nav.q_target if self.known else np.array([1.0, 0.0, 0.0, 0.0])
        distance = float(np.linalg.norm(nav.r))
        missing, _ = self.pointing()
        return {
            "kind": "estimate",
            "t_ns": nav.t_ns,
            "r_ric_m": nav.r_ric.tolist(),
            "v_ric_mps": nav.v_ric.tolist(),
            "q_eci_from_target": canonical(q_target).tolist(),
            "w_target_radps": nav.w_target.tolist(),
            "q_eci_from_servicer": canonical(nav.q).tolist(),
            "w_servicer_radps": nav.w.tolist(),
            "range_m": distance,
            "range_rate_mps": float(nav.r @ nav.v) / distance,
            "port_axial_m": self.axial,
            "port_lateral_m": self.lateral,
            "attitude_error_rad": float(np.linalg.norm(missing)),
            "pose_known": self.known,
            "delta_v_mps": self.spent_mps,
            "rejected": 0,
            "covariance": whole[np.tril_indices(12)].astype("<f8").tobytes(),
        }


def beyond(v, dead):
    size = np.linalg.norm(v)
    return ZERO if size <= dead else v * (1.0 - dead / size)


# --- conversation ----------------------------------------------------------------------------------------


def converse(endpoint):
    """HELLO, START, READY, then grants until STOP; a grant that comes twice gets the same reply twice."""
    socket = zmq.Context().socket(zmq.DEALER)
    socket.connect(endpoint)
    hello = {"frame": "hello", "name": "guidance", "schema": "twin-wire-1", "fingerprint": ""}
    socket.send(msgpack.packb({**hello, "foreign": True, "snapshots": False}))
    guidance, number, reply = None, -1, b""
    while True:
        frame = msgpack.unpackb(socket.recv())
        match frame["frame"]:
            case "start":
                guidance = Guidance(frame["mission"])
                run = {"run": frame["run"], "epoch": frame["epoch"]}
                socket.send(msgpack.packb({"frame": "ready", **run}))
            case "grant":
                if frame["number"] != number:
                    number = frame["number"]
                    reaction = {"messages": guidance.react(frame["inbox"]), "wake_ns": None}
                    reply = msgpack.packb({"frame": "reply", **run, "number": number, "reaction": reaction})
                socket.send(reply)
            case "refused":
                sys.exit(frame["reason"])
            case "stop":
                return


if __name__ == "__main__":
    converse(sys.argv[1])
