"""Gains of a double integrator that is commanded once a period and holds what it was told."""

from functools import lru_cache
from math import cos, cosh, exp, sqrt


@lru_cache(maxsize=256)
def gains(bandwidth_radps: float, damping: float, period_s: float) -> tuple[float, float]:
    """(position gain 1/s2, rate gain 1/s) that put the sampled loop's poles where a continuous loop of this
    bandwidth and damping has them: stable at any period, where continuous gains are not.

    Poles of z^2 + a1 z + a0 for x'' = u held over the period (Franklin, Powell and Workman, Digital
    Control, 3rd ed., 8.1). Above 0.5 rad a period the bandwidth is lowered: faster would amplify noise.
    """
    bandwidth = min(bandwidth_radps, 0.5 / period_s)
    decay = exp(-damping * bandwidth * period_s)
    turn = bandwidth * period_s * sqrt(abs(1.0 - damping * damping))
    a1 = -2.0 * decay * (cos(turn) if damping <= 1.0 else cosh(turn))
    a0 = decay * decay
    return (1.0 + a1 + a0) / period_s**2, (3.0 + a1 - a0) / (2.0 * period_s)
