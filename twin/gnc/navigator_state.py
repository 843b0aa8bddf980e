"""What the navigator begins with, and all of it that changes, as its snapshot keeps it."""

import msgspec

from twin.contracts.fields import Vec3
from twin.gnc.gaze import GazeSnapshot
from twin.gnc.grip import Grip
from twin.gnc.knowledge import Orbit
from twin.gnc.open_valves import OpenSnapshot
from twin.gnc.own_attitude import OwnAttitude
from twin.gnc.relative import RelativeSnapshot
from twin.gnc.target_attitude import TargetSnapshot
from twin.gnc.thruster_health import HealthSnapshot
from twin.gnc.two_orbits import Determined
from twin.gnc.wheel_health import WheelSnapshot
from twin.guidance import vectors as vec


class HandOver(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the relative state before the first reading: from the ground, in `ric`."""

    r_ric_m: Vec3
    v_ric_mps: Vec3
    sigma_r_m: float
    sigma_v_mps: float
    target: Determined | None = None
    """Its orbit at the epoch, where it is that which is handed over."""
    pole_eci: Vec3 = (0.0, 0.0, 1.0)


class NavigatorSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All of the navigator that changes."""

    t_ns: int
    orbit: Orbit
    own: OwnAttitude
    relative: RelativeSnapshot
    target: TargetSnapshot
    gaze: GazeSnapshot
    grip: Grip | None = None
    momentum_nms: Vec3 = vec.ZERO
    health: HealthSnapshot | None = None
    stack_health: HealthSnapshot | None = None
    stack_propellant_kg: float = 0.0
    open_valves: OpenSnapshot = OpenSnapshot()
    wheels: WheelSnapshot | None = None
