"""Where a phase wants the body to point: the rotation that is missing, and the rate to have (body axes)."""

from math import atan2

import numpy as np
from turns import conj, matrix, mul, rotation_vector, turn

FACING = np.array([0.0, 0.0, 0.0, 1.0])
"""Our x against the port's, y against y, z along z."""


class Pointer:
    def __init__(self, mission):
        self.q_body_from_port = conj(np.array(mission["target"]["port"]["q_port_from_body"]))
        self.kept = None

    def pointing(self, nav, row):
        to_body = matrix(nav.q).T
        with_ric = to_body @ (nav.rate * nav.axes[2])
        if row["point"] == "port" and nav.q_target is not None:
            facing = mul(mul(nav.q_target, self.q_body_from_port), FACING)
            return rotation_vector(mul(conj(nav.q), facing)), to_body @ (matrix(nav.q_target) @ nav.w_target)
        if row["point"] == "rate" or row["point"] == "free":
            return np.zeros(3), with_ric
        if row["point"] == "ric":
            return self.keep(nav, row), with_ric
        return at_target(nav, to_body)

    def keep(self, nav, row):
        """Back to the attitude that we had in `ric` when the phase began."""
        name, t_ns, wanted = self.kept or (None, 0, None)
        if name != row["name"]:
            wanted = nav.q
        else:
            wanted = mul(turn((nav.t_ns - t_ns) * 1e-9 * nav.rate * nav.axes[2]), wanted)
        self.kept = row["name"], nav.t_ns, wanted
        return rotation_vector(mul(conj(nav.q), wanted))


def at_target(nav, to_body):
    """Boresight (body x) to the target's centre by the shortest turn; about it, at rest."""
    sight = -(to_body @ nav.r)
    across = np.hypot(sight[1], sight[2])
    angle = atan2(across, sight[0])
    missing = angle * np.array([0.0, -sight[2], sight[1]]) / max(across, 1e-12)
    return missing, to_body @ (np.cross(nav.r, nav.v) / (nav.r @ nav.r)) * np.array([0.0, 1.0, 1.0])
