"""Each thruster dead from the beginning of each phase of a capture: the brake's torque, and how it ends.

python -m tests.dead_valves envisat-capture
python -m tests.dead_valves envisat-capture-design --phases synchronise settle --seed 2
"""

import argparse
import sys
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from services.laws import laws
from services.library import load_mission
from services.report import print_table
from services.run import Options, fly
from services.workers import workers
from twin.contracts.envelope import Event
from twin.contracts.navigation import PhaseChanged, SafetyVerdict
from twin.mission.script import Fault, Mission

PHASES = ("synchronise", "close_in", "reach", "settle", "calm")
SAFE = ("drift", "stack_hold")
"""Where such a flight may end: gone, by a drift that was checked, or with a calm stack."""


class Ending(NamedTuple):
    """Of one flight; `torque_nm` is None where there was no stack, `found_s` where it was not found."""

    thruster: str
    phase: str
    word: str
    last: str
    torque_nm: float | None
    found_s: float | None
    failed: tuple[str, ...]

    @property
    def safe(self) -> bool:
        """The sphere and the torque kept to, and a safe place in the end."""
        return self.last in SAFE and not {"sphere", "detumble_torque"} & set(self.failed)


def from_joining(name: str, seed: int = 1) -> Mission:
    """The mission begun where it starts to join the turning axis, 45 m behind."""
    mission = load_mission(name, laws())
    start = msgspec.structs.replace(mission.start, r_ric_m=(0.0, -45.0, 0.0), sigma_r_m=0.3)
    guidance = msgspec.structs.replace(mission.guidance, start_phase="join")
    return msgspec.structs.replace(mission, start=start, guidance=guidance, seed=seed)


def ending(name: str, seed: int, phase: str, thruster: str) -> Ending:
    """Fly it."""
    arguments = {"thruster": thruster}
    fault = Fault(
        name="valve", kind="thruster.stuck_off", arguments=arguments, when=f"onboard.phase == '{phase}'"
    )
    mission = msgspec.structs.replace(from_joining(name, seed), faults=(fault,))
    last, since_s, found_s = "join", None, None

    def take(event: Event) -> None:
        nonlocal last, since_s, found_s
        body = event.body
        if isinstance(body, PhaseChanged):
            last = body.phase
            if last == phase and since_s is None:
                since_s = body.t_ns * 1e-9
        elif isinstance(body, SafetyVerdict) and body.text.startswith(f"{thruster} does not push"):
            found_s = body.t_ns * 1e-9 - (since_s or 0.0)

    report = fly(mission, Options(in_process=True), (take,))
    results = report.verdict.results if report.verdict else ()
    margins = {each.name: each.margin for each in results}
    most_nm = next((r.at_most for r in mission.requirements if r.name == "detumble_torque"), None)
    margin_nm = margins.get("detumble_torque")
    return Ending(
        thruster,
        phase,
        report.word,
        last,
        None if margin_nm is None or most_nm is None else most_nm - margin_nm,
        found_s,
        tuple(each.name for each in results if each.outcome == "fail"),
    )


def endings(name: str, seed: int, phases: tuple[str, ...], jobs: int) -> Iterator[Ending]:
    """All thrusters in all phases, in this order."""
    thrusters = [each.name for each in load_mission(name, laws()).servicer.propulsion.thrusters]
    cases = [(name, seed, phase, thruster) for phase in phases for thruster in thrusters]
    with workers(jobs) as pool:
        for each in pool.map(ending, *zip(*cases, strict=True)):
            print(each, file=sys.stderr, flush=True)
            yield each


def main() -> int:
    """Exit code 0 if every flight ends safely."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("mission", nargs="?", default="envisat-capture")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--phases", nargs="+", default=list(PHASES))
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    found = list(endings(asked.mission, asked.seed, tuple(asked.phases), asked.jobs))
    rows = [
        (
            each.phase,
            each.thruster,
            each.last,
            "-" if each.torque_nm is None else f"{each.torque_nm:.0f}",
            "-" if each.found_s is None else f"{each.found_s:.0f}",
            ", ".join(each.failed) or "-",
            "yes" if each.safe else "NO",
        )
        for each in found
    ]
    print_table(("dead from", "thruster", "ends in", "torque N m", "found s", "not met", "safe"), rows)
    captured = sum(each.last == "stack_hold" for each in found)
    print(f"{len(found)} flights, {captured} captures, {sum(not each.safe for each in found)} not safe")
    return 0 if all(each.safe for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
