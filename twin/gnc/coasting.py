"""The servicer's orbit while GNSS is silent: point mass and J2, one minute a step at most."""

from math import ceil

import numpy as np

from twin.gnc.knowledge import Orbit, vec3
from twin.guidance.free_drift import STEP_S, nystroem


def coasted(orbit: Orbit, dt_s: float) -> Orbit:
    """The orbit `dt_s` later, without thrust: a burn of 0.1 m/s in the gap makes 6 m of error a minute."""
    r, v = np.array([orbit.r_eci_m]), np.array([orbit.v_eci_mps])
    steps = ceil(dt_s / STEP_S)
    for _ in range(steps):
        r, v = nystroem(r, v, dt_s / steps)
    return Orbit(vec3(r[0]), vec3(v[0]))
