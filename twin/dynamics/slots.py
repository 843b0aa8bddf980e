"""Where a model keeps its parameters: named stretches of one vector."""

from collections.abc import Mapping

import heyoka as hy
import numpy as np
from numpy.typing import NDArray

from twin.dynamics.rotation import Floats

Layout = tuple[tuple[str, int], ...]

AIR: Layout = (("pole", 3), ("drag_m2pkg", 1), ("profile", 3))
"""The Earth's pole in eci; drag area x coefficient / mass; density (kg/m3) at altitude (m), scale (m)."""
RIGID: Layout = (
    ("force_body_n", 3),
    ("torque_body_nm", 3),
    ("wheel_torque_body_nm", 3),
    ("mass_kg", 1),
    ("inertia_kgm2", 6),
    ("inverse_inertia", 6),
)
"""Symmetric matrices are xx, yy, zz, xy, xz, yz."""
GIVEN: Layout = (("given", 9),)
"""An acceleration in eci as coefficients of 1, t and t^2, three each."""
DATED: Layout = (
    ("clock_s", 1),
    ("celestial", 9),
    ("turn_rad", 1),
    ("polar_rad", 2),
    ("weather", 4),
    ("light", 2),
    ("radiation_m2pkg", 1),
)
"""TT since J2000; the matrix from eci to the Earth's intermediate axes and the Earth's turn in them; the
pole's x and y; F10.7 of the day before, its 81-day mean, Ap, days since 1 January; how much Sun (whole,
penumbral); radiation area x coefficient / mass."""
SURFACE: Layout = (("area_m2", 3), ("centre_body_m", 3), ("coefficients", 2))
"""Area as powers of the long axis' squared cosine; centre of pressure; drag and radiation coefficients."""
FIELD: Layout = (("magnetic_sm4", 6), ("field_t", 54))
"""The body's magnetic tensor; the Earth's coefficients g, h to degree 6 (`eddy`)."""
FLEXIBLE: Layout = (("panel", 5), ("slosh", 6))
"""Coupling, rate, damping of the panel's first mode; place, mass, stiffness, damping of slosh."""


class Slots:
    """Named stretches of a parameter vector, one after another."""

    def __init__(self, *layouts: Layout) -> None:
        self._at: dict[str, slice] = {}
        first = 0
        for name, width in (entry for layout in layouts for entry in layout):
            self._at[name] = slice(first, first + width)
            first += width
        self.count = first

    def first(self, name: str) -> int:
        """Index of a stretch's first parameter."""
        return int(self._at[name].start)

    def par(self, name: str) -> list[hy.expression]:
        """The stretch as the parameters of an expression."""
        at = self._at[name]
        return [hy.par[k] for k in range(at.start, at.stop)]

    def one(self, name: str) -> hy.expression:
        """A stretch of one parameter."""
        return self.par(name)[0]

    def fill(self, integrator: hy.taylor_adaptive, values: Mapping[str, Floats]) -> None:
        """Set these stretches; what the compiled equations do not use is passed over."""
        self.write(integrator.pars, values)

    def write(self, vector: NDArray[np.float64], values: Mapping[str, Floats]) -> None:
        """The same into the vector itself."""
        for name, given in values.items():
            at = self._at.get(name)
            if at is not None and at.start < len(vector):
                room = min(at.stop, len(vector)) - at.start
                vector[at.start : at.start + room] = tuple(given)[:room]
