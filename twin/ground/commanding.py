"""The command queue and the verification of every telecommand, as a table of stages.

Stages after release follow the request verification of ECSS-E-ST-70-41C (service 1: accepted, started,
completed, failed); queued, released and timed out are the ground's own. Every stage after release has a
time-out in simulated time, so nothing stays pending for ever; a queued command waits for a pass and says
for which.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct
from msgspec import field as struct_field

from twin.contracts.fields import Count, Name, TimeNs
from twin.contracts.radio import Argument, CommandReport, CommandVerification, GroundStage, Telecommand
from twin.ground.settings import Ground
from twin.ground.wording import clock, joined

Origin = Literal["timeline", "operator"]
Wait = Literal["acceptance", "completion"]

AWAITS: dict[GroundStage, Wait] = {
    "released": "acceptance",
    "accepted": "completion",
    "started": "completion",
}
"""Which time-out runs in which stage; a stage that is not here waits for nothing."""

RANK: dict[GroundStage, int] = {
    "queued": 0,
    "released": 1,
    "accepted": 2,
    "started": 3,
    "completed": 4,
    "failed": 4,
    "timed_out": 5,
}
"""Stages only go up; a report of a stage already reached (a dump repeats some) says nothing new."""

UNKNOWN = "unknown"
"""Name shown for a report of a command that this ground never released."""


class Command(Struct, kw_only=True):
    """One telecommand in the ground's books; `deadline_ns` is None while nothing is awaited."""

    number: Count
    name: Name
    arguments: dict[Name, Argument]
    origin: Origin
    stage: GroundStage = "queued"
    deadline_ns: TimeNs | None = None


class Books(Struct, kw_only=True):
    """All there is to know about commanding: the part that a snapshot keeps."""

    commands: list[Command] = struct_field(default_factory=list)


@dataclass
class Commanding:
    """Queue, release, verification, time-out. Every change of a stage is said as a CommandVerification."""

    settings: Ground
    books: Books = field(default_factory=Books)

    def queue(
        self, name: str, arguments: dict[str, Argument], origin: Origin, now_ns: int, reason: str
    ) -> CommandVerification:
        """Take a command in; `reason` says when it can go up."""
        number = self.books.commands[-1].number + 1 if self.books.commands else 1
        command = Command(number=number, name=name, arguments=arguments, origin=origin)
        self.books.commands.append(command)
        return _said(command, now_ns, reason)

    def release(self, now_ns: int) -> Iterator[tuple[CommandVerification, Telecommand]]:
        """Everything queued, in order: call it only while the link is up."""
        for command in self.books.commands:
            if command.stage == "queued":
                self._enter(command, "released", now_ns)
                yield (
                    _said(command, now_ns, ""),
                    Telecommand(command=command.number, name=command.name, arguments=command.arguments),
                )

    def report(self, report: CommandReport, now_ns: int) -> CommandVerification | None:
        """A report that came down; None when it says nothing new."""
        command = self._sent(report.command)
        if command is None:
            return _stray(report, now_ns)
        if command.stage == "timed_out":
            late = f"late report: {report.stage} on board at {clock(report.t_ns)}"
            return _said(command, now_ns, joined(late, report.reason))
        if RANK[report.stage] <= RANK[command.stage]:
            return None
        self._enter(command, report.stage, now_ns)
        return _said(command, now_ns, report.reason)

    def expire(self, now_ns: int) -> Iterator[CommandVerification]:
        """Every command whose awaited report has not come by now ends as timed out."""
        for command in self.books.commands:
            if command.deadline_ns is not None and command.deadline_ns <= now_ns:
                awaited = AWAITS[command.stage]
                reason = f"no report of {awaited} within {self._limit_s(awaited):g} s of {command.stage}"
                self._enter(command, "timed_out", now_ns)
                yield _said(command, now_ns, reason)

    @property
    def queued(self) -> bool:
        """Whether a command waits for a pass."""
        return any(command.stage == "queued" for command in self.books.commands)

    @property
    def wake_ns(self) -> int | None:
        """The next time-out, or None."""
        deadlines = (command.deadline_ns for command in self.books.commands)
        return min((each for each in deadlines if each is not None), default=None)

    def _sent(self, number: int) -> Command | None:
        commands = self.books.commands  # numbered one by one from wherever the first stands
        index = number - commands[0].number if commands else 0
        if not 0 <= index < len(commands):
            return None
        return None if commands[index].stage == "queued" else commands[index]

    def _enter(self, command: Command, stage: GroundStage, now_ns: int) -> None:
        awaited = AWAITS.get(stage)
        command.stage = stage
        command.deadline_ns = None if awaited is None else now_ns + round(self._limit_s(awaited) * 1e9)

    def _limit_s(self, awaited: Wait) -> float:
        match awaited:
            case "acceptance":
                return self.settings.acceptance_timeout_s
            case "completion":
                return self.settings.completion_timeout_s


def _said(command: Command, now_ns: int, reason: str) -> CommandVerification:
    return CommandVerification(
        t_ns=now_ns,
        command=command.number,
        name=command.name,
        stage=command.stage,
        origin=command.origin,
        reason=reason,
    )


def _stray(report: CommandReport, now_ns: int) -> CommandVerification:
    """A report of a command that never went up: a fault on board, said and not hidden."""
    return CommandVerification(
        t_ns=now_ns,
        command=report.command,
        name=UNKNOWN,
        stage=report.stage,
        origin="operator",
        reason=joined("report of a command that was never released", report.reason),
    )
