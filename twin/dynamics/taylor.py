"""From the steps of a Taylor integrator to pieces of no higher order than they need."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import heyoka as hy
import numpy as np
from numpy.typing import NDArray

from twin.contracts.motion import Piece
from twin.dynamics.constants import NS_PER_S
from twin.dynamics.models import LENGTH_M

Array = NDArray[np.float64]

TAIL_R_M = 1e-8
TAIL_Q = 1e-11
TAIL_W_RADPS = 1e-11
"""What may be cut from a piece at its far end; a rounding unit of an orbit's radius is 1e-9 m."""

_IDENTITY = np.array([[1.0], [0.0], [0.0], [0.0]])
_AT_REST = np.zeros((3, 1))
_WITH_ATTITUDE = np.array((0, 3, 6, 10, 13))
_WITHOUT = np.array((0, 3))
"""First rows of position, velocity, attitude, rate and what follows."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rows of a model's coefficients are position, attitude and rate; without attitude: unturned."""

    turning: bool

    def orders(self, coefficients: Array, h_s: float) -> tuple[int, int, int]:
        """Lowest orders (r, q, w) whose tails at `h_s` stay within the bounds above."""
        terms = np.abs(coefficients) * _powers(h_s, coefficients.shape[1])
        blocks = np.maximum.reduceat(terms, _WITH_ATTITUDE if self.turning else _WITHOUT, axis=0)
        tails = blocks[:, ::-1].cumsum(axis=1)[:, ::-1]
        # Velocity is the derivative of position: a short piece needs a shorter tail for the same speed.
        r = _order(tails[0], TAIL_R_M / LENGTH_M * min(1.0, h_s))
        return (r, _order(tails[2], TAIL_Q), _order(tails[3], TAIL_W_RADPS)) if self.turning else (r, 0, 0)


@lru_cache(maxsize=64)
def _powers(h_s: float, count: int) -> Array:
    powers = np.full(count, h_s)
    powers[0] = 1.0
    return np.multiply.accumulate(powers)


def _order(tail: Array, bound: float) -> int:
    return max(int(np.count_nonzero(tail > bound)) - 1, 0)


def pieces_over(
    integrator: hy.taylor_adaptive,
    t_ns: int,
    duration_ns: int,
    cut: Cut,
    at_event: Callable[[int], None] | None = None,
) -> tuple[Piece, ...]:
    """Advance by `duration_ns` from `t_ns`, as contiguous pieces.

    A model with events stops at each; `at_event` gets its number and sets what changes there.

    The clock of the integrator starts at zero, so it resolves 1e-12 s; a step that ends between two
    nanoseconds hands over at the next one, and the following piece says by how much in `offset_s`.
    """
    integrator.time = 0.0
    if integrator.with_events:
        integrator.reset_cooldowns()
    end_s = duration_ns / NS_PER_S
    pieces: list[Piece] = []
    start_ns, began_s, limit = 0, 0.0, False
    while not limit:
        outcome, h_s = integrator.step(max_delta_t=end_s - began_s, write_tc=True)
        if at_event is not None and -len(_EVENTS) <= int(outcome) < 0:
            at_event(_EVENTS.index(int(outcome)))
        elif outcome not in _FINE:
            raise ArithmeticError(f"the integrator stopped with {outcome} at {t_ns + start_ns} ns")
        limit = outcome == hy.taylor_outcome.time_limit
        until_ns = duration_ns if limit else -int(-(began_s + h_s) * NS_PER_S // 1)
        offset_s = start_ns * 1e-9 - began_s
        span = (t_ns + start_ns, until_ns - start_ns, offset_s)
        pieces.append(_piece(integrator.tc, span, h_s, cut))
        start_ns, began_s = until_ns, began_s + h_s
    return tuple(pieces)


_EVENTS = (-1, -2)
"""Outcomes of a step that ends at an event, by the event's number; no model has more than two."""
_FINE = (hy.taylor_outcome.success, hy.taylor_outcome.time_limit)


def _piece(tc: Array, span: tuple[int, int, float], h_s: float, cut: Cut) -> Piece:
    order_r, order_q, order_w = cut.orders(tc, h_s)
    q, w = (tc[6:10], tc[10:13]) if cut.turning else (_IDENTITY, _AT_REST)
    rows = (LENGTH_M * tc[0:3, : order_r + 1], q[:, : order_q + 1], w[:, : order_w + 1])
    return Piece(
        start_ns=span[0],
        duration_ns=span[1],
        offset_s=span[2],
        order_r=order_r,
        order_q=order_q,
        order_w=order_w,
        coefficients=b"".join(block.T.astype("<f8").tobytes() for block in rows),
    )
