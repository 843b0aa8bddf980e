"""Is the far range safe without any doing? Whole flights, and a day of nothing from every few minutes on.

python -m tests.far_drifts --seeds 3

Flies `adras-j-far` to 1 km behind, takes the true states every `--every` seconds, and flies both bodies on
from each for a day in the field of a point mass and J2: the least distance, by the hour of the flight.
"""

import argparse

import msgspec
import numpy as np

from services.run import Options, fly
from tests.far_world import MISSION, Pair, Step, least_of_a_day
from twin.contracts.navigation import PhaseChanged
from twin.mission.sampling import Sampler


def stops(seed: int, every_s: float) -> list[Step]:
    """True states of a flight as long as the law `homing` flies it."""
    ending = msgspec.structs.replace(MISSION.ending, latest_s=141_000.0)
    sampler, left_ns = Sampler(MISSION), []
    mission = msgspec.structs.replace(MISSION, seed=seed, ending=ending)
    report = fly(
        mission,
        Options(in_process=True),
        (sampler.take, lambda e: left_ns.append(e.body.t_ns) if isinstance(e.body, PhaseChanged) else None),
    )
    end_ns = min([round(report.end_s * 1e9) - 1_000_000_000, *left_ns])
    at_ns = np.arange(0, end_ns, round(every_s * 1e9))
    target, servicer = (sampler.tracks[name].states(at_ns) for name in ("target", "servicer"))
    return [
        Step(
            t_ns * 1e-9,
            Pair(
                np.array((target.r_eci_m[k], servicer.r_eci_m[k])),
                np.array((target.v_eci_mps[k], servicer.v_eci_mps[k])),
            ),
            (0.0, 0.0, 0.0),
        )
        for k, t_ns in enumerate(at_ns.tolist())
    ]


def main() -> None:
    """Command line; see the module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--every", type=float, default=120.0, help="seconds between two instants")
    asked = parser.parse_args()
    for seed in range(1, asked.seeds + 1):
        flown = stops(seed, asked.every)
        least_m, hours = least_of_a_day(flown), np.array([step.t_s for step in flown]) / 3600.0
        spans = [
            f"to {to:g} h {least_m[(hours >= to - 8) & (hours < to)].min():.0f} m"
            for to in (8, 16, 24, 32, 40)
        ]
        print(f"seed {seed}: {len(flown)} instants, least {least_m.min():.1f} m; " + ", ".join(spans))


if __name__ == "__main__":
    main()
