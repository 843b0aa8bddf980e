"""Filter of the relative position and velocity, in inertial axes about the target's centre of mass.

State: r (m) and v (m/s, inertial) of the servicer from the target, components in `eci`. Dynamics: gravity
gradient of a point mass, and the commanded impulses. Left out: J2's gradient (1e-6 m/s2 at 300 m) and
differential drag (5e-8 m/s2), both inside the process noise.
Continuous-discrete Kalman filter (Crassidis and Junkins, Optimal Estimation, 2nd ed., 3.6).
"""

from math import sqrt
from typing import Literal, NamedTuple, Self

import msgspec
import numpy as np

from twin.contracts.fields import Vec3
from twin.gnc.gate import Trust, Verdict, doubt, judge, lost, owned_up, renewed
from twin.gnc.gradient import Gravity, gravity_gradient, oblate_gradient, taylor_transition
from twin.gnc.impulse import Impulse
from twin.gnc.lasting import FACTOR_MOST
from twin.gnc.matrices import IDENTITY3, Array, add_noise, as_bytes, from_bytes, inverse3, joseph


class RelativeSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All of the filter that changes; twelve numbers of `TwoOrbits`."""

    state: tuple[float, ...]
    covariance: bytes
    pose: Trust
    sight: Trust
    model: Trust = Trust()
    level: float = 1.0
    by_camera: bool = False


class _Weighed(NamedTuple):
    verdict: Verdict
    innovation_m: Array
    gain: Array


class _Bearing(NamedTuple):
    across: Array
    innovation_m: Array
    inverse: Array
    gain: Array
    variance_m2: float


class RelativeFilter:
    """`pose`, `model` and `sight` are the trust in the lidar's pose, in the place that the camera's picture
    shows, and in range and bearing; `noise_factor_most` is how many times their stated variance they are
    taken for at most."""

    def __init__(
        self,
        r_eci_m: Vec3,
        v_eci_mps: Vec3,
        sigma_r_m: float,
        sigma_v_mps: float,
        noise_factor_most: float = FACTOR_MOST,
    ) -> None:
        self.state: Array = np.array((*r_eci_m, *v_eci_mps))
        self.covariance: Array = np.diag((sigma_r_m**2,) * 3 + (sigma_v_mps**2,) * 3)
        self.pose = Trust(most=noise_factor_most)
        self.model = Trust(most=noise_factor_most)
        self.sight = Trust(most=noise_factor_most)
        self._by_camera = False
        self._level = 1.0

    @property
    def place(self) -> Trust:
        """Trust in whose place was used last, the lidar's or the camera's."""
        return self.model if self._by_camera else self.pose

    @property
    def rejected(self) -> int:
        """Looks refused, of any source."""
        return self.pose.rejected + self.model.rejected + self.sight.rejected

    def predict(
        self,
        dt_s: float,
        orbit_r_eci_m: Vec3,
        impulse: Impulse,
        noise_mps2: float,
        gravity: Gravity = "point",
    ) -> None:
        """Move on by `dt_s`; `orbit_r_eci_m` is the servicer's; `noise_mps2` is the acceleration noise (m/s2
        per root hertz). With `j2` the gradient is that of the oblate Earth half-way between the two bodies,
        which is right to the third order of their distance."""
        self.carry(dt_s, orbit_r_eci_m, gravity)
        self.redo(impulse)
        q = noise_mps2 * noise_mps2
        add_noise(self.covariance, q * dt_s**3 / 3.0, q * dt_s**2 / 2.0, q * dt_s)
        if impulse.sigma_mps > 0.0:
            self.covariance += impulse.doubt

    def carry(self, dt_s: float, orbit_r_eci_m: Vec3, gravity: Gravity = "point") -> None:
        """Move on, or back, by `dt_s` as if nothing else acted: there is no process noise in it."""
        if gravity == "j2":
            gradient = oblate_gradient(np.array(orbit_r_eci_m) - 0.5 * self.state[:3])
        else:
            gradient = gravity_gradient(orbit_r_eci_m)
        transition = taylor_transition(dt_s, gradient)
        self.state = transition @ self.state
        self.covariance = np.ascontiguousarray(transition @ self.covariance @ transition.T)

    def redo(self, impulse: Impulse) -> None:
        """The state with an impulse that belongs to the way to where it is."""
        self.state = self.state + np.array((*impulse.moved_eci_m, *impulse.change_eci_mps))

    def undo(self, impulse: Impulse) -> None:
        """The state without it."""
        self.state = self.state - np.array((*impulse.moved_eci_m, *impulse.change_eci_mps))

    def see_pose(
        self, r_eci_m: Array, sigma_m: float, gate: float, patience: int, *, alone: bool = True
    ) -> bool:
        """Position (3,) from the lidar's pose, the same sigma along each axis; True if it was used.

        After `patience` refusals in a row the position is taken from the measurement; not so where the camera
        says where the target is (`alone` is False).
        """
        noise = (self.pose.noise_factor * sigma_m * sigma_m) * IDENTITY3
        return self._see_place("pose", r_eci_m, noise, gate, patience if alone else None)

    def see_model(self, r_eci_m: Array, noise: Array, gate: float, patience: int) -> bool:
        """Position (3,) from the camera's picture, covariance (3, 3); True if it was used. As `see_pose`."""
        return self._see_place("model", r_eci_m, self.model.noise_factor * noise, gate, patience)

    def _see_place(
        self, name: Literal["pose", "model"], r_eci_m: Array, noise: Array, gate: float, patience: int | None
    ) -> bool:
        weighed = self._weigh(r_eci_m, noise, 3, getattr(self, name), gate)
        trust = weighed.verdict.trust
        setattr(self, name, trust)
        self._own_up()
        again = not weighed.verdict.accepted and patience is not None and lost(trust, patience)
        if weighed.verdict.accepted or again:
            self._by_camera = name == "model"
        if weighed.verdict.accepted:
            self._correct(weighed, noise)
        elif again:
            self._acquire(r_eci_m, noise)
            setattr(self, name, renewed(trust))
        elif patience is not None:
            self.covariance = doubt(trust) * self.covariance
        return weighed.verdict.accepted

    def see_sight(self, r_eci_m: Array, noise: Array, freedom: int, gate: float) -> bool:
        """Position (3,) from range, bearing or both; `noise` (3, 3) is huge along what was not measured.

        True if it was used.
        """
        scaled = self.sight.noise_factor * noise
        weighed = self._weigh(r_eci_m, scaled, freedom, self.sight, gate)
        self.sight = weighed.verdict.trust
        self._own_up()
        if weighed.verdict.accepted:
            self._correct(weighed, scaled)
        return weighed.verdict.accepted

    def see_bearing(self, unit_eci: Array, sigma_rad: float, gate: float) -> bool:
        """The direction (3,) of the servicer from the target, measured without a range; True if it was used.

        Two components across the line of sight in the tangent plane (Woffinden and Geller, J. Spacecraft and
        Rockets 44 (2007) 898): along it nothing is learnt. Linearised where the measurement leads, not where
        it was expected (iterated filter, once: Crassidis and Junkins, 2nd ed., 3.7.2): a bearing across a
        line that is still turning would bring in some of the range's doubt as knowledge of the range.
        """
        noise_rad = sqrt(self.sight.noise_factor) * sigma_rad
        seen = self._across(self.state, unit_eci, noise_rad)
        verdict = judge(self.sight, float(seen.innovation_m @ seen.inverse @ seen.innovation_m), 2, gate)
        self.sight = verdict.trust
        self._own_up()
        if verdict.accepted:
            seen = self._across(self.state + seen.gain @ seen.innovation_m, unit_eci, noise_rad)
            self.state = self.state + seen.gain @ seen.innovation_m
            kept = np.eye(len(self.state))
            kept[:, :3] -= seen.gain @ seen.across
            updated = kept @ self.covariance @ kept.T + seen.variance_m2 * (seen.gain @ seen.gain.T)
            self.covariance = np.ascontiguousarray(0.5 * (updated + updated.T))
        return verdict.accepted

    def _across(self, about: Array, unit_eci: Array, sigma_rad: float) -> _Bearing:
        """A bearing as two distances across the line to the state `about`, weighed against our own state."""
        range_m = sqrt(float(about[:3] @ about[:3]))
        line = about[:3] / range_m
        across = pair_across(line)
        innovation_m = range_m / max(float(line @ unit_eci), 0.1) * (across @ unit_eci)
        variance_m2 = (range_m * sigma_rad) ** 2
        spread = self.covariance[:, :3] @ across.T
        (a, b), (_, d) = (across @ spread[:3]).tolist()
        a, d = a + variance_m2, d + variance_m2
        inverse = np.array(((d, -b), (-b, a))) / (a * d - b * b)
        return _Bearing(
            across, innovation_m - across @ self.state[:3], inverse, spread @ inverse, variance_m2
        )

    def trust_as(self, other: "RelativeFilter") -> None:
        """Trust the sensors as `other` does, with what it has owned up to."""
        self.pose, self.model, self.sight = other.pose, other.model, other.sight
        self._level, self._by_camera = other._level, other._by_camera

    def snapshot(self) -> RelativeSnapshot:
        return RelativeSnapshot(
            state=tuple(self.state.tolist()),
            covariance=as_bytes(self.covariance),
            pose=self.pose,
            model=self.model,
            sight=self.sight,
            level=self._level,
            by_camera=self._by_camera,
        )

    @classmethod
    def restored(cls, snapshot: RelativeSnapshot) -> Self:
        filter_ = cls.__new__(cls)
        filter_.state = np.array(snapshot.state)
        filter_.covariance = from_bytes(snapshot.covariance)
        filter_.pose, filter_.model, filter_.sight = snapshot.pose, snapshot.model, snapshot.sight
        filter_._level, filter_._by_camera = snapshot.level, snapshot.by_camera
        return filter_

    def _own_up(self) -> None:
        """All of them look at one place: the worst says what it is worth."""
        worst = max(self.pose.proven, self.model.proven, self.sight.proven)
        factor, self._level = owned_up(self._level, worst)
        if factor > 1.0:
            self._admit(factor)

    def _admit(self, factor: float) -> None:
        """`factor` times the variance."""
        self.covariance = factor * self.covariance

    def _weigh(self, r_eci_m: Array, noise: Array, freedom: int, trust: Trust, gate: float) -> _Weighed:
        innovation_m = r_eci_m - self.state[:3]
        inverse = inverse3(self.covariance[:3, :3] + noise)
        squared = float(innovation_m @ inverse @ innovation_m)
        return _Weighed(judge(trust, squared, freedom, gate), innovation_m, self.covariance[:, :3] @ inverse)

    def _correct(self, weighed: _Weighed, noise: Array) -> None:
        self.state = self.state + weighed.gain @ weighed.innovation_m
        self.covariance = joseph(self.covariance, weighed.gain, noise)

    def _acquire(self, r_eci_m: Array, noise: Array) -> None:
        """Take the position as measured; the velocity is kept, but is as doubtful as the jump in position
        over a minute."""
        jump_m = r_eci_m - self.state[:3]
        sigma_v = float(np.sqrt(jump_m @ jump_m)) / 60.0
        vv = np.diag(self.covariance)[3:].max() + sigma_v * sigma_v
        self.state = np.concatenate((r_eci_m, self.state[3:]))
        self.covariance = np.zeros((6, 6))
        self.covariance[:3, :3] = 4.0 * noise
        self.covariance[3:, 3:] = vv * IDENTITY3


def pair_across(line: Array) -> Array:
    """Two unit vectors (2, 3) across the unit vector `line`."""
    helper = np.array((0.0, 0.0, 1.0)) if abs(float(line[2])) < 0.9 else np.array((1.0, 0.0, 0.0))
    first = np.cross(helper, line)
    first = first / sqrt(float(first @ first))
    return np.stack((first, np.cross(line, first)))
