"""Pushing the stack along its boresight: the valves that push so stay open, and those that turn it too much
shut sooner.

Off-modulation (Wie, Space Vehicle Dynamics and Control (2008), 7.4): of on-times T s + A that give the moment
that is wanted, s is as large as the one that is open longest allows. So the line of thrust passes the stack's
centre however far that is from the boresight, as long as it is between the valves. About the boresight
itself the wheels turn. What turns the stack that nobody knows of (a valve that is dead or weak, a centre that
lies elsewhere) is found by the attitude that it leaves, and given besides: the loop's integral.
"""

from math import inf, radians

import numpy as np

from twin.contracts.fields import Vec3
from twin.gnc.allocation import Allocator, Firing
from twin.gnc.attitude_control import Four, Wheels, wanted_acceleration
from twin.gnc.knowledge import Knowledge
from twin.gnc.matrices import Array
from twin.gnc.pointing import Pointing
from twin.gnc.settings import Control
from twin.guidance import vectors as vec
from twin.vehicle.settings import Propulsion

_ALONG = 0.99
"""Cosine of the angle to the boresight within which a thruster is one that pushes."""
_UNLOAD = 0.5
"""Of the torque that the wheels have, for giving up their momentum to a push: it costs no propellant."""
_BLIND_S = 10.0
"""Without a fix for longer nobody knows what a push has done: it waits."""
_LEARNING = 0.2
"""Of the bandwidth's cube, the integral's gain: the loop with damping 1 is stable up to 2."""
_WITH_DEAD = 0.3
"""Of all push, what is asked for where a valve is dead: two opposite ones, less what turning back needs."""


class StackPush:
    """Valves and wheel torques of one period of a stack; moments are about the allocator's centre."""

    def __init__(
        self, settings: Control, propulsion: Propulsion, allocator: Allocator, wheels: Wheels, delay_s: float
    ) -> None:
        self._settings, self._allocator, self._wheels, self._delay_s = settings, allocator, wheels, delay_s
        self._thrust_n = propulsion.thrust_n
        self._inertia, self._bandwidth_radps = wheels.inertia_kgm2, settings.push_bandwidth_radps
        self._pushers = tuple(
            k for k, each in enumerate(propulsion.thrusters) if each.direction_body[0] > _ALONG
        )
        # Half of all there is: the other half goes on pushing.
        arms_nm: Array = np.abs(allocator.effect[4:, self._pushers]).max(axis=0, initial=0.0)
        self._most_nm = 0.5 * float(arms_nm.sum())

    def most_mps2(self, known: Knowledge, mass_kg: float) -> float:
        """Acceleration of a stack of this mass, all pushing that can without turning it; 0 without fixes."""
        blind = known.looks is not None and known.looks.gnss_age_s > _BLIND_S
        return 0.0 if blind else self.most_n(known.dead_thrusters) / mass_kg

    def most_n(self, dead: tuple[int, ...]) -> float:
        """The mean force along the boresight that leaves the stack as it turns."""
        if not self._pushers:
            return 0.0
        if set(dead) & set(self._pushers):
            return _WITH_DEAD * self._thrust_n * len(self._pushers)
        return self._thrust_n * sum(self._on_s(list(self._pushers), (0.0, 0.0), 1.0, inf))

    def steer(
        self, found_nm: Vec3, known: Knowledge, pointing: Pointing, period_s: float, push_ns: float
    ) -> tuple[Vec3, Firing, Four]:
        """For the period that begins at the computing delay after the reading; `push_ns` is the impulse along
        the boresight that is wanted, `found_nm` the torque that pushes were found to need, before and after.
        """
        w = known.own.w_body_radps
        ahead = vec.along(pointing.missing_rad, self._delay_s, vec.sub(pointing.rate_radps, w))
        acceleration = wanted_acceleration(
            Pointing(ahead, pointing.rate_radps),
            w,
            (self._bandwidth_radps, 1.0, period_s),
            self._most_nm / float(np.linalg.eigvalsh(self._inertia).max()),
            radians(self._settings.stack_slew_deg_per_s),
        )
        found_nm = self._learnt(found_nm, pointing.missing_rad, period_s)
        momentum = self._wheels.momentum_body(known.wheel_momentum_nms)
        torque = vec.add(self._wheels.torque_for(acceleration, w, momentum), found_nm)
        given_up = vec.limited(momentum, _UNLOAD * period_s * self._reach_nm(momentum))
        _, y, z = vec.along(vec.scale(period_s, torque), -1.0, given_up)
        firing = self.fire((y, z), period_s, push_ns, known.dead_thrusters)
        # What the wheels give up they turn back by: else the valves' moment would turn the body.
        rest = vec.along(torque, -1.0 / period_s, firing.moment_body_nms)
        return found_nm, firing, self._wheels.command(rest)

    def _learnt(self, found_nm: Vec3, missing_rad: Vec3, period_s: float) -> Vec3:
        """The integral of what is missing, across the boresight."""
        _, y, z = (self._inertia @ np.array(missing_rad)).tolist()
        gain = _LEARNING * self._bandwidth_radps**3 * period_s
        found = vec.along(found_nm, gain, (0.0, y, z))
        return vec.limited(found, self._most_nm)

    def _reach_nm(self, towards: Vec3) -> float:
        """What torque the wheels have about that axis."""
        size = vec.norm(towards)
        if size == 0.0:
            return 0.0
        return vec.norm(self._wheels.torque_of(self._wheels.command(vec.scale(1e6 / size, towards))))

    def fire(
        self, moment_nms: tuple[float, float], period_s: float, push_ns: float, dead: tuple[int, ...]
    ) -> Firing:
        """The valves that give an impulse along the boresight, or what they can of it, with a moment impulse
        (y, z) about the centre; a moment out of reach is given in part."""
        alive = [k for k in self._pushers if k not in dead]
        valves = [0.0] * len(self._allocator.shut)
        for k, each in zip(
            alive, self._on_s(alive, moment_nms, period_s, push_ns / self._thrust_n), strict=True
        ):
            valves[k] = each
        firing = self._allocator.given(tuple(valves))
        if len(alive) == len(self._pushers):
            return firing
        # Of three valves the line of thrust may not reach the centre: the others turn back what that leaves.
        left = vec.sub((firing.moment_body_nms[0], *moment_nms), firing.moment_body_nms)
        back = self._allocator.fire(vec.ZERO, left, period_s, dead)
        both = (min(a + b, period_s) for a, b in zip(firing.on_s, back.on_s, strict=True))
        return self._allocator.given(tuple(both))

    def _on_s(
        self, pushers: list[int], moment_nms: tuple[float, float], period_s: float, total_s: float
    ) -> list[float]:
        """On-times of these: the moment (y, z), and in all `total_s` if that can be had."""
        turns: Array = self._allocator.effect[4:, pushers]
        back = np.linalg.pinv(turns)
        even: Array = np.full(len(pushers), period_s)
        even = even - back @ (turns @ even)
        turning = back @ np.array(moment_nms)
        share = (total_s - float(turning.sum())) / max(float(even.sum()), 1e-9)
        room = np.where(even > 0.0, (period_s - turning) / np.maximum(even, 1e-9), inf)
        share = max(0.0, min(share, float(room.min())))
        on_s: list[float] = np.clip(turning + share * even, 0.0, period_s).tolist()
        return on_s
