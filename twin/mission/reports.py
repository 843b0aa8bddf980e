"""What is reported at times, read at other times: each report holds until the next."""

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Times = NDArray[np.int64]


class Reports:
    """Rows of numbers, each holding from its time until the next; before the first one all is unknown."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self.rows: list[tuple[float | None, ...]] = []
        self.at_ns: list[int] = []

    def add(self, t_ns: int, row: tuple[float | None, ...]) -> None:
        # A foreign peer may report out of order: then the report holds from when it came.
        self.at_ns.append(max(t_ns, self.at_ns[-1]) if self.at_ns else t_ns)
        self.rows.append(row)

    def forget_before(self, t_ns: int) -> None:
        """Drop rows that hold at no instant from `t_ns` on."""
        keep = max(bisect_right(self.at_ns, t_ns) - 1, 0)
        del self.rows[:keep], self.at_ns[:keep]

    def times_ns(self) -> Times:
        return np.array(self.at_ns, np.int64)

    def held(self, t_ns: Times) -> dict[str, Array]:
        rows = np.array(self.rows, np.float64).reshape(-1, len(self.names))
        values = held_of(self.times_ns(), rows, t_ns)
        return {name: values[:, index] for index, name in enumerate(self.names)}


def held_of(at_ns: Times, rows: Array, t_ns: Times) -> Array:
    """The newest of `rows` at each instant; NaN before the first."""
    unknown = np.full((1, *rows.shape[1:]), np.nan)
    held: Array = np.concatenate([unknown, rows])[np.searchsorted(at_ns, t_ns, side="right")]
    return held
