"""The laws that the mission's phases name, written anew: begun with a phase, stepped at each reading.

A step gives the acceleration wanted (`ric`, m/s2), whether the law has arrived, what the arm shall do.
"""

from math import radians

import numpy as np
from control import gains, limited

NOTHING = np.zeros(3)


class Tracker:
    """Follows a point: feedback outside dead zones, with what nature does there taken out."""

    def __init__(self, wanted, sight):
        self.wanted = wanted
        self.begun_ns, self.settled_s = sight.t_ns, 0.0

    def follow(self, sight, point):
        r, v, a = point
        wanted, n = self.wanted, sight.rate
        kp, kd = gains(wanted.get("bandwidth_radps", 0.05), wanted.get("damping", 1.0), sight.period_s)
        back = kp * beyond(r - sight.r, wanted.get("deadband_m", 0.0))
        back = back + kd * beyond(v - sight.v, wanted.get("deadband_mps", 0.0))
        nature = np.array([2 * n * v[1] + 3 * n * n * r[0], -2 * n * v[0], -n * n * r[2]])
        return limited(back, wanted.get("limit_mps2", 0.04)) + a - nature

    def place(self, sight, said):
        if said.get("r_ric_m") is not None:
            return np.array(said["r_ric_m"]), NOTHING, NOTHING
        return sight.on_axis(said["port_axial_m"]) if sight.known else (sight.r, NOTHING, NOTHING)

    def settled(self, there, sight):
        self.settled_s = self.settled_s + sight.period_s if there else 0.0
        return self.settled_s


class Hold(Tracker):
    def step(self, sight, turn_error):
        return self.follow(sight, self.place(sight, self.wanted["place"])), False, None


class Waypoints(Tracker):
    """From place to place on smooth curves, at rest at each."""

    def __init__(self, wanted, sight):
        super().__init__(wanted, sight)
        self.start = sight.r

    def step(self, sight, turn_error):
        wanted, point, over = self.wanted, *self.reference(sight)
        off, slip = np.linalg.norm(point[0] - sight.r), np.linalg.norm(point[1] - sight.v)
        there = over and off < wanted.get("within_m", 1.0) and slip < wanted.get("within_mps", 0.02)
        arrived = self.settled(there, sight) > wanted.get("settle_s", 30.0)
        return self.follow(sight, point), arrived, None

    def reference(self, sight):
        left_s, start = (sight.t_ns - self.begun_ns) * 1e-9, self.start
        for leg in self.wanted["legs"]:
            r, v, a = self.place(sight, leg)
            if left_s < leg["duration_s"]:
                t, x = leg["duration_s"], left_s / leg["duration_s"]
                share, speed, pull = x * x * (3 - 2 * x), 6 * x * (1 - x) / t, 6 * (1 - 2 * x) / (t * t)
                way = r - start
                return (
                    start + share * way,
                    share * v + speed * way,
                    share * a + 2 * speed * v + pull * way,
                ), False
            left_s, start = left_s - leg["duration_s"], r
        return (r, v, a), True


class Glideslope(Tracker):
    """Along the capture axis, slower the nearer; the moving point waits for a servicer that lags."""

    def __init__(self, wanted, sight):
        super().__init__(wanted, sight)
        self.axial = sight.axial

    def step(self, sight, turn_error):
        wanted = self.wanted
        to_go = wanted["end_axial_m"] - self.axial
        speed = max(wanted.get("end_speed_mps", 0.005), wanted.get("gain_per_s", 0.01) * abs(to_go))
        speed = min(speed, wanted.get("speed_mps", 0.04), abs(to_go) / sight.period_s)
        speed = np.sign(to_go) * speed
        point = sight.on_axis(self.axial, speed)
        if np.linalg.norm(sight.r - point[0]) > wanted.get("slack_m", 0.5):
            speed, point = 0.0, sight.on_axis(self.axial)
        self.axial += speed * sight.period_s
        arrived = self.settled(self.there(sight, point, turn_error), sight) > wanted.get("settle_s", 10.0)
        return self.follow(sight, point), arrived, None

    def there(self, sight, point, turn_error):
        wanted, (angle, rate) = self.wanted, turn_error
        doubt = wanted.get("sigmas", 3.0) * sight.sigma_lateral
        return (
            abs(sight.axial - wanted["end_axial_m"]) <= wanted.get("within_m", 0.1)
            and sight.lateral + doubt <= wanted.get("lateral_m", 0.05)
            and np.linalg.norm(point[1] - sight.v) <= wanted.get("within_mps", 0.01)
            and angle <= radians(wanted.get("attitude_deg", 2.0))
            and rate <= radians(wanted.get("rate_deg_per_s", 0.1))
        )


class Grasp(Tracker):
    """Keep the place while the arm goes through its modes, each once the one before is done."""

    DONE = {"standoff": "at_standoff", "reach": "inserted"}  # noqa: RUF012

    def __init__(self, wanted, sight):
        super().__init__(wanted, sight)
        self.modes = list(wanted["modes"])
        self.mode_s = 0.0

    def step(self, sight, turn_error):
        mode = self.modes[0]
        done = self.mode_s > 1.0 if mode == "release" else self.DONE.get(mode) in sight.events
        if done and len(self.modes) > 1:
            self.modes.pop(0)
            self.mode_s = 0.0
        self.mode_s += sight.period_s
        return self.follow(sight, self.place(sight, self.wanted["place"])), False, self.modes[0]


class Steady(Tracker):
    """No push; arrived when the body has turned as it should for a while."""

    def step(self, sight, turn_error):
        calm = turn_error[1] <= radians(self.wanted.get("rate_deg_per_s", 0.02))
        arrived = self.settled(calm, sight) > self.wanted.get("settle_s", 20.0)
        return NOTHING, arrived, self.wanted.get("arm", "hold")


class Retreat(Tracker):
    """Straight out, down the corridor where we are in it; the phase's time limit ends it."""

    def step(self, sight, turn_error):
        inside = sight.known and sight.lateral < 0.25 * sight.axial
        out = sight.axis if inside else sight.r / np.linalg.norm(sight.r)
        missing = self.wanted.get("speed_mps", 0.1) - sight.v @ out
        return (max(0.0, missing) / sight.period_s * out, False, None)


class Drift(Tracker):
    def step(self, sight, turn_error):
        return NOTHING, False, None


LAWS = {
    "hold": Hold,
    "waypoints": Waypoints,
    "glideslope": Glideslope,
    "grasp": Grasp,
    "steady": Steady,
    "retreat": Retreat,
    "drift": Drift,
}


def beyond(v, dead):
    """What is left of a vector outside a dead zone."""
    size = np.linalg.norm(v)
    return NOTHING if size <= dead else v * (1.0 - dead / size)
