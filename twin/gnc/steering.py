"""Steering: from an acceleration and a pointing to valves and wheel torques for one period.

What the valves cannot give (less than a least impulse) is carried to the next period, so that small
demands are met on the average. Full wheels are unloaded by the thrusters.
"""

from math import radians, sqrt
from typing import NamedTuple

import msgspec

from twin.contracts.fields import Vec3
from twin.dynamics.rotation import conj, from_rotation_vector, mul, rotate
from twin.gnc.allocation import Allocator, Firing
from twin.gnc.attitude_control import Four, Wheels, wanted_acceleration
from twin.gnc.knowledge import Knowledge
from twin.gnc.pointing import Pointing
from twin.gnc.relative import Impulse
from twin.gnc.settings import Guidance
from twin.guidance import vectors as vec
from twin.guidance.ric import from_ric
from twin.vehicle.settings import Vehicle

# Unloading goes on until this share of what started it; each period takes at most this much.
_UNLOADED = 0.5
_UNLOAD_NMS = 0.5
_MOST_OWED = 4.0


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """Memory between periods: impulse (N s, `eci`) and moment impulse (N m s, body) still owed, whether the
    wheels are being unloaded."""

    owed_eci_ns: Vec3 = vec.ZERO
    owed_body_nms: Vec3 = vec.ZERO
    unloading: bool = False


class Steered(NamedTuple):
    """One period's actuation, the velocity change it should give, and the size of that change."""

    thruster_on_s: tuple[float, ...]
    wheel_torque_nm: Four
    impulse: Impulse
    delta_v_mps: float


class Steering:
    """The vehicle's actuators as the on-board computer knows them."""

    def __init__(self, settings: Guidance, vehicle: Vehicle) -> None:
        self._settings = settings.control
        self._delay_s = settings.compute_delay_s
        self._burn_fraction = settings.navigation.burn_fraction
        self._allocator = Allocator(vehicle.propulsion)
        self._wheels = Wheels(vehicle.wheels, vehicle.inertia_body_kgm2)
        self._thrust_n = vehicle.propulsion.thrust_n

    def steer(
        self, carried: Carried, known: Knowledge, acceleration_ric: Vec3, pointing: Pointing, period_s: float
    ) -> tuple[Carried, Steered]:
        """For the period that begins `compute_delay_s` after the reading."""
        acceleration = vec.limited(acceleration_ric, self._settings.maximum_acceleration_mps2)
        wanted_ns = vec.along(
            carried.owed_eci_ns, known.mass_kg * period_s, from_ric(known.axes, acceleration)
        )
        turned = vec.scale(self._delay_s, known.own.w_body_radps)
        q_eci_from_body = mul(known.own.q_eci_from_body, from_rotation_vector(turned))
        unloading = self._unloads(carried, known)
        moment = vec.add(carried.owed_body_nms, self._unloading_moment(known) if unloading else vec.ZERO)
        firing = self._fire(rotate(conj(q_eci_from_body), wanted_ns), moment, period_s)
        given_ns = rotate(q_eci_from_body, firing.impulse_body_ns)
        # More than a few least impulses is not a remainder but a demand out of reach: forgotten.
        owed = vec.limited(vec.sub(wanted_ns, given_ns), _MOST_OWED * self._allocator.quantum_ns)
        owed_moment = vec.limited(vec.sub(moment, firing.moment_body_nms), _UNLOAD_NMS)
        torques = self._turn(known, pointing, firing, period_s)
        steered = Steered(
            firing.on_s,
            torques,
            self._impulse(firing, given_ns, known.mass_kg, period_s),
            vec.norm(given_ns) / known.mass_kg,
        )
        return Carried(owed_eci_ns=owed, owed_body_nms=owed_moment, unloading=unloading), steered

    def _fire(self, impulse_body_ns: Vec3, moment_body_nms: Vec3, period_s: float) -> Firing:
        # A moment of a least impulse needs an arm of some decimetres: below that no valve would open.
        small = self._allocator.quantum_ns
        if vec.norm(impulse_body_ns) < small and vec.norm(moment_body_nms) < small:
            return Firing(self._allocator.shut, vec.ZERO, vec.ZERO, 0.0)
        # All valves are shut again at the next reading: what was fired is then known to be over.
        return self._allocator.fire(impulse_body_ns, moment_body_nms, period_s - self._delay_s)

    def _turn(self, known: Knowledge, pointing: Pointing, firing: Firing, period_s: float) -> Four:
        """Wheel torques for the pointing, and against the moment the valves are known to give."""
        w = known.own.w_body_radps
        ahead = vec.along(pointing.missing_rad, self._delay_s, vec.sub(pointing.rate_radps, w))
        loop = (self._settings.attitude_bandwidth_radps, self._settings.attitude_damping, period_s)
        acceleration = wanted_acceleration(
            Pointing(ahead, pointing.rate_radps),
            w,
            loop,
            self._wheels.angular_acceleration_radps2,
            radians(self._settings.slew_deg_per_s),
        )
        momentum = self._wheels.momentum_body(known.wheel_momentum_nms)
        torque = self._wheels.torque_for(acceleration, w, momentum)
        return self._wheels.command(vec.along(torque, -1.0 / period_s, firing.moment_body_nms))

    def _unloads(self, carried: Carried, known: Knowledge) -> bool:
        start = self._settings.unload_above
        level = start * _UNLOADED if carried.unloading else start
        return self._wheels.fullness(known.wheel_momentum_nms) > level

    def _unloading_moment(self, known: Knowledge) -> Vec3:
        """A moment against the wheels' momentum: the wheels hold the body still and give theirs up."""
        momentum = self._wheels.momentum_body(known.wheel_momentum_nms)
        return vec.limited(vec.scale(-1.0, momentum), _UNLOAD_NMS)

    def _impulse(self, firing: Firing, given_eci_ns: Vec3, mass_kg: float, period_s: float) -> Impulse:
        total_s = sum(firing.on_s)
        if total_s <= 0.0:
            return Impulse()
        squares = sum(on * on for on in firing.on_s)
        middle_s = 0.5 * squares / total_s
        sigma = self._thrust_n * self._burn_fraction * sqrt(squares) / mass_kg
        change = vec.scale(1.0 / mass_kg, given_eci_ns)
        return Impulse(change, sigma, period_s - self._delay_s - middle_s)
