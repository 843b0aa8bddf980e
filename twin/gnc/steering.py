"""Steering: from an acceleration and a pointing to valves and wheel torques for one period.

What the valves cannot give (less than a least impulse) is carried to the next period, so that small
demands are met on the average. Full wheels are unloaded by the thrusters.
"""

from math import cos, inf, radians, sqrt
from typing import NamedTuple

import msgspec
import numpy as np

from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import conj, from_rotation_vector, matrix, mul, rotate
from twin.gnc.allocation import Allocator, Firing
from twin.gnc.attitude_control import Four, Wheels, wanted_acceleration
from twin.gnc.impulse import Impulse
from twin.gnc.knowledge import Knowledge
from twin.gnc.matrices import IDENTITY3
from twin.gnc.phase_plane import PhasePlane
from twin.gnc.pointing import Pointing
from twin.gnc.settings import Guidance
from twin.guidance import vectors as vec
from twin.guidance.phases import Phase
from twin.guidance.ric import from_ric
from twin.vehicle.settings import Vehicle

# Unloading goes on until this share of what started it. Each period takes at most this much, and of what the
# wheels' motors can take up in that time this share: the rest is for the attitude. Where a period's part
# opens no valve it is saved up, to so many least impulses (N s, at arms of some decimetres); then the wheels
# have the next periods to take it up.
_UNLOADED = 0.5
_UNLOAD_NMS = 0.5
_UNLOAD_SHARE = 0.5
_SAVED = 2.0
_MOST_OWED = 4.0
_NO_MOMENT = 1e-12


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """Memory between periods: impulse (N s, `eci`) and moment impulse (N m s, body) still owed, whether the
    wheels are being unloaded, what was commanded but acts only after the next reading. Of a stack: the
    torque (N m, body) that pushing it was found to need, how long braking waited, whether it has begun."""

    owed_eci_ns: Vec3 = vec.ZERO
    owed_body_nms: Vec3 = vec.ZERO
    unloading: bool = False
    late: Impulse = Impulse()
    found_body_nm: Vec3 = vec.ZERO
    waited_s: float = 0.0
    braking: bool = False


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
        self._burn_across = settings.navigation.burn_across
        self._allocator = Allocator(vehicle.propulsion)
        self._wheels = Wheels(vehicle.wheels, vehicle.inertia_body_kgm2)
        control = settings.control
        band = radians(control.deadband_deg), radians(control.deadband_deg_per_s)
        self._plane = PhasePlane(self._allocator, vehicle.inertia_body_kgm2, *band)
        self._most_missed_nms = max(_UNLOAD_NMS, _SAVED * self._allocator.quantum_ns)
        self._thrust_n = vehicle.propulsion.thrust_n
        self._ways = tuple(thruster.direction_body for thruster in vehicle.propulsion.thrusters)

    def steer(
        self, carried: Carried, known: Knowledge, acceleration_ric: Vec3, pointing: Pointing, row: Phase
    ) -> tuple[Carried, Steered]:
        """For the period that begins `compute_delay_s` after the reading."""
        period_s = row.period_s
        acceleration = vec.limited(acceleration_ric, self._settings.maximum_acceleration_mps2)
        wanted_ns = vec.along(
            carried.owed_eci_ns, known.mass_kg * period_s, from_ric(known.axes, acceleration)
        )
        turned = vec.scale(self._delay_s, known.own.w_body_radps)
        q_eci_from_body = mul(known.own.q_eci_from_body, from_rotation_vector(turned))
        alone = row.turn == "thrusters"
        unloading = not alone and self._unloads(carried, known)
        torque = vec.ZERO if alone else self._torque(known, pointing, row)
        # What a valve that stayed open has left is more than the wheels can take.
        fast = row.turn == "both" or bool(known.open_thrusters)
        dose = self._unloading_moment(known, inf if fast else period_s) if unloading else vec.ZERO
        moment = self._pulses(known, pointing, row) if alone else vec.add(carried.owed_body_nms, dose)
        if fast:
            moment = vec.add(moment, self._beyond_wheels(torque, period_s))
        # A moment of a least impulse needs an arm of some decimetres: below that no valve would open. A pulse
        # that is meant is of a size that opens some.
        small_nms = _NO_MOMENT if alone else self._allocator.quantum_ns
        firing = self._fire(known, rotate(conj(q_eci_from_body), wanted_ns), moment, small_nms, period_s)
        # The body turns while valves are open: at 3 deg/s and half a second by more than a pulse is off.
        swept_ns = vec.add(firing.impulse_body_ns, vec.cross(known.own.w_body_radps, firing.lag_body_ns2))
        given_ns = rotate(q_eci_from_body, swept_ns)
        # More than a few least impulses is not a remainder but a demand out of reach: forgotten.
        owed = vec.limited(vec.sub(wanted_ns, given_ns), _MOST_OWED * self._allocator.quantum_ns)
        missed = vec.limited(vec.sub(moment, firing.moment_body_nms), self._most_missed_nms)
        rest = vec.ZERO if alone else vec.along(torque, -1.0 / period_s, firing.moment_body_nms)
        torques = self._wheels.command(rest)
        # In the fast loops of the capture a command takes effect at the next reading, not before it.
        late = self._is_late(period_s)
        after_s = 2.0 * period_s if late else period_s
        opened_s = after_s - self._delay_s
        impulse = self._impulse(firing, given_ns, q_eci_from_body, known.mass_kg, opened_s)
        # It was counted back from a reading one computing delay after the present one.
        before = carried.late.then(period_s - self._delay_s) if carried.late.sigma_mps else carried.late
        steered = Steered(
            firing.on_s,
            torques,
            before if late else before.along_with(impulse),
            vec.norm(given_ns) / known.mass_kg,
        )
        after = Carried(
            owed_eci_ns=owed,
            # A fast loop asks again by itself for what it did not get.
            owed_body_nms=vec.ZERO if fast or alone else missed,
            unloading=unloading,
            late=impulse if late else Impulse(),
        )
        return after, steered

    def _pulses(self, known: Knowledge, pointing: Pointing, row: Phase) -> Vec3:
        """Moment impulse for the pointing where the wheels are let be. Angles are those half-way through the
        period, so that an edge is met half a period early as often as late."""
        rate = vec.sub(known.own.w_body_radps, pointing.rate_radps)
        ahead_s = self._delay_s + 0.5 * row.period_s
        angle = vec.along(vec.scale(-1.0, pointing.missing_rad), ahead_s, rate)
        return self._plane.moment_nms(angle, rate, radians(self._settings.slew_deg_per_s))

    def _is_late(self, period_s: float) -> bool:
        return period_s <= self._delay_s

    def _fire(
        self,
        known: Knowledge,
        impulse_body_ns: Vec3,
        moment_body_nms: Vec3,
        small_nms: float,
        period_s: float,
    ) -> Firing:
        small = self._allocator.quantum_ns
        if vec.norm(impulse_body_ns) < small and vec.norm(moment_body_nms) < small_nms:
            return Firing(self._allocator.shut, vec.ZERO, vec.ZERO, 0.0)
        # All valves are shut again at a reading: what was fired is then known to be over.
        longest_s = period_s if self._is_late(period_s) else period_s - self._delay_s
        return self._allocator.fire(
            impulse_body_ns, moment_body_nms, longest_s, known.dead_thrusters, self._at_target(known)
        )

    def _at_target(self, known: Knowledge) -> tuple[int, ...]:
        """Thrusters whose plume would blow at the target's middle, while that is within the plume's reach."""
        range_m = vec.norm(known.r_eci_m)
        if range_m > self._settings.plume_reach_m:
            return ()
        ahead = rotate(conj(known.own.q_eci_from_body), vec.scale(-1.0 / max(range_m, 1e-9), known.r_eci_m))
        least = cos(radians(self._settings.plume_half_angle_deg))
        return tuple(k for k, way in enumerate(self._ways) if -vec.dot(way, ahead) > least)

    def _torque(self, known: Knowledge, pointing: Pointing, row: Phase) -> Vec3:
        """Torque on the body for the pointing."""
        w, settings = known.own.w_body_radps, self._settings
        ahead = vec.along(pointing.missing_rad, self._delay_s, vec.sub(pointing.rate_radps, w))
        fast = row.turn == "both"
        bandwidth = settings.arm_bandwidth_radps if fast else settings.attitude_bandwidth_radps
        loop = (bandwidth, settings.attitude_damping, row.period_s)
        acceleration = wanted_acceleration(
            Pointing(ahead, pointing.rate_radps),
            w,
            loop,
            self._wheels.angular_acceleration_radps2,
            radians(self._settings.slew_deg_per_s),
        )
        momentum = self._wheels.momentum_body(known.wheel_momentum_nms)
        return self._wheels.torque_for(acceleration, w, momentum)

    def _beyond_wheels(self, torque_body_nm: Vec3, period_s: float) -> Vec3:
        """The moment impulse that the wheels cannot give; nothing where it is less than a valve's least."""
        missing = vec.sub(torque_body_nm, self._wheels.torque_of(self._wheels.command(torque_body_nm)))
        moment = vec.scale(period_s, missing)
        return moment if vec.norm(moment) > self._allocator.quantum_ns else vec.ZERO

    def _unloads(self, carried: Carried, known: Knowledge) -> bool:
        start = self._settings.unload_above
        level = start * _UNLOADED if carried.unloading else start
        return self._wheels.fullness(known.wheel_momentum_nms) > level

    def _unloading_moment(self, known: Knowledge, period_s: float) -> Vec3:
        """A moment against the wheels' momentum, which they give up in the period to hold the body still."""
        momentum = self._wheels.momentum_body(known.wheel_momentum_nms)
        size = vec.norm(momentum)
        if size == 0.0:
            return vec.ZERO
        way = vec.scale(1.0 / size, momentum)
        taken_nms = _UNLOAD_SHARE * period_s * self._wheels.most_nm(way)
        return vec.scale(-min(_UNLOAD_NMS, size, taken_nms), way)

    def _impulse(
        self,
        firing: Firing,
        given_eci_ns: Vec3,
        q_eci_from_body: Quaternion,
        mass_kg: float,
        opened_s: float,
    ) -> Impulse:
        """As seen from a reading `opened_s` after the valves open."""
        total_s = sum(firing.on_s)
        if total_s <= 0.0:
            return Impulse()
        squares = sum(on * on for on in firing.on_s)
        middle_s = 0.5 * squares / total_s
        each_mps2 = self._thrust_n / mass_kg
        change = vec.scale(1.0 / mass_kg, given_eci_ns)
        lag = vec.scale(1.0 / mass_kg, rotate(q_eci_from_body, firing.lag_body_ns2))
        along2, across2 = (each_mps2 * self._burn_fraction) ** 2, (each_mps2 * self._burn_across) ** 2
        turn = matrix(q_eci_from_body)
        doubt = (along2 - across2) * turn @ np.array(
            firing.squares_s2
        ) @ turn.T + across2 * squares * IDENTITY3
        (xx, xy, xz), (_, yy, yz), (_, _, zz) = doubt.tolist()
        return Impulse(
            change,
            sqrt(along2 * squares),
            opened_s - middle_s,
            vec.sub(vec.scale(opened_s, change), lag),
            firing.lag_body_nms2,
            self._burn_fraction * firing.spread_nms2,
            opened_s,
            (xx, xy, xz, yy, yz, zz),
            firing.on_s,
        )
