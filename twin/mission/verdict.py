"""The verdict of a run: every requirement and every expectation with its outcome, margin and worst moment.

What each kind of requirement means is in `twin.mission.judging`. Vacuous is not a pass: a requirement that
nothing exercised, and a step of the script (`expect`, `hold`) that the run ended before.
"""

from typing import Literal

import numpy as np
from msgspec import Struct

from twin.contracts.envelope import Event
from twin.contracts.radio import StepTaken
from twin.mission.judging import Judge
from twin.mission.sampling import Columns, Sampler, Times
from twin.mission.script import Mission, Step

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
        self._taken: dict[str, StepTaken] = {}
        self.judges = tuple(Judge(requirement) for requirement in mission.requirements)

    def take(self, event: Event) -> None:
        """Note an event; in the order of the run."""
        self.sampler.take(event)
        if isinstance(event.body, StepTaken):
            self._taken[event.body.step] = event.body

    def finish(self, end_ns: int) -> Verdict:
        """The verdict on the run from the epoch to `end_ns`."""
        t_ns = self.sampler.grid(end_ns)
        columns = self.sampler.columns(t_ns) if len(t_ns) else {}
        results = tuple(_result(judge, t_ns, columns) for judge in self.judges)
        results += tuple(self._expected(step) for step in self.mission.timeline if step.judged)
        results += self._books()
        passed = bool(results) and all(result.outcome == "pass" for result in results)
        return Verdict(passed=passed, results=results)

    def _expected(self, step: Step) -> RequirementResult:
        """A step that expects something or has it hold; one that the run ended before has shown nothing."""
        taken = self._taken.get(step.name)
        outcome: Outcome = "vacuous" if taken is None else "pass" if taken.outcome == "done" else "fail"
        return RequirementResult(
            name=step.name,
            text=taken.text if taken else f"{step.doing}: the run ended before",
            kind="expect" if step.expect else "hold",
            outcome=outcome,
            margin=None,
            unit="",
            worst_t_ns=taken.t_ns if taken else None,
            samples=1 if taken else 0,
        )

    def _books(self) -> tuple[RequirementResult, ...]:
        """A contact window whose ledger is broken has shown nothing: the run fails, asked or not."""
        broken = self.sampler.contact.broken
        if not broken:
            return ()
        return (
            RequirementResult(
                name="books",
                text=f"the contact window keeps its ledger: {'; '.join(broken)}",
                kind="always",
                outcome="fail",
                margin=None,
                unit="",
                worst_t_ns=None,
                samples=len(broken),
            ),
        )


def _result(judge: Judge, t_ns: Times, columns: Columns) -> RequirementResult:
    requirement = judge.requirement
    found = judge.judge(t_ns, columns)
    outcome: Outcome = "vacuous" if found is None else "pass" if found.passed else "fail"
    return RequirementResult(
        name=requirement.name,
        text=requirement.text,
        kind=requirement.kind,
        outcome=outcome,
        margin=found.margin if found and np.isfinite(found.margin) else None,
        unit=judge.unit,
        worst_t_ns=int(t_ns[found.place]) if found else None,
        samples=found.samples if found else 0,
    )
