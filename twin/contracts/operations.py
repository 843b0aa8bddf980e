"""What comes from outside a run (operator, fault script, wall clock) and becomes an event of it.

Every kind here enters as an external input: recorded at the frozen simulated time and taken from
the record on replay.
"""

from typing import Annotated, Literal

from msgspec import Meta, field

from twin.contracts.fields import Body, Count, Float, Name, NonNegative, Text, TimeNs
from twin.contracts.radio import Argument


class TelecommandRequest(Body, frozen=True, kw_only=True, tag="telecommand_request"):
    """An operator asks the ground to queue a telecommand."""

    name: Name
    arguments: dict[Name, Argument] = field(default_factory=dict)


class FaultRequest(Body, frozen=True, kw_only=True, tag="fault_request"):
    """A fault begins (`active`) or ends: `fault` is its kind (`twin.contracts.faults`), `name` which of that
    kind, so that several may be in force at once."""

    fault: Name
    active: bool
    arguments: dict[Name, Argument] = field(default_factory=dict)
    name: Name = "by-hand"


Effect = Literal["drop", "delay", "duplicate", "corrupt"]


class MessageDisturbed(Body, frozen=True, kw_only=True, tag="message_disturbed"):
    """A fault of messages has hit the message `sequence` of `source` on its way to `to`."""

    fault: Name
    effect: Effect
    source: Name
    sequence: Count
    to: Name
    message: Name
    detail: Text = ""


class LawSwap(Body, frozen=True, kw_only=True, tag="law_swap"):
    """Replace the law of a phase at the next control boundary; `arguments`: parameters by dotted names.

    `shadow`: it looks on there instead, its demands recorded and not obeyed (law `none` ends that).
    """

    phase: Name
    law: Name
    arguments: dict[Name, Argument] = field(default_factory=dict)
    shadow: bool = False


class LawUnresponsive(Body, frozen=True, kw_only=True, tag="law_unresponsive"):
    """The watchdog found the law hung: the safe law takes over at this simulated time."""

    law: Name
    cpu_s: Float


class PeerLost(Body, frozen=True, kw_only=True, tag="peer_lost"):
    """A participant's process is gone: its name, the cause, and the last grant it had."""

    participant: Name
    cause: Text
    granted_ns: TimeNs


class Mark(Body, frozen=True, kw_only=True, tag="mark"):
    """A note in the recording, without effect on the run."""

    text: Text


class AlarmHandled(Body, frozen=True, kw_only=True, tag="alarm_handled"):
    """What an operator did about alarms, by name: kept in the recording, without effect on the run.

    `for_s`: how long a shelf holds, in simulated time.
    """

    alarms: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=1000)]
    action: Literal["acknowledge", "shelve", "unshelve", "clear"]
    who: Text
    comment: Text = ""
    for_s: NonNegative | None = None


class Branched(Body, frozen=True, kw_only=True, tag="branched"):
    """From here on the run is a branch of the one with the digest `parent`: something else was done.

    `seed`, if there is one, is that of all noise from here on.
    """

    parent: Text
    seed: Count | None = None
    text: Text = ""


class SnapshotTaken(Body, frozen=True, kw_only=True, tag="snapshot_taken"):
    """The state of one participant after its reaction at `t_ns`, versioned by the participant."""

    participant: Name
    t_ns: TimeNs
    version: int
    state: bytes


class RunEnded(Body, frozen=True, kw_only=True, tag="run_ended"):
    """The last event of a run."""

    t_ns: TimeNs
    cause: Literal["mission_over", "until", "deadline", "peer_lost", "interrupted", "error"]
    text: Text = ""
