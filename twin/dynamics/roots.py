"""When a function of time crosses zero, found to a nanosecond whatever the step it is first looked at with.

Assumptions and limits: between two instants of the first look the function has at most one extremum. A
pair of crossings between them is then found too, by way of that extremum.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Times = NDArray[np.int64]
Signal = Callable[[Times], Array]
"""A continuous function of n instants (n,): (n,)."""

_PARTS = 64
"""A bracket is cut into so many: one call for many instants costs little more than for one."""
_FLAT_NS = 1_000_000
"""An extremum is sought until its bracket is this short: a shorter pair of crossings is no event."""


class Crossing(NamedTuple):
    """`t_ns` is the first nanosecond on the far side; `rising` from below zero to above."""

    t_ns: int
    rising: bool


def crossings(signal: Signal, t0_ns: int, t1_ns: int, step_ns: int) -> tuple[Crossing, ...]:
    """Every crossing in (t0_ns, t1_ns], in time order; on the near side the signal is <= 0 when rising."""
    times = np.append(np.arange(t0_ns, t1_ns, step_ns, dtype=np.int64), np.int64(t1_ns))
    values = signal(times)
    found = [Crossing(*each) for each in _between(signal, times, values > 0.0)]
    for k in _turning(values):
        low, high = int(times[max(k - 1, 0)]), int(times[min(k + 1, len(times) - 1)])
        peak_ns = _other_side(signal, low, high, below=bool(values[k] <= 0.0))
        if peak_ns is not None:
            inside = np.array((low, peak_ns, high), dtype=np.int64)
            found += [Crossing(*each) for each in _between(signal, inside, signal(inside) > 0.0)]
    return tuple(sorted(set(found)))


def _between(signal: Signal, times: Times, above: NDArray[np.bool_]) -> Iterator[tuple[int, bool]]:
    for k in np.flatnonzero(above[1:] != above[:-1]).tolist():
        rising = bool(above[k + 1])
        yield _first_beyond(signal, int(times[k]), int(times[k + 1]), rising), rising


def _first_beyond(signal: Signal, low: int, high: int, rising: bool) -> int:
    """First nanosecond on the far side, given that `low` is on the near and `high` on the far one."""
    while high - low > 1:
        grid = np.unique(np.linspace(low, high, _PARTS + 1).astype(np.int64))
        beyond = (signal(grid) > 0.0) == rising
        k = int(np.argmax(beyond[1:])) + 1
        low, high = int(grid[k - 1]), int(grid[k])
    return high


def _turning(values: Array) -> list[int]:
    """Where an extremum beside an instant could reach across zero: neighbours of one sign, none nearer to it.

    A smooth extremum lies no further beyond the middle value than that is from the farther neighbour.
    Beyond the ends nothing is known, so an end that is the nearest to zero is always looked at.
    """
    before, after = np.append(np.nan, values[:-1]), np.append(values[1:], np.nan)
    height = np.abs(values)
    alone = np.zeros(len(values), dtype=bool)
    reach = np.zeros(len(values))
    for neighbour in (before, after):
        unknown = np.isnan(neighbour)
        alone |= ~unknown & (((neighbour > 0.0) != (values > 0.0)) | (np.abs(neighbour) < height))
        reach = np.maximum(reach, np.where(unknown, np.inf, np.abs(values - neighbour)))
    return [int(k) for k in np.flatnonzero(~alone & (height < reach))]


def _other_side(signal: Signal, low: int, high: int, *, below: bool) -> int | None:
    """An instant about the extremum at which the signal has the other sign; None if it has none."""
    while True:
        grid = np.unique(np.linspace(low, high, _PARTS + 1).astype(np.int64))
        values = signal(grid) if below else -signal(grid)
        best = int(values.argmax())
        if values[best] > 0.0 or (not below and values[best] == 0.0):
            return int(grid[best])
        if high - low <= _FLAT_NS:
            return None
        low, high = int(grid[max(best - 1, 0)]), int(grid[min(best + 1, len(grid) - 1)])
