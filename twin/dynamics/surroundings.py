"""What acts on every body alike: the Earth's field and turn, air, Sun and Moon, as parameters of models."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from twin.dynamics.constants import NS_PER_S
from twin.dynamics.eddy import DEGREE
from twin.dynamics.epochs import Epoch
from twin.dynamics.fidelity import Terms, terms_of
from twin.dynamics.frames import earth_turn, pole_eci
from twin.dynamics.geomagnetism import coefficients_t, decimal_year
from twin.dynamics.rotation import Floats
from twin.dynamics.settings import Environment
from twin.dynamics.weather import day_of_year, weather_at
from twin.errors import UsageError

Values = dict[str, Floats]

BLOCK_NS = 6 * 3600 * NS_PER_S
"""The Earth's axis and the weather are held this long: the axis moves by 25 nrad, 0.2 m on the ground."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Without an epoch, the pole is held where it is said to be and nothing may depend on the date."""

    pole_eci: tuple[float, float, float] = (0.0, 0.0, 1.0)
    environment: Environment = field(default_factory=Environment)
    epoch: Epoch | None = None

    @classmethod
    def at(cls, epoch: Epoch, environment: Environment) -> "Surroundings":
        """Surroundings with the Earth's true pole at the mission epoch; in a day it moves by 0.1 urad."""
        return cls(pole_eci(epoch), environment, epoch)

    @property
    def terms(self) -> Terms:
        """What acts; UsageError if it depends on the date and there is none."""
        terms = terms_of(self.environment)
        if self.epoch is None and not terms.fixed_in_time:
            raise UsageError("these terms depend on the date: make the surroundings with `Surroundings.at`")
        return terms

    def constants(self) -> Values:
        """Parameters that hold for the mission."""
        e = self.environment
        values: Values = {
            "pole": self.pole_eci,
            "profile": (e.density_kgpm3, 1e3 * e.density_altitude_km, 1e3 * e.scale_height_km),
        }
        if self.terms.eddy_currents and self.epoch is not None:
            values["field_t"] = _field(decimal_year(self.epoch))
        return values

    def dated(self, t_ns: int) -> Values:
        """Parameters at simulated time `t_ns`, for an advance that ends within its block."""
        if self.epoch is None or self.terms.fixed_in_time:
            return {}
        held = _held(self.epoch, t_ns // BLOCK_NS, self.environment)
        _, turn_rad = earth_turn(self.epoch, t_ns)
        days = (t_ns - held.at_ns) / (86_400 * NS_PER_S)
        return {
            "clock_s": (clock_s(self.epoch, t_ns),),
            "celestial": held.celestial,
            "turn_rad": (turn_rad,),
            "polar_rad": held.polar_rad,
            "weather": (*held.indices, held.day + days),
        }

    def stretches(self, t_ns: int, duration_ns: int) -> Iterator[int]:
        """Durations into which an advance from `t_ns` is cut, so that each ends within a block."""
        left_ns = duration_ns
        while left_ns > 0 and not (self.epoch is None or self.terms.fixed_in_time):
            part_ns = min(left_ns, BLOCK_NS - (t_ns + duration_ns - left_ns) % BLOCK_NS)
            yield part_ns
            left_ns -= part_ns
        if left_ns:
            yield left_ns


def clock_s(epoch: Epoch, t_ns: int) -> float:
    """Seconds of TT since J2000."""
    day, part = epoch.tt(t_ns)
    return (day - 2_451_545.0 + part) * 86_400.0


@dataclass(frozen=True, slots=True)
class _Held:
    at_ns: int
    celestial: tuple[float, ...]
    polar_rad: tuple[float, float]
    indices: tuple[float, float, float]
    day: float


@lru_cache(maxsize=64)
def _held(epoch: Epoch, block: int, environment: Environment) -> _Held:
    """What is held over a block: its values in the middle."""
    at_ns = block * BLOCK_NS + BLOCK_NS // 2
    (celestial, polar), _ = earth_turn(epoch, at_ns)
    weather = weather_at(epoch, at_ns, environment)
    return _Held(
        at_ns=at_ns,
        celestial=tuple(celestial.ravel().tolist()),
        polar_rad=(float(polar[0, 2]), -float(polar[1, 2])),
        indices=(weather.f107, weather.f107_mean, weather.ap),
        day=day_of_year(epoch, at_ns),
    )


@lru_cache(maxsize=8)
def _field(year: float) -> tuple[float, ...]:
    return tuple(coefficients_t(year, DEGREE).ravel().tolist())
