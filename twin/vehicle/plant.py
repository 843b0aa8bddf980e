"""The spacecraft as one plant: body, thrusters, wheels, tank and battery, advanced period by period.

The mass is held over a period at its mean: it changes by less than one part in ten thousand a second.
"""

from dataclasses import replace
from math import pi

from msgspec import Struct
from numpy import array, float64

from twin.contracts.actuation import ActuatorCommand
from twin.contracts.equipment import EquipmentState
from twin.contracts.motion import Piece
from twin.dynamics.outside import Outside
from twin.dynamics.plant import PlantState, PoweredBody
from twin.dynamics.rotation import Array
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings
from twin.dynamics.swinging import Swinging
from twin.kernel.streams import Stream
from twin.vehicle.power import array_power_w, charge_after
from twin.vehicle.settings import Vehicle
from twin.vehicle.thrusters import Burn, Thrusters, coast
from twin.vehicle.wheels import AT_REST, Four, drive, momentum_after

_NOTHING = (0.0, 0.0, 0.0)


class Gauges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Levels at an instant."""

    wheel_momentum_nms: Four
    propellant_kg: float
    battery_fraction: float


class SpacecraftState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that the spacecraft carries from one reaction to the next.

    `levels` are those at the start of the current period, which `burn` and `wheel_torque_nm` drive;
    the body has already advanced to the period's end.
    """

    body: PlantState
    period: int
    start_ns: int
    levels: Gauges
    burn: Burn
    wheel_torque_nm: Four
    lit: float
    transmitting: bool


class Spacecraft:
    """The servicer's plant: it advances only by `fly`; all else reads levels of the period flown."""

    def __init__(
        self, vehicle: Vehicle, start: KinematicState, surroundings: Surroundings, *, seed: int, error: float
    ) -> None:
        self._vehicle = vehicle
        self._inertia = array(vehicle.inertia_body_kgm2, dtype=float64)
        self._body = PoweredBody(start, surroundings, outside=_outside(vehicle), swinging=_swinging(vehicle))
        self._thrusters = Thrusters(vehicle.propulsion, Stream(seed, "servicer.thrusters"), error)
        self._levels = Gauges(
            wheel_momentum_nms=AT_REST,
            propellant_kg=vehicle.propellant_kg,
            battery_fraction=vehicle.power.initial_fraction,
        )
        self._ahead = self._levels
        self._period = 0
        self._start_ns = self._body.t_ns
        self._burn = coast(0)
        self._wheel_torque_nm = AT_REST
        self._lit = 0.0
        self._transmitting = False

    @property
    def t_ns(self) -> int:
        """Time up to which the plant has advanced: the end of the current period."""
        return self._body.t_ns

    @property
    def r_eci_m(self) -> Array:
        """Position (3,) at `t_ns`."""
        return self._body.state.r_eci_m

    @property
    def mass_kg(self) -> float:
        """Mass at `t_ns`."""
        return self._vehicle.dry_mass_kg + self._ahead.propellant_kg

    def fly(
        self, command: ActuatorCommand | None, end_ns: int, *, lit: float, transmitting: bool
    ) -> tuple[Piece, ...]:
        """Advance to `end_ns` under one command (None: valves closed, no wheel torque).

        `lit` is the fraction of the Sun's disc seen at the start. ContractError when the command
        does not fit the vehicle.
        """
        levels = self._ahead
        start_ns, duration_ns = self.t_ns, end_ns - self.t_ns
        wanted_nm = AT_REST if command is None else command.wheel_torque_nm
        burn = coast(duration_ns)
        if command is not None:
            burn = self._thrusters.fire(
                command.thruster_on_s, duration_ns, self._period, levels.propellant_kg
            )
        driven = drive(self._vehicle.wheels, levels.wheel_momentum_nms, wanted_nm, duration_ns * 1e-9)
        x, y, z = driven.torque_on_wheels_body_nm
        pieces = self._move(burn, (-x, -y, -z), levels.propellant_kg)
        self._period += 1
        self._start_ns, self._levels, self._burn = start_ns, levels, burn
        self._wheel_torque_nm = driven.torque_nm
        self._lit, self._transmitting = lit, transmitting
        self._ahead = self.gauges(end_ns)
        return pieces

    def coast_ahead(self, end_ns: int) -> tuple[Piece, ...]:
        """Where the spacecraft would be up to `end_ns` if nothing were commanded; it does not move."""
        saved = self._body.snapshot()
        ahead_ns = end_ns - self.t_ns
        pieces = self._body.advance(ahead_ns, _NOTHING, _NOTHING, _NOTHING, self.mass_kg, self._inertia)
        self._body.restore(saved)
        return pieces

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
            body=self._body.snapshot(),
            period=self._period,
            start_ns=self._start_ns,
            levels=self._levels,
            burn=self._burn,
            wheel_torque_nm=self._wheel_torque_nm,
            lit=self._lit,
            transmitting=self._transmitting,
        )

    def restore(self, saved: SpacecraftState) -> None:
        """Become the spacecraft that gave `saved`; continues bit for bit."""
        self._body.restore(saved.body)
        self._period = saved.period
        self._start_ns = saved.start_ns
        self._levels = saved.levels
        self._burn = saved.burn
        self._wheel_torque_nm = saved.wheel_torque_nm
        self._lit, self._transmitting = saved.lit, saved.transmitting
        self._ahead = self.gauges(self.t_ns)

    def _move(
        self, burn: Burn, wheels_on_body_nm: tuple[float, float, float], propellant_kg: float
    ) -> tuple[Piece, ...]:
        mass_kg = self._vehicle.dry_mass_kg + propellant_kg - 0.5 * burn.used_kg(burn.duration_ns)
        pieces: list[Piece] = []
        for stretch in burn.stretches:
            pieces += self._body.advance(
                stretch.duration_ns,
                stretch.force_body_n,
                stretch.torque_body_nm,
                wheels_on_body_nm,
                mass_kg,
                self._inertia,
            )
        return tuple(pieces)


def _outside(vehicle: Vehicle) -> Outside:
    return Outside.of(vehicle.drag_area_m2, vehicle.drag_coefficient, vehicle.reflectivity, hull=vehicle.hull)


def _swinging(vehicle: Vehicle) -> Swinging | None:
    """Panel and slosh, if the vehicle has either."""
    panel, slosh = vehicle.panel, vehicle.slosh
    if panel is None and slosh is None:
        return None
    swinging = Swinging()
    if panel is not None:
        swinging = replace(
            swinging,
            coupling_body=panel.coupling_kg05m,
            panel_rate_radps=2.0 * pi * panel.frequency_hz,
            panel_damping=panel.damping,
        )
    if slosh is not None:
        swinging = replace(
            swinging,
            slosh_kg=slosh.mass_kg,
            slosh_place_body_m=slosh.r_body_m,
            slosh_rate_radps=2.0 * pi * slosh.frequency_hz,
            slosh_damping=slosh.damping,
        )
    return swinging
