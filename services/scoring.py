"""`twin score LAW`: a fixed set of seeded flights from 100 m, in the whole twin, and what they came to."""

import json
import sys
from collections.abc import Iterator, Sequence
from math import hypot, sqrt
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from services import report as show
from services.exit_codes import PASSED
from services.laws import laws
from services.library import load_mission
from services.run import fly_whole
from services.score_book import Book, Flight, Flown, code_of
from services.workers import workers
from twin.contracts.envelope import Event
from twin.contracts.navigation import Estimate, PhaseChanged
from twin.errors import UsageError
from twin.guidance.law import law_of
from twin.guidance.phases import Phase
from twin.mission.sampling import Sampler
from twin.mission.script import Mission
from twin.mission.strict import nearest

_WIDTH: Final = 160
_NORMAL_95: Final = 1.959963984540054
_CONDITIONS: Final = ("port_lateral_m", "port_axial_m", "attitude_error_deg", "relative_rate_deg_per_s")
_ZONES: Final = ("sphere", "corridor", "outside")


class Scenario(NamedTuple):
    """A mission, the phase in which the law is tried, and the seeds."""

    name: str
    mission: str
    phase: str


SCENARIOS: Final = (
    Scenario("stage", "score-stage", "close_in"),
    Scenario("envisat 1.593", "envisat-observed", "synchronise"),
    Scenario("envisat 2.67", "envisat-2013", "synchronise"),
    Scenario("envisat 3.5", "envisat-design", "synchronise"),
    Scenario("envisat 5", "envisat-fast", "synchronise"),
)


def score(
    law: str, parameters: dict[str, Any], seeds: int, jobs: int, *, as_json: bool, keep: Path | None = None
) -> int:
    """Fly all scenarios with the law in its phase; `as_they_are` flies the missions' own laws.

    With `keep` only what that file does not have yet is flown: a campaign may be interrupted and taken up.
    """
    shelf = laws()
    if law != "as_they_are" and law not in shelf:
        raise UsageError(f"no law `{law}`{nearest(law, list(shelf))}; `as_they_are` scores the missions' own")
    missions = tuple(_with(load_mission(each.mission, shelf), each, law, parameters) for each in SCENARIOS)
    code = code_of(shelf.get(law), missions)
    rows, book = [], Book(keep, Flown(law, json.dumps(parameters, sort_keys=True), code))
    if book.outdated:
        print(f"{keep}: {book.outdated} flights of other code are not counted", file=sys.stderr)
    for scenario in SCENARIOS:
        cases = [(scenario, law, json.dumps(parameters), seed) for seed in book.missing(scenario.name, seeds)]
        with workers(jobs) as pool:
            for flight in _counted(scenario.name, pool.map(_flight, cases), len(cases)):
                book.add(scenario.name, flight)
        rows.append(row(scenario, book.flights(scenario.name, seeds)))
    if as_json:
        show.print_json({"law": law, "seeds": seeds, "scenarios": rows})
    else:
        columns = [f"{each}>" for each in rows[0]]
        show.print_table(columns, [tuple(each.values()) for each in rows], width=_WIDTH)
        print("lateral, angle and rate at the ready point: mean, 95th percentile, worst")
    return PASSED


def _counted(name: str, flights: Iterator[Flight], count: int) -> Iterator[Flight]:
    for done, flight in enumerate(flights, 1):
        print(f"\r{name}: {done}/{count} ", end="", file=sys.stderr, flush=True)
        yield flight
    print(file=sys.stderr)


def _with(mission: Mission, scenario: Scenario, law: str, parameters: dict[str, Any]) -> Mission:
    """The mission with the law in its phase: it gets what it also knows of the phase's own parameters."""
    if law == "as_they_are":
        return mission
    rows = []
    for row_ in mission.guidance.phases:
        if row_.name != scenario.phase:
            rows.append(row_)
            continue
        fields = laws()[law].__struct_fields__
        common = {key: value for key, value in row_.parameters.items() if key in fields}
        flown = msgspec.structs.replace(row_, law=law, parameters={**common, **parameters})
        law_of(flown, laws())
        rows.append(flown)
    guidance = msgspec.structs.replace(mission.guidance, phases=tuple(rows))
    return msgspec.structs.replace(mission, guidance=guidance)


def _flight(case: tuple[Scenario, str, str, int]) -> Flight:
    scenario, law, parameters, seed = case
    mission = load_mission(scenario.mission, laws())
    mission = msgspec.structs.replace(_with(mission, scenario, law, json.loads(parameters)), seed=seed)
    note = _Note(mission, scenario.phase)
    report = fly_whole(mission, (note.take,))
    results = report.verdict.results if report.verdict else ()
    zones = [each for each in results if each.name in _ZONES]
    margins = [each.margin for each in zones if each.margin is not None]
    return Flight(
        seed=seed,
        passed=report.word == "pass",
        zone_kept=bool(results) and all(each.outcome != "fail" for each in zones),
        ready=note.ready_ns is not None,
        phase_s=note.phase_s,
        delta_v_mps=note.delta_v_mps,
        ideal_mps=note.ideal_mps,
        conditions=note.conditions(),
        zone_margin=min(margins, default=None),
    )


class _Note:
    """What happens in the phase of the law, and at the ready point."""

    def __init__(self, mission: Mission, phase: str) -> None:
        self._sampler = Sampler(mission)
        self._phase: Phase = next(row for row in mission.guidance.phases if row.name == phase)
        self._now = mission.guidance.start_phase
        self._last: Estimate | None = None
        self.ready_ns: int | None = None
        self.phase_s = self.delta_v_mps = self.ideal_mps = 0.0

    def take(self, event: Event) -> None:
        self._sampler.take(event)
        match event.body:
            case PhaseChanged(phase=phase, t_ns=t_ns):
                self._now = phase
                if phase == "ready" and self.ready_ns is None:
                    self.ready_ns = t_ns
            case Estimate() as estimate:
                if self._last is not None and self._now == self._phase.name:
                    self._add(self._last, estimate)
                self._last = estimate

    def _add(self, before: Estimate, now: Estimate) -> None:
        step_s = (now.t_ns - before.t_ns) * 1e-9
        self.phase_s += step_s
        self.delta_v_mps += now.delta_v_mps - before.delta_v_mps
        across = hypot(now.w_target_radps[1], now.w_target_radps[2])  # the capture axis is body x
        self.ideal_mps += across * across * now.range_m * step_s

    def conditions(self) -> tuple[float, ...]:
        """At the instant of `ready`, from the truth; empty when it was never reached."""
        if self.ready_ns is None:
            return ()
        columns = self._sampler.columns(np.array([self.ready_ns]))
        return tuple(float(columns[f"truth.{name}"][0]) for name in _CONDITIONS)


def row(scenario: Scenario, flights: Sequence[Flight]) -> dict[str, str]:
    """One line of the table."""
    passed = sum(each.passed for each in flights)
    low, high = wilson(passed, len(flights))
    ready = [each for each in flights if each.ready]
    margins = [each.zone_margin for each in flights if each.zone_margin is not None]
    lateral, _, angle, rate = (_spread([each.conditions[k] for each in ready]) for k in range(4))
    return {
        "scenario": scenario.name,
        "passed": f"{passed}/{len(flights)}",
        "95 %": f"{low:.2f}..{high:.2f}",
        "zone": f"{sum(each.zone_kept for each in flights)}/{len(flights)}",
        "least margin": f"{min(margins):.2f}" if margins else "-",
        "time s": _mean([each.phase_s for each in ready], "{:.0f}"),
        "dv m/s": _mean([each.delta_v_mps for each in ready], "{:.2f}"),
        "/ w2r": _mean(
            [each.delta_v_mps / each.ideal_mps for each in ready if each.ideal_mps > 1.0], "{:.3f}"
        ),
        "lateral m": lateral,
        "angle deg": angle,
        "rate deg/s": rate,
    }


def wilson(successes: int, runs: int) -> tuple[float, float]:
    """95 % score interval of a share (Wilson, J. Am. Stat. Assoc. 22, 1927)."""
    p, z2 = successes / runs, _NORMAL_95**2
    centre = (p + z2 / (2 * runs)) / (1 + z2 / runs)
    half = _NORMAL_95 * sqrt(p * (1 - p) / runs + z2 / (4 * runs**2)) / (1 + z2 / runs)
    return max(0.0, centre - half), min(1.0, centre + half)


def _mean(values: Sequence[float], form: str) -> str:
    return form.format(sum(values) / len(values)) if values else "-"


def _spread(values: Sequence[float]) -> str:
    """Mean, 95th percentile and worst."""
    if not values:
        return "-"
    return f"{np.mean(values):.3f} {np.quantile(values, 0.95):.3f} {max(values):.3f}"
