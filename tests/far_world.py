"""Two orbits and nothing else: the world in which the far range's law and filter are tried by themselves."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import numpy as np

from services.laws import laws
from services.library import load_mission
from twin.contracts.fields import Vec3
from twin.contracts.sensing import GnssFix
from twin.dynamics.epochs import Epoch
from twin.gnc.impulse import Impulse
from twin.gnc.knowledge import Orbit, rates_of, relative_in_ric, vec3
from twin.gnc.relative import pair_across
from twin.gnc.two_orbits import Field, TwoOrbits
from twin.guidance.examples import resting
from twin.guidance.free_drift import nystroem
from twin.guidance.homing import Homing
from twin.guidance.law import Seen
from twin.guidance.relative_elements import Array, placed
from twin.guidance.ric import axes_ric, from_ric
from twin.mission.determined import determined
from twin.mission.orbit import orbit_at
from twin.vehicle.settings import Gnss

MISSION = load_mission("adras-j-far", laws())


class Pair(NamedTuple):
    """Places (2, 3) and velocities of target and servicer, `eci`."""

    r_eci_m: Array
    v_eci_mps: Array

    def later(self, dt_s: float) -> "Pair":
        steps = max(1, round(dt_s / 20.0))
        r, v = self.r_eci_m, self.v_eci_mps
        for _ in range(steps):
            r, v = nystroem(r, v, dt_s / steps)
        return Pair(r, v)

    def pushed(self, change_eci_mps: Vec3) -> "Pair":
        return Pair(self.r_eci_m, self.v_eci_mps + np.array((np.zeros(3), change_eci_mps)))


def homing() -> Homing:
    """The law as the mission flies it."""
    row = next(each for each in MISSION.guidance.phases if each.name == "homing")
    return msgspec.convert(row.parameters, type=Homing)


def begin() -> Pair:
    """Where the mission begins, with the target where the ground believes it."""
    r, v = orbit_at(MISSION.target, Epoch(MISSION.epoch_utc))
    assert MISSION.start.elements is not None
    own = placed((vec3(r), vec3(v)), np.array(MISSION.start.elements.row()))
    return Pair(np.array((r, own[0])), np.array((v, own[1])))


def seen_of(pair: Pair, t_s: float, period_s: float) -> Seen:
    """What a law sees, nothing being in doubt."""
    target = Orbit(vec3(pair.r_eci_m[0]), vec3(pair.v_eci_mps[0]))
    axes, (rate, change, gravity) = axes_ric(target.r_eci_m, target.v_eci_mps), rates_of(target)
    apart = vec3(pair.r_eci_m[1] - pair.r_eci_m[0]), vec3(pair.v_eci_mps[1] - pair.v_eci_mps[0])
    r_ric, v_ric = relative_in_ric(axes, rate, *apart)
    return resting(
        t_ns=round(t_s * 1e9),
        period_s=period_s,
        r_ric_m=r_ric,
        v_ric_mps=v_ric,
        orbit_rate_radps=rate,
        orbit_rate_change_radps2=change,
        gravity_per_s2=gravity,
        target_r_eci_m=target.r_eci_m,
        target_v_eci_mps=target.v_eci_mps,
    )


class Step(NamedTuple):
    """When, where, and what was fired from here on (m/s, `eci`)."""

    t_s: float
    pair: Pair
    change_eci_mps: Vec3


def flown(law: Homing, pair: Pair, error: float = 0.0, seed: int = 0) -> Iterator[Step]:
    """The law's whole flight at 120 s a step, 20 s in a burn, impulses off by `error` (1 sigma)."""
    rng, t_s = np.random.default_rng(seed), 0.0
    period_s, memory = 120.0, law.start(seen_of(pair, 0.0, 120.0))
    while True:
        seen = seen_of(pair, t_s, period_s)
        memory, demand = law.step(memory, seen)
        if demand.arrived:
            yield Step(t_s, pair, (0.0, 0.0, 0.0))
            return
        period_s = 20.0 if demand.quick else 120.0
        axes = axes_ric(seen.target_r_eci_m, seen.target_v_eci_mps)
        x, y, z = from_ric(axes, demand.acceleration_ric_mps2)
        scale = period_s * (1.0 + error * float(rng.normal()))
        change = (scale * x, scale * y, scale * z)
        yield Step(t_s, pair, change)
        pair = pair.pushed(change).later(period_s)
        t_s += period_s


def least_of_a_day(steps: list[Step]) -> Array:
    """Least distance (n,) within a day of doing nothing more from each of the steps on, all flown at once."""
    r = np.array([step.pair.r_eci_m for step in steps]).reshape(-1, 3)
    v = np.array([step.pair.v_eci_mps for step in steps]).reshape(-1, 3)
    least = np.full(len(steps), np.inf)
    before = r[1::2] - r[::2]
    for _ in range(86400 // 60):
        r, v = nystroem(r, v, 60.0)
        after = r[1::2] - r[::2]
        step = after - before
        share = np.clip(-(before * step).sum(axis=1) / (step * step).sum(axis=1), 0.0, 1.0)
        nearest = before + share[:, None] * step
        least = np.minimum(least, np.sqrt((nearest * nearest).sum(axis=1)))
        before = after
    return least


LIT_S, REVOLUTION_S = 3700.0, 5800.0
"""So much of a revolution the target is seen by day."""


def angles_run(seed: int, told: float) -> tuple[float, float, int]:
    """Four hours of the far range by the filter's own model, from 300 km, told `told` times the camera's
    noise: NEES at the end; sum of the normalised innovations squared, and their freedom."""
    rng = np.random.default_rng((300, seed))
    gnss, camera = MISSION.servicer.sensors.gnss, MISSION.servicer.sensors.camera
    nav, known = MISSION.guidance.navigation, determined(MISSION)
    assert known is not None
    field = Field(noise_mps2=nav.far_field_mps2, alignment_rad=camera.alignment_rad)
    h, eye = 60.0, Camera(camera.alignment_rad * rng.normal(size=2), camera.sigma_rad(3e5), told)
    pair = begin()
    off = np.linalg.cholesky(known.covariance) @ rng.normal(size=6)
    pair = Pair(
        pair.r_eci_m + np.array((off[:3], np.zeros(3))), pair.v_eci_mps + np.array((off[3:], np.zeros(3)))
    )
    fix = _fixed(pair, gnss, rng)
    filter_ = TwoOrbits(Orbit(fix.r_eci_m, fix.v_eci_mps), known, gnss, field)
    nis, freedom = 0.0, 0
    for k in range(240):
        pair = pair.later(h)
        range_m = float(np.linalg.norm(pair.r_eci_m[1] - pair.r_eci_m[0]))
        apart = np.hypot(nav.far_noise_mps2, 3.0 * field.noise_mps2 * range_m / 6.98e6)
        # Of the difference, and of the servicer: what the target is off by is one less the other.
        kick = _walk(field.noise_mps2, h, rng)
        pair = Pair(
            *(
                each + np.array((own - rel, own))
                for each, own, rel in zip(pair, kick, _walk(apart, h, rng), strict=True)
            )
        )
        fired = Impulse()
        if k % 60 == 59:
            change = 0.3 * pair.v_eci_mps[1] / np.linalg.norm(pair.v_eci_mps[1])
            pair = pair.pushed(vec3(change + 0.01 * rng.normal(size=3)))
            fired = Impulse(
                vec3(change), sigma_mps=0.01, covariance_eci_m2ps2=(1e-4, 0.0, 0.0, 1e-4, 0.0, 1e-4)
            )
        filter_.predict(h, vec3(pair.r_eci_m[1]), fired, nav.far_noise_mps2)
        filter_.fix(_fixed(pair, gnss, rng), gnss)
        if (k * h) % REVOLUTION_S < LIT_S:
            squared = _look(filter_, pair, eye, rng)
            nis, freedom = nis + squared, freedom + 2
    truth = np.concatenate((pair.r_eci_m[1] - pair.r_eci_m[0], pair.v_eci_mps[1] - pair.v_eci_mps[0]))
    error = filter_.state[:6] - truth
    return float(error @ np.linalg.solve(filter_.covariance[:6, :6], error)), nis, freedom


class Camera(NamedTuple):
    """How far the boresight is off (2,), and the noise of a look, rad; times how much of it is told."""

    lean_rad: Array
    sigma_rad: float
    told: float


def _look(filter_: TwoOrbits, pair: Pair, camera: Camera, rng: np.random.Generator) -> float:
    """A bearing, and how it fits by the noise told."""
    lean_rad, sigma_rad, told = camera
    line = pair.r_eci_m[1] - pair.r_eci_m[0]
    range_m = float(np.linalg.norm(line))
    across = pair_across(line / range_m)
    seen = line / range_m + (lean_rad + sigma_rad * rng.normal(size=2)) @ across
    seen = seen / np.linalg.norm(seen)
    rows = np.linalg.svd(seen[None, :])[2][1:]
    sensitivity = np.zeros((2, len(filter_.state)))
    sensitivity[:, :3], sensitivity[:, 12:] = rows, range_m * rows @ across.T
    innovation = range_m * rows @ seen - sensitivity @ filter_.state
    noise = (told * sigma_rad * range_m) ** 2 * np.eye(2)
    spread = sensitivity @ filter_.covariance @ sensitivity.T + noise
    filter_.see_camera(seen, across.T, told * sigma_rad, 5.0)
    return float(innovation @ np.linalg.solve(spread, innovation))


def _fixed(pair: Pair, gnss: Gnss, rng: np.random.Generator) -> GnssFix:
    return GnssFix(
        r_eci_m=vec3(pair.r_eci_m[1] + gnss.sigma_r_m * rng.normal(size=3)),
        v_eci_mps=vec3(pair.v_eci_mps[1] + gnss.sigma_v_mps * rng.normal(size=3)),
    )


def _walk(noise_mps2: float, h: float, rng: np.random.Generator) -> Array:
    """Place and velocity (2, 3) after `h` seconds of white acceleration."""
    root = noise_mps2 * np.linalg.cholesky(np.array(((h**3 / 3, h * h / 2), (h * h / 2, h))))
    walked: Array = root @ rng.normal(size=(2, 3))
    return walked
