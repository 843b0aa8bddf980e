"""The verdict of a run: every requirement with its outcome, its margin and its worst moment.

Over the samples where `when` holds: `always` wants `that` at all of them, `never` at none, `eventually` at
one at least, `at_end` at the last sample of the run. The margin is the robustness of signal temporal logic
over them: the least, the least of the opposite, the largest, the last. No such sample: vacuous, and that is
not a pass.
"""

from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from twin.contracts.envelope import Event
from twin.errors import MissionError
from twin.mission.expressions import Expression, parse
from twin.mission.quantities import JUDGING
from twin.mission.sampling import Columns, Sampler, Times
from twin.mission.script import Mission, Requirement

Outcome = Literal["pass", "fail", "vacuous"]


class RequirementResult(Struct, frozen=True, kw_only=True):
    """One requirement, judged.

    `margin`, in `unit`, is positive when there is room; None when it has no measure (flags, texts) or a
    quantity was unknown. `worst_t_ns` is the moment of that margin, or of the first failure when there is
    none; None when vacuous. `samples` is how many samples were judged.
    """

    name: str
    text: str
    kind: str
    outcome: Outcome
    margin: float | None
    unit: str
    worst_t_ns: int | None
    samples: int


class Verdict(Struct, frozen=True, kw_only=True):
    """All requirements; `passed` when there is one and every one is a pass."""

    passed: bool
    results: tuple[RequirementResult, ...]


class Assessor:
    """Hears the events of a run, then judges it. Raises MissionError when a condition does not parse."""

    def __init__(self, mission: Mission) -> None:
        self.mission = mission
        self.sampler = Sampler(mission)
        self.judged = tuple(_Judged(requirement) for requirement in mission.requirements)

    def take(self, event: Event) -> None:
        """Note an event; in the order of the run."""
        self.sampler.take(event)

    def finish(self, end_ns: int) -> Verdict:
        """The verdict on the run from the epoch to `end_ns`."""
        t_ns = self.sampler.grid(end_ns)
        columns = self.sampler.columns(t_ns) if len(t_ns) else {}
        results = tuple(judged.result(t_ns, columns) for judged in self.judged)
        results += self._books()
        passed = bool(results) and all(result.outcome == "pass" for result in results)
        return Verdict(passed=passed, results=results)

    def _books(self) -> tuple[RequirementResult, ...]:
        """A contact window whose ledger is broken has shown nothing: the run fails, asked or not."""
        broken = self.sampler.contact.broken
        if not broken:
            return ()
        return (
            RequirementResult(
                name="ledger",
                text=f"the contact window keeps its ledger: {'; '.join(broken)}",
                kind="always",
                outcome="fail",
                margin=None,
                unit="",
                worst_t_ns=None,
                samples=len(broken),
            ),
        )


class _Judged:
    """A requirement with its conditions parsed; of `never` the opposite is kept, which must hold always."""

    def __init__(self, requirement: Requirement) -> None:
        self.requirement = requirement
        try:
            self.when: Expression = parse(requirement.when, JUDGING)
            that = parse(requirement.that, JUDGING)
        except MissionError as error:
            raise MissionError(str(error), place=f"requirements.{requirement.name}") from None
        self.wanted: Expression = that.opposite() if requirement.kind == "never" else that

    def result(self, t_ns: Times, columns: Columns) -> RequirementResult:
        armed = np.flatnonzero(np.broadcast_to(self.when.holds(columns), t_ns.shape))
        if self.requirement.kind == "at_end":
            armed = armed[armed == len(t_ns) - 1]
        if not len(armed):
            return self._said("vacuous", None, None, 0)
        holds = np.broadcast_to(self.wanted.holds(columns), t_ns.shape)[armed]
        margin = np.broadcast_to(self.wanted.margin(columns), t_ns.shape)[armed]
        return self._decided(t_ns[armed], holds, margin)

    def _decided(
        self, t_ns: Times, holds: NDArray[np.bool_], margin: NDArray[np.float64]
    ) -> RequirementResult:
        once = self.requirement.kind == "eventually"
        passed = bool(holds.any() if once else holds.all())
        place = int(np.argmax(margin) if once else np.argmin(margin))
        value = float(margin[place])
        return self._said(
            "pass" if passed else "fail", value if np.isfinite(value) else None, int(t_ns[place]), len(t_ns)
        )

    def _said(
        self, outcome: Outcome, margin: float | None, worst_t_ns: int | None, samples: int
    ) -> RequirementResult:
        requirement = self.requirement
        return RequirementResult(
            name=requirement.name,
            text=requirement.text,
            kind=requirement.kind,
            outcome=outcome,
            margin=margin,
            unit=self.wanted.unit,
            worst_t_ns=worst_t_ns,
            samples=samples,
        )
