"""What is known of the thrusters: which do not push, alone or on a stack, and which stay open."""

from math import sqrt

from msgspec.structs import replace

from twin.contracts.fields import Vec3
from twin.dynamics.settings import TargetBody
from twin.gnc.grip import Grip, believed_stack
from twin.gnc.impulse import Impulse
from twin.gnc.navigator_state import NavigatorSnapshot
from twin.gnc.open_valves import OpenValves
from twin.gnc.own_attitude import OwnAttitudeFilter, Turned
from twin.gnc.settings import Navigation
from twin.gnc.stack_health import StackHealth
from twin.gnc.thruster_health import ThrusterHealth
from twin.vehicle.settings import Vehicle


class ThrusterWatch:
    """`see` once a reading; `given_up` are the names of those that were given up with it."""

    def __init__(
        self, vehicle: Vehicle, target: TargetBody, settings: Navigation, attitude: OwnAttitudeFilter
    ) -> None:
        self._vehicle, self._target, self._settings = vehicle, target, settings
        self._attitude = attitude
        (xx, _, _), (_, yy, _), (_, _, zz) = vehicle.inertia_body_kgm2
        gyro_nms = sqrt(2.0) * vehicle.sensors.gyro.sigma_radps * max(xx, yy, zz)
        self.alone = ThrusterHealth(
            vehicle.propulsion, gyro_nms, settings.burn_fraction, settings.noise_factor_most
        )
        self.stack: StackHealth | None = None
        self.propellant_kg = vehicle.propellant_kg
        self.valves = OpenValves(vehicle.propulsion)
        self.given_up: tuple[str, ...] = ()

    @property
    def dead(self) -> tuple[int, ...]:
        """Thrusters not to be used, in the order in which they were found."""
        given_up = self.alone.dead if self.stack is None else self.stack.dead
        return tuple(dict.fromkeys((*given_up, *self.valves.state.found)))

    def hold(self, grip: Grip | None, propellant_kg: float) -> None:
        """From now on there is a stack with so much in its tank, or none; who was given up stays so."""
        if self.stack is not None:
            self.alone.dead = self.stack.dead
        self.stack, self.propellant_kg = None, propellant_kg
        if grip is not None:
            stack = believed_stack(grip, replace(self._vehicle, propellant_kg=propellant_kg), self._target)
            self.stack = StackHealth(self._vehicle, stack, self._settings.burn_fraction, self.alone.dead)

    def see(
        self, w_before_radps: Vec3, w_radps: Vec3, turned: Turned, impulse: Impulse, *, still: bool
    ) -> Vec3 | None:
        """What gyro and wheels say of the firing, and of valves that should have been shut; nothing unless
        the body is `still` but for them, or two firings fell between two readings. Of a stack only firings
        are judged. Where a valve is found open: the impulse (N s, body) that it gave."""
        self.given_up, fresh = (), self.valves.state.fresh
        if not still or (impulse.sigma_mps > 0.0 and not impulse.on_s):
            return None
        if self.stack is not None:
            if impulse.on_s:
                self.given_up = self.stack.see(w_before_radps, w_radps, turned, impulse.on_s)
            return None
        gained_nms = self._attitude.gained(w_before_radps, w_radps, turned)
        pushed_ns = self.valves.see(gained_nms, impulse.on_s, turned.dt_s)
        if pushed_ns is None and impulse.on_s and not fresh:
            # Until it is cut off, what is found open spoils what is measured.
            self.given_up = self.alone.see(gained_nms, impulse.on_s)
        elif pushed_ns is None and impulse.sigma_mps == 0.0:
            self.alone.rest(gained_nms)
        return pushed_ns

    def restore(self, snapshot: NavigatorSnapshot) -> None:
        self.valves.state = snapshot.open_valves
        if snapshot.health is not None:
            self.alone.restore(snapshot.health)
        self.hold(snapshot.grip, snapshot.stack_propellant_kg)
        if self.stack is not None and snapshot.stack_health is not None:
            self.stack.restore(snapshot.stack_health)
