"""The timeline of a mission: steps in order, each of which does something when its condition first holds.

A step is armed when the one before is over. It is over when it has done what it does, or when `within_s` has
gone by since its time had come; then the next step is armed, so a step that depends on the one that ran out
of time should say so in its condition. Steps that `expect` something, or have it `hold`, begin when their
`when` first holds: then their time runs, and the verdict has a line for each. Conditions see what the ground
knows and the mission's clock, never truth, when news comes or time decides; one that speaks of something not
yet known does not hold.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from twin.contracts.fields import Count, TimeNs
from twin.contracts.radio import StepTaken
from twin.mission.claims import Values
from twin.mission.expressions import Expression, parse
from twin.mission.quantities import DECIDING
from twin.mission.script import Step

POLL_NS = 10_000_000_000
"""How often a condition that speaks of passing time is looked at when nothing else happens."""

PASSING = frozenset(
    {
        "ground.age_s",
        "ground.phase_age_s",
        "ground.pass_remaining_s",
        "script.t_s",
        "script.since_step_s",
    }
)
"""Quantities that change without news."""

Known = Callable[[], Mapping[str, object]]
"""Gives the values of the ground plane at this moment; called only when a condition is looked at."""


class Place(Struct, kw_only=True):
    """Where the timeline is: the part that a snapshot keeps.

    `begun_ns` is when the armed step's time had come and its `when` first held, `held_ns` since when what it
    wants to `hold` has held; None while that is not so.
    """

    index: Count = 0
    armed_ns: TimeNs = 0
    looked_ns: TimeNs = 0
    begun_ns: TimeNs | None = None
    held_ns: TimeNs | None = None


class Timeline:
    """Walks the steps of a mission. Raises MissionError when a condition does not parse."""

    def __init__(self, steps: tuple[Step, ...], place: Place | None = None) -> None:
        self._steps = steps
        self._conditions: tuple[Expression, ...] = tuple(parse(step.when, DECIDING) for step in steps)
        self._wanted = tuple(parse(step.expect or step.hold or "true", DECIDING) for step in steps)
        self.place = place if place is not None else Place()

    def advance(self, now_ns: int, known: Known) -> Iterator[tuple[StepTaken, Step]]:
        """The steps that are over now, in order; what a step that is `done` does is to be done."""
        self.place.looked_ns = now_ns
        while self.place.index < len(self._steps):
            step = self._steps[self.place.index]
            taken = self._taken(step, now_ns, known)
            if taken is None:
                return
            self.place.index += 1
            self.place.armed_ns = now_ns
            self.place.begun_ns = self.place.held_ns = None
            yield taken, step

    @property
    def wake_ns(self) -> int | None:
        """When the armed step must be looked at again although nothing has happened, or None."""
        if self.place.index == len(self._steps):
            return None
        step = self._steps[self.place.index]
        due_ns = self._due_ns(step)
        if self.place.looked_ns < due_ns:
            return due_ns
        times = [] if self._looks_at.isdisjoint(PASSING) else [self.place.looked_ns + POLL_NS]
        times += [each for each in self._limits_ns(step) if each > self.place.looked_ns]
        return min(times, default=None)

    @property
    def _looks_at(self) -> frozenset[str]:
        """Quantities that decide on the armed step as far as it is."""
        index = self.place.index
        begun = self.place.begun_ns is not None
        return frozenset((self._wanted if begun else self._conditions)[index].names)

    def _limits_ns(self, step: Step) -> Iterator[int]:
        """When time alone decides on the armed step, whose time has come."""
        place = self.place
        if step.judged:
            if place.begun_ns is not None:
                yield place.begun_ns + _ns(step.within_s or 0.0)
            if place.held_ns is not None:
                yield place.held_ns + _ns(step.for_s or 0.0)
        elif step.within_s is not None:
            yield self._due_ns(step) + _ns(step.within_s)

    def _taken(self, step: Step, now_ns: int, known: Known) -> StepTaken | None:
        if now_ns < self._due_ns(step):
            return None
        place, values = self.place, self._values(now_ns, known)
        if place.begun_ns is None and self._conditions[place.index].holds(values):
            place.begun_ns = now_ns
        if step.judged and place.begun_ns is not None:
            met = bool(self._wanted[place.index].holds(values))
            judge = self._expected if step.expect else self._held
            return judge(step, now_ns, place.begun_ns, met=met)
        if place.begun_ns is not None:
            return _over(step, now_ns, "done", f"{step.doing} given" if step.command else step.doing)
        if step.judged or step.within_s is None or now_ns < self._due_ns(step) + _ns(step.within_s):
            return None
        text = f"`{step.when}` did not hold within {step.within_s:g} s; {step.doing} not given"
        return _over(step, now_ns, "timed_out", text)

    def _expected(self, step: Step, now_ns: int, begun_ns: int, *, met: bool) -> StepTaken | None:
        took_s = (now_ns - begun_ns) / 1e9
        if met:
            return _over(step, now_ns, "done", f"`{step.expect}` held after {took_s:g} s")
        if now_ns < begun_ns + _ns(step.within_s or 0.0):
            return None
        return _over(
            step, now_ns, "failed", f"`{step.expect}` did not hold within {step.within_s or 0.0:g} s"
        )

    def _held(self, step: Step, now_ns: int, begun_ns: int, *, met: bool) -> StepTaken | None:
        """A stretch of `for_s` that begins within `within_s`: broken later than that it is failed."""
        place, for_s, within_s = self.place, step.for_s or 0.0, step.within_s or 0.0
        since_ns = place.held_ns if place.held_ns is not None else now_ns if met else None
        place.held_ns = since_ns if met else None
        if since_ns is not None and now_ns >= since_ns + _ns(for_s):
            return _over(step, now_ns, "done", f"`{step.hold}` held for {for_s:g} s")
        if met or now_ns < begun_ns + _ns(within_s):
            return None
        lasted_s = 0.0 if since_ns is None else (now_ns - since_ns) / 1e9
        text = f"`{step.hold}` held for {lasted_s:g} s of {for_s:g} s, begun within {within_s:g} s"
        return _over(step, now_ns, "failed", text)

    def _values(self, now_ns: int, known: Known) -> Values:
        return {
            **known(),
            "script.t_s": now_ns / 1e9,
            "script.since_step_s": (now_ns - self.place.armed_ns) / 1e9,
        }

    def _due_ns(self, step: Step) -> int:
        """Not before: a time-out runs from here."""
        return max(_ns(step.at_s), self.place.armed_ns + _ns(step.after_s))


def _over(step: Step, now_ns: int, outcome: Literal["done", "timed_out", "failed"], text: str) -> StepTaken:
    return StepTaken(t_ns=now_ns, step=step.name, outcome=outcome, text=text)


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)
