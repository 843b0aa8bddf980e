"""Which thrusters still push: what gyro and wheels say of each firing against what was commanded.

A Kalman filter of the shares e (1: as the data sheet says) of all thrusters: the moment impulse that body and
wheels gained is M diag(t) e, with the moments M of full thrust and the on-times t (what is compared is as in
Wilson, Lages and Mah, Gyro-based maximum-likelihood thruster fault detection and identification, ACC 2002).
A firing that does not fit opens the shares of the valves it used; later firings, with other valves, tell
which of them it is. What the firings say on the whole of the pulses' scatter is learnt, too, and what the
readings between them say of the gyro's noise (`twin.gnc.lasting`).

Assumptions and limitations: the body turns with its nominal inertia, and the arm is still; a valve that stays
open when it should be shut is not looked for; a thruster once given up is not tried again.
"""

import msgspec
import numpy as np

from twin.contracts.fields import Vec3
from twin.gnc.lasting import FACTOR_MOST, Lasting
from twin.gnc.matrices import Array
from twin.guidance import vectors as vec
from twin.vehicle.settings import Propulsion

_GATE = 25.0
_OPENED = 0.5
_SIGMAS = 3.0
_DEAD = 0.4
# A share that is looked at seldom forgets nothing: what wears a thruster out does so by jumps, not by and by.
_SIGMA = 0.03
_SURE = 0.1


class HealthSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Shares and their covariance (n, n), little-endian float64; who was given up, in that order."""

    shares: bytes
    covariance: bytes
    dead: tuple[int, ...]
    scatter: Lasting = Lasting()
    gyro: Lasting = Lasting()


class ThrusterHealth:
    """`sigma_nms`: what the gyro's noise makes of a measured moment impulse, per axis; `burn_fraction`: how
    far a sound pulse may be off its size; both are taken for up to `factor_most` times their variance.
    Moments are about `centre_body_m`; `dead` were given up before."""

    def __init__(
        self,
        propulsion: Propulsion,
        sigma_nms: float,
        burn_fraction: float,
        factor_most: float = FACTOR_MOST,
        *,
        centre_body_m: Vec3 = vec.ZERO,
        dead: tuple[int, ...] = (),
    ) -> None:
        arms = [
            vec.cross(vec.sub(each.r_body_m, centre_body_m), each.direction_body)
            for each in propulsion.thrusters
        ]
        self._moments_nm: Array = propulsion.thrust_n * np.array(arms).T
        self._sizes_nm: Array = np.sqrt((self._moments_nm**2).sum(axis=0))
        self._gyro2 = sigma_nms * sigma_nms
        self._burn_fraction = burn_fraction
        self._names = tuple(each.name for each in propulsion.thrusters)
        count = len(propulsion.thrusters)
        self.shares: Array = np.ones(count)
        self._covariance: Array = _SIGMA**2 * np.eye(count)
        self.dead = dead
        self._most = factor_most
        self._scatter = Lasting()
        self._gyro = Lasting()

    @property
    def scatter_factor(self) -> float:
        """How many times their stated variance pulses have been shown to have."""
        return self._scatter.proven(self._most)

    def rest(self, gained_body_nms: Vec3) -> None:
        """Nothing was fired, and body and wheels gained this: what the gyro's noise makes of it."""
        squared = vec.dot(gained_body_nms, gained_body_nms)
        if self._gyro2 > 0.0:
            self._gyro = self._gyro.with_noise(squared, 3.0 * self._gyro2, 0.0)

    def see(self, gained_body_nms: Vec3, on_s: tuple[float, ...]) -> tuple[str, ...]:
        """A firing with these on-times gave body and wheels this moment impulse; the names of those that are
        given up with it."""
        times_s = np.array(on_s)
        effect = self._moments_nm * times_s
        scatter2 = self._burn_fraction**2 * float((self._sizes_nm * times_s) @ (self._sizes_nm * times_s))
        gyro2 = self._gyro.proven(self._most) * self._gyro2
        noise = (gyro2 + self.scatter_factor * scatter2) * np.eye(3)
        innovation = np.array(gained_body_nms) - effect @ self.shares
        known = effect @ self._covariance @ effect.T
        if scatter2 > 0.0:
            other = float(np.trace(known)) + 3.0 * gyro2
            self._scatter = self._scatter.with_noise(float(innovation @ innovation), scatter2, other)
        spread = known + noise
        if float(innovation @ np.linalg.solve(spread, innovation)) > _GATE:
            opened = np.flatnonzero(times_s)
            self._covariance[opened, opened] += _OPENED**2
            spread = effect @ self._covariance @ effect.T + noise
        gain = np.linalg.solve(spread, effect @ self._covariance).T
        self.shares = self.shares + gain @ innovation
        updated = self._covariance - gain @ effect @ self._covariance
        self._covariance = 0.5 * (updated + updated.T)
        return self._give_up()

    def _give_up(self) -> tuple[str, ...]:
        sigma = np.sqrt(np.maximum(self._covariance.diagonal(), 0.0))
        gone = (self.shares + _SIGMAS * sigma < _DEAD) & (sigma < _SURE)
        found = tuple(int(k) for k in np.flatnonzero(gone) if k not in self.dead)
        self.dead += found
        return tuple(self._names[k] for k in found)

    def snapshot(self) -> HealthSnapshot:
        return HealthSnapshot(
            shares=self.shares.astype("<f8").tobytes(),
            covariance=np.ascontiguousarray(self._covariance, dtype="<f8").tobytes(),
            dead=self.dead,
            scatter=self._scatter,
            gyro=self._gyro,
        )

    def restore(self, snapshot: HealthSnapshot) -> None:
        count = len(self.shares)
        self.shares = np.frombuffer(snapshot.shares, dtype="<f8").astype(np.float64)
        self._covariance = np.frombuffer(snapshot.covariance, dtype="<f8").reshape(count, count).copy()
        self.dead = snapshot.dead
        self._scatter, self._gyro = snapshot.scatter, snapshot.gyro
