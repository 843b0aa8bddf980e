"""One day of orbit and attitude: the target's plant against heyoka called directly on the same equations."""

import time
from collections.abc import Callable
from copy import deepcopy

import heyoka as hy
import numpy as np

from tests.bench.figures import Figure, most
from twin.dynamics.epochs import Epoch
from twin.dynamics.models import BODY_SLOTS, body_model
from twin.dynamics.moments import inverse_of_symmetric, six
from twin.dynamics.outside import Outside
from twin.dynamics.plant import FreeBody
from twin.dynamics.surroundings import Surroundings
from twin.mission.initial import target_at_epoch
from twin.mission.script import Mission

_DAY_S = 86_400
_HOUR_NS = 3600 * 1_000_000_000


def _outside(mission: Mission) -> Outside:
    return Outside(drag_m2=mission.target.drag_area_m2 * mission.target.drag_coefficient)


def _surroundings(mission: Mission) -> Surroundings:
    return Surroundings.at(Epoch(mission.epoch_utc), mission.environment)


def _target(mission: Mission) -> FreeBody:
    return FreeBody(
        target_at_epoch(mission),
        _surroundings(mission),
        mass_kg=mission.target.mass_kg,
        inertia_body_kgm2=np.array(mission.target.inertia_body_kgm2),
        outside=_outside(mission),
    )


def _integrator(mission: Mission) -> hy.taylor_adaptive:
    """The same equations and the same start, without the plant about them."""
    integrator, outside = deepcopy(body_model()), _outside(mission)
    mass_kg, inertia = mission.target.mass_kg, np.array(mission.target.inertia_body_kgm2)
    integrator.pars[:] = 0.0
    own = {
        "drag_m2pkg": (outside.drag_m2 / mass_kg,),
        "mass_kg": (mass_kg,),
        "inertia_kgm2": six(inertia),
        "inverse_inertia": six(inverse_of_symmetric(inertia)),
    }
    BODY_SLOTS.fill(integrator, {**_surroundings(mission).constants(), **outside.values(), **own})
    integrator.state[:] = _target(mission).snapshot().state
    return integrator


def _took_s(call: Callable[[], object]) -> float:
    begun_s = time.perf_counter()
    call()
    return time.perf_counter() - begun_s


def figure(mission: Mission, repeats: int) -> Figure:
    """Advance hour by hour as the target service does, its pieces made; heyoka only propagates."""
    pieces = 0

    def ours() -> Callable[[], object]:
        plant = _target(mission)

        def fly() -> None:
            nonlocal pieces
            pieces = sum(len(plant.advance_to(hour * _HOUR_NS)) for hour in range(1, 25))

        return fly

    def direct() -> Callable[[], object]:
        integrator = _integrator(mission)
        return lambda: integrator.propagate_until(_DAY_S)

    # In turns, so that a burst of other load meets both.
    took = [(_took_s(ours()), _took_s(direct())) for _ in range(repeats)]
    ours_s, direct_s = (min(each) for each in zip(*took, strict=True))
    return Figure(
        what="one day of the target, orbit and attitude",
        measured=1e3 * ours_s,
        unit="ms",
        reference=1e3 * direct_s,
        against="heyoka called directly, no output",
        budget=most(2.0, "ratio"),
        note=f"{pieces} pieces of published trajectory made",
    )
