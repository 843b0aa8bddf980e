"""The laws that come with the product; others join by the entry-point group `twin.laws`."""

from typing import Any

from twin.guidance.drift import Drift
from twin.guidance.glideslope import Glideslope
from twin.guidance.grasp import Grasp
from twin.guidance.hold import Hold
from twin.guidance.retreat import Retreat
from twin.guidance.steady import Steady
from twin.guidance.waypoints import Waypoints

BUILTIN: dict[str, type[Any]] = {
    "hold": Hold,
    "waypoints": Waypoints,
    "glideslope": Glideslope,
    "retreat": Retreat,
    "drift": Drift,
    "grasp": Grasp,
    "steady": Steady,
}
