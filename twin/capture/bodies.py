"""The two bodies of the window, built from primitives out of what the files and the hand-over say.

Outside the window the servicer is one rigid body whose centre of mass is the origin of its axes. In it
the same mass, centre and inertia are split: the arm's links as they lie stowed, and a bus that makes
up the rest. So a hand-over changes no momentum.
"""

from math import atan2, pi, tan
from typing import NamedTuple

import numpy as np

from twin.capture.arm import Angles, Kinematics
from twin.capture.engine import Body, Link, Shape
from twin.capture.interface import BodyAtHandOver, Port, WindowSettings
from twin.capture.settings import Arm, ArmJoint, GripperSettings, Ring
from twin.capture.turning import IDENTITY, Matrix3, about, rows
from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import conj, from_matrix, mul, rotate
from twin.errors import UsageError
from twin.guidance.vectors import ZERO, add, scale, sub

PLATES = 15
HAND = 6
"""Number of the hand among the arm's links; the fingers, outer and inner, come after it."""
FINGERS = (7, 8)
_X: Vec3 = (1.0, 0.0, 0.0)
_Y: Vec3 = (0.0, 1.0, 0.0)


class Servicer(NamedTuple):
    """The servicer as a tree of links, where its joints are, and in body axes the centres of mass of the bus
    and of the whole.
    """

    body: Body
    joints_rad: Angles
    r_bus_body_m: Vec3
    r_com_body_m: Vec3


class Part(NamedTuple):
    """A rigid part: mass, place of its centre, attitude, and inertia along its own axes."""

    mass_kg: float
    r_m: Vec3
    q: Quaternion
    inertia_kgm2: Vec3


def target_body(settings: WindowSettings, target: BodyAtHandOver) -> Body:
    """The debris: hull, and the ring's plates; soft, because Bullet takes stiffness on a base alone."""
    inertia_kgm2, q_principal = principal(target.inertia_body_kgm2)
    length_m, radius_m = settings.hull_m
    hull = Shape("cylinder", (radius_m, length_m, 0.0), settings.hull_centre_m, about(_Y, 0.5 * pi))
    shapes = (hull, *ring_plates(settings.ring, settings.port))
    return Body(
        "target", target.mass_kg, inertia_kgm2, shapes, friction=1.0, soft=True, q_principal=q_principal
    )


def ring_plates(ring: Ring, port: Port) -> tuple[Shape, ...]:
    """Fifteen plates about port x, their edges in the plane of the port, in target body axes."""
    size_m = (0.5 * ring.height_m, ring.radius_m * tan(pi / PLATES), 0.5 * ring.wall_m)
    q_body_from_port = conj(port.q_port_from_body)
    plates = []
    for k in range(PLATES):
        turn = about(_X, 2.0 * pi * k / PLATES - 0.5 * pi)
        r_port_m = add((-0.5 * ring.height_m, 0.0, 0.0), rotate(turn, (0.0, 0.0, ring.radius_m)))
        r_body_m = add(port.r_body_m, rotate(q_body_from_port, r_port_m))
        plates.append(Shape("box", size_m, r_body_m, mul(q_body_from_port, turn)))
    return tuple(plates)


def nearest_plate(towards_port: Vec3) -> float:
    """Angle about port x, rad, of the plate whose middle lies nearest to a direction."""
    angle = atan2(towards_port[2], towards_port[1])
    return 2.0 * pi / PLATES * round(angle * PLATES / (2.0 * pi))


def servicer_body(arm: Arm, chain: Kinematics, whole: BodyAtHandOver, joints: Angles) -> Servicer:
    """Split the servicer; UsageError when its mass or inertia leaves nothing for the bus.

    The body's origin is its centre of mass with the arm stowed: so the bus is where it is, whatever the
    joints.
    """
    stowed, parts = (arm_parts(arm, chain, each) for each in (chain.stowed_joints, joints))
    rest_kg = whole.mass_kg - sum(part.mass_kg for part in parts)
    if rest_kg <= 0.0:
        raise UsageError(f"a servicer of {whole.mass_kg} kg cannot carry this arm; give it more mass")
    r_bus_m = scale(-1.0 / rest_kg, _moment(stowed))
    r_com_m = scale(1.0 / whole.mass_kg, add(_moment(parts), scale(rest_kg, r_bus_m)))
    inertia = np.array(whole.inertia_body_kgm2) - np.array(inertia_about(parts, r_com_m))
    inertia -= np.array(inertia_about((Part(rest_kg, r_bus_m, IDENTITY, ZERO),), r_com_m))
    bus_kgm2, q_principal = principal(rows_of(inertia))
    shapes = (Shape("box", arm.bus_half_m, scale(-1.0, r_bus_m)),)
    links = _links(arm, r_bus_m)
    body = Body("servicer", rest_kg, bus_kgm2, shapes, friction=0.4, links=links, q_principal=q_principal)
    return Servicer(body, joints, r_bus_m, r_com_m)


def _moment(parts: tuple[Part, ...]) -> Vec3:
    """Sum of mass times place."""
    moment = ZERO
    for part in parts:
        moment = add(moment, scale(part.mass_kg, part.r_m))
    return moment


def arm_parts(arm: Arm, chain: Kinematics, joints: Angles) -> tuple[Part, ...]:
    """The seven links and two fingers where the joints put them, in body axes."""
    pose = chain.pose(joints[:7])
    parts = [
        Part(joint.mass_kg, r_m, q, tube_inertia(joint))
        for joint, r_m, q in zip(arm.arm.joints, chain.centres(pose), pose.q_links, strict=True)
    ]
    gripper = arm.gripper
    for side, travel_m in zip((1.0, -1.0), joints[7:], strict=True):
        r_hand_m = finger_centre(gripper, side * (gripper.half_opening_m - travel_m), side)
        r_m = add(pose.r_tool_m, rotate(pose.q_tool, r_hand_m))
        parts.append(Part(gripper.finger_mass_kg, r_m, pose.q_tool, finger_inertia(gripper)))
    return tuple(parts)


def inertia_about(parts: tuple[Part, ...], r_m: Vec3) -> Matrix3:
    """Inertia of rigid parts about a point, in the axes their places are given in."""
    total = [[0.0] * 3 for _ in range(3)]
    for part in parts:
        x = sub(part.r_m, r_m)
        square = x[0] * x[0] + x[1] * x[1] + x[2] * x[2]
        axes = rows(part.q)
        for i in range(3):
            for k in range(3):
                own = sum([axes[i][j] * part.inertia_kgm2[j] * axes[k][j] for j in range(3)])
                total[i][k] += own + part.mass_kg * ((square if i == k else 0.0) - x[i] * x[k])
    a, b, c = total
    return ((a[0], a[1], a[2]), (b[0], b[1], b[2]), (c[0], c[1], c[2]))


def principal(inertia_kgm2: Matrix3) -> tuple[Vec3, Quaternion]:
    """Principal values, and q_body_from_principal of the axes nearest to the body's.

    UsageError when they cannot belong to a body: not positive, or one above the sum of the others.
    """
    values, vectors = np.linalg.eigh(np.array(inertia_kgm2))
    order = _nearest_order(np.abs(vectors))
    values, vectors = values[order], vectors[:, order]
    vectors = vectors * np.where(np.diag(vectors) < 0.0, -1.0, 1.0)
    if np.linalg.det(vectors) < 0.0:
        raise UsageError(f"principal axes of {inertia_kgm2} are not near the body's; turn the body's axes")
    a, b, c = values.tolist()
    if min(a, b, c) <= 0.0 or 2.0 * max(a, b, c) > a + b + c:
        raise UsageError(f"principal moments {a:.1f}, {b:.1f}, {c:.1f} kg m2 are not those of a body")
    w, x, y, z = from_matrix(vectors)
    return (a, b, c), (w, x, y, z)


def rows_of(matrix: np.ndarray) -> Matrix3:
    """A matrix (3, 3) as tuples."""
    (a, b, c), (d, e, f), (g, h, i) = matrix.tolist()
    return ((a, b, c), (d, e, f), (g, h, i))


def _nearest_order(sizes: np.ndarray) -> list[int]:
    """Which eigenvector goes to which axis: the largest component first."""
    order = [-1, -1, -1]
    left = sizes.copy()
    for _ in range(3):
        axis, column = divmod(int(left.argmax()), 3)
        order[axis] = column
        left[axis, :] = left[:, column] = -1.0
    return order


def tube_inertia(joint: ArmJoint) -> Vec3:
    """Thin tube about its centre, along x."""
    square = joint.radius_m * joint.radius_m
    across = joint.mass_kg * (0.5 * square + joint.length_m * joint.length_m / 12.0)
    return (joint.mass_kg * square, across, across)


def finger_centre(gripper: GripperSettings, inner_face_m: float, side: float) -> Vec3:
    """Centre of mass of a finger in hand axes from the tool point, its pad's face at `inner_face_m`."""
    return (gripper.pad_ahead_m, 0.0, inner_face_m + side * gripper.pad_half_m[2])


def finger_inertia(gripper: GripperSettings) -> Vec3:
    """As the box of the pad with its lead-in; a slender box's thin side is given a hand's breadth."""
    a, b, c = 2.0 * gripper.pad_half_m[0] + gripper.flare_length_m, 2.0 * gripper.pad_half_m[1], 0.05
    third = gripper.finger_mass_kg / 12.0
    return (third * (b * b + c * c), third * (a * a + c * c), third * (a * a + b * b))


def _links(arm: Arm, origin_m: Vec3) -> tuple[Link, ...]:
    """Arm and fingers stretched out along x, from the bus's centre of mass."""
    links: list[Link] = []
    r_m = sub(arm.arm.mount_body_m, origin_m)
    for k, joint in enumerate(arm.arm.joints):
        r_m = add(r_m, joint.offset_m)
        shapes = (_palm(arm, r_m),) if k == HAND else (_tube(joint, r_m),)
        links.append(
            Link(
                joint.name,
                k - 1,
                "revolute",
                joint.axis,
                r_m,
                add(r_m, joint.com_m),
                joint.mass_kg,
                tube_inertia(joint),
                shapes,
                arm.gripper.friction,
                joint.minimum_deg * pi / 180.0,
                joint.maximum_deg * pi / 180.0,
            )
        )
    r_tool_m = add(r_m, (arm.arm.tool_m, 0.0, 0.0))
    links += [_finger(arm.gripper, name, r_tool_m, side) for name, side in (("outer", 1.0), ("inner", -1.0))]
    return tuple(links)


def _tube(joint: ArmJoint, r_joint_m: Vec3) -> Shape:
    size_m = (0.5 * joint.length_m, joint.radius_m, joint.radius_m)
    return Shape("box", size_m, add(r_joint_m, joint.com_m))


def _palm(arm: Arm, r_joint_m: Vec3) -> Shape:
    ahead_m = arm.arm.tool_m - arm.gripper.palm_behind_m - arm.gripper.palm_half_m[0]
    return Shape("box", arm.gripper.palm_half_m, add(r_joint_m, (ahead_m, 0.0, 0.0)))


def _finger(gripper: GripperSettings, name: str, r_tool_m: Vec3, side: float) -> Link:
    """Pad and flared lead-in; its joint closes it along the hand's z towards the middle."""
    face_m = side * gripper.half_opening_m
    r_pad_m = add(r_tool_m, finger_centre(gripper, face_m, side))
    rise_m = gripper.half_mouth_m - gripper.half_opening_m
    slope = atan2(rise_m, gripper.flare_length_m)
    q_flare = about(_Y, -side * slope)
    thick_m = gripper.pad_half_m[2]
    flare_half_m = (0.5 * gripper.flare_length_m, gripper.pad_half_m[1], thick_m)
    r_edge_m = add(r_pad_m, (gripper.pad_half_m[0], 0.0, -side * thick_m))
    r_flare_m = add(r_edge_m, rotate(q_flare, (flare_half_m[0], 0.0, side * thick_m)))
    shapes = (Shape("box", gripper.pad_half_m, r_pad_m), Shape("box", flare_half_m, r_flare_m, q_flare))
    return Link(
        name,
        HAND,
        "prismatic",
        (0.0, 0.0, -side),
        (r_tool_m[0], r_tool_m[1], r_tool_m[2] + face_m),
        r_pad_m,
        gripper.finger_mass_kg,
        finger_inertia(gripper),
        shapes,
        gripper.friction,
        0.0,
        gripper.half_opening_m,
    )
