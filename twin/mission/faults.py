"""Faults as a mission says them, and when they begin and end.

A fault begins at `at_s`, or when `when` first holds from then on; it ends after `for_s`, when `until` holds,
or with the run. It is switched at that instant of simulated time, between two rounds, by an event from
outside: so a replay takes it from the record, and services as objects and as processes see the same.
"""

from collections.abc import Iterator
from typing import Final, Literal

import numpy as np
from msgspec import Struct

from twin.contracts.envelope import Event
from twin.contracts.faults import FAULT_KINDS
from twin.contracts.operations import FaultRequest
from twin.mission.expressions import Expression, parse
from twin.mission.quantities import EVERY_PLANE
from twin.mission.script import Fault, Mission
from twin.mission.watching import Watch

SOURCE: Final = "faults"
"""Who says that a fault begins or ends."""
_LONGEST_LOOK: Final = 1000
"""Instants looked at in one go."""
_NS: Final = 1_000_000_000
Stage = Literal["armed", "in force", "over"]


class Switch(Struct, frozen=True, kw_only=True):
    """A fault begins or ends at `t_ns`."""

    t_ns: int
    fault: Fault
    active: bool

    @property
    def is_event(self) -> bool:
        """False for a fault of a process, which must leave no trace."""
        return FAULT_KINDS[self.fault.kind].concerns != "processes"

    @property
    def to(self) -> tuple[str, ...]:
        """The services that are told."""
        concerns = FAULT_KINDS[self.fault.kind].concerns
        return (concerns,) if concerns in ("servicer", "ground") else ()

    @property
    def request(self) -> FaultRequest:
        fault = self.fault
        return FaultRequest(
            fault=fault.kind, active=self.active, arguments=dict(fault.arguments), name=fault.name
        )


class _Course:
    """Where one fault of the mission is."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.stage: Stage = "armed"
        self.begun_ns = 0
        self._timed = fault.when == "true"
        self._when = parse(fault.when, EVERY_PLANE)
        self._until = parse(fault.until, EVERY_PLANE) if fault.until else None

    def switched(self, t_ns: int, active: bool) -> None:
        self.stage = "in force" if active else "over"
        if active:
            self.begun_ns = t_ns

    @property
    def fixed_ns(self) -> int | None:
        """When it is switched next, if that is known without looking."""
        if self.stage == "armed" and self._timed:
            return round(self.fault.at_s * _NS)
        if self.stage == "in force" and self.fault.for_s is not None:
            return self.begun_ns + round(self.fault.for_s * _NS)
        return None

    @property
    def awaited(self) -> tuple[Expression, int] | None:
        """The condition that switches it next, and from when on it counts."""
        if self.stage == "armed" and not self._timed:
            return self._when, round(self.fault.at_s * _NS)
        if self.stage == "in force" and self._until is not None:
            return self._until, self.begun_ns + 1
        return None


class FaultScript:
    """Hears the events of a run; says which fault of the mission is switched next, and when."""

    def __init__(self, mission: Mission) -> None:
        self._courses = {fault.name: _Course(fault) for fault in mission.faults}
        self._step_ns = round(mission.sample_s * _NS)
        self._last_ns = round(mission.ending.latest_s * _NS)
        looks = any(each.when != "true" or each.until for each in mission.faults)
        self._watch = Watch(mission) if looks else None
        self._asked: tuple[int, int] | None = None
        self._next: Switch | None = None

    def take(self, event: Event) -> None:
        """Note an event of the run; what it says of our faults is taken as done."""
        if not self._courses:
            return
        self._asked = None
        if event.source == SOURCE and isinstance(event.body, FaultRequest):
            self._courses[event.body.name].switched(event.t_ns, event.body.active)
        if self._watch is not None:
            self._watch.take(event)

    def done(self, switch: Switch) -> None:
        """A switch that is no event was made."""
        self._asked = None
        self._courses[switch.fault.name].switched(switch.t_ns, switch.active)

    def next(self, now_ns: int, next_ns: int | None) -> Switch | None:
        """The first switch from `now_ns` to `next_ns` (of the next round; None: there will be none)."""
        if not self._courses:
            return None
        limit_ns = self._last_ns if next_ns is None else next_ns
        if self._asked != (now_ns, limit_ns):
            self._asked = (now_ns, limit_ns)
            found = [each for each in self._switches(now_ns, limit_ns) if each.t_ns <= limit_ns]
            self._next = min(found, key=lambda each: each.t_ns, default=None)
        return self._next

    def _switches(self, now_ns: int, limit_ns: int) -> Iterator[Switch]:
        looking: list[_Course] = []
        for course in self._courses.values():
            if (fixed_ns := course.fixed_ns) is not None:
                yield _switch(course, max(fixed_ns, now_ns))
            if course.awaited is not None:
                looking.append(course)
        if looking and self._watch is not None:
            yield from self._seen(self._watch, looking, now_ns, limit_ns)

    def _seen(self, watch: Watch, looking: list[_Course], now_ns: int, limit_ns: int) -> Iterator[Switch]:
        first = (now_ns // self._step_ns + 1) * self._step_ns
        last = min(limit_ns, first + (_LONGEST_LOOK - 1) * self._step_ns)
        t_ns = np.arange(first, last + 1, self._step_ns, dtype=np.int64)
        if not len(t_ns):
            return
        awaited = [each for course in looking if (each := course.awaited) is not None]
        held = watch.holds([condition for condition, _ in awaited], t_ns, now_ns)
        for course, (_, since_ns), where in zip(looking, awaited, held, strict=True):
            instants = t_ns[where & (t_ns >= since_ns)]
            if len(instants):
                yield _switch(course, int(instants[0]))


def _switch(course: _Course, t_ns: int) -> Switch:
    return Switch(t_ns=t_ns, fault=course.fault, active=course.stage == "armed")
