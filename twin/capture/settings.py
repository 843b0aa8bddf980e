"""What vehicle and body files say about capture: arm, gripper, latch, ring; and how contact is computed.

Lengths of the arm are given at zero joint angles, when it stretches along body x with the axes of
its links parallel to the body's. The hand's x is the approach direction, its z the jaw's: the two
fingers close along z.
"""

from typing import Annotated

from msgspec import Meta, Struct

from twin.contracts.fields import Name, NonNegative, Vec3

_Positive = Annotated[float, Meta(gt=0.0, le=1e300)]
_Angle = Annotated[float, Meta(ge=-360.0, le=360.0)]


class _Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class ArmJoint(_Settings, frozen=True, kw_only=True):
    """A revolute joint and the link it turns, a tube along its own x.

    `offset_m` leads from the joint before (from the mount, for the first). `com_m` leads from the
    joint to the link's centre of mass; the tube has `length_m` and `radius_m` about that centre.
    """

    name: Name
    axis: Vec3
    offset_m: Vec3
    mass_kg: _Positive
    com_m: Vec3
    length_m: _Positive
    radius_m: _Positive
    torque_nm: _Positive
    closing_torque_nm: _Positive
    minimum_deg: _Angle
    maximum_deg: _Angle
    stowed_deg: _Angle
    unfolded_deg: _Angle


class ArmSettings(_Settings, frozen=True, kw_only=True):
    """Seven joints from the mount on the body to the hand, and the laws of their motion.

    The tool point, `tool_m` from the last joint, is where the ring's edge shall be in the jaw.
    """

    mount_body_m: Vec3
    tool_m: _Positive
    joints: Annotated[tuple[ArmJoint, ...], Meta(min_length=7, max_length=7)]
    rate_radps: _Positive = 0.35
    pose_gain_per_s: _Positive = 1.5
    speed_mps: _Positive = 0.15
    turn_radps: _Positive = 0.3
    brake_fade_s: _Positive = 2.0
    standoff_m: _Positive = 0.25
    standoff_error_m: _Positive = 0.02
    standoff_speed_mps: _Positive = 0.01
    insertion_mps: _Positive = 0.02

    @property
    def mass_kg(self) -> float:
        """Mass of the seven links, without the fingers."""
        return sum(joint.mass_kg for joint in self.joints)


class GripperSettings(_Settings, frozen=True, kw_only=True):
    """Two coupled fingers: flat pads with flared lead-ins, open `half_opening_m` each side of the middle.

    Pads have half extents `pad_half_m` (long, wide, thick), centred `pad_ahead_m` before the tool point;
    the lead-in carries on for `flare_length_m` and opens to `half_mouth_m`. `friction` is that of pad
    on ring; `force_n` is what the two fingers close with together.
    """

    finger_mass_kg: _Positive
    pad_half_m: Vec3
    pad_ahead_m: NonNegative
    half_opening_m: _Positive
    half_mouth_m: _Positive
    flare_length_m: _Positive
    palm_half_m: Vec3
    palm_behind_m: NonNegative
    friction: NonNegative = 0.4
    closing_mps: _Positive = 0.03
    force_n: _Positive = 40.0
    coupling_force_n: _Positive = 2000.0


class LatchSettings(_Settings, frozen=True, kw_only=True):
    """When the latch may close, and when an attempt is given up.

    The impulses are those of the jaw against the ring, by its own sensors: on the way in, and in all.
    """

    held_s: _Positive = 0.2
    finger_load_n: _Positive = 1.0
    finger_speed_mps: _Positive = 0.002
    relative_speed_mps: _Positive = 0.01
    relative_rate_deg_per_s: _Positive = 0.5
    misalignment_deg: _Positive = 5.0
    offset_m: _Positive = 0.03
    end_stop_m: _Positive = 0.004
    gap_m: _Positive = 0.002
    timeout_s: _Positive = 25.0
    one_sided_s: _Positive = 1.0
    one_sided_closing_s: _Positive = 3.0
    force_n: _Positive = 100.0
    inserting_impulse_ns: _Positive = 2.0
    impulse_ns: _Positive = 9.0


class Arm(_Settings, frozen=True, kw_only=True):
    """Everything of the servicer that takes hold.

    `grasp_towards_body` says which side of the ring is taken: the part that lies that way.
    `bus_half_m` is the box of the bus, for contact and pictures.
    """

    arm: ArmSettings
    gripper: GripperSettings
    latch: LatchSettings
    grasp_towards_body: Vec3
    bus_half_m: Vec3


class Ring(_Settings, frozen=True, kw_only=True):
    """The payload-attach fitting: a thin wall about port x whose edge lies in the plane of the port.

    It is built of fifteen flat plates that touch a cylinder of `radius_m` at their middles: sixteen
    shapes are what the engine takes in one body, and the hull is one of them.
    """

    radius_m: _Positive
    wall_m: _Positive
    height_m: _Positive


class ContactSettings(_Settings, frozen=True, kw_only=True):
    """How the window computes. The stiffness belongs to the stated contact force.

    `damping` is the engine's own and takes momentum from nowhere to nowhere: anything but 0 fails
    the ledger, which a test shows.
    """

    step_s: _Positive = 0.001
    arm_period_s: _Positive = 0.01
    sample_s: _Positive = 0.1
    stiffness_npm: _Positive = 2.0e4
    damping_nspm: NonNegative = 200.0
    damping: NonNegative = 0.0
    iterations: Annotated[int, Meta(ge=1, le=1000)] = 50
