"""The control conversation between conductor and participant, and the envelope of every message."""

from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct

from twin.contracts.actuation import ActuatorCommand
from twin.contracts.capture import (
    ArmCommand,
    ArmState,
    CaptureEvent,
    ContactState,
    LedgerBooked,
    WindowClosed,
    WindowOpened,
)
from twin.contracts.custody import BodyState, CustodyBooked, CustodyGrant, CustodyRequest
from twin.contracts.equipment import EquipmentState
from twin.contracts.fields import Count, Name, Text, TimeNs
from twin.contracts.motion import EclipseCrossed, Trajectory
from twin.contracts.navigation import Estimate, LawCompared, PhaseChanged, SafetyVerdict
from twin.contracts.operations import (
    AlarmHandled,
    Branched,
    FaultRequest,
    LawSwap,
    LawUnresponsive,
    Mark,
    MessageDisturbed,
    PeerLost,
    RunEnded,
    SnapshotTaken,
    TelecommandRequest,
)
from twin.contracts.radio import (
    CommandReport,
    CommandVerification,
    LinkState,
    PassEvent,
    StepTaken,
    Telecommand,
    TelemetryFrame,
)
from twin.contracts.sensing import SensorReadings

AnyBody = (
    Trajectory
    | EclipseCrossed
    | SensorReadings
    | ActuatorCommand
    | Estimate
    | PhaseChanged
    | SafetyVerdict
    | EquipmentState
    | PassEvent
    | LinkState
    | TelemetryFrame
    | CommandReport
    | Telecommand
    | CommandVerification
    | StepTaken
    | TelecommandRequest
    | AlarmHandled
    | FaultRequest
    | MessageDisturbed
    | LawSwap
    | LawUnresponsive
    | PeerLost
    | Mark
    | SnapshotTaken
    | Branched
    | RunEnded
    | BodyState
    | CustodyRequest
    | CustodyGrant
    | CustodyBooked
    | ArmCommand
    | ArmState
    | ContactState
    | CaptureEvent
    | WindowOpened
    | WindowClosed
    | LedgerBooked
    | LawCompared
)
"""Every kind of message body a participant or the outside may put into the event stream."""

Delivery = Literal["wake", "wait", "latest"]
"""`wake`: the receiver is granted at the message's time. `wait`: it stays in the receiver's inbox
until its next grant. `latest`: as `wait`, and a newer one of the same source and kind replaces it."""

Receivers = Annotated[tuple[Name, ...], Meta(max_length=16)]


class Outgoing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message as a participant emits it; `to` may be empty: then it is for the record and viewers."""

    to: Receivers = ()
    delay_ns: TimeNs = 0
    delivery: Delivery = "wake"
    body: AnyBody


class Delivered(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message as its receiver gets it: key of the total order, then the body."""

    t_ns: TimeNs
    micro: Count
    source: Name
    sequence: Count
    body: AnyBody


class Event(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message as the record, the digest and the viewers see it.

    (t_ns, micro, rank of source, sequence) is the total order by time of emission;
    `due_ns` is when receivers may see it.
    """

    t_ns: TimeNs
    micro: Count
    source: Name
    sequence: Count
    to: Receivers
    due_ns: TimeNs
    delivery: Delivery
    external: bool = False
    body: AnyBody


class Reaction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a participant answers: messages, and the absolute time it wants to be woken, or None."""

    messages: Annotated[tuple[Outgoing, ...], Meta(max_length=4096)] = ()
    wake_ns: TimeNs | None = None


class Hello(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="frame", tag="hello"):
    """First word of a peer: who it is, which contract it speaks, in which numeric environment."""

    name: Name
    schema: Text
    fingerprint: Text
    foreign: bool = False
    snapshots: bool = True
    source: Text = ""


class Start(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="frame", tag="start"):
    """All required peers are here: the mission as resolved data (a `twin.mission.script.Mission`).

    A peer that comes back gets `state`, what it was after its first `granted` grants, and then the rest of
    them again; without a state it begins anew.
    """

    run: Text
    epoch: Count
    mission: Raw
    granted: Count = 0
    state: bytes = b""


class Ready(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="frame", tag="ready"):
    """The peer has built its models and waits for its first grant (number 0: `begin`)."""

    run: Text
    epoch: Count


class Grant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="frame", tag="grant"):
    """Permission to react at (t_ns, micro) to a sorted inbox; bodies are canonical re-encodings."""

    run: Text
    epoch: Count
    number: Count
    t_ns: TimeNs
    micro: Count
    inbox: tuple[Raw, ...] = ()


class Reply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="frame", tag="reply"):
    """The answer to a grant echoes its (run, epoch, number)."""

    run: Text
    epoch: Count
    number: Count
    reaction: Reaction


class SnapshotAsked(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="frame", tag="snapshot_asked"
):
    """Ask a peer, between grants, for its state."""

    run: Text
    epoch: Count


class SnapshotGiven(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="frame", tag="snapshot_given"
):
    """A peer's state after its last grant, the `granted`th it had (0: not said)."""

    run: Text
    epoch: Count
    state: bytes
    granted: Count = 0


class Failure(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="frame", tag="failure"
):
    """A participant raised: whose fault, where, and the last lines of its log."""

    run: Text
    epoch: Count
    number: Count
    error: Text
    log: tuple[Text, ...] = ()


class Refused(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="frame", tag="refused"
):
    """The conductor does not take what the peer sent; the reason names the place."""

    reason: Text


class Stop(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="frame", tag="stop"):
    """The run is over: the peer ends."""

    run: Text
    cause: Text


FromPeer = Hello | Ready | Reply | SnapshotGiven | Failure
ToPeer = Start | Grant | SnapshotAsked | Refused | Stop
