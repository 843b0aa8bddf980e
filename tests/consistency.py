"""Is the estimate as good as it says? Normalised errors over many runs, told the right and the wrong noise.

python -m tests.consistency --runs 50
python -m tests.consistency --runs 50 --flown rendezvous

Without `--flown` the truth moves as the filter's own model says, with its process noise; what is tried are
the measurements, the linearisation and the trust in sensors. `--flown MISSION` takes the estimates of whole
flights: what is tried then is all that the filters leave out, too. NEES: mean of e' P^-1 e, 6 if consistent;
NIS: mean of the normalised innovation squared per degree of freedom, 1 if consistent (Bar-Shalom, Li and
Kirubarajan, Estimation with Applications (2001), 5.4). A band holds 95 % (Wilson and Hilferty's chi-squared).
"""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from math import radians, sqrt
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from services.laws import laws
from services.library import load_mission
from services.run import Options, fly
from tests.far_world import angles_run
from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import conj, from_rotation_vector, mul, rotation_vector
from twin.gnc.gradient import gravity_gradient, taylor_transition
from twin.gnc.impulse import Impulse
from twin.gnc.lasting import FACTOR_MOST
from twin.gnc.lateness import Instant, Remembered, back_there
from twin.gnc.relative import RelativeFilter
from twin.gnc.target_attitude import TargetFilter
from twin.gnc.tumble import Tumble
from twin.mission.sampling import Sampler

Array = NDArray[np.float64]
RADIUS_M = 6.98e6
RATE = sqrt(3.986004418e14 / RADIUS_M**3)
STEPS, STEP_S, NOISE_MPS2 = 150, 2.0, 2e-6
GATE, PATIENCE = 5.0, 12
STAGE = ((6000.0, 40.0, -25.0), (40.0, 33250.0, 60.0), (-25.0, 60.0, 33300.0))
TURN_NOISE_RADPS2 = 1.5e-8


class Found(NamedTuple):
    """Of one run: NEES at the end; sum of the normalised innovations squared, and their freedom."""

    nees: float
    nis: float
    freedom: int


class Told(NamedTuple):
    """A kind of measurement: how far away, how well the place is known at first, 1 sigma across and along."""

    range_m: float
    sigma_m: float
    across: float
    along_m: float | None


PHASES = {
    "near": Told(40.0, 2.0, 0.003, 0.003 * 40.0),
    "mid": Told(800.0, 10.0, 1e-4, 0.8),
    "far": Told(3000.0, 60.0, 1e-4, None),
    "camera": Told(50.0, 2.0, 0.002, 0.01 * 50.0),
}
"""`near` the lidar's pose, alike in all directions; `mid` range and bearing; `far` bearings alone; `camera`
the model matched to its picture."""


class Delayed:
    """Takes each look `late_s` after it was made, as the navigation does."""

    def __init__(self, relative: RelativeFilter, target: TargetFilter, late_s: float) -> None:
        self._filters = (relative, target)
        self._late_ns = round(late_s * 1e9)
        self._past = Remembered()
        self._coming: list[tuple[int, Callable[[], tuple[float, int]]]] = []

    def look(self, t_s: float, middle_m: Vec3, take: Callable[[], tuple[float, int]]) -> tuple[float, int]:
        """`take` looks at `t_s`; what the look that is ready now gave."""
        t_ns = round(t_s * 1e9)
        here = Instant(
            t_ns=t_ns,
            q_eci_from_body=(1.0, 0.0, 0.0, 0.0),
            variance_rad2=0.0,
            r_eci_m=middle_m,
            v_eci_mps=(0.0, 0.0, 0.0),
            fired=Impulse(),
        )
        self._past = self._past.then(here, 30.0)
        self._coming.append((t_ns, take))
        seen_ns, ready = self._coming[0]
        if seen_ns > t_ns - self._late_ns:
            return 0.0, 0
        del self._coming[0]
        way = self._past.back_to(seen_ns)
        assert way is not None
        with back_there(way, *self._filters, "point"):
            return ready()


def relative_run(name: str, seed: int, told: float, late_s: float = 0.0, most: float = FACTOR_MOST) -> Found:
    """The relative filter, told `told` times the noise, which it believes to be up to `most` times as told;
    NIS by the noise that it was told."""
    phase = PHASES[name]
    rng = np.random.default_rng((list(PHASES).index(name), seed))
    truth = np.array((0.0, -phase.range_m, 0.0, 0.01, 0.0, 0.0))
    guess = truth + np.concatenate((phase.sigma_m * rng.normal(size=3), 0.02 * rng.normal(size=3)))
    x, y, z, u, v, w = guess.tolist()
    filter_ = RelativeFilter((x, y, z), (u, v, w), phase.sigma_m, 0.02, most)
    h = STEP_S
    delayed = Delayed(filter_, TargetFilter(STAGE, 1.0), late_s)
    root = NOISE_MPS2 * np.linalg.cholesky(np.array(((h**3 / 3, h * h / 2), (h * h / 2, h))))
    nis, freedom = 0.0, 0
    for k in range(STEPS):
        angle = RATE * (k + 0.5) * h
        middle = (RADIUS_M * np.cos(angle), RADIUS_M * np.sin(angle), 0.0)
        truth = (
            taylor_transition(h, gravity_gradient(middle)) @ truth + (root @ rng.normal(size=(2, 3))).ravel()
        )
        filter_.predict(h, middle, Impulse(), NOISE_MPS2)
        take = _look(filter_, phase, truth[:3], told, rng)
        squared, free = delayed.look((k + 1) * h, middle, take)
        nis, freedom = nis + squared, freedom + free
    error = filter_.state - truth
    return Found(float(error @ np.linalg.solve(filter_.covariance, error)), nis, freedom)


def _look(
    filter_: RelativeFilter, phase: Told, r_m: Array, told: float, rng: np.random.Generator
) -> Callable[[], tuple[float, int]]:
    """A measurement of the phase's kind, and what takes it."""
    distance_m = float(np.linalg.norm(r_m))
    line = r_m / distance_m
    pair = np.linalg.svd(line[None, :])[2][1:]
    across_m, along_m = phase.across * distance_m, phase.along_m or 0.0
    measured = r_m + along_m * rng.normal() * line + across_m * rng.normal(size=2) @ pair
    unit = measured / np.linalg.norm(measured)
    noise = (told * across_m) ** 2 * np.eye(3) + told**2 * (along_m**2 - across_m**2) * np.outer(unit, unit)
    return partial(_take, filter_, phase, measured, noise, told)


def _take(
    filter_: RelativeFilter, phase: Told, measured: Array, noise: Array, told: float
) -> tuple[float, int]:
    """Its innovation squared, by the noise told, and freedom."""
    distance_m = float(np.linalg.norm(measured))
    unit, across_m = measured / distance_m, phase.across * distance_m
    rows = np.linalg.svd(unit[None, :])[2][1:] if phase.along_m is None else np.eye(3)
    innovation = rows @ (measured - filter_.state[:3])
    spread = rows @ (filter_.covariance[:3, :3] + noise) @ rows.T
    if phase.along_m is None:
        filter_.see_bearing(unit, told * phase.across, GATE)
    elif phase is PHASES["camera"]:
        filter_.see_model(measured, noise, GATE, PATIENCE)
    elif phase.range_m < 100.0:
        filter_.see_pose(measured, told * across_m, GATE, PATIENCE)
    else:
        filter_.see_sight(measured, noise, 3, GATE)
    return float(innovation @ np.linalg.solve(spread, innovation)), len(rows)


def attitude_run(seed: int, told: float, late_s: float = 0.0, most: float = FACTOR_MOST) -> Found:
    """The filter of the target's attitude and rate: a stage that rolls, poses of a degree."""
    rng = np.random.default_rng((9, seed))
    tumble, filter_ = Tumble(STAGE), TargetFilter(STAGE, radians(0.4), noise_factor_most=most)
    q, w = (0.5, 0.5, 0.5, 0.5), np.array((radians(0.4), 7e-4, 6e-4))
    w = w + radians(0.2) * rng.normal(size=3)
    sigma, h = radians(1.0), STEP_S
    delayed = Delayed(RelativeFilter((1.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0, 1.0), filter_, late_s)
    root = TURN_NOISE_RADPS2 * np.linalg.cholesky(np.array(((h**3 / 3, h * h / 2), (h * h / 2, h))))
    nis, freedom = 0.0, 0
    for k in range(STEPS):
        angle = RATE * (k + 0.5) * h
        middle = (RADIUS_M * np.cos(angle), RADIUS_M * np.sin(angle), 0.0)
        x, y, z = w.tolist()
        q, moved = tumble.advance(q, (x, y, z), middle, h)
        turned, faster = root @ rng.normal(size=(2, 3))
        a, b, c, d = mul(q, from_rotation_vector(turned))
        q, w = (a, b, c, d), np.array(moved) + faster
        filter_.predict(h, middle, TURN_NOISE_RADPS2)
        seen = mul(q, from_rotation_vector(sigma * rng.normal(size=3)))
        squared, free = delayed.look((k + 1) * h, middle, partial(_turned, filter_, seen, told * sigma))
        nis, freedom = nis + squared, freedom + free
    turned = rotation_vector(mul(conj(filter_.q_eci_from_body), q))
    error = np.concatenate((turned, np.subtract(w, filter_.w_body_radps)))
    return Found(float(error @ np.linalg.solve(filter_.covariance, error)), nis, freedom)


def _turned(filter_: TargetFilter, seen: Quaternion, sigma_rad: float) -> tuple[float, int]:
    """Take an attitude; its innovation squared, by the noise told, and freedom."""
    squared, freedom = 0.0, 0
    if filter_.known:
        innovation = np.array(rotation_vector(mul(conj(filter_.q_eci_from_body), seen)))
        spread = filter_.covariance[:3, :3] + sigma_rad**2 * np.eye(3)
        squared, freedom = float(innovation @ np.linalg.solve(spread, innovation)), 3
    filter_.see(seen, sigma_rad, GATE, PATIENCE)
    return squared, freedom


def far_run(seed: int, told: float, late_s: float = 0.0) -> Found:
    """Both orbits, on angles from 300 km; a look a minute is not looked back at."""
    assert late_s == 0.0
    return Found(*angles_run(seed, told))


def flown(mission_name: str, seeds: range) -> dict[str, list[tuple[float, float]]]:
    """Of each phase of the flights: (NEES at its end, mean NIS) in each."""
    found: dict[str, list[tuple[float, float]]] = {}
    for seed in seeds:
        mission = msgspec.structs.replace(load_mission(mission_name, laws()), seed=seed)
        sampler = Sampler(mission)
        report = fly(mission, Options(in_process=True), (sampler.take,))
        columns = sampler.columns(sampler.grid(round(report.end_s * 1e9)))
        phases = columns["onboard.phase"]
        for phase in dict.fromkeys(phases.tolist()):
            held = phases == phase
            nees, nis = (columns[name][held] for name in ("truth.navigation_nees", "onboard.nis"))
            found.setdefault(phase, []).append((float(nees[-1]), float(np.nanmean(nis))))
    return found


def band(freedom: int, count: int) -> tuple[float, float]:
    """95 % of the mean of `count` chi-squared variables of `freedom`."""
    total = freedom * count
    low, high = (total * (1 - 2 / (9 * total) + z * sqrt(2 / (9 * total))) ** 3 for z in (-1.96, 1.96))
    return low / count, high / count


RUNS: dict[str, Callable[..., Found]] = {
    **{name: partial(relative_run, name) for name in PHASES},
    "attitude": attitude_run,
    "300 km": far_run,
}


TRIED = (
    (1.0, 0.0, FACTOR_MOST),
    (1.0, 4.0, FACTOR_MOST),
    (0.25, 0.0, 1.0),
    (4.0, 0.0, 1.0),
    (0.25, 0.0, FACTOR_MOST),
)
"""Told, how late, and how many times the stated variance is believed at most: 1 is the data sheet's word."""


def _model(runs: int, names: list[str]) -> Iterator[str]:
    low, high = band(6, runs)
    yield f"95 % band of the NEES over {runs} runs: {low:.2f} to {high:.2f}"
    for name in names:
        run = RUNS[name]
        for told, late_s, believed in TRIED:
            if run is far_run and (late_s > 0.0 or (told < 1.0 and believed == 1.0)):
                continue  # angles from 300 km are always learnt from, and never late
            options = {} if run is far_run else {"most": believed}
            found = [run(seed, told, late_s, **options) for seed in range(runs)]
            freedom = sum(each.freedom for each in found)
            least, most = band(freedom, 1)
            nees = float(np.mean([each.nees for each in found]))
            nis = sum(each.nis for each in found) / freedom
            yield (
                f"{name:8} told {told:4g} x the noise, believing up to {believed:3g}, {late_s:g} s late: "
                f"NEES {nees:7.2f} {_in(nees, low, high)}  "
                f"NIS {nis:6.3f} {_in(nis, least / freedom, most / freedom)}"
            )


def _flown(mission: str, runs: int) -> Iterator[str]:
    for phase, found in flown(mission, range(1, runs + 1)).items():
        low, high = band(6, len(found))
        nees, nis = np.mean(found, axis=0)
        yield (
            f"{phase:14} {len(found):3} flights: NEES at its end {nees:6.2f}, band {low:.2f} to {high:.2f} "
            f"{_in(nees, low, high)}  NIS {nis:6.3f}"
        )


def _in(value: float, low: float, high: float) -> str:
    return "in " if low <= value <= high else "out"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--flown", metavar="MISSION")
    parser.add_argument("--rows", nargs="+", choices=RUNS, default=list(RUNS))
    asked = parser.parse_args()
    for line in _flown(asked.flown, asked.runs) if asked.flown else _model(asked.runs, asked.rows):
        print(line, flush=True)


if __name__ == "__main__":
    main()
