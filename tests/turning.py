"""A plant far from all else, turned by the on-board steering; no noise of sensors, no computing delay."""

from math import sqrt

import msgspec
import numpy as np

from tests.test_gnc_safety import known
from twin.contracts.actuation import ActuatorCommand
from twin.dynamics.settings import Environment
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings
from twin.gnc.knowledge import Knowledge
from twin.gnc.own_attitude import OwnAttitude
from twin.gnc.pointing import kept
from twin.gnc.settings import Guidance
from twin.gnc.steering import Carried, Steered, Steering
from twin.guidance.phases import Phase
from twin.vehicle.plant import Spacecraft
from twin.vehicle.settings import Vehicle

SPACE = Surroundings(environment=Environment(gravity="point", atmosphere="none", gravity_gradient=False))
STILL = (0.0, 0.0, 0.0)


class Turning:
    """Keeps the attitude that it has at first; thrusters scatter `error` times as their data sheet says."""

    def __init__(
        self,
        guidance: Guidance,
        vehicle: Vehicle,
        row: Phase,
        *,
        w_body_radps: tuple[float, float, float] = STILL,
        wheels_nms: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0),
        error: float = 0.0,
    ) -> None:
        radius_m = 7e6
        start = KinematicState(
            np.array((radius_m, 0.0, 0.0)),
            np.array((0.0, sqrt(3.986004418e14 / radius_m), 0.0)),
            np.array((1.0, 0.0, 0.0, 0.0)),
            np.array(w_body_radps),
        )
        self.craft = Spacecraft(vehicle, start, SPACE, seed=1, error=error)
        saved = self.craft.snapshot()
        axes = np.array([wheel.axis_body for wheel in vehicle.wheels]).T
        state = np.array(saved.body.state)
        state[13:16] = axes @ wheels_nms
        body = msgspec.structs.replace(saved.body, state=tuple(state.tolist()))
        levels = msgspec.structs.replace(saved.levels, wheel_momentum_nms=wheels_nms)
        self.craft.restore(msgspec.structs.replace(saved, body=body, levels=levels))
        self.row, self.carried = row, Carried()
        self._steering = Steering(msgspec.structs.replace(guidance, compute_delay_s=0.0), vehicle)
        self._first = msgspec.structs.replace(known(), orbit_rate_radps=0.0)

    @property
    def known(self) -> Knowledge:
        """What is so."""
        state, levels = self.craft.carrier.state, self.craft.ahead
        own = OwnAttitude(
            q_eci_from_body=tuple(state.q_eci_from_body.tolist()),
            w_body_radps=tuple(state.w_body_radps.tolist()),
        )
        return msgspec.structs.replace(
            self._first,
            t_ns=self.craft.t_ns,
            own=own,
            mass_kg=self.craft.mass_kg,
            wheel_momentum_nms=levels.wheel_momentum_nms,
        )

    def period(self) -> Steered:
        """Steer and fly for one period."""
        seen = self.known
        pointing = kept(seen.own.q_eci_from_body, (1.0, 0.0, 0.0, 0.0), STILL)
        self.carried, steered = self._steering.steer(self.carried, seen, STILL, pointing, self.row)
        end_ns = self.craft.t_ns + round(self.row.period_s * 1e9)
        command = ActuatorCommand(
            reading_ns=self.craft.t_ns,
            thruster_on_s=steered.thruster_on_s,
            wheel_torque_nm=steered.wheel_torque_nm,
            next_reading_ns=end_ns,
        )
        self.craft.fly(command, end_ns, lit=1.0, transmitting=False)
        return steered
