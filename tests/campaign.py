"""Many seeds of one mission, in process: what share succeeds, and does every run end in a verdict, safely.

python -m tests.campaign quickstart --seeds 300
python -m tests.campaign quickstart --seeds 100 --noise 1 2 4 8
python -m tests.campaign quickstart --seeds 100 --noise 2 --believing

A flight is safe when no requirement about safety fails, has arrived when none about safety or the outcome
fails or stays vacuous, and passes when it keeps its margins, too (`about` in the mission). `--believing`:
navigation takes every data sheet at its word, whatever the readings say.
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


class Flight(NamedTuple):
    """What one seed came to."""

    seed: int
    noise: float
    word: str
    cause: str
    end_s: float
    outcomes: dict[str, str]
    margins: dict[str, float | None]
    about: dict[str, str]

    @property
    def unsafe(self) -> tuple[str, ...]:
        """Requirements about safety that failed; one that stayed vacuous was not put to the test."""
        return tuple(
            name
            for name, outcome in self.outcomes.items()
            if outcome == "fail" and self.about.get(name) == "safety"
        )

    @property
    def arrived(self) -> bool:
        """All passed but for margins."""
        return self.word != "none" and all(self.about.get(name) == "margin" for name in self.failed)

    @property
    def failed(self) -> tuple[str, ...]:
        """Requirements that did not pass: failed, or vacuous because the flight never came so far."""
        return tuple(name for name, outcome in self.outcomes.items() if outcome != "pass")


def flight(name: str, seed: int, noise: float, believing: bool = False) -> Flight:
    """Fly one seed with sensor noise and thruster error times `noise`."""
    mission = load_mission(name, laws())
    if believing:
        navigation = msgspec.structs.replace(mission.guidance.navigation, noise_factor_most=1.0)
        guidance = msgspec.structs.replace(mission.guidance, navigation=navigation)
        mission = msgspec.structs.replace(mission, guidance=guidance)
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
        {each.name: each.about for each in mission.requirements},
    )


def flights(name: str, seeds: range, noise: float, jobs: int, believing: bool = False) -> Iterator[Flight]:
    """All flights in order, with a progress line on standard error."""
    cases = [(name, seed, noise, believing) for seed in seeds]
    with workers(jobs) as pool:
        for done, each in enumerate(pool.map(flight, *zip(*cases, strict=True), chunksize=4), 1):
            print(f"\r{done}/{len(cases)}", end="", file=sys.stderr, flush=True)
            yield each
    print(file=sys.stderr)


def row(noise: float, group: list[Flight]) -> dict[str, object]:
    """One line of the table."""
    safe = sum(each.word != "none" and not each.unsafe for each in group)
    arrived = sum(each.arrived for each in group)
    passed = sum(each.word == "pass" for each in group)
    return {
        "noise": noise,
        "runs": len(group),
        "safe": safe,
        "arrived": arrived,
        "arrived_95": _interval(arrived, len(group)),
        "passed": passed,
        "passed_95": _interval(passed, len(group)),
        "without_verdict": sum(each.word == "none" for each in group),
        "least_safety_margins": _least_margins(group),
        "not_passed": dict(Counter(name for each in group for name in each.failed)),
        "failed_seeds": [each.seed for each in group if each.word != "pass"][:20],
    }


def _interval(successes: int, runs: int) -> list[float]:
    low, high = wilson(successes, runs)
    return [round(low, 4), round(high, 4)]


def _least_margins(group: list[Flight]) -> dict[str, float]:
    """Of each requirement about safety, over the flights that put it to the test."""
    least: dict[str, float] = {}
    for each in group:
        for name, margin in each.margins.items():
            if margin is not None and each.about.get(name) == "safety":
                least[name] = min(margin, least.get(name, margin))
    return least


def line(found: dict[str, object]) -> str:
    """A row as a line of a Markdown table."""
    runs, failed = found["runs"], found["not_passed"]
    assert isinstance(failed, dict)
    often = ", ".join(f"`{name}` {count}" for name, count in Counter(failed).most_common(5))
    shares = " | ".join(f"{found[key]}/{runs}" for key in ("safe", "arrived", "passed"))
    return f"| x{found['noise']:g} | {shares} | {often} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("mission")
    parser.add_argument("--seeds", type=int, default=300)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--noise", type=float, nargs="+", default=[1.0])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--believing", action="store_true")
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    rows = []
    for noise in asked.noise:
        group = list(flights(asked.mission, seeds, noise, asked.jobs, asked.believing))
        rows.append(row(noise, group))
        print(json.dumps(rows[-1]), flush=True)
    print("| noise | safe | arrived | passed | requirements not passed |\n|---|---|---|---|---|")
    print("\n".join(line(found) for found in rows))


if __name__ == "__main__":
    main()
