"""The laws that come with the product; others join by the entry-point group `twin.laws`."""

from typing import Any

from twin.guidance.cam import Cam
from twin.guidance.deorbit import Deorbit
from twin.guidance.drift import Drift
from twin.guidance.fly_around import FlyAround
from twin.guidance.glideslope import Glideslope
from twin.guidance.grasp import Grasp
from twin.guidance.hold import Hold
from twin.guidance.homing import Homing
from twin.guidance.hops import Hops
from twin.guidance.mpc import Mpc
from twin.guidance.retreat import Retreat
from twin.guidance.safety_ellipse import SafetyEllipse
from twin.guidance.steady import Steady
from twin.guidance.tumble_sync import TumbleSync
from twin.guidance.waypoints import Waypoints

BUILTIN: dict[str, type[Any]] = {
    "hold": Hold,
    "waypoints": Waypoints,
    "homing": Homing,
    "hops": Hops,
    "safety_ellipse": SafetyEllipse,
    "fly_around": FlyAround,
    "glideslope": Glideslope,
    "mpc": Mpc,
    "tumble_sync": TumbleSync,
    "cam": Cam,
    "retreat": Retreat,
    "drift": Drift,
    "grasp": Grasp,
    "steady": Steady,
    "deorbit": Deorbit,
}
