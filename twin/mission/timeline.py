"""The timeline of a mission: steps in order, each a telecommand that is given when its condition first holds.

A step is armed when the one before is over. It is over when its command has been given, or when `within_s`
has gone by since it was armed and its `at_s` had come; then the next step is armed, so a step that depends
on the one that ran out of time should say so in its condition. Conditions see what the ground knows and the
mission's clock, never truth; one that speaks of something not yet known does not hold.
"""

from collections.abc import Callable, Iterator, Mapping

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
    """Where the timeline is: the part that a snapshot keeps."""

    index: Count = 0
    armed_ns: TimeNs = 0
    looked_ns: TimeNs = 0


class Timeline:
    """Walks the steps of a mission. Raises MissionError when a condition does not parse."""

    def __init__(self, steps: tuple[Step, ...], place: Place | None = None) -> None:
        self._steps = steps
        self._conditions: tuple[Expression, ...] = tuple(parse(step.when, DECIDING) for step in steps)
        self.place = place if place is not None else Place()

    def advance(self, now_ns: int, known: Known) -> Iterator[tuple[StepTaken, Step]]:
        """The steps that are over now, in order; the command of a step that is `done` is to be given."""
        self.place.looked_ns = now_ns
        while self.place.index < len(self._steps):
            step = self._steps[self.place.index]
            taken = self._taken(step, now_ns, known)
            if taken is None:
                return
            self.place.index += 1
            self.place.armed_ns = now_ns
            yield taken, step

    @property
    def wake_ns(self) -> int | None:
        """When the armed step must be looked at again although nothing has happened, or None."""
        if self.place.index == len(self._steps):
            return None
        step = self._steps[self.place.index]
        due_ns = _due_ns(step)
        if self.place.looked_ns < due_ns:
            return due_ns
        times = []
        if step.within_s is not None:
            times.append(self._deadline_ns(step, step.within_s))
        if not PASSING.isdisjoint(self._conditions[self.place.index].names):
            times.append(self.place.looked_ns + POLL_NS)
        return min(times, default=None)

    def _taken(self, step: Step, now_ns: int, known: Known) -> StepTaken | None:
        if now_ns < _due_ns(step):
            return None
        if self._conditions[self.place.index].holds(self._values(now_ns, known)):
            return StepTaken(t_ns=now_ns, step=step.name, outcome="done", text=f"{step.command} given")
        if step.within_s is not None and now_ns >= self._deadline_ns(step, step.within_s):
            text = f"`{step.when}` did not hold within {step.within_s:g} s; {step.command} not given"
            return StepTaken(t_ns=now_ns, step=step.name, outcome="timed_out", text=text)
        return None

    def _values(self, now_ns: int, known: Known) -> Values:
        return {
            **known(),
            "script.t_s": now_ns / 1e9,
            "script.since_step_s": (now_ns - self.place.armed_ns) / 1e9,
        }

    def _deadline_ns(self, step: Step, within_s: float) -> int:
        return max(self.place.armed_ns, _due_ns(step)) + round(within_s * 1e9)


def _due_ns(step: Step) -> int:
    return round(step.at_s * 1e9)
