"""What the laws look at: where we are, and where the live capture axis is, when the command takes effect."""

import numpy as np
from turns import conj, matrix


class Sight:
    """Places, velocities and the axis in `ric`; `foot` is the fitting, `axis` leads out of it."""

    def __init__(self, nav, port, delay_s, period_s, events):
        self.t_ns, self.period_s, self.events = nav.t_ns, period_s, events
        self.v, self.rate, self.known = nav.v_ric, nav.rate, nav.q_target is not None
        self.r = nav.r_ric + delay_s * self.v
        self.distance = float(np.linalg.norm(nav.r))
        self.q_target = nav.q_target if self.known else np.array([1.0, 0.0, 0.0, 0.0])
        target = nav.axes @ matrix(self.q_target)
        place = np.array(port["r_body_m"])
        out = matrix(conj(np.array(port["q_port_from_body"])))[:, 0]
        self.turning = target @ nav.w_target - np.array([0.0, 0.0, nav.rate])
        self.foot, self.axis = target @ place, target @ out
        away = nav.r_ric - self.foot
        self.axial = float(away @ self.axis)
        self.lateral = float(np.linalg.norm(away - self.axial * self.axis))
        self.sigma_lateral = nav.sigma_at(self.distance) if self.known else np.inf
        # A straight prediction over the computing delay.
        self.foot = self.foot + delay_s * np.cross(self.turning, self.foot)
        self.axis = self.axis + delay_s * np.cross(self.turning, self.axis)

    def on_axis(self, axial, speed=0.0):
        """Position, velocity, acceleration of a point on the axis that moves out along it."""
        r, v = self.foot + axial * self.axis, speed * self.axis
        carried = np.cross(self.turning, r)
        return r, carried + v, np.cross(self.turning, carried + 2.0 * v)
