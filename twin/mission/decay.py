"""A target that comes down before its mission ends."""

import numpy as np

from twin.dynamics.constants import EARTH_RADIUS_M, NS_PER_S
from twin.dynamics.epochs import Epoch
from twin.dynamics.kepler import perigee_and_eccentricity
from twin.dynamics.orbit import coast
from twin.dynamics.surroundings import Surroundings
from twin.errors import MissionError
from twin.mission.orbit import LOWEST_M, orbit_at
from twin.mission.script import Mission

SAFE_PERIGEE_M = 300e3
"""From above it nothing comes down within days; below it the mission is coasted through to see."""
_HOP_NS = 600 * NS_PER_S
_LOOK_NS = 20 * NS_PER_S


def refuse_coming_down(mission: Mission) -> None:
    """MissionError when the target's own drag takes it below 100 km before the latest end."""
    epoch, target = Epoch(mission.epoch_utc), mission.target
    r_m, v_mps = orbit_at(target, epoch)
    if perigee_and_eccentricity(r_m, v_mps)[0] - EARTH_RADIUS_M > SAFE_PERIGEE_M:
        return
    around = Surroundings.at(epoch, mission.environment)
    drag_m2pkg = target.drag_area_m2 * target.drag_coefficient / target.mass_kg
    end_ns = round(mission.ending.latest_s * NS_PER_S)
    # In hops, so that the integration stops before it enters air that no orbit lasts in.
    for from_ns in range(0, end_ns, _HOP_NS):
        to_ns = min(from_ns + _HOP_NS, end_ns)
        track = coast(r_m, v_mps, from_ns, to_ns, around, drag_m2pkg=drag_m2pkg)
        times = np.append(np.arange(from_ns, to_ns, _LOOK_NS, dtype=np.int64), np.int64(to_ns))
        states = track.states(times)
        radius_m = np.sqrt((states.r_eci_m**2).sum(axis=1))
        low = np.flatnonzero(radius_m - EARTH_RADIUS_M < LOWEST_M)
        if len(low):
            raise MissionError(
                f"the target re-enters {times[low[0]] / (3600 * NS_PER_S):.1f} h after the epoch, before the "
                f"latest end at {mission.ending.latest_s / 3600.0:.1f} h",
                place="target",
            )
        r_m, v_mps = states.r_eci_m[-1], states.v_eci_mps[-1]
