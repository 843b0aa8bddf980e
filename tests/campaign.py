"""Many seeds of one mission, in process: what share succeeds, and does every run end in a verdict, safely.

python -m tests.campaign quickstart --seeds 300
python -m tests.campaign quickstart --seeds 100 --noise 1 2 4 8
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from services.laws import laws
from services.library import load_mission
from services.run import Options, fly
from services.scoring import wilson
from services.workers import workers

SPHERE = "corridor"
"""The requirement that says: inside the keep-out sphere only within the corridor."""


class Flight(NamedTuple):
    """What one seed came to."""

    seed: int
    noise: float
    word: str
    cause: str
    end_s: float
    outcomes: dict[str, str]
    margins: dict[str, float | None]

    @property
    def failed(self) -> tuple[str, ...]:
        """Requirements that did not pass: failed, or vacuous because the flight never came so far."""
        return tuple(name for name, outcome in self.outcomes.items() if outcome != "pass")


def flight(name: str, seed: int, noise: float) -> Flight:
    """Fly one seed with sensor noise and thruster error times `noise`."""
    mission = load_mission(name, laws())
    dispersions = msgspec.structs.replace(mission.dispersions, sensor_noise=noise, thruster_error=noise)
    report = fly(
        msgspec.structs.replace(mission, seed=seed, dispersions=dispersions), Options(in_process=True)
    )
    results = report.verdict.results if report.verdict else ()
    return Flight(
        seed,
        noise,
        report.word,
        report.outcome.cause,
        report.end_s,
        {r.name: r.outcome for r in results},
        {r.name: r.margin for r in results},
    )


def flights(name: str, seeds: range, noise: float, jobs: int) -> Iterator[Flight]:
    """All flights in order, with a progress line on standard error."""
    cases = [(name, seed, noise) for seed in seeds]
    with workers(jobs) as pool:
        for done, each in enumerate(pool.map(flight, *zip(*cases, strict=True), chunksize=4), 1):
            print(f"\r{done}/{len(cases)}", end="", file=sys.stderr, flush=True)
            yield each
    print(file=sys.stderr)


def row(noise: float, group: list[Flight]) -> dict[str, object]:
    """One line of the table."""
    passed = sum(each.word == "pass" for each in group)
    low, high = wilson(passed, len(group))
    return {
        "noise": noise,
        "runs": len(group),
        "passed": passed,
        "wilson_95": [round(low, 4), round(high, 4)],
        "without_verdict": sum(each.word == "none" for each in group),
        "sphere_entered_outside_corridor": sum(each.outcomes.get(SPHERE) == "fail" for each in group),
        "worst_sphere_margin_deg": min(
            (margin for each in group if (margin := each.margins.get(SPHERE)) is not None), default=None
        ),
        "not_passed": dict(Counter(name for each in group for name in each.failed)),
        "failed_seeds": [each.seed for each in group if each.word != "pass"][:20],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("mission")
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--noise", type=float, nargs="+", default=[1.0])
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    for noise in asked.noise:
        print(json.dumps(row(noise, list(flights(asked.mission, seeds, noise, asked.jobs)))), flush=True)


if __name__ == "__main__":
    main()
