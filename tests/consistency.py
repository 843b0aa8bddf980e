"""Is the relative filter consistent? Normalised errors over many runs, told the right and the wrong noise.

python -m tests.consistency --runs 50

The truth moves as the filter's own model says, with its process noise; what is tried are the measurements,
the linearisation and the trust in sensors. NEES: mean of e' P^-1 e at the end, 6 if consistent; NIS: mean of
the normalised innovation squared per degree of freedom, 1 if consistent (Bar-Shalom, Li and Kirubarajan,
Estimation with Applications (2001), 5.4). The band holds 95 % (Wilson and Hilferty's chi-squared).
"""

import argparse
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.gnc.relative import Impulse, RelativeFilter, _transition, gravity_gradient

Array = NDArray[np.float64]
RADIUS_M = 6.98e6
RATE = sqrt(3.986004418e14 / RADIUS_M**3)
STEPS, STEP_S, NOISE_MPS2 = 150, 2.0, 3e-6
GATE, PATIENCE = 5.0, 12


class Phase(NamedTuple):
    """How far, and how well it is known at first."""

    name: str
    range_m: float
    sigma_m: float


PHASES = (Phase("near", 40.0, 2.0), Phase("mid", 800.0, 10.0), Phase("far", 3000.0, 60.0))


def run(seed: int, phase: Phase, told: float) -> tuple[float, float]:
    """(NEES at the end, mean NIS per degree of freedom) of a run told `told` times the noise."""
    rng = np.random.default_rng(seed)
    truth = np.array((0.0, -phase.range_m, 0.0, 0.01, 0.0, 0.0))
    guess = truth + np.concatenate((phase.sigma_m * rng.normal(size=3), 0.02 * rng.normal(size=3)))
    x, y, z, u, v, w = guess.tolist()
    filter_ = RelativeFilter((x, y, z), (u, v, w), phase.sigma_m, 0.02)
    h = STEP_S
    root = NOISE_MPS2 * np.linalg.cholesky(np.array(((h**3 / 3, h * h / 2), (h * h / 2, h))))
    innovations = []
    for k in range(STEPS):
        angle = RATE * (k + 0.5) * h
        middle = (RADIUS_M * np.cos(angle), RADIUS_M * np.sin(angle), 0.0)
        truth = _transition(h, gravity_gradient(middle)) @ truth + (root @ rng.normal(size=(2, 3))).ravel()
        filter_.predict(h, middle, Impulse(), NOISE_MPS2)
        innovations.append(_measure(filter_, phase, truth[:3], told, rng))
    error = filter_.state - truth
    return float(error @ np.linalg.solve(filter_.covariance, error)), float(np.mean(innovations))


def _measure(
    filter_: RelativeFilter, phase: Phase, r_m: Array, told: float, rng: np.random.Generator
) -> float:
    """Take a measurement of the phase's kind; its NIS per degree of freedom, by the noise that was told."""
    distance_m = float(np.linalg.norm(r_m))
    if phase.name == "near":
        sigma_m = max(0.01, 0.003 * distance_m)
        noise = (told * sigma_m) ** 2 * np.eye(3)
        measured = r_m + sigma_m * rng.normal(size=3)
        nis = _nis(filter_, measured, noise)
        filter_.see_pose(measured, told * sigma_m, GATE, PATIENCE)
        return nis
    unit = r_m / distance_m + 1e-4 * rng.normal(size=3)
    unit /= np.linalg.norm(unit)
    if phase.name == "far":
        filter_.see_bearing(unit, told * 1e-4, GATE)
        return float("nan")
    sigma_m = max(0.1, 1e-3 * distance_m)
    range_m = distance_m + sigma_m * rng.normal()
    across, along = (told * 1e-4 * range_m) ** 2, (told * sigma_m) ** 2
    noise = across * np.eye(3) + (along - across) * np.outer(unit, unit)
    nis = _nis(filter_, range_m * unit, noise)
    filter_.see_sight(range_m * unit, noise, 3, GATE)
    return nis


def _nis(filter_: RelativeFilter, measured: Array, noise: Array) -> float:
    innovation = measured - filter_.state[:3]
    return float(innovation @ np.linalg.solve(filter_.covariance[:3, :3] + noise, innovation)) / 3.0


def band(freedom: int, count: int) -> tuple[float, float]:
    """95 % of the mean of `count` chi-squared variables of `freedom`."""
    total = freedom * count
    low, high = (total * (1 - 2 / (9 * total) + z * sqrt(2 / (9 * total))) ** 3 for z in (-1.96, 1.96))
    return low / count, high / count


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=50)
    runs = parser.parse_args().runs
    low, high = band(6, runs)
    print(f"95 % band of the NEES over {runs} runs: {low:.2f} to {high:.2f}")
    for phase in PHASES:
        for told in (1.0, 0.25, 4.0):
            found = np.array([run(seed, phase, told) for seed in range(runs)])
            nees, nis = found.mean(axis=0)
            print(f"{phase.name:5} told {told:4g} x the noise: NEES {nees:7.2f}  NIS/dof {nis:6.3f}")


if __name__ == "__main__":
    main()
