"""Filter of the target's attitude and rate from poses: a multiplicative extended Kalman filter.

Error state: small rotation (rad) and rate error (rad/s), both in target body axes (Markley and Crassidis,
Fundamentals of Spacecraft Attitude Determination and Control (2014), 6.2). The target's inertia and the
gravity gradient carry it between readings, so a spin of 0.4 deg/s and a slow libration are followed without
lag, and readings of 1 deg each average out over minutes. Where the inertia is not taken as known, two
log-ratios of its moments (`twin.gnc.inertia`) are states seven and eight; they do not change with time.
"""

from collections.abc import Sequence
from typing import Literal, get_args

import msgspec
import numpy as np

from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import canonical, conj, from_rotation_vector, mul, rotate, rotation_vector
from twin.dynamics.settings import Matrix3
from twin.gnc.gate import Trust, doubt, judge, lost, owned_up, renewed
from twin.gnc.inertia import Ratios, leverage, stretched
from twin.gnc.lasting import FACTOR_MOST
from twin.gnc.matrices import IDENTITY3, Array, add_noise, as_bytes, from_bytes, inverse3, joseph
from twin.gnc.tumble import Tumble
from twin.guidance import vectors as vec
from twin.guidance.free_drift import MU_M3PS2

Source = Literal["lidar", "camera"]
"""Whose pose it is."""
_SENSELESS_RAD = 0.9
"""Scatter of the readings, per axis, that says the filter turns another way than the target: random
attitudes scatter by 1.3 rad (the mean square angle of a random rotation is pi^2 / 3 + 2)."""
_WILD = 6.0
"""Sigmas of the rate at first that no target turns with: noise has led the filter there."""


class TargetSnapshot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of the filter that changes; `covariance` is (8, 8) where ratios of inertia are looked for."""

    known: bool
    q_eci_from_body: Quaternion
    w_body_radps: Vec3
    covariance: bytes
    trust: Trust
    model: Trust = Trust()
    by: Source = "lidar"
    log_ratios: Ratios = (0.0, 0.0)
    level: float = 1.0


class TargetFilter:
    """`known` is False until the first attitude was seen; then the covariance means something.

    With a `sigma_ratio` above 0 (1 sigma of the log-ratios of inertia) the ratios are looked for, too.
    Readings are taken for at most `noise_factor_most` times their stated variance.
    """

    def __init__(
        self,
        inertia: Matrix3,
        sigma_rate_radps: float,
        sigma_ratio: float = 0.0,
        noise_factor_most: float = FACTOR_MOST,
    ) -> None:
        self._believed = inertia
        self._believe((0.0, 0.0))
        self._sigma_rate_radps = sigma_rate_radps
        self._sigma_ratio = sigma_ratio
        self.known = False
        self.q_eci_from_body: Quaternion = (1.0, 0.0, 0.0, 0.0)
        self.w_body_radps: Vec3 = (0.0, 0.0, 0.0)
        self._full: Array = np.zeros((8, 8) if sigma_ratio > 0.0 else (6, 6))
        self._trusts: dict[Source, Trust] = dict.fromkeys(get_args(Source), Trust(most=noise_factor_most))
        self.by: Source = "lidar"
        self._level = 1.0

    @property
    def trust(self) -> Trust:
        """Trust in whose attitude was used last."""
        return self._trusts[self.by]

    def nis(self, by: Source) -> float:
        """How the last attitude of that source fitted."""
        return self._trusts[by].nis

    @property
    def rejected(self) -> int:
        """Attitudes refused, of any source."""
        return sum(trust.rejected for trust in self._trusts.values())

    @property
    def covariance(self) -> Array:
        """(6, 6) of attitude and rate."""
        return self._full[:6, :6]

    @covariance.setter
    def covariance(self, covariance: Array) -> None:
        """What is known from elsewhere is not correlated with the ratios."""
        full = np.zeros_like(self._full)
        full[:6, :6], full[6:, 6:] = covariance, self._full[6:, 6:]
        self._full = full

    @property
    def ratio_covariance(self) -> Array:
        """(2, 2) of the log-ratios; (0, 0) where they are taken as known."""
        return self._full[6:, 6:]

    def predict(self, dt_s: float, orbit_r_eci_m: Vec3, noise_radps2: float) -> None:
        """Move on by `dt_s`; `orbit_r_eci_m` is at the middle; noise in rad/s2 per root hertz."""
        if not self.known:
            return
        transition = self._transition(dt_s, orbit_r_eci_m)
        self.q_eci_from_body, self.w_body_radps = self._tumble.advance(
            self.q_eci_from_body, self.w_body_radps, orbit_r_eci_m, dt_s
        )
        self._full = np.ascontiguousarray(transition @ self._full @ transition.T)
        q = noise_radps2 * noise_radps2
        add_noise(self._full, q * dt_s**3 / 3.0, q * dt_s**2 / 2.0, q * dt_s)

    def turning(self, orbit_r_eci_m: Vec3, q_port_from_body: Quaternion) -> tuple[Vec3, Vec3]:
        """(angular acceleration rad/s2, precession of the port's axis rad/s), body axes."""
        axis = rotate(conj(q_port_from_body), (1.0, 0.0, 0.0))
        change = self._tumble.acceleration(self.q_eci_from_body, self.w_body_radps, orbit_r_eci_m)
        return change, self._tumble.precession(self.w_body_radps, axis)

    def see(
        self,
        q_eci_from_body: Quaternion,
        sigma_rad: float,
        gate: float,
        patience: int,
        by: Source = "lidar",
        *,
        alone: bool = True,
    ) -> bool:
        """An attitude was measured; True if it was used. After `patience` refusals it is acquired anew,
        unless another source says how the target stands (`alone` is False)."""
        if not self.known:
            self.by = by
            self._acquire(q_eci_from_body, sigma_rad, self._sigma_rate_radps)
            return True
        innovation = np.array(rotation_vector(mul(conj(self.q_eci_from_body), q_eci_from_body)))
        before = self._trusts[by]
        noise = (before.noise_factor * sigma_rad * sigma_rad) * IDENTITY3
        inverse = inverse3(self._full[:3, :3] + noise)
        verdict = judge(before, float(innovation @ inverse @ innovation), 3, gate)
        trust = self._trusts[by] = verdict.trust
        factor, self._level = owned_up(self._level, max(each.proven for each in self._trusts.values()))
        if factor > 1.0:
            self._doubt(factor)
        if verdict.accepted:
            self.by = by
        elif not alone:
            return False
        wild = vec.norm(self.w_body_radps) > _WILD * self._sigma_rate_radps
        if wild or sigma_rad * trust.learnt**0.5 > _SENSELESS_RAD:
            # Readings all round the sphere: what is wrong is the rate, which no small correction will find.
            self.by = by
            self.w_body_radps = (0.0, 0.0, 0.0)
            self._trusts[by] = Trust(rejected=trust.rejected, most=trust.most)
            self._level = 1.0
            self._acquire(q_eci_from_body, sigma_rad, self._sigma_rate_radps)
            return False
        if verdict.accepted:
            self._correct(innovation, self._full[:, :3] @ inverse, noise)
        elif lost(trust, patience):
            self.by = by
            sigma_rad *= trust.noise_factor**0.5
            self._acquire(q_eci_from_body, sigma_rad, 0.3 * self._sigma_rate_radps)
        else:
            self._doubt(doubt(trust))
        return verdict.accepted

    def snapshot(self) -> TargetSnapshot:
        return TargetSnapshot(
            known=self.known,
            q_eci_from_body=self.q_eci_from_body,
            w_body_radps=self.w_body_radps,
            covariance=as_bytes(self._full),
            trust=self._trusts["lidar"],
            model=self._trusts["camera"],
            by=self.by,
            log_ratios=self.log_ratios,
            level=self._level,
        )

    def restore(self, snapshot: TargetSnapshot) -> None:
        self.known = snapshot.known
        self.q_eci_from_body = snapshot.q_eci_from_body
        self.w_body_radps = snapshot.w_body_radps
        self._full = from_bytes(snapshot.covariance)
        self._trusts = {"lidar": snapshot.trust, "camera": snapshot.model}
        self.by = snapshot.by
        self._believe(snapshot.log_ratios)
        self._level = snapshot.level

    def _believe(self, log_ratios: Ratios) -> None:
        self.log_ratios = log_ratios
        inertia = stretched(self._believed, log_ratios) if any(log_ratios) else self._believed
        self._inertia = np.array(inertia)
        self._inverse = np.linalg.inv(self._inertia)
        self._tumble = Tumble(inertia)

    def _transition(self, dt_s: float, orbit_r_eci_m: Vec3) -> Array:
        """(n, n) of the error state over `dt_s`: third-order series, 1e-6 off at 0.4 deg/s and 10 s."""
        down = rotate(conj(self.q_eci_from_body), orbit_r_eci_m)
        x, y, z = self.w_body_radps
        pull, turn = skew(down), skew((x, y, z))
        stored = self._inertia @ np.array(((x, down[0]), (y, down[1]), (z, down[2])))
        r2 = down[0] * down[0] + down[1] * down[1] + down[2] * down[2]
        moments = np.empty((3, 6))
        moments[:, :3] = (3.0 * MU_M3PS2 / (r2 * r2 * r2**0.5)) * (
            (pull @ self._inertia - skew(stored[:, 1].tolist())) @ pull
        )
        moments[:, 3:] = skew(stored[:, 0].tolist()) - turn @ self._inertia
        rate = np.zeros_like(self._full)
        rate[:3, :3] = -turn
        rate[:3, 3:6] = IDENTITY3
        rate[3:6, :6] = self._inverse @ moments
        if self._sigma_ratio > 0.0:
            rate[3:6, 6:] = self._levers(orbit_r_eci_m, down, r2)
        rate *= dt_s
        square, identity = rate @ rate, np.eye(len(rate))
        series: Array = identity + rate + square @ (0.5 * identity + (1.0 / 6.0) * rate)
        return series

    def _levers(self, orbit_r_eci_m: Vec3, down_m: Vec3, r2: float) -> Array:
        change = self._tumble.acceleration(self.q_eci_from_body, self.w_body_radps, orbit_r_eci_m)
        r = r2**0.5
        unit = (down_m[0] / r, down_m[1] / r, down_m[2] / r)
        state = (unit, self.w_body_radps, change)
        return leverage(self._inertia, self._inverse, state, 3.0 * MU_M3PS2 / (r2 * r))

    def _room(self) -> float:
        """Factor on the variances by which attitude and rate are as little known as before the first look."""
        variances = self._full.diagonal()
        rate = self._sigma_rate_radps**2 / float(variances[3:6].max())
        return max(1.0, min(_SENSELESS_RAD**2 / float(variances[:3].max()), rate))

    def _doubt(self, factor: float) -> None:
        """Larger variances of attitude and rate, the same correlations: no burn changes the inertia, and what
        a noisier sensor showed of it so far is not taken back."""
        factor = min(factor, self._room())
        doubted = factor * self._full
        doubted[6:, :6] /= factor**0.5
        doubted[:6, 6:] /= factor**0.5
        doubted[6:, 6:] /= factor
        self._full = doubted

    def _correct(self, innovation: Array, gain: Array, noise: Array) -> None:
        a, b, c, dx, dy, dz, *ratios = (gain @ innovation).tolist()
        self.q_eci_from_body = canonical(mul(self.q_eci_from_body, from_rotation_vector((a, b, c))))
        x, y, z = self.w_body_radps
        self.w_body_radps = (x + dx, y + dy, z + dz)
        self._full = joseph(self._full, gain, noise)
        if ratios:
            self._believe((self.log_ratios[0] + ratios[0], self.log_ratios[1] + ratios[1]))

    def _acquire(self, q_eci_from_body: Quaternion, sigma_rad: float, sigma_rate_radps: float) -> None:
        """Take the attitude as measured, with twice its sigma: it may be worse than its data sheet. The
        inertia is what it was believed to be."""
        self.known = True
        self.q_eci_from_body = canonical(q_eci_from_body)
        ratios = (self._sigma_ratio**2,) * (len(self._full) - 6)
        self._full = np.diag(((2.0 * sigma_rad) ** 2,) * 3 + (sigma_rate_radps**2,) * 3 + ratios)
        if ratios:
            self._believe((0.0, 0.0))
        self._trusts[self.by] = renewed(self.trust)


def skew(v: Sequence[float]) -> Array:
    """Matrix (3, 3) of the cross product with `v`."""
    x, y, z = v
    return np.array(((0.0, -z, y), (z, 0.0, -x), (-y, x, 0.0)))
