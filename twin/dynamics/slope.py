"""The multi-pulse glideslope: an approach along a line whose speed falls with the distance to go."""

from dataclasses import dataclass
from math import exp, log

from twin.errors import UsageError


@dataclass(frozen=True, slots=True)
class Slope:
    """From `start_m` at speed `start_mps` to the end at `end_mps`, both towards the end and positive.

    Hablani, Tapper and Dana-Bashian, J. Guidance, Control, and Dynamics 25 (2002) 553, eqs. 4 to 8:
    the distance to go obeys d' = a d - end speed. UsageError unless the start is the faster one.
    """

    start_m: float
    start_mps: float
    end_mps: float

    def __post_init__(self) -> None:
        if not (self.start_m > 0.0 and self.start_mps > self.end_mps > 0.0):
            raise UsageError("a glideslope begins away from its end, faster than it ends, and ends moving")

    @property
    def rate_per_s(self) -> float:
        """a, negative."""
        return (self.end_mps - self.start_mps) / self.start_m

    @property
    def duration_s(self) -> float:
        """Time from start to end."""
        return log(self.end_mps / self.start_mps) / self.rate_per_s

    def to_go_m(self, t_s: float) -> float:
        """Distance to go after `t_s`."""
        decay = exp(self.rate_per_s * t_s)
        return self.start_m * decay + self.end_mps / self.rate_per_s * (1.0 - decay)
