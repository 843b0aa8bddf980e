"""The spacecraft as one plant: body, thrusters, wheels, tank and battery, advanced period by period.

What moves it is a carrier: its own rigid body, the contact window, or the stack it is part of. The mass is
held over a period at its mean: it changes by less than one part in ten thousand a second.
"""

from msgspec import Struct

from twin.contracts.actuation import ActuatorCommand
from twin.contracts.equipment import EquipmentState
from twin.contracts.fields import Vec3
from twin.contracts.motion import Piece
from twin.dynamics.plant import PlantState
from twin.dynamics.rotation import Array
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings
from twin.kernel.streams import Stream
from twin.vehicle.carriers import Alone, Carrier, Stacked
from twin.vehicle.faults import Faults
from twin.vehicle.power import array_power_w, charge_after
from twin.vehicle.settings import Vehicle
from twin.vehicle.thrusters import Burn, Thrusters, coast
from twin.vehicle.wheels import AT_REST, Four, along_body, drive, momentum_after


class Gauges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Levels at an instant."""

    wheel_momentum_nms: Four
    propellant_kg: float
    battery_fraction: float


class SpacecraftState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that the spacecraft carries from one reaction to the next.

    `levels` are those at the start of the current period, which `burn` and `wheel_torque_nm` drive;
    the carrier has already advanced to the period's end. `body` is its plant; the contact window, which has
    none, is saved by its hand-over and inputs (`twin.vehicle.contact`).
    """

    body: PlantState | None
    period: int
    start_ns: int
    levels: Gauges
    burn: Burn
    wheel_torque_nm: Four
    lit: float
    transmitting: bool
    battery_share: float = 1.0
    isolated: tuple[int, ...] = ()


class Spacecraft:
    """The servicer's plant: it advances only by `fly`; all else reads levels of the period flown."""

    def __init__(
        self, vehicle: Vehicle, start: KinematicState, surroundings: Surroundings, *, seed: int, error: float
    ) -> None:
        self._vehicle = vehicle
        self.carrier: Carrier = Alone(vehicle, start, surroundings)
        self.target_pieces: tuple[Piece, ...] = ()
        self.faults = Faults(vehicle.propulsion)
        self._thrusters = Thrusters(vehicle.propulsion, Stream(seed, "servicer.thrusters"), error)
        self._levels = Gauges(
            wheel_momentum_nms=AT_REST,
            propellant_kg=vehicle.propellant_kg,
            battery_fraction=vehicle.power.initial_fraction,
        )
        self._ahead = self._levels
        self._period = 0
        self._start_ns = self.carrier.t_ns
        self._burn = coast(0)
        self._wheel_torque_nm = AT_REST
        self._lit = 0.0
        self._transmitting = False
        self._battery_share = 1.0
        self._isolated: tuple[int, ...] = ()

    @property
    def t_ns(self) -> int:
        """Time up to which the plant has advanced: the end of the current period."""
        return self.carrier.t_ns

    @property
    def r_eci_m(self) -> Array:
        """Position (3,) at `t_ns`."""
        return self.carrier.state.r_eci_m

    @property
    def mass_kg(self) -> float:
        """Mass at `t_ns`."""
        return self._vehicle.dry_mass_kg + self._ahead.propellant_kg

    @property
    def wheel_momentum_body_nms(self) -> Vec3:
        """Sum of the wheels' momentum at `t_ns`, body axes."""
        return along_body(self._vehicle.wheels, self._ahead.wheel_momentum_nms)

    def fly(
        self, command: ActuatorCommand | None, end_ns: int, *, lit: float, transmitting: bool
    ) -> tuple[Piece, ...]:
        """Advance to `end_ns` under one command (None: valves closed, no wheel torque); `target_pieces` is
        then the target's motion, where the carrier owns it.

        `lit` is the fraction of the Sun's disc seen at the start. ContractError when the command
        does not fit the vehicle.
        """
        levels = self._ahead
        start_ns, duration_ns = self.t_ns, end_ns - self.t_ns
        wanted_nm = AT_REST if command is None else command.wheel_torque_nm
        on_s = self._thrusters.all_closed if command is None else command.thruster_on_s
        if command is not None:
            self._isolated = command.isolated
        health, friction_nm = self.faults.thrusters.without(self._isolated), self.faults.wheel_friction_nm
        burn = self._thrusters.fire(on_s, duration_ns, self._period, levels.propellant_kg, health)
        duration_s = duration_ns * 1e-9
        driven = drive(self._vehicle.wheels, levels.wheel_momentum_nms, wanted_nm, duration_s, friction_nm)
        x, y, z = driven.torque_on_wheels_body_nm
        # The mean of the period, as thrust is even over it.
        mass_kg = self._vehicle.dry_mass_kg + levels.propellant_kg - 0.5 * burn.used_kg(burn.duration_ns)
        moved = self.carrier.move(burn, (-x, -y, -z), mass_kg)
        self._period += 1
        self._start_ns, self._levels, self._burn = start_ns, levels, burn
        self._wheel_torque_nm = driven.torque_nm
        self._lit, self._transmitting = lit, transmitting
        self._battery_share = self.faults.battery_share
        self._ahead = self.gauges(end_ns)
        self.target_pieces = moved.target
        return moved.servicer

    def coast_ahead(self, end_ns: int) -> tuple[Piece, ...]:
        """Where the spacecraft, alone, would be up to `end_ns` without a command; it does not move."""
        assert isinstance(self.carrier, Alone)
        return self.carrier.ahead(coast(end_ns - self.t_ns), self.mass_kg)

    @property
    def ahead(self) -> Gauges:
        """Levels at `t_ns`."""
        return self._ahead

    def gauges(self, t_ns: int) -> Gauges:
        """Levels at an instant of the current period."""
        elapsed_ns = t_ns - self._start_ns
        levels = self._levels
        return Gauges(
            wheel_momentum_nms=momentum_after(
                levels.wheel_momentum_nms, self._wheel_torque_nm, elapsed_ns * 1e-9
            ),
            propellant_kg=max(0.0, levels.propellant_kg - self._burn.used_kg(elapsed_ns)),
            battery_fraction=charge_after(
                self._vehicle.power,
                levels.battery_fraction,
                self._lit,
                transmitting=self._transmitting,
                elapsed_s=elapsed_ns * 1e-9,
                share=self._battery_share,
            ),
        )

    def equipment(self, lit: float) -> EquipmentState:
        """State at `t_ns` under the light there, and what the thrusters did in the period that ends."""
        levels = self._ahead
        return EquipmentState(
            t_ns=self.t_ns,
            mass_kg=self._vehicle.dry_mass_kg + levels.propellant_kg,
            propellant_kg=levels.propellant_kg,
            wheel_momentum_nms=levels.wheel_momentum_nms,
            battery_fraction=levels.battery_fraction,
            array_power_w=array_power_w(self._vehicle.power, lit),
            sunlit=lit,
            firings=self._burn.firings,
            impulse_ns=self._burn.impulse_ns,
        )

    def snapshot(self) -> SpacecraftState:
        """All there is to know; see `restore`."""
        return SpacecraftState(
            body=self.carrier.body.snapshot() if isinstance(self.carrier, Alone | Stacked) else None,
            period=self._period,
            start_ns=self._start_ns,
            levels=self._levels,
            burn=self._burn,
            wheel_torque_nm=self._wheel_torque_nm,
            lit=self._lit,
            transmitting=self._transmitting,
            battery_share=self._battery_share,
            isolated=self._isolated,
        )

    def restore(self, saved: SpacecraftState) -> None:
        """Become the spacecraft that gave `saved`, with a carrier of the same sort; continues bit for bit."""
        if saved.body is not None:
            assert isinstance(self.carrier, Alone | Stacked)
            self.carrier.body.restore(saved.body)
        self._period = saved.period
        self._start_ns = saved.start_ns
        self._levels = saved.levels
        self._burn = saved.burn
        self._wheel_torque_nm = saved.wheel_torque_nm
        self._lit, self._transmitting = saved.lit, saved.transmitting
        self._battery_share = saved.battery_share
        self._isolated = saved.isolated
        self._ahead = self.gauges(self.t_ns)
