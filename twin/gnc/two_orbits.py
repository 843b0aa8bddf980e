"""Filter for the far range: the relative state and the servicer's own orbit together, each orbit on its own.

State: r (m) and v (m/s, inertial) of the servicer from the target as in `RelativeFilter`, then those of the
servicer from the Earth's centre; components in `eci`; the two angles (rad) by which the camera's boresight is
off. Both bodies are flown in the field of a point mass and
J2, so the distance between them may be any; GNSS fixes go into the servicer's orbit, angles into the
difference, and what a burn gave that it should not have is found by GNSS. Two orbits that are known so tell
their distance by their curvature alone: at 300 km the target stands 1.2 deg below where a straight line would
have it (Woffinden and Geller, IEEE Trans. Aerospace and Electronic Systems 45 (2009) 1194, on what angles
leave open without it).
Continuous-discrete extended Kalman filter (Crassidis and Junkins, Optimal Estimation, 2nd ed., 3.6).

Assumptions and limitations: the camera's alignment does not change; drag and the higher harmonics are process
noise, alike in all directions.
"""

from math import ceil, sqrt
from typing import NamedTuple

import numpy as np

from twin.contracts.fields import Vec3
from twin.contracts.sensing import GnssFix
from twin.gnc.gate import judge
from twin.gnc.gradient import Gravity, oblate_gradient, taylor_transition
from twin.gnc.impulse import Impulse
from twin.gnc.knowledge import Orbit, vec3
from twin.gnc.lasting import FACTOR_MOST
from twin.gnc.matrices import Array, add_noise
from twin.gnc.relative import RelativeFilter, RelativeSnapshot, pair_across
from twin.guidance.free_drift import nystroem
from twin.vehicle.settings import Gnss

_EXACT = Gnss(sigma_r_m=0.0, sigma_v_mps=0.0)
_NEAR_STATES, _STATES = 6, 14
OWN = slice(6, 12)
"""Of the state, the servicer's own orbit; behind it the camera's alignment, rad."""
_FAR_AGAIN = 1.5
"""After an abort: not to and fro about the limit."""
_STEP_S = 15.0
"""Nystroem's step is then 1 mm off in a revolution."""


class Determined(NamedTuple):
    """An orbit at the epoch, and the covariance (6, 6) of its position (m) and velocity (m/s), `eci`."""

    orbit: Orbit
    covariance: Array

    def later(self, dt_s: float, field: "Field") -> "Determined":
        """By `dt_s`, with nothing that acts but the Earth's field."""
        here = TwoOrbits(self.orbit, self, _EXACT, field)
        here.carry(dt_s, self.orbit.r_eci_m)
        # What is exact stays so: the doubt of the difference is the target's own.
        target = here.state[OWN] - here.state[:6]
        return Determined(Orbit(vec3(target[:3]), vec3(target[3:])), here.covariance[:6, :6])


class Field(NamedTuple):
    """What orbits are flown in: the Earth's axis (unit vector, `eci`), about which it is oblate, and the root
    density (m/s2 per root hertz) of what is left out of an orbit; how well the camera's boresight is known
    (1 sigma of each of its two angles, rad)."""

    pole_eci: Vec3 = (0.0, 0.0, 1.0)
    noise_mps2: float = 1e-5
    alignment_rad: float = 0.0


class _Looked(NamedTuple):
    sensitivity: Array
    innovation_m: Array
    inverse: Array
    gain: Array
    variance_m2: float


class TwoOrbits(RelativeFilter):
    """A `RelativeFilter` of fourteen states: it sees the target as that does, and corrects both orbits.

    What is left out of the field acts on both bodies, and on their difference the less the nearer they are.
    """

    field: Field

    def __init__(
        self,
        orbit: Orbit,
        target: Determined,
        gnss: Gnss,
        field: Field,
        noise_factor_most: float = FACTOR_MOST,
    ) -> None:
        """The servicer's own `orbit` is as doubtful as one fix."""
        super().__init__((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.0, 0.0, noise_factor_most)
        self.field = field
        own = np.array((*orbit.r_eci_m, *orbit.v_eci_mps))
        there = (*target.orbit.r_eci_m, *target.orbit.v_eci_mps)
        self.state = np.concatenate((own - there, own, np.zeros(2)))
        fix = _fix_noise(gnss)
        self.covariance = np.zeros((_STATES, _STATES))
        self.covariance[:12, :12] = np.block([[target.covariance + fix, fix], [fix, fix]])
        self.covariance[12:, 12:] = field.alignment_rad**2 * np.eye(2)

    @property
    def orbit(self) -> Orbit:
        """The servicer's own."""
        return Orbit(vec3(self.state[6:9]), vec3(self.state[9:12]))

    def fix(self, seen: GnssFix, gnss: Gnss) -> None:
        """A GNSS fix of the servicer's own orbit."""
        noise = _fix_noise(gnss)
        innovation = np.array((*seen.r_eci_m, *seen.v_eci_mps)) - self.state[OWN]
        gain = np.linalg.solve(self.covariance[OWN, OWN] + noise, self.covariance[OWN]).T
        self.state = self.state + gain @ innovation
        kept = np.eye(_STATES)
        kept[:, OWN] -= gain
        updated = kept @ self.covariance @ kept.T + gain @ noise @ gain.T
        self.covariance = np.ascontiguousarray(0.5 * (updated + updated.T))

    def see_camera(self, unit_eci: Array, leans: Array, sigma_rad: float, gate: float) -> bool:
        """As `see_bearing`, with a camera that is not quite where it should be: `leans` (3, 2) is how the
        unit vector goes with its two angles."""
        noise_rad = sqrt(self.sight.noise_factor) * sigma_rad
        seen = self._looked(self.state, unit_eci, leans, noise_rad)
        verdict = judge(self.sight, float(seen.innovation_m @ seen.inverse @ seen.innovation_m), 2, gate)
        self.sight = verdict.trust
        self._own_up()
        if verdict.accepted:
            seen = self._looked(self.state + seen.gain @ seen.innovation_m, unit_eci, leans, noise_rad)
            self.state = self.state + seen.gain @ seen.innovation_m
            kept = np.eye(_STATES) - seen.gain @ seen.sensitivity
            updated = kept @ self.covariance @ kept.T + seen.variance_m2 * (seen.gain @ seen.gain.T)
            self.covariance = np.ascontiguousarray(0.5 * (updated + updated.T))
        return verdict.accepted

    def _looked(self, about: Array, unit_eci: Array, leans: Array, sigma_rad: float) -> _Looked:
        """Two distances across the line to the state `about`, weighed against our own state."""
        range_m = sqrt(float(about[:3] @ about[:3]))
        line = about[:3] / range_m
        across = pair_across(line)
        sensitivity = np.zeros((2, _STATES))
        sensitivity[:, :3], sensitivity[:, 12:] = across, range_m * across @ leans
        measured_m = range_m / max(float(line @ unit_eci), 0.1) * (across @ unit_eci)
        spread, variance_m2 = self.covariance @ sensitivity.T, (range_m * sigma_rad) ** 2
        (a, b), (_, d) = (sensitivity @ spread + variance_m2 * np.eye(2)).tolist()
        inverse = np.array(((d, -b), (-b, a))) / (a * d - b * b)
        innovation_m = measured_m - sensitivity @ self.state
        return _Looked(sensitivity, innovation_m, inverse, spread @ inverse, variance_m2)

    def predict(
        self,
        dt_s: float,
        orbit_r_eci_m: Vec3,
        impulse: Impulse,
        noise_mps2: float,
        gravity: Gravity = "j2",
    ) -> None:
        """Move on by `dt_s`, as `RelativeFilter` does; the servicer's place is the filter's own."""
        self.carry(dt_s, orbit_r_eci_m, gravity)
        self.redo(impulse)
        radius2, range2 = (float(each @ each) for each in (self.state[6:9], self.state[:3]))
        field2 = self.field.noise_mps2**2
        apart = noise_mps2 * noise_mps2 + 9.0 * field2 * range2 / radius2
        for part, q in ((self.covariance[:6, :6], apart), (self.covariance[OWN, OWN], field2)):
            own = np.ascontiguousarray(part)
            add_noise(own, q * dt_s**3 / 3.0, q * dt_s**2 / 2.0, q * dt_s)
            part[:] = own
        if impulse.sigma_mps > 0.0:
            self.covariance[:12, :12] += np.tile(impulse.doubt, (2, 2))

    def carry(self, dt_s: float, orbit_r_eci_m: Vec3, gravity: Gravity = "j2") -> None:
        """Move on, or back, by `dt_s` as if nothing else acted."""
        turn = _to_pole(self.field.pole_eci)
        r = np.stack((self.state[6:9], self.state[6:9] - self.state[:3])) @ turn.T
        v = np.stack((self.state[9:12], self.state[9:12] - self.state[3:6])) @ turn.T
        whole = np.eye(12)
        steps = max(1, ceil(abs(dt_s) / _STEP_S))
        h = dt_s / steps
        for _ in range(steps):
            before = r
            r, v = nystroem(r, v, h)
            own, target = (taylor_transition(h, oblate_gradient(0.5 * each)) for each in before + r)
            whole = np.block([[target, own - target], [np.zeros((6, 6)), own]]) @ whole
        self.state[:12] = (np.stack((r[0] - r[1], v[0] - v[1], r[0], v[0])) @ turn).ravel()
        turned, moved = np.kron(np.eye(4), turn), np.eye(_STATES)
        moved[:12, :12] = turned.T @ whole @ turned
        self.covariance = np.ascontiguousarray(moved @ self.covariance @ moved.T)

    def redo(self, impulse: Impulse) -> None:
        change = (*impulse.moved_eci_m, *impulse.change_eci_mps)
        self.state = self.state + np.array((*change, *change, 0.0, 0.0))

    def undo(self, impulse: Impulse) -> None:
        change = (*impulse.moved_eci_m, *impulse.change_eci_mps)
        self.state = self.state - np.array((*change, *change, 0.0, 0.0))

    def _admit(self, factor: float) -> None:
        """Of the relative state and the alignment, with the same correlations: no camera says what GNSS is
        worth."""
        scale = np.repeat((sqrt(factor), 1.0, sqrt(factor)), (6, 6, 2))
        self.covariance = self.covariance * np.outer(scale, scale)

    def _acquire(self, r_eci_m: Array, noise: Array) -> None:
        """Of the relative state only: the servicer's own orbit is not in doubt."""
        alone = self.near()
        alone._acquire(r_eci_m, noise)
        both = far(alone, self.orbit, _EXACT, self.field)
        both.covariance[6:, 6:], both.state[12:] = self.covariance[6:, 6:], self.state[12:]
        self.state, self.covariance = both.state, both.covariance

    def near(self) -> RelativeFilter:
        """The relative state alone, as good as it is."""
        alone = RelativeFilter((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.0, 0.0)
        alone.state, alone.covariance = self.state[:6].copy(), self.covariance[:6, :6].copy()
        alone.trust_as(self)
        return alone


def reaching(
    relative: RelativeFilter, limit_m: float, orbit: Orbit, gnss: Gnss, field: Field
) -> RelativeFilter:
    """The filter for the distance at which this one is: within `limit_m` the difference alone, both orbits
    from half as much again on."""
    range_m = sqrt(float(relative.state[:3] @ relative.state[:3]))
    if isinstance(relative, TwoOrbits):
        return relative.near() if range_m < limit_m else relative
    return far(relative, orbit, gnss, field) if range_m > _FAR_AGAIN * limit_m else relative


def restored(snapshot: RelativeSnapshot, field: Field) -> RelativeFilter:
    """The filter that gave the snapshot."""
    if len(snapshot.state) == _NEAR_STATES:
        return RelativeFilter.restored(snapshot)
    both = TwoOrbits.restored(snapshot)
    both.field = field
    return both


def far(relative: RelativeFilter, orbit: Orbit, gnss: Gnss, field: Field) -> TwoOrbits:
    """The relative state as known, and the servicer's orbit from a fix."""
    both = TwoOrbits(orbit, Determined(orbit, np.zeros((6, 6))), gnss, field)
    both.state[:6] = relative.state
    both.covariance[:6, :6] = relative.covariance
    both.covariance[:6, 6:] = both.covariance[6:, :6] = 0.0
    both.trust_as(relative)
    return both


def _to_pole(pole_eci: Vec3) -> Array:
    """Matrix (3, 3) into axes with z along the pole, which lies near that of `eci`."""
    z: Array = np.array(pole_eci)
    across = np.array((1.0, 0.0, 0.0)) - z[0] * z
    x: Array = across / sqrt(float(across @ across))
    axes: Array = np.stack((x, np.cross(z, x), z))
    return axes


def _fix_noise(gnss: Gnss) -> Array:
    return np.diag((gnss.sigma_r_m**2,) * 3 + (gnss.sigma_v_mps**2,) * 3)
