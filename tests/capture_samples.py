"""Settings and hand-overs that the tests of the contact world share."""

from math import radians
from pathlib import Path

import msgspec
import numpy as np
from msgspec.structs import replace

from tests.dynamics_samples import stage
from twin.capture.interface import HandOver, WindowSettings
from twin.capture.stack import handed_over
from twin.dynamics.frames import ric_from_eci
from twin.dynamics.rotation import canonical, conj, from_matrix, from_rotation_vector, mul, rotate
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings
from twin.vehicle.contact import settings_of
from twin.vehicle.settings import Vehicle


def settings(**contact: float) -> WindowSettings:
    """Of the vehicle and the body that the missions fly, with changes to how contact is computed."""
    path = Path(__file__).parent.parent / "missions" / "vehicles" / "servicer-800.toml"
    vehicle = msgspec.toml.decode(path.read_bytes(), type=Vehicle)
    given = settings_of(vehicle, stage())
    return replace(given, contact=replace(given.contact, **contact))


def handover(
    *,
    distance_m: float = 9.4,
    rate_deg: tuple[float, float, float] = (0.4, 0.0, 0.0),
    follow: bool = True,
    nudge_m: tuple[float, float, float] = (0.0, 0.0, 0.0),
    wheels: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> HandOver:
    """A 600 km orbit; target x towards the Earth, the servicer below it, facing, and turning with it."""
    r_eci_m = np.array((6_978_137.0, 0.0, 0.0))
    v_eci_mps = np.sqrt(3.986004418e14 / 6_978_137.0) * np.array((0.0, np.cos(1.7), np.sin(1.7)))
    axes = ric_from_eci(r_eci_m, v_eci_mps)
    q_eci_from_ric = conj(from_matrix(axes))
    # Target x down; a roll of 0.3 rad so that no axis is special.
    down = mul(from_rotation_vector((0.0, 0.0, np.pi)), from_rotation_vector((0.3, 0.0, 0.0)))
    q_eci_from_target = mul(q_eci_from_ric, down)
    w_target = np.array([radians(x) for x in rate_deg])
    target = KinematicState(r_eci_m, v_eci_mps, np.array(canonical(q_eci_from_target)), w_target)
    body = stage()
    offset_body = np.array((distance_m, 0.0, 0.0)) + np.array(nudge_m)
    w_eci = rotate(q_eci_from_target, w_target)
    r_servicer = r_eci_m + rotate(q_eci_from_target, offset_body)
    swept = np.cross(w_eci, rotate(q_eci_from_target, offset_body)) if follow else np.zeros(3)
    q_eci_from_servicer = mul(q_eci_from_target, (0.0, 0.0, 0.0, 1.0))
    w_servicer = np.array(rotate(conj(q_eci_from_servicer), w_eci)) if follow else np.zeros(3)
    q_servicer = np.array(canonical(q_eci_from_servicer))
    servicer = KinematicState(r_servicer, v_eci_mps + swept, q_servicer, w_servicer)
    return HandOver(
        t_ns=0,
        servicer=handed_over(servicer, 801.0, ((340.0, 6.0, -4.0), (6.0, 425.0, 3.0), (-4.0, 3.0, 400.0))),
        target=handed_over(target, body.mass_kg, body.inertia_body_kgm2),
        wheel_momentum_body_nms=wheels,
        surroundings=Surroundings(),
    )
