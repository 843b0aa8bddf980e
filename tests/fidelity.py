"""One mission at every level of fidelity: its verdict, and by how many metres its end differs from `basic`.

python -m tests.fidelity quickstart                 basic and standard: a minute of CPU
python -m tests.fidelity quickstart --level high    some minutes; the first time most of it compiles
"""

import argparse
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from services.code_cache import prepare
from services.laws import laws
from services.library import load_mission
from services.report import print_table
from services.run import Options, fly
from twin.contracts.envelope import Event
from twin.contracts.motion import Piece, Trajectory
from twin.dynamics.relative import relative_state
from twin.dynamics.segments import Track
from twin.dynamics.settings import Environment


class Flown(NamedTuple):
    """The verdict, when it ended, and the target's and the servicer's motion."""

    level: str
    word: str
    end_ns: int
    target: Track
    servicer: Track


def flown(name: str, level: str) -> Flown:
    """The mission in process, with nothing changed but its fidelity."""
    mission = load_mission(name, laws())
    pieces: dict[str, list[Piece]] = {"target": [], "servicer": []}

    def take(event: Event) -> None:
        match event.body:
            case Trajectory(body=body, pieces=more) if body in pieces:
                pieces[body].extend(more)

    environment = Environment(fidelity=level)
    report = fly(replace(mission, environment=environment), Options(in_process=True), (take,))
    return Flown(level, report.word, report.outcome.end_t_ns, *(Track(pieces[body]) for body in pieces))


def differences_m(one: Flown, other: Flown) -> tuple[float, float]:
    """At the earlier end: of the target's place, and of the servicer's place relative to it in `ric`."""
    t_ns = min(one.end_ns, other.end_ns) - 10**9
    (a, b), (c, d) = ((each.target.state(t_ns), each.servicer.state(t_ns)) for each in (one, other))
    relative = relative_state(a, b).r_ric_m - relative_state(c, d).r_ric_m
    return float(np.linalg.norm(a.r_eci_m - c.r_eci_m)), float(np.linalg.norm(relative))


def main() -> None:
    """Command line; see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fidelity",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("mission")
    parser.add_argument("--level", action="append", choices=["standard", "high"])
    asked = parser.parse_args()
    prepare()
    basic = flown(asked.mission, "basic")
    rows = [("basic", basic.word, f"{1e-9 * basic.end_ns:.1f}", "-", "-")]
    for level in asked.level or ["standard"]:
        other = flown(asked.mission, level)
        target_m, relative_m = differences_m(basic, other)
        ends_s = f"{1e-9 * other.end_ns:.1f}"
        rows.append((level, other.word, ends_s, f"{target_m:.3g}", f"{relative_m:.3g}"))
    print_table(("fidelity", "verdict", "ended s>", "target's place m>", "relative place m>"), rows)
    raise SystemExit(any(row[1] != "pass" for row in rows))


if __name__ == "__main__":
    main()
