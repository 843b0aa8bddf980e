"""Which terms the truth is made of: three named sets, and what a mission changes in them."""

from dataclasses import dataclass, replace
from typing import Literal

from twin.dynamics.settings import Environment

Gravity = Literal["point", "j2", "egm2008"]
Atmosphere = Literal["none", "exponential", "nrlmsise00"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What acts on a body. `degree` counts for `egm2008` alone, which is taken to equal degree and order."""

    gravity: Gravity = "j2"
    degree: int = 8
    atmosphere: Atmosphere = "exponential"
    sun: bool = False
    moon: bool = False
    solar_pressure: bool = False
    eddy_currents: bool = False
    gravity_gradient: bool = True
    """The torque of the point mass' field on the body; without it and the rest, rotation is free."""
    given: bool = False
    """An acceleration as a parabola in time, from outside (`held`)."""

    @property
    def fixed_in_time(self) -> bool:
        """Whether nothing in the equations depends on the date."""
        dated = self.sun or self.moon or self.solar_pressure or self.eddy_currents
        return not dated and self.gravity != "egm2008" and self.atmosphere != "nrlmsise00"

    @property
    def surfaces(self) -> bool:
        """Whether a body's attitude changes what acts on its outside."""
        return self.atmosphere == "nrlmsise00" or self.solar_pressure

    @property
    def turning_earth(self) -> bool:
        """Whether the Earth's own axes are needed."""
        return self.gravity == "egm2008" or self.atmosphere == "nrlmsise00" or self.eddy_currents


BASIC = Terms()
STANDARD = Terms(
    gravity="egm2008",
    degree=8,
    atmosphere="nrlmsise00",
    sun=True,
    moon=True,
    solar_pressure=True,
    eddy_currents=True,
)
HELD = Terms(atmosphere="none", given=True)
LEVELS = {"basic": BASIC, "standard": STANDARD, "high": replace(STANDARD, degree=70)}


def terms_of(environment: Environment) -> Terms:
    """The level's terms with the mission's changes."""
    level = LEVELS[environment.fidelity]
    names = (
        "gravity",
        "degree",
        "atmosphere",
        "sun",
        "moon",
        "solar_pressure",
        "eddy_currents",
        "gravity_gradient",
    )
    wanted = {name: getattr(environment, name) for name in names}
    return replace(level, **{name: value for name, value in wanted.items() if value is not None})
