"""What ratios of inertia told wrongly cost, and that the filter finds them.

python -m tests.inertia --runs 10

The truth turns as the filter's own model says, with its process noise; poses come once a second, the stage's
with 1.05 deg per axis, Envisat's with 1.35. The ratio of the x moment to the z moment is told too large by a
share, that of the y moment too small by a quarter of it.
"""

import argparse
from math import degrees, hypot, log, radians, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.laws import laws
from services.library import load_mission
from tests.consistency import RADIUS_M, RATE, band
from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import conj, from_rotation_vector, mul, rotation_vector
from twin.dynamics.settings import Matrix3
from twin.gnc.inertia import stretched
from twin.gnc.target_attitude import TargetFilter
from twin.gnc.tumble import Tumble

Array = NDArray[np.float64]
GATE, PATIENCE, SIGMA_RATIO = 5.0, 12, 0.1


class Case(NamedTuple):
    """A body that turns, how well it is seen, how long; the noise of its turn and of the filter's guess."""

    inertia: Matrix3
    w_body_radps: Vec3
    sigma_rad: float
    noise_radps2: float
    sigma_rate_radps: float
    steps: int


class Outcome(NamedTuple):
    """Of one run: attitude's error over the second half (rms, deg) and the sigma claimed at the end (deg),
    both of all axes; NEES of attitude and rate; the log-ratios' errors, NEES and claimed sigmas."""

    attitude_deg: float
    claimed_deg: float
    nees: float
    ratio_errors: tuple[float, float]
    ratio_nees: float
    ratio_sigmas: tuple[float, float]


def cases() -> dict[str, Case]:
    stage, envisat = (
        load_mission(name, laws()).target.inertia_body_kgm2 for name in ("rendezvous", "envisat-2013")
    )
    fast = radians(2.67) / hypot(1.126, 1.127)
    return {
        "stage 0.4 deg/s": Case(stage, (radians(0.4), 7e-4, 6e-4), radians(1.05), 1.5e-8, radians(0.4), 1200),
        "envisat 2.67 deg/s": Case(
            envisat, (0.0, 1.126 * fast, 1.127 * fast), radians(1.35), 3e-7, radians(4.0), 360
        ),
    }


def run(case: Case, wrong: float, sigma_ratio: float, seed: int) -> Outcome:
    """Told the ratios of x and y to z wrong by `wrong` and by minus a quarter of it."""
    rng = np.random.default_rng((22, seed))
    off = (log(1.0 + wrong), log(1.0 - 0.25 * wrong))
    filter_ = TargetFilter(stretched(case.inertia, off), case.sigma_rate_radps, sigma_ratio)
    tumble = Tumble(case.inertia)
    q: Quaternion = (0.5, 0.5, 0.5, 0.5)
    w = case.w_body_radps
    root = case.noise_radps2 * np.linalg.cholesky(np.array(((1.0 / 3.0, 0.5), (0.5, 1.0))))
    squares = []
    for k in range(case.steps):
        angle = RATE * (k + 0.5)
        middle = (RADIUS_M * np.cos(angle), RADIUS_M * np.sin(angle), 0.0)
        q, w = tumble.advance(q, w, middle, 1.0)
        turned, faster = root @ rng.normal(size=(2, 3))
        q, w = mul(q, from_rotation_vector(turned)), tuple((np.array(w) + faster).tolist())
        filter_.predict(1.0, middle, case.noise_radps2)
        seen = mul(q, from_rotation_vector(case.sigma_rad * rng.normal(size=3)))
        filter_.see(seen, case.sigma_rad, GATE, PATIENCE)
        squares.append(sum(each**2 for each in rotation_vector(mul(conj(filter_.q_eci_from_body), q))))
    late = np.mean(squares[case.steps // 2 :])
    return _outcome(filter_, q, w, sqrt(float(late)), off)


def _outcome(
    filter_: TargetFilter, q: Quaternion, w: Vec3, rms_rad: float, off: tuple[float, float]
) -> Outcome:
    turned = rotation_vector(mul(conj(filter_.q_eci_from_body), q))
    error = np.concatenate((turned, np.subtract(w, filter_.w_body_radps)))
    wrong = np.add(filter_.log_ratios, off)
    sigmas = np.sqrt(np.diag(filter_.ratio_covariance))
    known = len(sigmas) == 0
    return Outcome(
        degrees(rms_rad),
        degrees(sqrt(np.trace(filter_.covariance[:3, :3]))),
        float(error @ np.linalg.solve(filter_.covariance, error)),
        (float(wrong[0]), float(wrong[1])),
        0.0 if known else float(wrong @ np.linalg.solve(filter_.ratio_covariance, wrong)),
        (0.0, 0.0) if known else (float(sigmas[0]), float(sigmas[1])),
    )


def _line(found: list[Outcome]) -> str:
    attitude, claimed, nees, ratio_nees = (float(np.mean([each[k] for each in found])) for k in (0, 1, 2, 4))
    off = 100.0 * np.sqrt(np.mean(np.square([each.ratio_errors for each in found]), axis=0))
    sigmas = 100.0 * np.mean([each.ratio_sigmas for each in found], axis=0)
    return (
        f"{attitude:6.2f} deg rms, claimed {claimed:5.2f}, NEES {nees:8.2f}; ratios off by {off[0]:5.2f} and "
        f"{off[1]:5.2f} %, claimed {sigmas[0]:4.2f} and {sigmas[1]:4.2f}, NEES {ratio_nees:5.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--noise", type=float, default=1.0, help="of poses and turn: so many times as stated")
    parser.add_argument("--longer", type=int, default=1, help="so many times as long")
    asked = parser.parse_args()
    runs, noise = asked.runs, asked.noise
    low, high = band(6, runs)
    least, most = band(2, runs)
    print(f"95 % bands over {runs} runs: NEES {low:.2f} to {high:.2f}, of ratios {least:.2f} to {most:.2f}")
    for name, stated in cases().items():
        case = stated._replace(
            sigma_rad=noise * stated.sigma_rad,
            noise_radps2=noise * stated.noise_radps2,
            steps=asked.longer * stated.steps,
        )
        for wrong in (0.0, 0.02, 0.05, 0.1):
            for sigma in (0.0, SIGMA_RATIO):
                found = [run(case, wrong, sigma, seed) for seed in range(runs)]
                how = "sought" if sigma else "taken as known"
                print(f"{name:18} told {100 * wrong:2.0f} % wrong, {how:14}: {_line(found)}", flush=True)


if __name__ == "__main__":
    main()
