"""Turning the stack: thruster couples for what is too much for the wheels, the wheels for the rest.

Its mass properties are the nominal ones of both bodies, put together as the on-board computer saw them when
the latch closed, with what is in the tank by its gauge. No force is asked for: the stack drifts on its orbit,
but where `push` has it pushed.
"""

from collections.abc import Sequence
from math import radians

import numpy as np
from msgspec.structs import replace

from twin.contracts.fields import Vec3
from twin.dynamics.rotation import conj, rotate
from twin.dynamics.settings import TargetBody
from twin.gnc.allocation import Allocator, Firing
from twin.gnc.attitude_control import Four, Wheels, wanted_acceleration, wanted_rate
from twin.gnc.braking import Brake
from twin.gnc.commanded import Action
from twin.gnc.grip import Grip
from twin.gnc.knowledge import Knowledge, vec3
from twin.gnc.matrices import Array
from twin.gnc.pointing import Pointing
from twin.gnc.settings import Control
from twin.gnc.stack_push import StackPush
from twin.gnc.steering import Carried
from twin.guidance import vectors as vec
from twin.guidance.phases import Phase
from twin.guidance.ric import to_ric
from twin.vehicle.settings import Vehicle
from twin.vehicle.stack import Mass, stack_of, used_kg

_UNLOAD_NMS = 0.5
_QUANTA = 2.0
"""Of the valves' least impulse, N s, at arms of some decimetres: less than that opens none."""
_SHIFT_M = 0.005
"""Of the stack's centre: 500 N that pass it at this distance turn it by what wheels can take."""


class StackControl:
    """Valves and wheel torques of one period for the stack."""

    def __init__(
        self, settings: Control, vehicle: Vehicle, target: TargetBody, grip: Grip, delay_s: float
    ) -> None:
        servicer_kg = vehicle.dry_mass_kg + vehicle.propellant_kg
        stack = stack_of(
            Mass(servicer_kg, np.array(vehicle.inertia_body_kgm2)),
            Mass(target.mass_kg, np.array(target.inertia_body_kgm2)),
            np.array(grip.target_r_body_m),
            grip.q_servicer_from_target,
        )
        self._settings = settings
        self._delay_s = delay_s
        self._servicer_kg, self._target_kg = servicer_kg, target.mass_kg
        self._worth_kg = used_kg(stack, _SHIFT_M)
        self._inertia: Array = np.array(stack.inertia_body_kgm2)
        self._wheels = Wheels(vehicle.wheels, stack.inertia_body_kgm2)
        self._allocator = Allocator(vehicle.propulsion, centre_body_m=vec.scale(-1.0, stack.servicer_r_m))
        peak_nm = settings.stack_peak_nm
        self._brake = None if peak_nm is None else Brake(self._allocator, vehicle.propulsion, peak_nm)
        self._unload_nms = max(_UNLOAD_NMS, _QUANTA * self._allocator.quantum_ns)
        most = float(np.linalg.eigvalsh(np.array(stack.inertia_body_kgm2)).max())
        self._brake_radps2 = settings.stack_moment_nm / most
        self.push = StackPush(settings, vehicle.propulsion, self._allocator, self._wheels, delay_s)

    def most_mps2(self, known: Knowledge, row: Phase) -> float:
        """What a push along the boresight gives the stack at most, in a phase that has its thrust along the
        orbit; else 0."""
        return self.push.most_mps2(known, self._mass_kg(known)) if row.point == "retrograde" else 0.0

    def act(
        self, carried: Carried, known: Knowledge, acceleration_ric: Vec3, pointing: Pointing, row: Phase
    ) -> tuple[Carried, Action, float]:
        """One period: pushed where the phase has its thrust along the orbit, and turned everywhere. The last
        is what the push should change the velocity by, m/s."""
        if row.point == "retrograde":
            boresight_ric = to_ric(known.axes, rotate(known.own.q_eci_from_body, (1.0, 0.0, 0.0)))
            wanted_mps = row.period_s * vec.dot(acceleration_ric, boresight_ric)
            if wanted_mps > 0.0:
                push_ns = self._mass_kg(known) * wanted_mps
                found_nm = carried.found_body_nm
                found_nm, firing, torques = self.push.steer(found_nm, known, pointing, row.period_s, push_ns)
                change_mps = firing.impulse_body_ns[0] / self._mass_kg(known)
                return Carried(found_body_nm=found_nm), Action(firing.on_s, torques), change_mps
            pointing = self._turning(pointing, row.period_s)
        after, firing, torques = self.steer(carried, known, pointing, row.period_s)
        carried = replace(after, found_body_nm=carried.found_body_nm)
        return carried, Action(firing.on_s, torques), 0.0

    def _turning(self, pointing: Pointing, period_s: float) -> Pointing:
        """The turn to a far attitude as a rate: what valves take out of the momentum leaves that alone."""
        loop = (self._settings.stack_bandwidth_radps, 1.0, period_s)
        slew_radps = radians(self._settings.stack_slew_deg_per_s)
        return Pointing(vec.ZERO, wanted_rate(pointing, loop, self._brake_radps2, slew_radps))

    def _mass_kg(self, known: Knowledge) -> float:
        return known.mass_kg + self._target_kg

    def outdated(self, servicer_kg: float) -> bool:
        """Whether the tank has emptied so far that the centre of mass is not where it was."""
        return abs(self._servicer_kg - servicer_kg) > self._worth_kg

    def steer(
        self, carried: Carried, known: Knowledge, pointing: Pointing, period_s: float
    ) -> tuple[Carried, Firing, Four]:
        """For the period that begins at the computing delay after the reading."""
        w = known.own.w_body_radps
        ahead = vec.along(pointing.missing_rad, self._delay_s, vec.sub(pointing.rate_radps, w))
        acceleration = wanted_acceleration(
            Pointing(ahead, pointing.rate_radps),
            w,
            (self._settings.stack_bandwidth_radps, 1.0, period_s),
            self._brake_radps2,
            radians(self._settings.slew_deg_per_s),
        )
        momentum = self._wheels.momentum_body(known.wheel_momentum_nms)
        torque = self._wheels.torque_for(acceleration, w, momentum)
        wheels = self._wheels.command(torque)
        enough = _within(wheels, self._wheels.torque_limits_nm)
        if enough and not self._full(known):
            return Carried(), self._shut(), wheels
        if self._brake is not None:
            spin_nms = vec3(self._inertia @ np.array(vec.sub(w, pointing.rate_radps)))
            excess = vec.limited(momentum, self._unload_nms) if enough else spin_nms
            owed, firing = self._braked(self._brake, carried, known, excess, period_s)
            # While valves brake the wheels rest; where no set would help any more they do it all.
            idle = enough or not any(firing.on_s)
            rest = vec.along(torque, -1.0 / period_s, firing.moment_body_nms) if idle else vec.ZERO
            return owed, firing, self._wheels.command(rest)
        if enough:
            moment = vec.limited(vec.scale(-1.0, momentum), self._unload_nms)
        else:
            x, y, z = (self._limited(each) for each in torque)
            torque = (x, y, z)
            moment = vec.scale(period_s, torque)
        firing = self._allocator.fire(vec.ZERO, moment, period_s, known.dead_thrusters)
        # What is left the wheels give: between their most and the valves' least nothing must be out of reach.
        rest = vec.along(torque, -1.0 / period_s, firing.moment_body_nms)
        return Carried(), firing, self._wheels.command(rest)

    def _braked(
        self, brake: Brake, carried: Carried, known: Knowledge, excess_nms: Vec3, period_s: float
    ) -> tuple[Carried, Firing]:
        """One set of valves against the momentum; the impulse it gives is owed, as others' before."""
        q_eci_from_body = known.own.q_eci_from_body
        owed_body_ns = rotate(conj(q_eci_from_body), carried.owed_eci_ns)
        firing = brake.fire(excess_nms, owed_body_ns, period_s, known.dead_thrusters)
        given_ns = rotate(q_eci_from_body, firing.impulse_body_ns)
        return Carried(owed_eci_ns=vec.sub(carried.owed_eci_ns, given_ns)), firing

    def _limited(self, torque_nm: float) -> float:
        most = self._settings.stack_moment_nm
        return min(max(torque_nm, -most), most)

    def _full(self, known: Knowledge) -> bool:
        return self._wheels.fullness(known.wheel_momentum_nms) > self._settings.unload_above

    def _shut(self) -> Firing:
        return Firing(self._allocator.shut, vec.ZERO, vec.ZERO, 0.0)


def _within(torques_nm: Sequence[float], limits_nm: Sequence[float]) -> bool:
    """Whether no wheel is asked for all it has: a command is scaled down to just that."""
    return all(abs(torque) < 0.999 * most for torque, most in zip(torques_nm, limits_nm, strict=True))
