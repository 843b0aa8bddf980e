"""What acts on every body alike: the pole of the Earth's field and turn, and the air."""

from dataclasses import dataclass, field

from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import pole_eci
from twin.dynamics.settings import Environment


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The pole is held fixed: in a day it moves by 0.1 microradian against `eci`."""

    pole_eci: tuple[float, float, float] = (0.0, 0.0, 1.0)
    environment: Environment = field(default_factory=Environment)

    @classmethod
    def at(cls, epoch: Epoch, environment: Environment) -> "Surroundings":
        """Surroundings with the Earth's true pole at the mission epoch."""
        return cls(pole_eci(epoch), environment)

    def parameters(self, drag_m2pkg: float) -> tuple[float, ...]:
        """The air's parameters of the models, for a body of this drag area x coefficient / mass."""
        e = self.environment
        profile = (e.density_kgpm3, 1e3 * e.density_altitude_km, 1e3 * e.scale_height_km)
        return (*self.pole_eci, drag_m2pkg, *profile)
