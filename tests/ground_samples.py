"""What the ground tests share: a real mission, and the stage's orbit as a trajectory."""

from functools import cache
from tomllib import loads

import msgspec
import numpy as np

from services.library import find
from twin.contracts.motion import Trajectory
from twin.contracts.navigation import Looks
from twin.dynamics.epochs import Epoch
from twin.dynamics.orbit import coast
from twin.dynamics.segments import Track
from twin.dynamics.surroundings import Surroundings
from twin.mission.initial import target_at_epoch
from twin.mission.load import load
from twin.mission.script import Mission, Step

S = 1_000_000_000
HOUR = 3600 * S
MASS_KG = 800.0
LOOKS = Looks(
    gnss_age_s=0.0,
    star_tracker_age_s=0.0,
    gyro_age_s=0.0,
    camera_age_s=1200.0,
    lidar_range_age_s=0.0,
    lidar_pose_age_s=10.0,
    target_attitude_age_s=10.0,
    sight_misfit=0.9,
    pose_misfit=1.1,
    target_attitude_misfit=1.0,
)

TEXT = """
title = "Passes only"
seed = 1
target = "h2a-33500"
servicer = "servicer-800"
stations = ["china-ttc"]
guidance = "adras-j2"
[epoch]
after_element_set_h = {hours}
[start]
r_ric_m = [0.0, -300.0, 0.0]
[ending]
latest_s = 21600.0
[[requirements]]
name = "any"
text = "the clock runs"
kind = "always"
that = "script.t_s >= 0"
"""


@cache
def mission(hours: float, *steps: tuple[str, ...]) -> Mission:
    """A mission that begins so many hours after the epoch of the element set, with the steps given.

    A step is (name, when, command); its phases need not exist here, so it goes past the loader's checks.
    """
    base = load(TEXT.format(hours=hours), "passes", find("adras-j2").include)
    timeline = tuple(Step(name=name, when=when, command=command) for name, when, command in steps)
    return msgspec.structs.replace(base, timeline=timeline)


@cache
def orbit(hours: float, span_ns: int) -> Track:
    """An orbit where the stage is, with the servicer's drag, from the mission's epoch on."""
    about = mission(hours)
    state = target_at_epoch(about)
    around = Surroundings.at(Epoch(about.epoch_utc), about.environment)
    drag_m2pkg = about.servicer.drag_area_m2 * about.servicer.drag_coefficient / MASS_KG
    r_eci_m, v_eci_mps = np.asarray(state.r_eci_m), np.asarray(state.v_eci_mps)
    return coast(r_eci_m, v_eci_mps, 0, span_ns, around, drag_m2pkg=drag_m2pkg)


@cache
def trajectory(hours: float, span_ns: int) -> Trajectory:
    """The same as the servicer would publish it."""
    return Trajectory(body="servicer", mass_kg=MASS_KG, pieces=orbit(hours, span_ns).pieces)


def station_tables(network: str) -> list[dict[str, object]]:
    """A station file as plain data."""
    return list(loads(find("adras-j2").include("stations", network))["stations"])
