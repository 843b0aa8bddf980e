"""The operator plane: requests, the only way to change a run from outside, each with one answer."""

from typing import Annotated

from msgspec import Meta, Struct

from twin.contracts.fields import Count, Float, Name, NonNegative, Text, TimeNs
from twin.contracts.operations import AlarmHandled
from twin.contracts.radio import Argument


class _Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="ask"):
    """`id` is echoed by the answer."""

    id: Count = 0


class Pause(_Request, frozen=True, kw_only=True, tag="pause"):
    """Withhold the next grant."""


class Resume(_Request, frozen=True, kw_only=True, tag="resume"):
    """Go on, without limit or count."""


class SetRate(_Request, frozen=True, kw_only=True, tag="rate"):
    """Simulated seconds per wall second, 0.1 ... 1000; None: as fast as it goes."""

    rate: NonNegative | None


class StepTime(_Request, frozen=True, kw_only=True, tag="step"):
    """Run for `seconds` of simulated time, then pause."""

    seconds: NonNegative


class StepRounds(_Request, frozen=True, kw_only=True, tag="step_rounds"):
    """Run for so many rounds, then pause; 1 is a step of one event time."""

    rounds: Count = 1


class RunUntil(_Request, frozen=True, kw_only=True, tag="run_until"):
    """Run up to and including `t_ns`, then pause."""

    t_ns: TimeNs


class SendTelecommand(_Request, frozen=True, kw_only=True, tag="telecommand"):
    """Ask the ground to queue a telecommand: an external event of the run."""

    name: Name
    arguments: dict[Name, Argument] = {}


class SwapLaw(_Request, frozen=True, kw_only=True, tag="swap_law"):
    """Fly another law in a phase from the next control boundary, or let it look on: as `LawSwap`."""

    phase: Name
    law: Name
    arguments: dict[Name, Argument] = {}
    shadow: bool = False


class HandleAlarms(_Request, frozen=True, kw_only=True, tag="alarms"):
    """Note what the operator did about alarms: an external event of the run, without effect on it."""

    handled: AlarmHandled


class Probe(_Request, frozen=True, kw_only=True, tag="probe"):
    """Give a participant an empty grant: it must change nothing."""

    participant: Name


class AskStatus(_Request, frozen=True, kw_only=True, tag="status"):
    """Where is the run, who holds time? Answered by `Status`."""


class AskSnapshot(_Request, frozen=True, kw_only=True, tag="snapshot"):
    """The participants' states after their last grant. Answered by `States`."""


class AskLatest(_Request, frozen=True, kw_only=True, tag="latest"):
    """The picture so far, for a viewer that joins late. Answered by `Latest`."""


class AskMission(_Request, frozen=True, kw_only=True, tag="mission"):
    """Which mission flies? Answered by `MissionGiven`."""


class AskServices(_Request, frozen=True, kw_only=True, tag="services"):
    """How is every service? Answered by `ServicesGiven`."""


class StopRun(_Request, frozen=True, kw_only=True, tag="stop"):
    """End the run before the next grant."""


Request = (
    Pause
    | Resume
    | SetRate
    | StepTime
    | StepRounds
    | RunUntil
    | SendTelecommand
    | SwapLaw
    | HandleAlarms
    | Probe
    | AskStatus
    | AskSnapshot
    | AskLatest
    | AskMission
    | AskServices
    | StopRun
)


class _Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="answer"):
    id: Count = 0


class Done(_Answer, frozen=True, kw_only=True, tag="done"):
    """The request has taken effect."""


class Declined(_Answer, frozen=True, kw_only=True, tag="declined"):
    """The request has had no effect; `reason` says why."""

    reason: Text


class Status(_Answer, frozen=True, kw_only=True, tag="status"):
    """A run at a moment. `position_ns` runs on between rounds; `waiting_for` holds time now, `waits` says
    who held it so far (wall seconds); rates are simulated seconds per wall second, None: max, or unknown."""

    now_ns: TimeNs
    position_ns: TimeNs
    end_ns: TimeNs
    paused: bool
    wanted_rate: Float | None
    achieved_rate: Float | None
    waiting_for: tuple[Name, ...]
    waits: dict[Name, Float]
    rounds: Count
    events: Count


class States(_Answer, frozen=True, kw_only=True, tag="states"):
    """State of every participant, versioned by the participant."""

    t_ns: TimeNs
    states: dict[Name, bytes]


class Latest(_Answer, frozen=True, kw_only=True, tag="latest"):
    """What a viewer that joins late needs, as canonical bytes of `Event`s in total order.

    The newest event of every source and kind published with a number up to `number`, and before them what
    happened lately: passes, telemetry, verification, phases, alarms.
    """

    number: Count
    events: Annotated[tuple[bytes, ...], Meta(max_length=4096)]


class ServiceHealth(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One service's process: `pid` 0 and no figures where it is not ours; `messages` said so far; the last
    lines of its log."""

    pid: Count = 0
    cpu_s: NonNegative = 0.0
    memory_bytes: Count = 0
    messages: Count = 0
    log: tuple[Text, ...] = ()


class ServicesGiven(_Answer, frozen=True, kw_only=True, tag="services"):
    """Every service of the run in rank order, and the wall time (s, of no epoch) at which that was so."""

    wall_s: NonNegative
    services: dict[Name, ServiceHealth]


class MissionGiven(_Answer, frozen=True, kw_only=True, tag="mission"):
    """The mission as resolved data: JSON of a `twin.mission.script.Mission`."""

    mission: bytes


Answer = Done | Declined | Status | States | Latest | MissionGiven | ServicesGiven
