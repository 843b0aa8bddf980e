"""What a draw of noise costs: in sequence as in flight, and anywhere as in a replay's check."""

import time

from numpy.random import Generator, Philox

from tests.bench.figures import Figure
from twin.kernel.streams import Stream

_SIZE = 6
_FAR = 1_000_003  # a step that leaves every block of samples made at once


def _us_per_draw(draws: int, step: int) -> float:
    stream = Stream(1, "bench")
    begun_s = time.perf_counter()
    for sample in range(0, draws * step, step):
        stream.normal(sample, _SIZE)
    return 1e6 * (time.perf_counter() - begun_s) / draws


def _us_of_generator(draws: int) -> float:
    generator = Generator(Philox(1))
    begun_s = time.perf_counter()
    for _ in range(draws):
        generator.standard_normal(_SIZE)
    return 1e6 * (time.perf_counter() - begun_s) / draws


def figures(draws: int) -> list[Figure]:
    """Microseconds a draw of six normals; the reference has a state and so no random access."""
    reference = _us_of_generator(draws)
    against = "numpy's Generator, in sequence"
    rows = (("in sequence", draws, 1), ("anywhere", max(1, draws // 100), _FAR))
    return [
        Figure(
            what=f"draw of six normals, {name}",
            measured=_us_per_draw(count, step),
            unit="us",
            reference=reference,
            against=against,
        )
        for name, count, step in rows
    ]
