"""A rigid body with wheel momentum as an integrator, and the time up to which it has advanced.

Each advance restarts the integrator's clock at zero; what depends on the date is set anew from the
body's own time, so its state and that time are all there is to know: a body restored from them
continues bit for bit.
"""

from copy import deepcopy

import heyoka as hy
import numpy as np
from numpy.typing import NDArray

from twin.contracts.motion import Piece
from twin.dynamics.fidelity import Terms
from twin.dynamics.lighting import LIT, Light, is_behind, light_after, light_at
from twin.dynamics.models import BODY_SLOTS, body_model
from twin.dynamics.moments import inverse_of_symmetric, six
from twin.dynamics.outside import Outside
from twin.dynamics.rotation import Floats
from twin.dynamics.surroundings import Surroundings
from twin.dynamics.swinging import Swinging
from twin.dynamics.taylor import Cut, pieces_over

Array = NDArray[np.float64]

_CUT = Cut(turning=True)


class Body:
    """One compiled model of a body; the state (LENGTH_M, s) is given and taken at each advance."""

    def __init__(
        self,
        kinds: Terms,
        surroundings: Surroundings,
        outside: Outside,
        swinging: Swinging | None,
    ) -> None:
        self._kinds, self._around, self._outside, self._swinging = kinds, surroundings, outside, swinging
        tolerance = surroundings.environment.tolerance
        self._integrator: hy.taylor_adaptive = deepcopy(body_model(kinds, swinging is not None, tolerance))
        self._integrator.pars[:] = 0.0
        self.fill({**surroundings.constants(), **outside.values()})
        self._light = LIT

    def fill(self, values: dict[str, Floats]) -> None:
        """Set parameters, each named stretch of `BODY_SLOTS`."""
        BODY_SLOTS.fill(self._integrator, values)

    def act(self, force_body_n: Floats, torque_body_nm: Floats, wheel_torque_body_nm: Floats) -> None:
        """What acts from here on."""
        self._integrator.pars[_ACTING] = (*force_body_n, *torque_body_nm, *wheel_torque_body_nm)

    def weigh(self, mass_kg: float, inertia_body_kgm2: Array) -> None:
        """Mass and inertia (3, 3) of the whole, nothing bent or swung out."""
        values: dict[str, Floats] = {"drag_m2pkg": (self._outside.drag_m2 / mass_kg,)}
        turning = inertia_body_kgm2
        if self._swinging is not None:
            mass_kg, inertia_body_kgm2 = self._swinging.without_slosh(mass_kg, inertia_body_kgm2)
            turning = self._swinging.without_panel(inertia_body_kgm2)
            values |= self._swinging.values()
        values["mass_kg"] = (mass_kg,)
        values["inertia_kgm2"] = six(inertia_body_kgm2)
        values["inverse_inertia"] = six(inverse_of_symmetric(turning))
        self.fill(values)

    def advance(self, state: Array, t_ns: int, duration_ns: int) -> tuple[Piece, ...]:
        """Advance `state` in place by `duration_ns` from `t_ns`; its motion as contiguous pieces."""
        self._integrator.state[:] = state
        if self._kinds.fixed_in_time:
            pieces = pieces_over(self._integrator, t_ns, duration_ns, _CUT)
        else:
            pieces = ()
            for part_ns in self._around.stretches(t_ns, duration_ns):
                pieces += self._dated(t_ns, part_ns)
                t_ns += part_ns
        state[:] = self._integrator.state
        return pieces

    def _dated(self, t_ns: int, duration_ns: int) -> tuple[Piece, ...]:
        self.fill(self._around.dated(t_ns))
        if self._kinds.solar_pressure:
            self._set_light(light_at(self._integrator.state[:6].tolist(), self._clock_s(), 0.0))
        return pieces_over(self._integrator, t_ns, duration_ns, _CUT, self._cross)

    def _cross(self, edge: int) -> None:
        """An edge of the shadow: what lies beyond it holds from here on."""
        place, since_s = self._integrator.state[:6].tolist(), self._integrator.time
        self._set_light(light_after(edge, self._light, is_behind(place, self._clock_s(), since_s)))

    def _set_light(self, light: Light) -> None:
        self._light = light
        self.fill({"light": light})

    def _clock_s(self) -> float:
        return float(self._integrator.pars[BODY_SLOTS.first("clock_s")])


_ACTING = slice(BODY_SLOTS.first("force_body_n"), BODY_SLOTS.first("force_body_n") + 9)
