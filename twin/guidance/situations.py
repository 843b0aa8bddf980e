"""The standard situations of the conformance kit, and what a law must keep to in each."""

from collections.abc import Callable, Iterator
from math import radians
from typing import NamedTuple

from twin.guidance.law import Law
from twin.guidance.proving import KEEP_OUT_M, PORT_M, Situation, Span, Tried, tried

_LONGEST_MEMORY = 65_536
_DEADLINE_S = 0.1
"""Computing time of the on-board computer between a reading and its command."""
_ACROSS = (0.0, 1.0, 0.0)


def _tumbling(rate_deg_per_s: float) -> Situation:
    """Carried round across its axis; the budget is what following costs (w^2 r) and half as much again."""
    w = radians(rate_deg_per_s)
    until_s = 300.0
    return Situation(
        name=f"tumble_{rate_deg_per_s:g}",
        text=f"the capture axis sweeps round at {rate_deg_per_s:g} deg/s",
        turn_deg_per_s=rate_deg_per_s,
        about=_ACROSS,
        axial_m=17.5,
        period_s=0.5,
        until_s=until_s,
        most_mps2=0.1,
        budget_mps=1.5 * w * w * (PORT_M + 17.5) * until_s + 3.0,
    )


SITUATIONS: tuple[Situation, ...] = (
    Situation("rest", "at rest on the axis of a stage that rolls at 0.4 deg/s"),
    Situation("crossing", "crossing the axis at 3 cm/s", off_mps=0.03),
    Situation("lost_sensor", "the target's attitude is lost for a minute", blind=Span(200.0, 260.0)),
    Situation("dead_thruster", "half of the push along the track is missing", weak=0.5, off_mps=0.01),
    *(_tumbling(rate) for rate in (0.4, 1.0, 1.593, 2.67)),
    Situation(
        "eclipse", "nothing of the attitude for the first ten minutes", blind=Span(0.0, 600.0), until_s=900.0
    ),
    Situation("late", "what is seen is a period old", late=1),
    Situation("duplicated", "every fifth sight comes twice", again=5),
    Situation("origin", "the same as rest, eleven days later", origin_s=1e6),
    Situation(
        "long_hold", "six hours at ten seconds a step", period_s=10.0, until_s=21_600.0, budget_mps=40.0
    ),
)


class Judged(NamedTuple):
    """One line of the table: what was found, and what is wrong with it ("" when nothing is)."""

    situation: Situation
    found: Tried
    wrong: str

    @property
    def passed(self) -> bool:
        return not self.wrong


def judged(law: Law, clock: Callable[[], float]) -> Iterator[Judged]:
    """Every situation, each flown twice: a law is a function of what it sees."""
    rest: Tried | None = None
    for situation in SITUATIONS:
        found, again = tried(law, situation, clock), tried(law, situation, clock)
        wrong = _wrong(situation, found, again)
        if situation.name == "rest":
            rest = found
        if situation.name == "origin" and rest is not None and not wrong:
            wrong = _other_origin(law, found, clock)
        yield Judged(situation, found, wrong)


def _other_origin(law: Law, found: Tried, clock: Callable[[], float]) -> str:
    """The same sights at another time: named alike, so that the noise is the same."""
    origin = next(each for each in SITUATIONS if each.name == "origin")
    plain = tried(law, origin._replace(origin_s=0.0), clock)
    return "" if plain.demands == found.demands else "the demands depend on the time of day"


def _wrong(situation: Situation, found: Tried, again: Tried) -> str:
    checks = (
        (not found.failure, found.failure),
        (found.demands == again.demands, "asked the same twice, it answers differently"),
        (
            found.margin_m >= 0.0,
            f"{-found.margin_m:.2f} m into the sphere of {KEEP_OUT_M:g} m beside the corridor",
        ),
        (
            found.delta_v_mps <= situation.budget_mps,
            f"spends {found.delta_v_mps:.2f} m/s; {situation.budget_mps:.2f} are ample",
        ),
        (found.memory_bytes <= _LONGEST_MEMORY, f"its memory grows to {found.memory_bytes} bytes"),
        (
            found.mean_step_s <= _DEADLINE_S,
            f"a step takes {found.mean_step_s:.3f} s; {_DEADLINE_S:g} are there",
        ),
    )
    return next((text for holds, text in checks if not holds), "")
