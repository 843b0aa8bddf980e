"""How air, sunlight and the Earth's magnetic field take hold of a body."""

from dataclasses import dataclass, replace

import numpy as np

from twin.dynamics.fidelity import Terms
from twin.dynamics.moments import six
from twin.dynamics.rotation import Floats
from twin.dynamics.settings import Hull
from twin.dynamics.surfaces import Area, area_of

Tensor = tuple[Floats, Floats, Floats]


@dataclass(frozen=True, slots=True)
class Outside:
    """Areas in m2, coefficients, the magnetic tensor in S m4.

    `drag_m2` is drag area x coefficient, all that the basic terms read. For the others `area_m2` is
    that of `surfaces.area_of`, acting at `centre_body_m`.
    """

    drag_m2: float = 0.0
    area_m2: Area = (0.0, 0.0, 0.0)
    centre_body_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    drag_coefficient: float = 0.0
    reflectivity: float = 0.0
    magnetic_sm4: Tensor | None = None

    @classmethod
    def of(
        cls,
        drag_area_m2: float,
        drag_coefficient: float,
        reflectivity: float,
        *,
        hull: Hull | None = None,
        magnetic_sm4: Tensor | None = None,
    ) -> "Outside":
        """From what body and vehicle files say; without a hull one area holds for every attitude."""
        return cls(
            drag_m2=drag_area_m2 * drag_coefficient,
            area_m2=area_of(hull, drag_area_m2),
            centre_body_m=hull.centre_body_m if hull else (0.0, 0.0, 0.0),
            drag_coefficient=drag_coefficient,
            reflectivity=reflectivity,
            magnetic_sm4=magnetic_sm4,
        )

    def kinds(self, terms: Terms) -> Terms:
        """The terms less those that find nothing here to act on."""
        return replace(
            terms,
            solar_pressure=terms.solar_pressure and self.reflectivity > 0.0,
            eddy_currents=terms.eddy_currents and self.magnetic_sm4 is not None,
        )

    def values(self) -> dict[str, Floats]:
        """Parameters of the models."""
        tensor = np.zeros((3, 3)) if self.magnetic_sm4 is None else np.array(self.magnetic_sm4)
        return {
            "area_m2": self.area_m2,
            "centre_body_m": self.centre_body_m,
            "coefficients": (self.drag_coefficient, self.reflectivity),
            "magnetic_sm4": six(tensor),
        }


NOTHING_OUTSIDE = Outside()
