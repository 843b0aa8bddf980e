"""A body's published motion, evaluated: pieces in, states out, newer pieces superseding older ones."""

from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.contracts.fields import Quaternion
from twin.contracts.motion import Piece, Trajectory
from twin.dynamics.rotation import canonical
from twin.dynamics.state import KinematicState
from twin.errors import UsageError

Array = NDArray[np.float64]

_CHUNK = 1024
"""Instants evaluated at once: bounds memory when thousands of pieces are asked for."""
_EXPONENTS = np.arange(1.0, 64.0)[:, None]


@lru_cache(maxsize=512)
def _table(coefficients: bytes, order_r: int, order_q: int, order_w: int) -> Array:
    """Coefficients (order + 1, 13) of r, v, q, w side by side; rows beyond a block's order are zero."""
    flat = np.frombuffer(coefficients, dtype="<f8")
    rows = max(order_r, order_q, order_w) + 1
    q_at = 3 * (order_r + 1)
    w_at = q_at + 4 * (order_q + 1)
    table = np.zeros((rows, 13))
    table[: order_r + 1, 0:3] = flat[:q_at].reshape(-1, 3)
    table[:order_r, 3:6] = table[1 : order_r + 1, 0:3] * _EXPONENTS[:order_r]
    table[: order_q + 1, 6:10] = flat[q_at:w_at].reshape(-1, 4)
    table[: order_w + 1, 10:13] = flat[w_at:].reshape(-1, 3)
    return table


def expected_length(piece: Piece) -> int:
    """Bytes that a piece's coefficients must have for its orders."""
    return 8 * (3 * (piece.order_r + 1) + 4 * (piece.order_q + 1) + 3 * (piece.order_w + 1))


def _states(rows: Array) -> KinematicState:
    """Split rows (n, 13) and make the attitudes unit quaternions with w >= 0."""
    q = rows[:, 6:10]
    scale = np.sqrt((q * q).sum(axis=1, keepdims=True))
    q = q / np.where(q[:, :1] < 0.0, -scale, scale)
    return KinematicState(rows[:, 0:3], rows[:, 3:6], q, rows[:, 10:13])


def turning_at_start(piece: Piece) -> tuple[Array, Array]:
    """Body rate (rad/s) and its derivative (rad/s2) at the start of a piece, body axes, (3,) each."""
    table = _table(piece.coefficients, piece.order_r, piece.order_q, piece.order_w)[:, 10:13]
    powers = piece.offset_s ** np.arange(len(table))
    rate: Array = (powers[:, None] * table).sum(axis=0)
    change: Array = (powers[:-1, None] * _EXPONENTS[: len(table) - 1] * table[1:]).sum(axis=0)
    return rate, change


class Motion(NamedTuple):
    """State at an instant, and how fast its speeds change there: (3,) each, the attitude (4,)."""

    r_eci_m: Array
    a_eci_mps2: Array
    q_eci_from_body: Quaternion
    w_body_radps: Array
    dw_body_radps2: Array


def motion_at_start(piece: Piece) -> Motion:
    """At the start of a piece."""
    table = _table(piece.coefficients, piece.order_r, piece.order_q, piece.order_w)
    powers = piece.offset_s ** np.arange(len(table))
    state = (powers[:, None] * table).sum(axis=0)
    twice = _EXPONENTS[1 : len(table) - 1] * _EXPONENTS[: len(table) - 2]
    curved: Array = (powers[:-2, None] * twice * table[2:, 0:3]).sum(axis=0)
    return Motion(state[0:3], curved, canonical(state[6:10]), *turning_at_start(piece))


class Track:
    """Motion of one body, from the trajectories heard so far.

    A new trajectory supersedes everything from its first instant on. A state may be asked at any
    instant from a piece's start to its end, both included.
    """

    def __init__(self, pieces: Iterable[Piece] = ()) -> None:
        self._pieces: list[Piece] = []
        self._starts: list[int] = []
        self._start_cache = np.empty(0, dtype=np.int64)
        self._changed = False
        self.add(tuple(pieces))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What is held, in time order: give it to a new Track to have the same one."""
        return tuple(self._pieces)

    @property
    def start_ns(self) -> int:
        """First instant covered; -1 when nothing is known."""
        return self._starts[0] if self._starts else -1

    @property
    def end_ns(self) -> int:
        """Last instant covered; -1 when nothing is known."""
        return self._pieces[-1].start_ns + self._pieces[-1].duration_ns if self._pieces else -1

    def extend(self, trajectory: Trajectory) -> None:
        """Take a newer promise of the same body's motion."""
        self.add(trajectory.pieces)

    def add(self, pieces: tuple[Piece, ...]) -> None:
        """Take pieces in time order; UsageError if one's bytes do not fit its orders."""
        for piece in pieces:
            if len(piece.coefficients) != expected_length(piece):
                raise UsageError(
                    f"piece at {piece.start_ns} ns has {len(piece.coefficients)} bytes of coefficients, "
                    f"its orders need {expected_length(piece)}"
                )
        if pieces:
            keep = bisect_right(self._starts, pieces[0].start_ns - 1)
            self._pieces[keep:] = pieces
            self._starts[keep:] = [piece.start_ns for piece in pieces]
            self._changed = True

    def forget_before(self, t_ns: int) -> None:
        """Drop pieces that ended before `t_ns`, to bound memory."""
        keep = max(bisect_right(self._starts, t_ns) - 1, 0)
        del self._pieces[:keep], self._starts[:keep]
        self._changed = True

    def covers(self, t_ns: int) -> bool:
        """Whether the state at `t_ns` is known."""
        k = bisect_right(self._starts, t_ns) - 1
        return k >= 0 and t_ns <= self._starts[k] + self._pieces[k].duration_ns

    def state(self, t_ns: int) -> KinematicState:
        """State at one instant, arrays (3,) and (4,); UsageError outside what is covered."""
        k = self._index(t_ns)
        table = self._table(k)
        powers = np.full((len(table), 1), (t_ns - self._starts[k]) * 1e-9 + self._pieces[k].offset_s)
        powers[0] = 1.0
        np.multiply.accumulate(powers, axis=0, out=powers)
        row = np.add.reduce(powers * table, axis=0)
        return KinematicState(row[0:3], row[3:6], np.array(canonical(row[6:10])), row[10:13])

    def states(self, t_ns: NDArray[np.int64]) -> KinematicState:
        """States at n instants, arrays (n, 3) and (n, 4); UsageError outside what is covered."""
        times = np.asarray(t_ns, dtype=np.int64)
        values = np.empty((len(times), 13))
        for first in range(0, len(times), _CHUNK):
            values[first : first + _CHUNK] = self._rows(times[first : first + _CHUNK])
        return _states(values)

    def _rows(self, times: NDArray[np.int64]) -> Array:
        for t_ns in (int(times.min()), int(times.max())):
            self._index(t_ns)
        index = np.searchsorted(self._start_array(), times, side="right") - 1
        used, which = np.unique(index, return_inverse=True)
        pieces = [self._pieces[k] for k in used.tolist()]
        ends = np.array([piece.start_ns + piece.duration_ns for piece in pieces])
        for late in np.flatnonzero(times > ends[which])[:1].tolist():
            self._index(int(times[late]))
        since_ns = times - np.array([piece.start_ns for piece in pieces])[which]
        s = since_ns * 1e-9 + np.array([piece.offset_s for piece in pieces])[which]
        return _horner(_stacked([self._table(k) for k in used.tolist()]), which, s)

    def _start_array(self) -> NDArray[np.int64]:
        if self._changed:
            self._start_cache, self._changed = np.array(self._starts, dtype=np.int64), False
        return self._start_cache

    def _table(self, k: int) -> Array:
        piece = self._pieces[k]
        return _table(piece.coefficients, piece.order_r, piece.order_q, piece.order_w)

    def _index(self, t_ns: int) -> int:
        k = bisect_right(self._starts, t_ns) - 1
        if k < 0 or t_ns > self._starts[k] + self._pieces[k].duration_ns:
            raise UsageError(
                f"no motion known at {t_ns} ns: this track covers {self.start_ns} to {self.end_ns} ns"
            )
        return k


def _stacked(tables: list[Array]) -> Array:
    """Tables of several orders as one array (pieces, rows, 13), short ones filled with zeros."""
    stack = np.zeros((len(tables), max(len(table) for table in tables), 13))
    for filled, table in zip(stack, tables, strict=True):
        filled[: len(table)] = table
    return stack


def _horner(stack: Array, which: NDArray[np.intp], s: Array) -> Array:
    """Polynomial `which` (n,) of the stack at argument s (n,): (n, 13)."""
    values: Array = stack[which, -1]
    for row in range(stack.shape[1] - 2, -1, -1):
        values = values * s[:, None] + stack[which, row]
    return values
