"""Orbit-only motion: predictions where the attitude does not matter."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.contracts.motion import Piece
from twin.dynamics.models import LENGTH_M, ORBIT_SLOTS, orbit_model
from twin.dynamics.segments import Track
from twin.dynamics.settings import Environment
from twin.dynamics.surroundings import Surroundings
from twin.dynamics.taylor import Cut, pieces_over

Array = NDArray[np.float64]

_CUT = Cut(turning=False)


def coast(
    r_eci_m: Array,
    v_eci_mps: Array,
    t0_ns: int,
    t1_ns: int,
    surroundings: Surroundings | Environment,
    *,
    drag_m2pkg: float = 0.0,
) -> Track:
    """Unpowered motion from a state at `t0_ns` to `t1_ns`; its attitude is the unturned one.

    `drag_m2pkg` is drag area x coefficient / mass; solar pressure is left out. A bare Environment puts
    the Earth's pole on eci z.
    """
    around = Surroundings(environment=surroundings) if isinstance(surroundings, Environment) else surroundings
    integrator = deepcopy(
        orbit_model(replace(around.terms, solar_pressure=False, eddy_currents=False, gravity_gradient=True))
    )
    ORBIT_SLOTS.fill(integrator, {**around.constants(), "drag_m2pkg": (drag_m2pkg,)})
    integrator.state[:] = np.concatenate([r_eci_m, v_eci_mps]) / LENGTH_M
    pieces: list[Piece] = []
    for part_ns in around.stretches(t0_ns, t1_ns - t0_ns):
        ORBIT_SLOTS.fill(integrator, around.dated(t0_ns))
        pieces += pieces_over(integrator, t0_ns, part_ns, _CUT)
        t0_ns += part_ns
    return Track(pieces)
