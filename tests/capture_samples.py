"""Settings and hand-overs that the tests of the contact world share."""

from math import radians

import msgspec
import numpy as np
from tests.dynamics_samples import stage

from twin.capture.interface import HandOver, Port, WindowSettings
from twin.capture.settings import Arm, ContactSettings, Ring
from twin.capture.stack import handed_over
from twin.dynamics.frames import ric_from_eci
from twin.dynamics.rotation import canonical, conj, from_matrix, from_rotation_vector, mul, rotate
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings

ARM_TOML = """
grasp_towards_body = [0.0, 0.0, 1.0]  # assumed: the side the shoulder is on
bus_half_m = [0.9, 0.8, 0.8]          # assumed: a 1.8 x 1.6 x 1.6 m box

[arm]
mount_body_m = [0.95, 0.0, 0.6]  # assumed: upper edge of the front face
tool_m = 0.55                    # assumed: wrist to the middle of the jaw
joints = [                       # 3.65 m reach and 91 kg with the fingers: the measured capture set-up; the split is assumed
  { name = "shoulder-roll",  axis = [1.0, 0.0, 0.0], offset_m = [0.0, 0.0, 0.0],   mass_kg = 10.0, com_m = [0.08, 0.0, 0.0],  length_m = 0.20, radius_m = 0.08, torque_nm = 150.0, closing_torque_nm = 8.0, minimum_deg = -185.0, maximum_deg = 185.0, stowed_deg = 0.0,    unfolded_deg = 0.0 },
  { name = "shoulder-pitch", axis = [0.0, 1.0, 0.0], offset_m = [0.15, 0.0, 0.0],  mass_kg = 8.0,  com_m = [0.08, 0.0, 0.0],  length_m = 0.20, radius_m = 0.08, torque_nm = 150.0, closing_torque_nm = 8.0, minimum_deg = -120.0, maximum_deg = 120.0, stowed_deg = 90.0,   unfolded_deg = 68.0 },
  { name = "upper-roll",     axis = [1.0, 0.0, 0.0], offset_m = [0.15, 0.0, 0.0],  mass_kg = 22.0, com_m = [0.62, 0.08, 0.0], length_m = 1.25, radius_m = 0.07, torque_nm = 150.0, closing_torque_nm = 8.0, minimum_deg = -185.0, maximum_deg = 185.0, stowed_deg = 0.0,    unfolded_deg = 0.0 },
  { name = "elbow-pitch",    axis = [0.0, 1.0, 0.0], offset_m = [1.25, 0.16, 0.0], mass_kg = 8.0,  com_m = [0.08, 0.0, 0.0],  length_m = 0.20, radius_m = 0.07, torque_nm = 100.0, closing_torque_nm = 8.0, minimum_deg = -182.0, maximum_deg = 10.0,  stowed_deg = -178.0, unfolded_deg = -134.0 },
  { name = "fore-roll",      axis = [1.0, 0.0, 0.0], offset_m = [0.15, 0.0, 0.0],  mass_kg = 18.0, com_m = [0.62, -0.08, 0.0], length_m = 1.25, radius_m = 0.06, torque_nm = 60.0, closing_torque_nm = 4.0, minimum_deg = -185.0, maximum_deg = 185.0, stowed_deg = 0.0,    unfolded_deg = 0.0 },
  { name = "wrist-pitch",    axis = [0.0, 1.0, 0.0], offset_m = [1.25, -0.16, 0.0], mass_kg = 8.0, com_m = [0.07, 0.0, 0.0],  length_m = 0.15, radius_m = 0.06, torque_nm = 40.0,  closing_torque_nm = 4.0, minimum_deg = -182.0, maximum_deg = 182.0, stowed_deg = 176.0,  unfolded_deg = 66.0 },
  { name = "wrist-roll",     axis = [1.0, 0.0, 0.0], offset_m = [0.15, 0.0, 0.0],  mass_kg = 12.0, com_m = [0.22, 0.0, 0.0],  length_m = 0.40, radius_m = 0.08, torque_nm = 30.0,  closing_torque_nm = 4.0, minimum_deg = -185.0, maximum_deg = 185.0, stowed_deg = 0.0,    unfolded_deg = 0.0 },
]

[gripper]
finger_mass_kg = 2.5              # assumed
pad_half_m = [0.06, 0.05, 0.008]  # assumed
pad_ahead_m = 0.03                # assumed: the ring's edge sits nearer to the palm
half_opening_m = 0.07             # assumed
half_mouth_m = 0.10               # contact-recipes.md, 5: a mouth of +-10 cm took every error up to 5 cm
flare_length_m = 0.08             # assumed
palm_half_m = [0.15, 0.06, 0.12]  # assumed
palm_behind_m = 0.13              # assumed

[latch]
"""


def settings(**contact: float) -> WindowSettings:
    body = stage()
    return WindowSettings(
        arm=msgspec.toml.decode(ARM_TOML, type=Arm),
        ring=Ring(radius_m=0.6, wall_m=0.02, height_m=0.7),
        port=Port(r_body_m=body.port.r_body_m, q_port_from_body=body.port.q_port_from_body),
        hull_m=(body.length_m, 0.5 * body.diameter_m),
        contact=ContactSettings(**contact),
    )


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
    target = KinematicState(r_eci_m, v_eci_mps, canonical(q_eci_from_target), w_target)
    body = stage()
    offset_body = np.array((distance_m, 0.0, 0.0)) + np.array(nudge_m)
    w_eci = rotate(q_eci_from_target, w_target)
    r_servicer = r_eci_m + rotate(q_eci_from_target, offset_body)
    swept = np.cross(w_eci, rotate(q_eci_from_target, offset_body)) if follow else np.zeros(3)
    q_eci_from_servicer = mul(q_eci_from_target, (0.0, 0.0, 0.0, 1.0))
    w_servicer = rotate(conj(q_eci_from_servicer), w_eci) if follow else np.zeros(3)
    servicer = KinematicState(r_servicer, v_eci_mps + swept, canonical(q_eci_from_servicer), w_servicer)
    return HandOver(
        t_ns=0,
        servicer=handed_over(servicer, 801.0, ((340.0, 6.0, -4.0), (6.0, 425.0, 3.0), (-4.0, 3.0, 400.0))),
        target=handed_over(target, body.mass_kg, body.inertia_body_kgm2),
        wheel_momentum_body_nms=wheels,
        surroundings=Surroundings(),
    )
