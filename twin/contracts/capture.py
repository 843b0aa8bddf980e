"""Capture: what the on-board computer tells the arm, what the arm says back, and what happened in contact.

`ArmCommand` and `ArmState` are the conversation of on-board computer and arm; everything else is truth,
for the record and the verdict.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from twin.contracts.fields import Body, Float, Name, NonNegative, Quaternion, Text, TimeNs, Vec3

ArmMode = Literal["stow", "standoff", "reach", "close", "hold", "release", "retract"]
CaptureKind = Literal[
    "contact_made",
    "contact_lost",
    "force_exceeded",
    "one_sided",
    "latch_closed",
    "latch_refused",
    "latch_opened",
    "at_standoff",
    "inserted",
    "retracted",
    "stowed",
]
Seven = tuple[Float, Float, Float, Float, Float, Float, Float]


class RingEstimate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the on-board computer believes the ring is: the port's frame, seen from the servicer.

    `r_body_m` is from the servicer's centre of mass; `v_body_mps` is the ring's inertial velocity less that
    of the servicer's centre of mass, `w_body_radps` the ring's inertial rate; all in servicer body axes.
    """

    r_body_m: Vec3
    q_body_from_port: Quaternion
    v_body_mps: Vec3
    w_body_radps: Vec3


class ArmCommand(Body, frozen=True, kw_only=True, tag="arm_command"):
    """What the arm shall do from the next control boundary on; `ring` is the estimate at `t_ns`."""

    t_ns: TimeNs
    mode: ArmMode
    ring: RingEstimate


class ArmState(Body, frozen=True, kw_only=True, tag="arm_state"):
    """What the arm's own sensors and logic say at `t_ns`; the tool's pose is from the body's origin.

    `phase` is the arm's own; `latched` is what the latch's sensor says. `events` are the arm's since its last
    state; `refusal` says why the newest attempt was given up.
    """

    t_ns: TimeNs
    phase: Name
    joint_rad: Seven
    joint_radps: Seven
    joint_nm: Seven
    tool_body_m: Vec3
    q_body_from_tool: Quaternion
    finger_gap_m: Float
    finger_load_n: tuple[Float, Float]
    latched: bool
    events: Annotated[tuple[CaptureKind, ...], Meta(max_length=64)] = ()
    refusal: Text = ""


class ContactState(Body, frozen=True, kw_only=True, tag="contact_state"):
    """Truth of the period in the contact window that ends at `t_ns`.

    `force_n` is the largest vector sum of the contact forces in the period, `impulse_ns` the size of their
    impulse from the first contact to the latch; `gap_m`, `offset_m` and `misalignment_rad` are of the jaw
    against the ring.
    """

    t_ns: TimeNs
    force_n: NonNegative
    impulse_ns: NonNegative
    gap_m: Float
    offset_m: NonNegative
    misalignment_rad: NonNegative
    latched: bool


class CaptureEvent(Body, frozen=True, kw_only=True, tag="capture_event"):
    """Something happened in the contact window (truth)."""

    t_ns: TimeNs
    event: CaptureKind
    text: Text = ""


class WindowOpened(Body, frozen=True, kw_only=True, tag="window_opened"):
    """The contact world has taken both bodies."""

    t_ns: TimeNs


class WindowClosed(Body, frozen=True, kw_only=True, tag="window_closed"):
    """The contact world has handed its bodies on, as one stack or as two; its books are closed.

    `latch_rise_j` is by how much energy rose across the latch, `coast_drift` its largest relative change in
    free coast, `free_error_j` its largest unexplained change while nothing touched; `contact_j` is what
    contact added to it (took, if negative). `broken` names the limits that were passed: then the run shows
    nothing.
    """

    t_ns: TimeNs
    outcome: Literal["stack", "apart"]
    momentum_error_ns: NonNegative
    momentum_limit_ns: NonNegative
    angular_error_nms: NonNegative
    angular_limit_nms: NonNegative
    work_j: dict[Name, Float]
    latch_rise_j: Float
    coast_drift: NonNegative
    free_error_j: NonNegative = 0.0
    contact_j: Float = 0.0
    broken: Annotated[tuple[Text, ...], Meta(max_length=64)] = ()


class LedgerRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Momentum about the window's centre of mass less what was booked, each with its limit then; the work
    that was booked counts from the opening. `energy_used` is the largest share of a limit on energy used up.
    """

    t_ns: TimeNs
    momentum_error_ns: NonNegative
    momentum_limit_ns: NonNegative
    angular_error_nms: NonNegative
    angular_limit_nms: NonNegative
    kinetic_j: Float
    booked_j: Float
    energy_used: NonNegative = 0.0


class LedgerBooked(Body, frozen=True, kw_only=True, tag="ledger_booked"):
    """Rows of the window's ledger, in time order: every 20 ms in contact, every 0.2 s otherwise."""

    t_ns: TimeNs
    rows: Annotated[tuple[LedgerRow, ...], Meta(max_length=1024)]
