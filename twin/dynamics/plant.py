"""The plants: a free body that is advanced far ahead, and a powered one under zero-order hold."""

from dataclasses import replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.contracts.motion import Piece
from twin.dynamics.body import Body
from twin.dynamics.fidelity import HELD
from twin.dynamics.held import Held
from twin.dynamics.models import LENGTH_M
from twin.dynamics.outside import NOTHING_OUTSIDE, Outside
from twin.dynamics.rotation import Floats, canonical
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings
from twin.dynamics.swinging import Swinging
from twin.errors import UsageError

Array = NDArray[np.float64]

_HOLD_NS = 10 * 10**9
"""Advances up to here take what nature adds to J2 as a parabola in time (`held`)."""


class PlantState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a plant carries from one advance to the next, in the integrator's units."""

    t_ns: int
    state: tuple[float, ...]


class _Plant:
    """A body's state and the time up to which it has advanced."""

    def __init__(self, start: KinematicState, t_ns: int, swinging: Swinging | None = None) -> None:
        r, v = start.r_eci_m / LENGTH_M, start.v_eci_mps / LENGTH_M
        at_rest = np.zeros(3 if swinging is None else 11)
        self._state = np.concatenate([r, v, start.q_eci_from_body, start.w_body_radps, at_rest])
        self._t_ns = t_ns

    @property
    def t_ns(self) -> int:
        """Time up to which this plant has advanced."""
        return self._t_ns

    @property
    def state(self) -> KinematicState:
        """State at `t_ns`."""
        y = self._state
        q_eci_from_body = np.array(canonical(y[6:10]))
        return KinematicState(LENGTH_M * y[0:3], LENGTH_M * y[3:6], q_eci_from_body, y[10:13].copy())

    @property
    def r_eci_m(self) -> Array:
        """Position (3,) at `t_ns`, without the rest of `state`."""
        r_eci_m: Array = LENGTH_M * self._state[:3]
        return r_eci_m

    def snapshot(self) -> PlantState:
        """All there is to know; see `restore`."""
        return PlantState(t_ns=self._t_ns, state=tuple(self._state.tolist()))

    def restore(self, saved: PlantState) -> None:
        """Become the plant that gave `saved`; continues bit for bit."""
        self._state[:] = saved.state
        self._t_ns = saved.t_ns

    def _advance(self, body: Body, duration_ns: int) -> tuple[Piece, ...]:
        if duration_ns <= 0:
            raise UsageError(f"a plant at {self._t_ns} ns cannot advance by {duration_ns} ns")
        pieces = body.advance(self._state, self._t_ns, duration_ns)
        self._t_ns += duration_ns
        return pieces


class FreeBody(_Plant):
    """The target: nature alone moves it. Its bits depend on where advances end: end them at fixed times."""

    def __init__(
        self,
        start: KinematicState,
        surroundings: Surroundings,
        *,
        mass_kg: float,
        inertia_body_kgm2: Array,
        outside: Outside = NOTHING_OUTSIDE,
        t_ns: int = 0,
    ) -> None:
        super().__init__(start, t_ns)
        self._body = Body(outside.kinds(surroundings.terms), surroundings, outside, None)
        self._body.weigh(mass_kg, inertia_body_kgm2)

    def advance_to(self, t_ns: int) -> tuple[Piece, ...]:
        """Motion from where the body is to `t_ns`, as contiguous pieces."""
        return self._advance(self._body, t_ns - self._t_ns)


class PoweredBody(_Plant):
    """The servicer: force, torques and mass are held constant over each advance.

    The wheels start with `wheel_momentum_body_nms`, what swings starts at rest.
    """

    def __init__(
        self,
        start: KinematicState,
        surroundings: Surroundings,
        *,
        outside: Outside = NOTHING_OUTSIDE,
        swinging: Swinging | None = None,
        wheel_momentum_body_nms: Floats = (0.0, 0.0, 0.0),
        t_ns: int = 0,
    ) -> None:
        super().__init__(start, t_ns, swinging)
        self._state[13:16] = wheel_momentum_body_nms
        self._parts = surroundings, outside, swinging
        self._kinds = outside.kinds(surroundings.terms)
        self._held = None if self._kinds.fixed_in_time else Held(self._kinds, surroundings, outside)
        self._bodies: dict[bool, Body] = {}
        self._weighed: tuple[Body, float, bytes] | None = None

    @property
    def wheel_momentum_body_nms(self) -> Array:
        """Momentum (3,) stored in the wheels relative to the body, body axes."""
        return self._state[13:16].copy()

    def turn_on_as(self, before: "PoweredBody") -> None:
        """Wheels and what swings go on as in the body that this one follows."""
        self._state[13:] = before._state[13:]

    def advance(  # noqa: PLR0917 - in the order of the physics: how long, what acts, on what
        self,
        duration_ns: int,
        force_body_n: Floats,
        torque_body_nm: Floats,
        wheel_torque_body_nm: Floats,
        mass_kg: float,
        inertia_body_kgm2: Array,
    ) -> tuple[Piece, ...]:
        """Motion over `duration_ns`, as contiguous pieces (one, for periods of a few seconds).

        `torque_body_nm` is from outside (thrusters). `wheel_torque_body_nm` is what the wheels do to
        the body: their momentum changes by its opposite. All (3,) in body axes; inertia (3, 3) with
        the wheels locked and nothing swung out.
        """
        held = self._held is not None and duration_ns <= _HOLD_NS
        body = self._body(held)
        weighed = (body, mass_kg, inertia_body_kgm2.tobytes())
        if weighed != self._weighed:
            body.weigh(mass_kg, inertia_body_kgm2)
            self._weighed = weighed
        if self._held is not None and held:
            given = self._held.over(self._state, self._t_ns, duration_ns, force_body_n, mass_kg)
            body.fill({"given": given.acceleration})
            torque_body_nm = [a + b for a, b in zip(torque_body_nm, given.torque_body_nm, strict=True)]
        body.act(force_body_n, torque_body_nm, wheel_torque_body_nm)
        return self._advance(body, duration_ns)

    def _body(self, held: bool) -> Body:
        """The model for an advance, compiled when it is first asked for."""
        if held not in self._bodies:
            held_kinds = replace(HELD, gravity_gradient=self._kinds.gravity_gradient)
            kinds = held_kinds if held else self._kinds
            self._bodies[held] = Body(kinds, *self._parts)
        return self._bodies[held]
