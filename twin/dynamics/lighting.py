"""Where a body stands in the Earth's shadow, for the terms that need it: outside, between or in the umbra."""

from functools import cache

import heyoka as hy

from twin.dynamics.fidelity import Terms as Kinds
from twin.dynamics.forces import penumbral
from twin.dynamics.nature import Nature
from twin.dynamics.slots import DATED, Slots

_SLOTS = Slots(DATED)
_KINDS = Kinds(gravity="point", atmosphere="none", solar_pressure=True)

LIT, PENUMBRA, UMBRA = (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)
"""Values of the parameters `light`: how much of the whole Sun, how much by the penumbra's law."""

Light = tuple[float, float]


@cache
def _shadow() -> hy.cfunc:
    names = list(hy.make_vars("rx", "ry", "rz", "vx", "vy", "vz"))
    nature = Nature(names[:3], names[3:], _KINDS, _SLOTS)
    return hy.cfunc(nature.shadow(), names, compact_mode=True, opt_level=0, parjit=False)


def fraction(penumbra: float, umbra: float, behind: float) -> float:
    """Part of the Sun seen, from the values of `Nature.shadow`."""
    if behind <= 0.0 or penumbra > 0.0:
        return 1.0
    return penumbral((penumbra + umbra) / (umbra - penumbra)) if umbra > 0.0 else 0.0


def light_at(scaled_state: list[float], clock_s: float, since_s: float) -> Light:
    """At a state (6,) of the integrator, by the theory the integrator itself uses."""
    penumbra, umbra, behind = _shadow()(scaled_state, pars=[clock_s], time=since_s)
    if behind <= 0.0 or penumbra > 0.0:
        return LIT
    return PENUMBRA if umbra > 0.0 else UMBRA


def is_behind(scaled_state: list[float], clock_s: float, since_s: float) -> bool:
    """Whether the body is on the Earth's night side of the plane through its centre."""
    return bool(_shadow()(scaled_state, pars=[clock_s], time=since_s)[2] > 0.0)


def light_after(edge: int, before: Light, behind: bool) -> Light:
    """Beyond an edge (0 of the penumbra, 1 of the umbra); in front of the Earth the cones mean nothing."""
    if not behind:
        return LIT
    if edge == 0:
        return PENUMBRA if before == LIT else LIT
    return PENUMBRA if before == UMBRA else UMBRA
