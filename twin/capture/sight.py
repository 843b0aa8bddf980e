"""What lies before the servicer's camera at an instant: bodies, arm and Sun, from motions in `eci`.

Everything is in body axes of the servicer, from their origin: the camera stands still and the numbers
stay small (the renderer has single precision). No engine is needed here.
"""

from typing import NamedTuple

from twin.capture.arm import Kinematics
from twin.capture.bodies import arm_parts
from twin.capture.interface import Port
from twin.capture.settings import Arm, Ring
from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import conj, mul, rotate
from twin.dynamics.state import KinematicState
from twin.guidance.vectors import ZERO, add, along, norm, scale, sub

Joints = tuple[float, ...]


class Subject(NamedTuple):
    """What can be in a picture: the target's hull (length, radius; about a centre in target axes) and port,
    its ring and our arm if any."""

    hull_m: tuple[float, float]
    port: Port
    ring: Ring | None
    arm: Arm | None
    servicer_kg: float
    hull_centre_m: Vec3 = ZERO


class View(NamedTuple):
    """One instant, in servicer body axes from their origin.

    `towards_sun` is a unit vector, `lit` the part of the Sun's disc that is seen, 0 to 1; `joints` are
    seven angles and the two fingers' travels (rad, m), empty for an arm that is stowed or not there.
    """

    target_m: Vec3
    q_body_from_target: Quaternion
    towards_sun: Vec3
    lit: float
    joints: Joints = ()


class Motions(NamedTuple):
    """Both bodies and the Sun in `eci`; the servicer's place is that of its centre of mass, arm and all."""

    servicer: KinematicState
    target: KinematicState
    sun_eci_m: Vec3


def view_of(subject: Subject, motions: Motions, lit: float, joints: Joints = ()) -> View:
    """What the camera has before it. The body's origin is the centre of mass with the arm stowed."""
    q_body_from_eci = conj(motions.servicer.q_eci_from_body)
    apart_eci_m = motions.target.r_eci_m - motions.servicer.r_eci_m
    sun_body = rotate(q_body_from_eci, motions.sun_eci_m)
    return View(
        add(rotate(q_body_from_eci, apart_eci_m), _centre_m(subject, joints)),
        mul(q_body_from_eci, motions.target.q_eci_from_body),
        scale(1.0 / norm(sun_body), sun_body),
        lit,
        joints,
    )


def _centre_m(subject: Subject, joints: Joints) -> Vec3:
    """By how much the arm, where it is, moves the servicer's centre of mass from the body's origin."""
    if subject.arm is None or not joints:
        return ZERO
    chain = Kinematics(subject.arm.arm)
    moment = ZERO
    now, stowed = (arm_parts(subject.arm, chain, each) for each in (joints, chain.stowed_joints))
    for a, b in zip(now, stowed, strict=True):
        moment = along(moment, a.mass_kg, sub(a.r_m, b.r_m))
    return scale(1.0 / subject.servicer_kg, moment)
