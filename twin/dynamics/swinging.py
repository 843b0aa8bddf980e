"""Panel and slosh of a vehicle as the parameters of `flexible`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.dynamics.rotation import Floats
from twin.errors import UsageError

Array = NDArray[np.float64]

_NO_MASS_KG = 1e-9


@dataclass(frozen=True, slots=True)
class Swinging:
    """The panel's first mode (coupling in kg^0.5 m) and the sloshing mass; rates of the free oscillations.

    Either may be left out: a coupling of zero moves nothing, a mass of zero weighs nothing.
    """

    coupling_body: tuple[float, float, float] = (0.0, 0.0, 0.0)
    panel_rate_radps: float = 0.0
    panel_damping: float = 0.0
    slosh_kg: float = 0.0
    slosh_place_body_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    slosh_rate_radps: float = 0.0
    slosh_damping: float = 0.0

    def without_slosh(self, mass_kg: float, inertia_body_kgm2: Array) -> tuple[float, Array]:
        """Mass and inertia of what does not slosh; UsageError if more sloshes than there is."""
        rigid_kg = mass_kg - self._sloshing_kg
        x = np.array(self.slosh_place_body_m)
        point = self._sloshing_kg * (float((x * x).sum()) * np.eye(3) - x[:, None] * x[None, :])
        if rigid_kg <= 0.0:
            raise UsageError(f"{self.slosh_kg:g} kg slosh in a body of {mass_kg:g} kg")
        return rigid_kg, inertia_body_kgm2 - point

    def without_panel(self, inertia_body_kgm2: Array) -> Array:
        """I - d d^T, what turns when the panel is free to bend."""
        d = np.array(self.coupling_body)
        turning: Array = inertia_body_kgm2 - d[:, None] * d[None, :]
        return turning

    @property
    def _sloshing_kg(self) -> float:
        return max(self.slosh_kg, _NO_MASS_KG)

    def values(self) -> dict[str, Floats]:
        """Parameters of the models."""
        mass, rate = self._sloshing_kg, self.slosh_rate_radps
        return {
            "panel": (*self.coupling_body, self.panel_rate_radps, self.panel_damping),
            "slosh": (
                *self.slosh_place_body_m,
                mass,
                mass * rate * rate,
                2.0 * self.slosh_damping * mass * rate,
            ),
        }
