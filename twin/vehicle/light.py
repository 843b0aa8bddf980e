"""Where the Sun is and how much of it one place sees: `twin.dynamics.environment` in plain floats.

For one instant that is twenty times as fast as the array forms, and a servicer asks twice in every
control cycle.
"""

from math import acos, asin, sqrt

from twin.contracts.fields import Vec3
from twin.dynamics.constants import EARTH_RADIUS_M, NS_PER_S, SUN_RADIUS_M
from twin.dynamics.environment import lit_fraction, sun_position_eci
from twin.dynamics.epochs import Epoch
from twin.dynamics.rotation import Array

_HOUR_NS = 3600 * NS_PER_S


class Sun:
    """The Sun's place at a mission's instants, interpolated between its places at full hours."""

    def __init__(self, epoch: Epoch) -> None:
        self._epoch = epoch
        self._hour = -1
        self._ends: tuple[list[float], list[float]] = ([], [])

    def at(self, t_ns: int) -> Vec3:
        """Position from the Earth's centre in `eci`, m; the same as `sun_position_eci`."""
        hour, rest_ns = divmod(t_ns, _HOUR_NS)
        if hour != self._hour:
            first, last = (sun_position_eci(self._epoch, k * _HOUR_NS).tolist() for k in (hour, hour + 1))
            self._hour, self._ends = hour, (first, last)
        part = rest_ns / _HOUR_NS
        x, y, z = (a * (1.0 - part) + b * part for a, b in zip(*self._ends, strict=True))
        return (x, y, z)


def light_at(r_eci_m: Array, sun_eci_m: Vec3) -> float:
    """Part of the Sun's disk, 0 to 1, that the Earth leaves visible from (3,); see `sunlight`."""
    x, y, z = r_eci_m.tolist()
    u, v, w = sun_eci_m
    u, v, w = u - x, v - y, w - z
    earth_m, sun_m = sqrt(x * x + y * y + z * z), sqrt(u * u + v * v + w * w)
    cosine = -(x * u + y * v + z * w) / (earth_m * sun_m)
    apart_rad = acos(min(1.0, max(-1.0, cosine)))
    return lit_fraction(asin(SUN_RADIUS_M / sun_m), asin(min(1.0, EARTH_RADIUS_M / earth_m)), apart_rad)
