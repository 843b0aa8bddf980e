"""`python -m tests.capture_bench` prints how fast the window is, what a picture costs, and memory."""

import resource
import time
from collections.abc import Callable
from functools import partial

from tests.capture_samples import handover
from tests.capture_trial import STILL, Trial, fly, quick, start_of
from twin.capture.camera import Camera
from twin.capture.interface import Advance, ArmDemand
from twin.capture.sight import Subject, View
from twin.capture.window import Window

BUDGET = 8.0


def timed(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def main() -> None:
    """CPU seconds, so that a crowded machine does not count."""
    trial = Trial(settings=quick())
    flown = fly(trial)
    window = Window.open(trial.settings, start_of(trial))

    def through(inputs: tuple[Advance, ...]) -> None:
        for given in inputs:
            window.take(given)

    parts = (("unfolding and approach", 0, 95), ("insertion and grip", 95, 168), ("latched", 168, None))
    for label, first, last in parts:
        inputs = flown.inputs[first:last]
        seconds = timed(partial(through, inputs))
        print(f"{label:28} {0.1 * len(inputs) / seconds:6.1f} x real time (budget {BUDGET:.0f})")
    stowed = Window.open(quick(), handover())
    still = Advance(
        duration_ns=100_000_000, pulses=(), wheel_torque_body_nm=STILL, arm=ArmDemand(mode="stow")
    )
    seconds = timed(lambda: [stowed.take(still) for _ in range(100)])
    print(f"{'stowed':28} {10.0 / seconds:6.1f} x real time")
    opened = timed(lambda: Window.open(quick(), handover()))
    print(f"{'opening a window':28} {1e3 * opened:6.1f} ms")
    camera = Camera(Subject(quick().hull_m, quick().port, quick().ring, quick().arm, 801.0))
    view = View((9.4, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0), (-0.6, 0.5, 0.6), 1.0)
    picture = timed(lambda: camera.picture(view))
    print(f"{'a picture, 320 x 240':28} {1e3 * picture:6.1f} ms")
    print(f"{'memory':28} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")


if __name__ == "__main__":
    main()
