"""What a control room knows of a run, from its events: latest values, histories, the command stack.

`Known` takes only what reached the ground; truth is kept beside it, in `Truth`, and mixed in nowhere.
Both are plain data: a thread fills them, the screens read them.
"""

from bisect import bisect_right, insort
from collections import deque
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from twin.contracts.capture import ArmState
from twin.contracts.envelope import Event
from twin.contracts.motion import Trajectory
from twin.contracts.operations import AlarmHandled, Mark, PeerLost, RunEnded, TelecommandRequest
from twin.contracts.radio import (
    Argument,
    CommandVerification,
    GroundStage,
    Housekeeping,
    LinkState,
    OnBoardEvent,
    PassEvent,
    StepTaken,
    TelemetryFrame,
)
from twin.dynamics.segments import Track
from twin.ground.alarms import Alarms
from twin.ground.knowledge import Knowledge, Value, reported
from twin.ground.limits import Level, Severity
from twin.ground.link import Link
from twin.mission.monitoring import alarms_of
from twin.mission.script import Mission

LONGEST_LOG = 10_000
LONGEST_HISTORY = 8_000
"""Reports kept for plots and trends; beyond it every other of the older half is dropped."""
_SEVERITIES: dict[str, Severity] = {"info": "info", "low": "watch", "medium": "warning", "high": "critical"}
_ALARMING: dict[str, Level] = {"medium": "warning", "high": "critical"}
"""On-board events that are alarms by themselves."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """Something that happened, placed by the time it was generated; `heard_ns` is when the ground knew."""

    t_ns: int
    heard_ns: int
    severity: Severity
    source: str
    text: str


@dataclass(slots=True)
class Command:
    """A telecommand and every stage it reached, as the ground knows it."""

    number: int
    name: str
    origin: str
    stages: dict[GroundStage, int] = field(default_factory=dict)
    stage: GroundStage = "queued"
    reason: str = ""
    arguments: dict[str, Argument] = field(default_factory=dict)


class Known:
    """The operator's view: what is on the ground at `now_ns`."""

    def __init__(self, alarms: Alarms | None = None) -> None:
        self.now_ns = 0
        self.alarms = alarms or Alarms()
        self.knowledge = Knowledge()
        self.link = Link()
        self.passes: dict[tuple[str, int], PassEvent] = {}
        self.commands: dict[int, Command] = {}
        self.steps: dict[str, StepTaken] = {}
        self.log: deque[LogLine] = deque(maxlen=LONGEST_LOG)
        self.history: list[Housekeeping] = []
        self.heard_ns: dict[int, int] = {}
        """When each report of the history was heard, by the time it was generated."""
        self.ended: RunEnded | None = None
        self._stays: list[tuple[str, int]] | None = None
        self._on_way: list[tuple[int, int, TelemetryFrame]] = []
        self._reported: set[tuple[int, str, str]] = set()
        self._arrivals = 0
        self._asked: list[TelecommandRequest] = []

    def take(self, event: Event) -> None:
        """Note an event of the run; those that say nothing to the ground only move the clock."""
        self.advance(
            event.t_ns - 1
        )  # what was due before this instant has arrived; of this one, passes first
        self.now_ns = max(self.now_ns, event.t_ns)
        match event.body:
            case TelemetryFrame() as frame:
                self._arrivals += 1
                insort(self._on_way, (event.due_ns, self._arrivals, frame), key=lambda each: each[:2])
            case PassEvent() as contact:
                self._contact(contact)
            case LinkState() as carrier:
                self._carrier(carrier)
            case CommandVerification() as said:
                self._verified(said)
            case TelecommandRequest() as asked:
                self._asked.append(asked)
            case StepTaken() as taken:
                self.steps[taken.step] = taken
                if taken.outcome == "timed_out":
                    self._say(taken.t_ns, "warning", "script", f"step {taken.step} ran out of time")
            case PeerLost() as lost:
                text = f"service {lost.participant} lost: {lost.cause}"
                self._say(event.t_ns, "severe", "run", text)
                self.alarms.happened(f"service.{lost.participant}", "severe", text, event.t_ns, event.t_ns)
            case Mark() as mark:
                self._say(event.t_ns, "info", event.source, mark.text)
            case AlarmHandled() as handled:
                self.alarms.handle(handled, event.t_ns)
            case RunEnded() as ended:
                self.ended = ended
                self._say(ended.t_ns, "info", "run", f"over: {ended.cause.replace('_', ' ')} {ended.text}")

    def advance(self, now_ns: int) -> None:
        """Let arrive what was on its way down and is due by `now_ns`."""
        while self._on_way and self._on_way[0][0] <= now_ns:
            due_ns, _, frame = self._on_way.pop(0)
            if self.link.heard(frame):
                self._down(frame, due_ns)
        self.now_ns = max(self.now_ns, now_ns)
        self.alarms.advance(self.now_ns)

    @property
    def newest(self) -> Housekeeping | None:
        return self.knowledge.received.newest

    @property
    def phase(self) -> str | None:
        """The phase last reported."""
        return self.newest.phase if self.newest else None

    @property
    def stays(self) -> list[tuple[str, int]]:
        """Phases in the order they were reported, with the time of the first report of each stay."""
        if self._stays is None:
            runs = groupby(self.history, key=attrgetter("phase"))
            self._stays = [(phase, next(reports).generated_ns) for phase, reports in runs]
        return self._stays

    @property
    def age_s(self) -> float | None:
        """Time since the newest report was generated on board."""
        return (self.now_ns - self.newest.generated_ns) * 1e-9 if self.newest else None

    @property
    def station(self) -> str | None:
        """The station that holds the link."""
        return self.link.station

    @property
    def contact(self) -> PassEvent | None:
        """The pass whose station holds the link."""
        held = (each for each in self.passes.values() if each.station == self.link.station)
        return max(
            (each for each in held if each.rise_ns <= self.now_ns),
            key=lambda each: each.rise_ns,
            default=None,
        )

    @property
    def next_pass(self) -> PassEvent | None:
        """The first pass that has not begun."""
        coming = (each for each in self.passes.values() if each.rise_ns > self.now_ns)
        return min(coming, key=lambda each: each.rise_ns, default=None)

    def values(self) -> dict[str, Value]:
        """Quantities of the ground plane, without the unknown."""
        contact = self.contact
        return self.knowledge.values(self.now_ns, contact.set_ns if contact else None)

    def _down(self, frame: TelemetryFrame, heard_ns: int) -> None:
        self.knowledge.take(frame)
        for report in frame.housekeeping:
            self.alarms.report(report.generated_ns, report.phase, reported(report), heard_ns)
            at = bisect_right(self.history, report.generated_ns, key=lambda each: each.generated_ns)
            if at == 0 or self.history[at - 1].generated_ns != report.generated_ns:
                if at < len(self.history):
                    self._stays = None
                elif self._stays is not None and (not self._stays or self._stays[-1][0] != report.phase):
                    self._stays.append((report.phase, report.generated_ns))
                self.history.insert(at, report)
                self.heard_ns[report.generated_ns] = heard_ns
        if len(self.history) > LONGEST_HISTORY:
            half = LONGEST_HISTORY // 2
            self.history[:half] = self.history[:half:2]
            self._stays = None
            self.heard_ns = {each.generated_ns: self.heard_ns[each.generated_ns] for each in self.history}
        for told in frame.events:
            self._onboard(told, heard_ns)

    def _onboard(self, report: OnBoardEvent, heard_ns: int) -> None:
        key = (report.generated_ns, report.name, report.text)
        if key in self._reported:
            return  # a dump repeats what came down before
        self._reported.add(key)
        text = f"phase {report.text}" if report.name == "phase_changed" else report.text
        severity = _SEVERITIES[report.severity]
        self._say(report.generated_ns, severity, "on board", text, heard_ns)
        if report.severity in _ALARMING:
            alarm = f"{report.name[:44]}.t{report.generated_ns // 1_000_000_000}"
            self.alarms.happened(alarm, _ALARMING[report.severity], text, report.generated_ns, heard_ns)

    def _contact(self, contact: PassEvent) -> None:
        for key in [key for key in self.passes if key[0] == contact.station and contact.event != "predicted"]:
            if abs(key[1] - contact.rise_ns) < _SAME_PASS_NS:
                del self.passes[key]
        self.passes[contact.station, contact.rise_ns] = contact
        if contact.event == "acquired":
            self._say(contact.t_ns, "info", contact.station, "pass begins")
        elif contact.event == "lost":
            self._say(contact.t_ns, "info", contact.station, "pass ends")

    def _carrier(self, carrier: LinkState) -> None:
        if carrier.up:
            self.link.station, self.link.lost_ns = carrier.station, None
        else:
            self.link.station, self.link.lost_ns = None, carrier.t_ns

    def _verified(self, said: CommandVerification) -> None:
        command = self.commands.setdefault(said.command, Command(said.command, said.name, said.origin))
        if said.stage == "queued" and said.origin == "operator":
            command.arguments = self._arguments(said.name)
        command.stages.setdefault(said.stage, said.t_ns)
        command.stage, command.reason = said.stage, said.reason
        severity: Severity = "warning" if said.stage in {"failed", "timed_out"} else "info"
        why = f": {said.reason}" if said.reason else ""
        words = f"#{said.command} {said.name} {said.stage.replace('_', ' ')}{why}"
        if severity == "warning":
            self.alarms.happened(f"command.{said.command}", "warning", words, said.t_ns, said.t_ns)
        self._say(said.t_ns, severity, said.origin, words)

    def _arguments(self, name: str) -> dict[str, Argument]:
        """What the oldest request of that name that is not queued yet was told."""
        for index, asked in enumerate(self._asked):
            if asked.name == name:
                return self._asked.pop(index).arguments
        return {}

    def _say(
        self, t_ns: int, severity: Severity, source: str, text: str, heard_ns: int | None = None
    ) -> None:
        self.log.append(LogLine(t_ns, t_ns if heard_ns is None else heard_ns, severity, source, text))


_SAME_PASS_NS = 120_000_000_000
"""A prediction and the pass itself differ by less than this; passes of one station lie further apart."""


class Truth:
    """The motions as they are: for the overlay that says so and for the camera, never for the operator's
    numbers."""

    def __init__(self) -> None:
        self.tracks = {"target": Track(), "servicer": Track()}
        self.arm: ArmState | None = None

    def take(self, event: Event) -> None:
        """Keep what is needed to say where the bodies and the arm are from the event's time on."""
        if isinstance(event.body, ArmState):
            self.arm = event.body
        elif isinstance(event.body, Trajectory) and event.body.body in self.tracks:
            track = self.tracks[event.body.body]
            track.extend(event.body)
            track.forget_before(event.t_ns)

    def covers(self, t_ns: int) -> bool:
        """Whether both motions are known at `t_ns`."""
        return all(track.covers(t_ns) for track in self.tracks.values())


@dataclass
class Store:
    """Everything the screens read."""

    known: Known = field(default_factory=Known)
    truth: Truth = field(default_factory=Truth)

    @classmethod
    def of(cls, mission: Mission) -> "Store":
        """Nothing is known yet; what comes is judged by the mission's limits."""
        return cls(known=Known(alarms_of(mission)))

    def take(self, event: Event) -> None:
        self.known.take(event)
        self.truth.take(event)
