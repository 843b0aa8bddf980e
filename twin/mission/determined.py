"""What the ground hands over of the target: where it is, and in the far range its orbit."""

import numpy as np

from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import pole_eci
from twin.gnc.knowledge import Orbit, vec3
from twin.gnc.navigator_state import HandOver
from twin.gnc.two_orbits import Determined
from twin.mission.initial import doubt_at_epoch
from twin.mission.orbit import orbit_at
from twin.mission.script import Mission


def determined(mission: Mission) -> Determined | None:
    """At the epoch; None where the mission does not say how good it is."""
    if mission.start.elements_sigma is None:
        return None
    r_eci_m, v_eci_mps = orbit_at(mission.target, Epoch(mission.epoch_utc))
    doubt = doubt_at_epoch(mission)
    covariance = (doubt[:, None, :] * doubt[None, :, :]).sum(axis=2)
    return Determined(Orbit(vec3(r_eci_m), vec3(v_eci_mps)), np.ascontiguousarray(covariance))


def hand_over(mission: Mission) -> HandOver:
    """What the on-board computer is told of the target before it sees it."""
    at = mission.start
    return HandOver(
        r_ric_m=at.r_ric_m,
        v_ric_mps=at.v_ric_mps,
        sigma_r_m=at.sigma_r_m,
        sigma_v_mps=at.sigma_v_mps,
        target=determined(mission),
        pole_eci=pole_eci(Epoch(mission.epoch_utc)),
    )
