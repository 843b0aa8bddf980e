"""Microseconds a step of the filters, of every law on the axis, and of the thruster allocation."""

import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from services.laws import laws
from services.library import load_mission
from tests.bench.figures import Figure
from twin.gnc.allocation import Allocator
from twin.gnc.impulse import Impulse
from twin.gnc.relative import RelativeFilter
from twin.gnc.target_attitude import TargetFilter
from twin.guidance.examples import on_the_axis
from twin.guidance.law import law_of
from twin.guidance.phases import Phase
from twin.guidance.trial import stepped

ORBIT_M = (6.98e6, 0.0, 0.0)
TRIED: dict[str, dict[str, object]] = {
    "hold": {"place": {"port_axial_m": 17.0}},
    "glideslope": {"end_axial_m": 3.2},
    "tumble_sync": {"sync_axial_m": 17.0, "end_axial_m": 5.5},
    "mpc": {"end_axial_m": 3.2},
    "fly_around": {"radius_m": 50.0},
    "safety_ellipse": {"radial_m": 30.0, "cross_track_m": 30.0},
}


def figures(repeats: int) -> Iterator[Figure]:
    """CPU time, so that other work on the machine does not count."""
    mission = load_mission("rendezvous", laws())
    relative = RelativeFilter((0.0, -50.0, 0.0), (0.0, 0.0, 0.0), 5.0, 0.02)
    target = TargetFilter(mission.target.inertia_body_kgm2, 0.007)
    target.see((1.0, 0.0, 0.0, 0.0), 0.01, 5.0, 12)
    seen_m = np.array((0.0, -50.0, 0.0))

    def position() -> None:
        relative.predict(1.0, ORBIT_M, Impulse(), 3e-6)
        relative.see_pose(seen_m, 0.1, 1e9, 12)

    def attitude() -> None:
        target.predict(1.0, ORBIT_M, 1e-8)
        target.see(target.q_eci_from_body, 0.01, 5.0, 12)

    yield _figure("relative filter, predict and pose", position, repeats)
    yield _figure("attitude filter, predict and pose", attitude, repeats)
    allocator = Allocator(mission.servicer.propulsion)
    fire = partial(allocator.fire, (3.0, -2.0, 1.0), (0.2, 0.1, -0.3), 0.9)
    yield _figure("thruster allocation", fire, repeats)
    seen = on_the_axis(17.0, 0.1)
    for name, parameters in TRIED.items():
        law = law_of(Phase(name="bench", law=name, period_s=1.0, parameters=parameters), laws())
        memory, _ = stepped(law, None, seen, 1.0)
        yield _figure(f"law {name}", partial(stepped, law, memory, seen, 1.0), repeats)


def _figure(what: str, step: Callable[[], object], repeats: int) -> Figure:
    step()
    begun_s = time.process_time()
    for _ in range(repeats):
        step()
    each_us = (time.process_time() - begun_s) / repeats * 1e6
    return Figure(what=f"{what}, a step", measured=each_us, unit="us", note="CPU time")
