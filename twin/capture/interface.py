"""What goes into a contact window and what comes out of it."""

from typing import Literal, get_args

from msgspec import Struct
from numpy import array

from twin.capture.settings import Arm, ContactSettings, Ring
from twin.contracts.capture import CaptureKind
from twin.contracts.fields import Float, NonNegative, Quaternion, Text, TimeNs, Vec3
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings

Matrix3 = tuple[Vec3, Vec3, Vec3]
Seven = tuple[Float, Float, Float, Float, Float, Float, Float]
Nine = tuple[Float, Float, Float, Float, Float, Float, Float, Float, Float]
ArmMode = Literal["stow", "standoff", "reach", "close", "hold", "release", "retract"]


class _Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Port(_Value, frozen=True, kw_only=True):
    """Where the ring is on the target: its centre, and port x outward along its axis."""

    r_body_m: Vec3
    q_port_from_body: Quaternion


class WindowSettings(_Value, frozen=True, kw_only=True):
    """What does not change from window to window: the two bodies' shapes and the numerics.

    `hull_m` is the target's length and radius, along its body x about `hull_centre_m`.
    """

    arm: Arm
    ring: Ring
    port: Port
    hull_m: tuple[NonNegative, NonNegative]
    contact: ContactSettings
    hull_centre_m: Vec3 = (0.0, 0.0, 0.0)


class BodyAtHandOver(_Value, frozen=True, kw_only=True):
    """A rigid body as its owner gives it: state of the centre of mass, mass, inertia about it."""

    r_eci_m: Vec3
    v_eci_mps: Vec3
    q_eci_from_body: Quaternion
    w_body_radps: Vec3
    mass_kg: NonNegative
    inertia_body_kgm2: Matrix3

    @property
    def kinematic(self) -> KinematicState:
        """The state as arrays."""
        return KinematicState(
            array(self.r_eci_m), array(self.v_eci_mps), array(self.q_eci_from_body), array(self.w_body_radps)
        )


class HandOver(_Value, frozen=True, kw_only=True):
    """Both bodies at the instant the window opens; the arm is at rest and part of the servicer.

    `drag_m2pkg` is the target's drag area x coefficient / mass: the window's origin falls like it.
    `joints` are the arm's seven angles and the fingers' two travels where it is not stowed; `latched` when it
    holds the ring: then both are where the latch keeps them.
    """

    t_ns: TimeNs
    servicer: BodyAtHandOver
    target: BodyAtHandOver
    wheel_momentum_body_nms: Vec3
    surroundings: Surroundings
    drag_m2pkg: NonNegative = 0.0
    joints: Nine | None = None
    latched: bool = False


class Pulse(_Value, frozen=True, kw_only=True):
    """Thrust from the start of the step for `on_s`.

    Force at the point of the body where the centre of mass is when the arm is stowed (the origin of
    the body's axes, where thruster positions are counted from), and the torque about it.
    """

    force_body_n: Vec3
    torque_body_nm: Vec3
    on_s: NonNegative


class RingEstimate(_Value, frozen=True, kw_only=True):
    """The port as guidance believes it to be, relative to the servicer, in servicer body axes at `t_ns`.

    Position and velocity are of the port's centre minus those of the servicer's centre of mass (the
    one that `Sample.servicer` has), the velocity as seen from non-rotating axes; the rate is the
    target's against non-rotating axes.
    """

    t_ns: TimeNs
    r_body_m: Vec3
    v_body_mps: Vec3
    q_body_from_port: Quaternion
    w_body_radps: Vec3


class ArmDemand(_Value, frozen=True, kw_only=True):
    """What the on-board computer wants of the arm.

    standoff: unfold and wait before the ring; reach: go on to the ring; close: go on to the latch;
    hold: stop where it is; release: open latch and fingers; retract: back out, then fold; stow: fold.
    standoff, reach and close need a ring estimate: without one the arm holds.
    """

    mode: ArmMode
    ring: RingEstimate | None = None


class ArmFaults(_Value, frozen=True, kw_only=True):
    """What is broken: joints (from 0) that do not turn, fingers that do not move, a latch sensor that says
    one thing whatever the latch does.
    """

    jammed_joints: tuple[int, ...] = ()
    finger_stuck: bool = False
    latch_sensor_says: Literal["open", "closed"] | None = None


SOUND = ArmFaults()


class Advance(_Value, frozen=True, kw_only=True):
    """All inputs of one step of the window: a window is its hand-over and these, re-run."""

    duration_ns: TimeNs
    pulses: tuple[Pulse, ...]
    wheel_torque_body_nm: Vec3
    arm: ArmDemand
    faults: ArmFaults = SOUND


class Sample(Struct, frozen=True, kw_only=True):
    """Both bodies: the servicer's centre of mass with its arm where it is, and the bus's attitude."""

    t_ns: int
    servicer: KinematicState
    target: KinematicState


class Event(_Value, frozen=True, kw_only=True):
    """Something that happened in the window: `kind` is one of EVENTS."""

    t_ns: TimeNs
    kind: str
    text: Text = ""


EVENTS: tuple[str, ...] = get_args(CaptureKind)


class ArmState(_Value, frozen=True, kw_only=True):
    """Telemetry of arm and gripper.

    Tool pose in body axes, from the body's origin. Loads are the two fingers' (outer, inner).
    `latch_sensor` is what the sensor says, `latched` what is.
    """

    t_ns: TimeNs
    phase: str
    joint_rad: Seven
    joint_radps: Seven
    joint_nm: Seven
    tool_body_m: Vec3
    q_body_from_tool: Quaternion
    finger_gap_m: Float
    finger_mps: Float
    finger_load_n: tuple[Float, Float]
    latched: bool
    latch_sensor: bool
    refusal: Text = ""


class ContactState(_Value, frozen=True, kw_only=True):
    """Contact between the bodies: forces on the servicer, in window axes.

    Peaks are the largest vector sum over one physics step, of the window and of this advance; the impulse
    is that of this advance and the total that of the window, until the latch takes the load. Gap, offset and
    misalignment are those of the jaw against the ring.
    """

    force_n: NonNegative
    peak_n: NonNegative
    advance_peak_n: NonNegative
    impulse_ns: Vec3
    impulse_to_latch_ns: NonNegative
    first_contact_ns: int | None
    latched_ns: int | None
    gap_m: Float
    offset_m: NonNegative
    misalignment_rad: NonNegative


class LedgerRow(_Value, frozen=True, kw_only=True):
    """Momentum about the window's centre of mass against what was booked, and energy.

    `dp` and `dh` are the unexplained parts, with their limits then; the work that was booked counts from the
    opening. `energy_used` is the largest share of a limit on energy that is used up.
    """

    t_ns: TimeNs
    dp_ns: NonNegative
    dp_limit_ns: NonNegative
    dh_nms: NonNegative
    dh_limit_nms: NonNegative
    kinetic_j: Float
    booked_j: Float
    energy_used: NonNegative = 0.0

    @property
    def holds(self) -> bool:
        """Whether both momenta are within their limits."""
        return self.dp_ns <= self.dp_limit_ns and self.dh_nms <= self.dh_limit_nms


class LedgerSummary(_Value, frozen=True, kw_only=True):
    """The window's books: worst and last rows, work by source, and energy.

    `latch_rise_j` is what the latch added, `coast_drift` the relative change in a coast, `free_error_j` the
    largest unexplained change while nothing touched; `contact_j` is what contact added (taken, if negative).
    """

    rows: int
    worst_dp: LedgerRow
    worst_dh: LedgerRow
    last: LedgerRow
    final_dp_limit_ns: NonNegative
    final_dh_limit_nms: NonNegative
    work_j: dict[str, float]
    latch_rise_j: Float
    coast_drift: NonNegative
    free_error_j: NonNegative
    contact_j: Float
    broken: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every limit was kept."""
        return not self.broken


class WindowStep(Struct, frozen=True, kw_only=True):
    """What one advance gives."""

    samples: tuple[Sample, ...]
    events: tuple[Event, ...]
    arm: ArmState
    contact: ContactState
    ledger: tuple[LedgerRow, ...]


class TwoBodies(_Value, frozen=True, kw_only=True):
    """Both bodies as they leave the window, each rigid in its present shape; `joints` as in `HandOver`."""

    t_ns: TimeNs
    servicer: BodyAtHandOver
    target: BodyAtHandOver
    wheel_momentum_body_nms: Vec3
    joints: Nine | None = None


class StackState(_Value, frozen=True, kw_only=True):
    """The latched pair as one rigid body with the servicer's axes, about its own centre of mass.

    `servicer_body_m` and `target_body_m` are the centres of mass of the two in stack axes, and
    `q_body_from_target` the target's attitude against them. The stack's rate is the one that keeps
    the angular momentum; `rate_step_radps` is by how much the bus's own rate differs from it. The servicer
    alone, with its arm at `joints`, has `servicer_inertia_body_kgm2`.
    """

    t_ns: TimeNs
    body: BodyAtHandOver
    wheel_momentum_body_nms: Vec3
    servicer_body_m: Vec3
    target_body_m: Vec3
    q_body_from_target: Quaternion
    rate_step_radps: NonNegative
    servicer_inertia_body_kgm2: Matrix3
    joints: Nine
