"""The plants: a free body that is advanced far ahead, and a powered one under zero-order hold.

Each advance restarts the integrator's clock at zero. The equations do not contain time, so state
and parameters are all there is to know: a plant restored from them continues bit for bit.
"""

from copy import deepcopy

import heyoka as hy
import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.contracts.motion import Piece
from twin.dynamics.models import LENGTH_M, body_model
from twin.dynamics.moments import inverse_of_symmetric
from twin.dynamics.rotation import Floats, canonical
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings
from twin.dynamics.taylor import Cut, pieces_over
from twin.errors import UsageError

Array = NDArray[np.float64]

_CUT = Cut(turning=True)


class PlantState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that a plant carries from one advance to the next, in the integrator's units."""

    t_ns: int
    state: tuple[float, ...]
    parameters: tuple[float, ...]


class _Body:
    """A rigid body with wheel momentum, and the time up to which it has advanced."""

    def __init__(self, start: KinematicState, surroundings: Surroundings, drag_m2: float, t_ns: int) -> None:
        self._integrator: hy.taylor_adaptive = deepcopy(body_model())
        r, v = start.r_eci_m / LENGTH_M, start.v_eci_mps / LENGTH_M
        self._integrator.state[:] = np.concatenate(
            [r, v, start.q_eci_from_body, start.w_body_radps, np.zeros(3)]
        )
        self._integrator.pars[:] = 0.0
        self._integrator.pars[:7] = surroundings.parameters(0.0)
        self._drag_m2 = drag_m2
        self._t_ns = t_ns

    @property
    def t_ns(self) -> int:
        """Time up to which this plant has advanced."""
        return self._t_ns

    @property
    def state(self) -> KinematicState:
        """State at `t_ns`."""
        y = np.array(self._integrator.state)
        return KinematicState(LENGTH_M * y[0:3], LENGTH_M * y[3:6], np.array(canonical(y[6:10])), y[10:13])

    @property
    def r_eci_m(self) -> Array:
        """Position (3,) at `t_ns`, without the rest of `state`."""
        r_eci_m: Array = LENGTH_M * self._integrator.state[:3]
        return r_eci_m

    def snapshot(self) -> PlantState:
        """All there is to know; see `restore`."""
        state, parameters = self._integrator.state.tolist(), self._integrator.pars.tolist()
        return PlantState(t_ns=self._t_ns, state=tuple(state), parameters=tuple(parameters))

    def restore(self, saved: PlantState) -> None:
        """Become the plant that gave `saved`; continues bit for bit."""
        self._integrator.state[:] = saved.state
        self._integrator.pars[:] = saved.parameters
        self._t_ns = saved.t_ns

    def _weigh(self, mass_kg: float, inertia_body_kgm2: Array) -> None:
        inverse = inverse_of_symmetric(inertia_body_kgm2)
        self._integrator.pars[3] = self._drag_m2 / mass_kg
        self._integrator.pars[16:] = (mass_kg, *_six(inertia_body_kgm2), *_six(inverse))

    def _advance(self, duration_ns: int) -> tuple[Piece, ...]:
        if duration_ns <= 0:
            raise UsageError(f"a plant at {self._t_ns} ns cannot advance by {duration_ns} ns")
        pieces = pieces_over(self._integrator, self._t_ns, duration_ns, _CUT)
        self._t_ns += duration_ns
        return pieces


def _six(symmetric: Array) -> tuple[float, ...]:
    (xx, xy, xz), (_, yy, yz), (_, _, zz) = symmetric.tolist()
    return xx, yy, zz, xy, xz, yz


class FreeBody(_Body):
    """The target: nature alone moves it. Its bits depend on where advances end: end them at fixed times."""

    def __init__(
        self,
        start: KinematicState,
        surroundings: Surroundings,
        *,
        mass_kg: float,
        inertia_body_kgm2: Array,
        drag_m2: float = 0.0,
        t_ns: int = 0,
    ) -> None:
        super().__init__(start, surroundings, drag_m2, t_ns)
        self._weigh(mass_kg, inertia_body_kgm2)

    def advance_to(self, t_ns: int) -> tuple[Piece, ...]:
        """Motion from where the body is to `t_ns`, as contiguous pieces."""
        return self._advance(t_ns - self._t_ns)


class PoweredBody(_Body):
    """The servicer: force, torques and mass are held constant over each advance.

    `drag_m2` is drag area x coefficient. The wheels start with `wheel_momentum_body_nms`.
    """

    def __init__(
        self,
        start: KinematicState,
        surroundings: Surroundings,
        *,
        drag_m2: float = 0.0,
        wheel_momentum_body_nms: Floats = (0.0, 0.0, 0.0),
        t_ns: int = 0,
    ) -> None:
        super().__init__(start, surroundings, drag_m2, t_ns)
        self._integrator.state[13:] = wheel_momentum_body_nms
        self._weighed: tuple[float, bytes] | None = None

    @property
    def wheel_momentum_body_nms(self) -> Array:
        """Momentum (3,) stored in the wheels relative to the body, body axes."""
        return np.array(self._integrator.state[13:16])

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
        the wheels locked.
        """
        pars = self._integrator.pars
        pars[7:10], pars[10:13], pars[13:16] = force_body_n, torque_body_nm, wheel_torque_body_nm
        weight = (mass_kg, inertia_body_kgm2.tobytes())
        if weight != self._weighed:
            self._weigh(mass_kg, inertia_body_kgm2)
            self._weighed = weight
        return self._advance(duration_ns)

    def restore(self, saved: PlantState) -> None:
        super().restore(saved)
        self._weighed = None
