"""The space link: passes, telemetry down, telecommands up, verification."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from twin.contracts.fields import Body, Count, Float, Name, NonNegative, Text, TimeNs, Vec3
from twin.contracts.navigation import Looks

Stage = Literal["accepted", "started", "completed", "failed"]
GroundStage = Literal["queued", "released", "accepted", "started", "completed", "failed", "timed_out"]


class PassEvent(Body, frozen=True, kw_only=True, tag="pass_event"):
    """A station's pass began or ended (geometry above the mask), or was predicted."""

    t_ns: TimeNs
    station: Name
    event: Literal["predicted", "acquired", "lost"]
    rise_ns: TimeNs
    set_ns: TimeNs
    max_elevation_rad: Float


class LinkState(Body, frozen=True, kw_only=True, tag="link_state"):
    """What the servicer's radio knows of the link: carrier locked or not, and to whom."""

    t_ns: TimeNs
    up: bool
    station: Name
    station_ecef_m: Vec3
    downlink_bps: NonNegative


class Housekeeping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One on-board housekeeping report; `generated_ns` is on-board time.

    `covariance` is that of [r_ric_m, v_ric_mps]: the lower triangle, row by row, little-endian float64 (168
    bytes); empty where the computer gives none. The last four are the estimate's.
    """

    generated_ns: TimeNs
    phase: Name
    r_ric_m: Vec3
    v_ric_mps: Vec3
    sigma_r_m: NonNegative
    range_m: NonNegative
    range_rate_mps: Float
    port_axial_m: Float
    port_lateral_m: NonNegative
    attitude_error_rad: NonNegative
    propellant_kg: NonNegative
    battery_fraction: NonNegative
    delta_v_mps: NonNegative
    wheel_momentum_max_nms: NonNegative
    latched: bool = False
    covariance: Annotated[bytes, Meta(max_length=168)] = b""
    rejected: Count | None = None
    nis: NonNegative | None = None
    looks: Looks | None = None
    wheel_drag_nm: NonNegative | None = None


class CommandReport(Body, frozen=True, kw_only=True, tag="command_report"):
    """On-board verification of a telecommand (the stages of ECSS-E-ST-70-41C service 1)."""

    t_ns: TimeNs
    command: Count
    stage: Stage
    reason: Text = ""


class OnBoardEvent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event report stored on board until a pass: a phase change or a safety verdict."""

    generated_ns: TimeNs
    severity: Literal["info", "low", "medium", "high"]
    name: Name
    text: Text


class TelemetryFrame(Body, frozen=True, kw_only=True, tag="telemetry_frame"):
    """What one downlink slot carries; `stored` frames are a dump of what was kept outside passes."""

    sequence: Count
    sent_ns: TimeNs
    stored: bool
    housekeeping: Annotated[tuple[Housekeeping, ...], Meta(max_length=256)]
    reports: Annotated[tuple[CommandReport, ...], Meta(max_length=256)] = ()
    events: Annotated[tuple[OnBoardEvent, ...], Meta(max_length=256)] = ()


Argument = str | Float | bool


class Telecommand(Body, frozen=True, kw_only=True, tag="telecommand"):
    """A command as it goes up the link and on to the on-board computer.

    `name`: go, hold, retreat, abort, free_drift, arm, release, retract; swap_law with `phase`, `law` and
    `parameters.…`, one dotted name a parameter.
    """

    command: Count
    name: Name
    arguments: dict[Name, Argument] = field(default_factory=dict)


class CommandVerification(Body, frozen=True, kw_only=True, tag="command_verification"):
    """What the ground knows of a telecommand; `timed_out` is an end state of its own."""

    t_ns: TimeNs
    command: Count
    name: Name
    stage: GroundStage
    origin: Literal["timeline", "operator"]
    reason: Text = ""


class StepTaken(Body, frozen=True, kw_only=True, tag="step_taken"):
    """A step of the mission's timeline was taken by the ground, ran out of time, or expected in vain."""

    t_ns: TimeNs
    step: Name
    outcome: Literal["done", "timed_out", "failed"]
    text: Text = ""
