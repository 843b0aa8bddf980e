"""Where a recorded event came from: what its source had been given when it said it, and what stood then.

A participant reacts to its inbox and to what it keeps. The inbox of a grant is known from the record: what
was due to its receiver since the grant before. Of what it keeps, three things are named: the phase it was in,
laws swapped, and faults in force; the rest (a filter's memory of earlier readings) is one with them.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from services.recording.narration import told
from twin.contracts.actuation import ActuatorCommand
from twin.contracts.capture import ArmCommand
from twin.contracts.codec import kind_of
from twin.contracts.envelope import Event
from twin.contracts.navigation import PhaseChanged
from twin.contracts.operations import FaultRequest, LawSwap, TelecommandRequest
from twin.contracts.radio import CommandVerification, StepTaken, Telecommand, TelemetryFrame
from twin.kernel.schedule import due_instant

Instant = tuple[int, int]
DEEPEST: Final = 24
LEAVES: Final = frozenset({"sensor_readings", "arm_state", "step_taken", "telemetry_frame"})
"""Kinds at which the slice ends, but for faults: what was measured, what the script did, what came down."""
_NOTES: Final = frozenset({"estimate", "phase_changed", "safety_verdict", "command_report"})
"""What guidance tells the radio: it goes down as telemetry and moves nothing."""


class Cause(Struct, frozen=True, kw_only=True):
    """An event, why it is here (empty: it was in the inbox), and what it came from in its turn."""

    event: Event
    why: str = ""
    causes: tuple["Cause", ...] = ()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The slice as text, causes below what they caused."""
        why = f"{self.why}: " if self.why else ""
        yield f"{'  ' * depth}{why}{told(self.event)}"
        for cause in self.causes:
            yield from cause.lines(depth + 1)


class Slicer:
    """The causal slices of one run; `events` are all of it, in total order."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self._due: dict[str, list[tuple[Instant, Event]]] = {}
        grants: dict[str, set[Instant]] = {}
        for event in events:
            at = (event.t_ns, event.micro)
            due = due_instant(at, event.due_ns - event.t_ns)
            grants.setdefault(event.source, set()).add(at)
            for name in event.to:
                self._due.setdefault(name, []).append((due, event))
                if event.delivery == "wake":
                    grants.setdefault(name, set()).add(due)
        for letters in self._due.values():
            letters.sort(key=lambda each: each[0])
        self._grants = {name: sorted(instants) for name, instants in grants.items()}

    def slices(self, events: Sequence[Event]) -> list[Cause]:
        """Everything `events` came from, down to readings, script and outside inputs; nothing twice."""
        seen: set[int] = set()
        return [self._cause(event, "", seen, 0) for event in events]

    def _cause(self, event: Event, why: str, seen: set[int], depth: int) -> Cause:
        seen.add(id(event))
        if depth == DEEPEST or event.external:
            return Cause(event=event, why=why)
        found = [*self._faults(event), *self._standing(event)]
        if kind_of(event.body) not in LEAVES:
            found = [*self._direct(event), *found]
        causes = []
        for each, reason in found:
            if id(each) not in seen:
                causes.append(self._cause(each, reason, seen, depth + 1))
        return Cause(event=event, why=why, causes=tuple(causes))

    def _direct(self, event: Event) -> Iterator[tuple[Event, str]]:
        """What its source said of it or was given, in the grant in which it said it."""
        body = event.body
        if event.source == "ground" and isinstance(body, Telecommand | CommandVerification):
            yield from self._commanded(event, body.command)
            return
        for each in self._inbox(event):
            downlink = isinstance(body, TelemetryFrame)
            if downlink or kind_of(each.body) not in _NOTES:
                yield each, ""

    def _commanded(self, event: Event, number: int) -> Iterator[tuple[Event, str]]:
        """A telecommand goes back to its entry in the queue, and that to the script or to an operator."""
        mine = [each for each in self.events if each.source == "ground"]
        queued = next(
            each
            for each in mine
            if isinstance(each.body, CommandVerification) and each.body.command == number
        )
        if queued is not event:
            yield queued, "queued"
            return
        together = [each for each in mine if (each.t_ns, each.micro) == (event.t_ns, event.micro)]
        steps = [each for each in together[: together.index(event)] if isinstance(each.body, StepTaken)]
        if steps:
            yield steps[-1], "by the script"
        for each in self._inbox(event):
            if not steps and isinstance(each.body, TelecommandRequest):
                yield each, "by an operator"

    def _inbox(self, event: Event) -> list[Event]:
        """What became due to the source of `event` since its grant before."""
        instants = self._grants[event.source]
        now = (event.t_ns, event.micro)
        place = bisect_left(instants, now)
        before = instants[place - 1] if place else (-1, 0)
        return [each for due, each in self._due.get(event.source, ()) if before < due <= now]

    def _standing(self, event: Event) -> Iterator[tuple[Event, str]]:
        """The phase before, or that was on, and laws swapped by then."""
        if not isinstance(event.body, ActuatorCommand | ArmCommand | PhaseChanged):
            return
        earlier = self._before(event)
        phase = next((each for each in reversed(earlier) if isinstance(each.body, PhaseChanged)), None)
        if phase is not None:
            yield phase, "from the phase" if isinstance(event.body, PhaseChanged) else "in the phase"
        for each in earlier:
            if isinstance(each.body, LawSwap):
                yield each, "with another law"

    def _faults(self, event: Event) -> Iterator[tuple[Event, str]]:
        """Faults of its source, and of messages, that were in force when `event` was said."""
        in_force: dict[str, Event] = {}
        for each in self._before(event):
            if isinstance(each.body, FaultRequest) and (event.source in each.to or not each.to):
                in_force.pop(each.body.name, None)
                if each.body.active:
                    in_force[each.body.name] = each
        for each in in_force.values():
            yield each, "with a fault in force"

    def _before(self, event: Event) -> Sequence[Event]:
        now = (event.t_ns, event.micro)
        return self.events[: bisect_left(self.events, now, key=lambda each: (each.t_ns, each.micro))]
