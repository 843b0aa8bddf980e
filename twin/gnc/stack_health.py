"""Which thrusters still push the stack: as `thruster_health`, about the common centre of mass.

A set's first firing tells: half a second of a thruster is 50 N m s at the least, and the gyro sees 2.

Assumptions and limitations: mass properties are the nominal ones of both bodies as they were seen when the
latch closed; the stack is rigid.
"""

from math import sqrt

import numpy as np

from twin.contracts.fields import Vec3
from twin.gnc.own_attitude import OwnAttitudeFilter, Turned
from twin.gnc.thruster_health import HealthSnapshot, ThrusterHealth
from twin.guidance import vectors as vec
from twin.vehicle.settings import Vehicle
from twin.vehicle.stack import Stack


class StackHealth:
    """`dead` were given up before the latch closed."""

    def __init__(self, vehicle: Vehicle, stack: Stack, burn_fraction: float, dead: tuple[int, ...]) -> None:
        sensors = vehicle.sensors
        self._attitude = OwnAttitudeFilter(
            stack.inertia_body_kgm2, sensors.star_tracker.sigma_rad, sensors.gyro.sigma_radps
        )
        most_kgm2 = float(np.array(stack.inertia_body_kgm2).diagonal().max())
        self._health = ThrusterHealth(
            vehicle.propulsion,
            sqrt(2.0) * sensors.gyro.sigma_radps * most_kgm2,
            burn_fraction,
            centre_body_m=vec.scale(-1.0, stack.servicer_r_m),
            dead=dead,
        )

    @property
    def dead(self) -> tuple[int, ...]:
        """Thrusters given up, in that order."""
        return self._health.dead

    def see(
        self, w_before_radps: Vec3, w_radps: Vec3, turned: Turned, on_s: tuple[float, ...]
    ) -> tuple[str, ...]:
        """The stack's rate went from one to the other while valves were open so long; the names of those that
        are given up with it."""
        return self._health.see(self._attitude.gained(w_before_radps, w_radps, turned), on_s)

    def snapshot(self) -> HealthSnapshot:
        return self._health.snapshot()

    def restore(self, snapshot: HealthSnapshot) -> None:
        self._health.restore(snapshot)
