"""The contact window: times real time stage by stage, microseconds by part, memory, cost of a picture.

CPU seconds, so that a crowded machine does not count; the engine's bare step is the reference.
"""

import resource
import time
from collections.abc import Callable, Iterator

from tests.bench.figures import Figure, least
from tests.capture_digest import coasting
from tests.capture_trial import Trial, fly, quick, start_of
from twin.capture.camera import Camera
from twin.capture.interface import Advance, WindowSettings
from twin.capture.sight import Subject, View
from twin.capture.window import Window

_STAGES = ("unfolding", "approaching", "inserting", "closing", "latched")
_NEAR = View((9.4, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0), (-0.6, 0.5, 0.6), 1.0)


def figures(repeats: int) -> Iterator[Figure]:
    """One capture flown, its inputs flown again and timed."""
    trial = Trial(settings=quick())
    inputs = fly(trial).inputs
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    window = Window.open(trial.settings, start_of(trial))
    bare_s = _bare_step_s(trial.settings)
    yield from _stages(window, inputs, bare_s)
    yield from _parts(window, 200 * repeats, bare_s)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    yield Figure(what="contact window, memory of one more", measured=max(grown, 1) / 1024.0, unit="MiB")
    window.close()
    yield _picture(trial.settings, 3 * repeats)


def _stages(window: Window, inputs: tuple[Advance, ...], bare_s: float) -> Iterator[Figure]:
    spent: dict[str, list[float]] = {name: [0.0, 0.0] for name in _STAGES}
    for given in inputs:
        taken_s = _cpu_s(lambda given=given: window.take(given))
        spent[window.stage.value][0] += given.duration_ns * 1e-9
        spent[window.stage.value][1] += taken_s
    bare = 1e-3 / bare_s
    for name, (flown_s, taken_s) in spent.items():
        yield Figure(
            what=f"contact window, {name}",
            measured=flown_s / taken_s,
            unit="x real time",
            reference=bare,
            against="the engine's bare step",
            budget=least(8.0),
            note="1 kHz, arm's loop at 100 Hz; CPU time",
        )


def _parts(window: Window, count: int, bare_s: float) -> Iterator[Figure]:
    """What one thing costs, latched and at rest; how often in a simulated second is in the note."""
    pair, engine = window._pair, window._engine
    world, scene = pair.world, pair.scene
    still = coasting(1)[0]
    yield Figure(what="contact part, bare step", measured=1e6 * bare_s, unit="us", note="1000 a second")
    parts: tuple[tuple[str, Callable[[], object], str], ...] = (
        ("step under forces", engine.step, "1000 a second"),
        ("motors read", lambda: engine.power(world.servicer, [0.0] * 9), "1000 a second"),
        ("contacts read", lambda: engine.touches(world.servicer, world.target), "1000 a second"),
        ("both bodies read", lambda: world.look(scene.t_ns), "100 a second"),
        ("ledger row", lambda: pair.ledger.totals(scene, pair.wheel_nms), "5 to 50 a second"),
        ("sample in eci", window.sample, "10 to 100 a second"),
    )
    for name, call, note in parts:
        yield Figure(what=f"contact part, {name}", measured=1e6 * _mean_s(call, count), unit="us", note=note)
    tenth_s = _mean_s(lambda: window.take(still), 10)
    yield Figure(
        what="contact part, a tenth of a second", measured=1e6 * tenth_s, unit="us", note="all of it"
    )


def _bare_step_s(settings: WindowSettings) -> float:
    """Of both bodies at rest and apart, motors on: stepSimulation and nothing else."""
    import pybullet

    window = Window.open(settings, start_of(Trial()))
    client = window._engine._client  # type: ignore[attr-defined]
    bare_s = _mean_s(lambda: pybullet.stepSimulation(client), 2000)
    window.close()
    return bare_s


def _picture(settings: WindowSettings, count: int) -> Figure:
    camera = Camera(Subject(settings.hull_m, settings.port, settings.ring, settings.arm, 801.0))
    cost_s = _mean_s(lambda: camera.picture(_NEAR), count)
    camera.close()
    return Figure(what="a picture, 320 x 240", measured=1e3 * cost_s, unit="ms", note="in its own process")


def _mean_s(call: Callable[[], object], count: int) -> float:
    return _cpu_s(lambda: [call() for _ in range(count)]) / count


def _cpu_s(call: Callable[[], object]) -> float:
    begun_s = time.process_time()
    call()
    return time.process_time() - begun_s
