"""Turning the stack: thruster couples for what is too much for the wheels, the wheels for the rest.

Its mass properties are the nominal ones of both bodies, put together as the on-board computer saw them when
the latch closed, with what is in the tank by its gauge. No force is asked for: the stack drifts on its orbit,
but where `push` has it pushed.
"""

from collections.abc import Sequence
from math import radians
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from twin.contracts.fields import Vec3
from twin.dynamics.rotation import conj, rotate
from twin.dynamics.settings import TargetBody
from twin.gnc.allocation import Allocator, Firing
from twin.gnc.attitude_control import Four, Wheels, wanted_acceleration, wanted_rate
from twin.gnc.braking import Brake
from twin.gnc.commanded import Action
from twin.gnc.grip import Grip, believed_stack
from twin.gnc.impulse import Impulse
from twin.gnc.knowledge import Knowledge, vec3
from twin.gnc.matrices import Array
from twin.gnc.pointing import Pointing
from twin.gnc.settings import Control
from twin.gnc.stack_moment import Spin, begins
from twin.gnc.stack_push import StackPush
from twin.gnc.steering import Carried
from twin.guidance import vectors as vec
from twin.guidance.phases import Phase
from twin.guidance.ric import to_ric
from twin.vehicle.settings import Vehicle
from twin.vehicle.stack import used_kg

_UNLOAD_NMS = 0.5
_AXES: tuple[Vec3, ...] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_NO_TORQUE: Four = (0.0, 0.0, 0.0, 0.0)
_SHARE = 0.85
"""Of the torque of one set what two by turns give against a momentum between them, in the middle."""
_ROOM = 0.3
"""Share of the momentum that wheels can take about an axis: so much may be left for them."""
_HELD = 0.9
"""Share of a wheel's momentum limit up to which it is left what turns about the axes of no sure set."""
_QUANTA = 2.0
"""Of the valves' least impulse, N s, at arms of some decimetres: less than that opens none."""
_SHIFT_M = 0.005
"""Of the stack's centre: 500 N that pass it at this distance turn it by what wheels can take."""


class _Wanted(NamedTuple):
    """Momentum to be taken out, and whether the wheels can hold what sure sets leave of it."""

    excess_nms: Vec3
    sure: bool


class StackControl:
    """Valves and wheel torques of one period for the stack."""

    def __init__(
        self, settings: Control, vehicle: Vehicle, target: TargetBody, grip: Grip, delay_s: float
    ) -> None:
        servicer_kg = vehicle.dry_mass_kg + vehicle.propellant_kg
        stack = believed_stack(grip, vehicle, target)
        self._settings = settings
        self._delay_s = delay_s
        self._servicer_kg, self._target_kg = servicer_kg, target.mass_kg
        self._worth_kg = used_kg(stack, _SHIFT_M)
        self._inertia: Array = np.array(stack.inertia_body_kgm2)
        self._wheels = Wheels(vehicle.wheels, stack.inertia_body_kgm2)
        self._allocator = Allocator(vehicle.propulsion, centre_body_m=vec.scale(-1.0, stack.servicer_r_m))
        peak_nm = settings.stack_peak_nm
        self._brake = None if peak_nm is None else Brake(self._allocator, vehicle.propulsion, peak_nm)
        # Along the axis about which wheels have least room, should no valve be able to help there.
        self._room_nms = _ROOM * min(self._wheels.most_nms(axis) for axis in _AXES)
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
                after = replace(_unowed(carried), found_body_nm=found_nm)
                carried, impulse = self._fired(carried, after, firing, row.period_s)
                return carried, Action(firing.on_s, torques, impulse), change_mps
            pointing = self._turning(pointing, row.period_s)
        after, firing, torques = self.steer(carried, known, pointing, row.period_s)
        carried, impulse = self._fired(carried, after, firing, row.period_s)
        return carried, Action(firing.on_s, torques, impulse), 0.0

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
            return _unowed(carried), self._shut(), wheels
        if self._brake is not None:
            if enough:
                excess, held = vec.limited(momentum, self._unload_nms), vec.ZERO
            elif (waiting := self._waits(self._brake, carried, known, pointing, period_s)) is not None:
                return waiting, self._shut(), _NO_TORQUE
            else:
                excess = held = vec3(self._inertia @ np.array(vec.sub(w, pointing.rate_radps)))
            carried = replace(carried, braking=True)
            after = self._wheels.taking_up(known.wheel_momentum_nms, held)
            sure = self._wheels.fullness(after) <= _HELD
            owed, firing = self._braked(self._brake, carried, known, _Wanted(excess, sure), period_s)
            rest = self._rest(self._brake, torque, firing, enough, period_s)
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
        return _unowed(carried), firing, self._wheels.command(rest)

    def _waits(
        self, brake: Brake, carried: Carried, known: Knowledge, pointing: Pointing, period_s: float
    ) -> Carried | None:
        """Whether to let the stack turn on for a period, because braking leaves the wheels less later."""
        left_s = self._settings.stack_wait_s - carried.waited_s
        if carried.braking or left_s < period_s:
            return None
        w, wanted = np.array(known.own.w_body_radps), np.array(pointing.rate_radps)
        wheels_nms = np.array(self._wheels.momentum_body(known.wheel_momentum_nms))
        spin = Spin(self._inertia, w, wanted, wheels_nms, brake.sure_span, _SHARE * brake.sure_nm)
        if begins(spin, left_s, self._room_nms):
            return None
        return replace(carried, waited_s=carried.waited_s + period_s)

    def _rest(self, brake: Brake, torque_nm: Vec3, firing: Firing, enough: bool, period_s: float) -> Vec3:
        """The torque that is the wheels': none while valves brake; in the end what those cannot stop; all but
        what the valves give where no set would help any more, or only the wheels are unloaded."""
        longest_s = max(firing.on_s)
        if enough or longest_s == 0.0:
            return vec.along(torque_nm, -1.0 / period_s, firing.moment_body_nms)
        if longest_s >= period_s:
            return vec.ZERO
        return vec3((np.eye(3) - brake.sure_span) @ np.array(torque_nm))

    def _braked(
        self, brake: Brake, carried: Carried, known: Knowledge, wanted: _Wanted, period_s: float
    ) -> tuple[Carried, Firing]:
        """One set of valves against the momentum: of those that no lost valve makes dangerous, or else, where
        the wheels cannot take what these leave, one whose impulse is owed, as others' before."""
        surely = brake.fire_surely(wanted.excess_nms, period_s, known.dead_thrusters)
        if wanted.sure or any(surely.on_s):
            return carried, surely
        q_eci_from_body = known.own.q_eci_from_body
        owed_body_ns = rotate(conj(q_eci_from_body), carried.owed_eci_ns)
        firing = brake.fire(wanted.excess_nms, owed_body_ns, period_s, known.dead_thrusters)
        given_ns = rotate(q_eci_from_body, firing.impulse_body_ns)
        return replace(carried, owed_eci_ns=vec.sub(carried.owed_eci_ns, given_ns)), firing

    def _fired(
        self, before: Carried, after: Carried, firing: Firing, period_s: float
    ) -> tuple[Carried, Impulse]:
        """Which valves are open up to the next readings, and what is left of the firing for those after."""
        until_s = max(0.0, period_s - self._delay_s)
        now_s = tuple(min(each, until_s) for each in firing.on_s)
        late_s = tuple(a - b for a, b in zip(firing.on_s, now_s, strict=True))
        open_s = tuple(a + b for a, b in zip(before.late.on_s or self._allocator.shut, now_s, strict=True))
        late = Impulse(on_s=late_s) if any(late_s) else Impulse()
        return replace(after, late=late), Impulse(on_s=open_s) if any(open_s) else Impulse()

    def _limited(self, torque_nm: float) -> float:
        most = self._settings.stack_moment_nm
        return min(max(torque_nm, -most), most)

    def _full(self, known: Knowledge) -> bool:
        return self._wheels.fullness(known.wheel_momentum_nms) > self._settings.unload_above

    def _shut(self) -> Firing:
        return Firing(self._allocator.shut, vec.ZERO, vec.ZERO, 0.0)


def _unowed(carried: Carried) -> Carried:
    """Nothing is to be given back; what pushing took, and that the stack was braked, is not forgotten."""
    return replace(carried, owed_eci_ns=vec.ZERO, late=Impulse())


def _within(torques_nm: Sequence[float], limits_nm: Sequence[float]) -> bool:
    """Whether no wheel is asked for all it has: a command is scaled down to just that."""
    return all(abs(torque) < 0.999 * most for torque, most in zip(torques_nm, limits_nm, strict=True))
