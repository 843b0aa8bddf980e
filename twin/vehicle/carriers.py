"""What moves the servicer in a period: its own plant, or that of the stack it is part of.

A carrier takes one period's burn and wheel torque and gives the motion of every body it owns. The contact
window is a third one (`twin.vehicle.contact`).
"""

from typing import NamedTuple, Protocol

from numpy import array, cross, float64

from twin.contracts.fields import Vec3
from twin.contracts.motion import Piece
from twin.dynamics.joining import fixed_to
from twin.dynamics.outside import Outside
from twin.dynamics.plant import PoweredBody
from twin.dynamics.settings import Matrix3
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings
from twin.dynamics.swinging import Swinging
from twin.vehicle.outline import outside_of, swinging_of
from twin.vehicle.settings import Vehicle
from twin.vehicle.stack import Stack, part_state
from twin.vehicle.thrusters import Burn

_UNTURNED = (1.0, 0.0, 0.0, 0.0)


class Moved(NamedTuple):
    """Motion over a period: the servicer's, and the target's where the servicer owns it."""

    servicer: tuple[Piece, ...]
    target: tuple[Piece, ...] = ()


class Carrier(Protocol):
    """Moves the servicer."""

    @property
    def t_ns(self) -> int:
        """Time up to which it has advanced."""
        ...

    @property
    def state(self) -> KinematicState:
        """The servicer's centre of mass and body at `t_ns`."""
        ...

    def move(self, burn: Burn, wheels_on_body_nm: Vec3, mass_kg: float) -> Moved:
        """Advance over the burn's period; `mass_kg` is the servicer's, held at its mean."""
        ...


class Alone:
    """The servicer by itself, with what swings on it at rest at the start; its inertia is the vehicle's
    unless its arm is not stowed.
    """

    def __init__(
        self,
        vehicle: Vehicle,
        start: KinematicState,
        surroundings: Surroundings,
        *,
        inertia_body_kgm2: Matrix3 | None = None,
        wheel_momentum_body_nms: Vec3 = (0.0, 0.0, 0.0),
        t_ns: int = 0,
    ) -> None:
        self.inertia_body_kgm2 = inertia_body_kgm2 or vehicle.inertia_body_kgm2
        self._inertia = array(self.inertia_body_kgm2, dtype=float64)
        self.body = PoweredBody(
            start,
            surroundings,
            outside=outside_of(vehicle),
            swinging=swinging_of(vehicle),
            wheel_momentum_body_nms=wheel_momentum_body_nms,
            t_ns=t_ns,
        )

    @property
    def t_ns(self) -> int:
        return self.body.t_ns

    @property
    def state(self) -> KinematicState:
        return self.body.state

    def move(self, burn: Burn, wheels_on_body_nm: Vec3, mass_kg: float) -> Moved:
        pieces: list[Piece] = []
        for stretch in burn.stretches:
            pieces += self.body.advance(
                stretch.duration_ns,
                stretch.force_body_n,
                stretch.torque_body_nm,
                wheels_on_body_nm,
                mass_kg,
                self._inertia,
            )
        return Moved(tuple(pieces))

    def ahead(self, burn: Burn, mass_kg: float) -> tuple[Piece, ...]:
        """What `move` would give; nothing moves."""
        saved = self.body.snapshot()
        pieces = self.move(burn, (0.0, 0.0, 0.0), mass_kg).servicer
        self.body.restore(saved)
        return pieces


class Stacked:
    """Servicer and target as one body; both motions are of parts fixed to it.

    What swings on the servicer starts at rest. Centre of mass and inertia are those of `stack`: when the tank
    empties another one has to follow (`twin.vehicle.holding`).
    """

    def __init__(
        self,
        stack: Stack,
        start: KinematicState,
        surroundings: Surroundings,
        *,
        outside: Outside,
        swinging: Swinging | None,
        target_mass_kg: float,
        wheel_momentum_body_nms: Vec3 = (0.0, 0.0, 0.0),
        t_ns: int = 0,
    ) -> None:
        self.stack = stack
        self._inertia = array(stack.inertia_body_kgm2, dtype=float64)
        self._arm_m = array(stack.servicer_r_m)
        self._target_mass_kg = target_mass_kg
        self.body = PoweredBody(
            start,
            surroundings,
            outside=outside,
            swinging=swinging,
            wheel_momentum_body_nms=wheel_momentum_body_nms,
            t_ns=t_ns,
        )

    @property
    def t_ns(self) -> int:
        return self.body.t_ns

    @property
    def state(self) -> KinematicState:
        return part_state(self.body.state, self.stack.servicer_r_m, _UNTURNED)

    @property
    def target_state(self) -> KinematicState:
        """The target's centre of mass and body at `t_ns`."""
        return part_state(self.body.state, self.stack.target_r_m, self.stack.q_servicer_from_target)

    def move(self, burn: Burn, wheels_on_body_nm: Vec3, mass_kg: float) -> Moved:
        pieces: list[Piece] = []
        for stretch in burn.stretches:
            lever = cross(self._arm_m, stretch.force_body_n)
            x, y, z = (lever + array(stretch.torque_body_nm)).tolist()
            pieces += self.body.advance(
                stretch.duration_ns,
                stretch.force_body_n,
                (x, y, z),
                wheels_on_body_nm,
                mass_kg + self._target_mass_kg,
                self._inertia,
            )
        stack = self.stack
        return Moved(
            tuple(fixed_to(piece, stack.servicer_r_m, _UNTURNED) for piece in pieces),
            tuple(fixed_to(piece, stack.target_r_m, stack.q_servicer_from_target) for piece in pieces),
        )
