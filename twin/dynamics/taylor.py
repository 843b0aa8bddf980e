"""From the steps of a Taylor integrator to pieces of no higher order than they need."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import heyoka as hy
import numpy as np
from numpy.typing import NDArray

from twin.contracts.motion import Piece
from twin.dynamics.constants import NS_PER_S
from twin.dynamics.models import LENGTH_M

Array = NDArray[np.float64]
Orders = tuple[int, int, int]

TAIL_R_M = 1e-8
TAIL_Q = 1e-11
TAIL_W_RADPS = 1e-11
"""What may be cut from a piece at its far end; a rounding unit of an orbit's radius is 1e-9 m."""

_R, _Q, _W = slice(0, 3), slice(6, 10), slice(10, 13)
"""Rows of position, attitude and rate in a model's coefficients; 3 to 5 are velocity."""
_BOUNDS = np.full((13, 1), np.inf)
_BOUNDS[_R], _BOUNDS[_Q], _BOUNDS[_W] = TAIL_R_M / LENGTH_M, TAIL_Q, TAIL_W_RADPS
_FINE = (hy.taylor_outcome.success, hy.taylor_outcome.time_limit)
_EVENTS = (-1, -2)
"""Outcomes of a step that ends at an event, by the event's number; no model has more than two."""
_WIRE = np.dtype("<f8")
_UNTURNED = np.array((1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)).astype(_WIRE).tobytes()
"""Attitude and rate of a body that does not turn, both of order 0."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rows of a model's coefficients are position, attitude and rate; without attitude: unturned."""

    turning: bool

    def orders(self, coefficients: Array, h_s: tuple[float, ...]) -> list[Orders]:
        """Lowest orders (r, q, w) of n steps: at a step's end every component's tail is within its bound.

        `coefficients` (n, rows, terms), `h_s` the n steps' lengths.
        """
        terms = coefficients.shape[2]
        weights = _weights(h_s, terms, 13 if self.turning else 3)
        tails = np.abs(coefficients[:, : weights.shape[1], ::-1])
        tails *= weights
        np.add.accumulate(tails, axis=2, out=tails)
        tails[:, :, -1] = np.inf  # the constant term stays, so there is always a first one that is needed
        cut = (tails > 1.0).argmax(axis=2).tolist()
        last = terms - 1
        if not self.turning:
            return [(last - min(row), 0, 0) for row in cut]
        return [(last - min(row[_R]), last - min(row[_Q]), last - min(row[_W])) for row in cut]


@lru_cache(maxsize=64)
def _weights(h_s: tuple[float, ...], terms: int, rows: int) -> Array:
    """Weight of coefficients at the steps' ends, in parts of their bounds: (n, rows, terms), last term first.

    Kept, because the lengths of control periods recur.
    """
    h = np.array(h_s)[:, None, None]
    powers = np.repeat(h, terms, axis=2)
    powers[:, :, 0] = 1.0
    np.multiply.accumulate(powers, axis=2, out=powers)
    weights: Array = powers[:, :, ::-1] / _BOUNDS[:rows]
    # Velocity is the derivative of position: a short piece needs a shorter tail for the same speed.
    weights[:, _R] /= np.minimum(1.0, h)
    return weights


class _Step(NamedTuple):
    """One step of the integrator: its coefficients (rows, terms) are good from `began_s` for `h_s`."""

    coefficients: Array
    began_s: float
    h_s: float


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
    steps = _steps(integrator, t_ns, duration_ns, at_event)
    coefficients = np.array([step.coefficients for step in steps])
    orders = cut.orders(coefficients, tuple([step.h_s for step in steps]))
    coefficients[:, _R] *= LENGTH_M
    encoded = _encoded(coefficients, orders, turning=cut.turning)
    pieces: list[Piece] = []
    start_ns = 0
    for step, order, raw in zip(steps, orders, encoded, strict=True):
        ends_ns = -int(-(step.began_s + step.h_s) * NS_PER_S // 1)
        until_ns = duration_ns if step is steps[-1] else ends_ns
        pieces.append(
            Piece(
                start_ns=t_ns + start_ns,
                duration_ns=until_ns - start_ns,
                offset_s=start_ns * 1e-9 - step.began_s,
                order_r=order[0],
                order_q=order[1],
                order_w=order[2],
                coefficients=raw,
            )
        )
        start_ns = until_ns
    return tuple(pieces)


def _steps(
    integrator: hy.taylor_adaptive, t_ns: int, duration_ns: int, at_event: Callable[[int], None] | None
) -> list[_Step]:
    integrator.time = 0.0
    if integrator.with_events:
        integrator.reset_cooldowns()
    end_s = duration_ns / NS_PER_S
    steps: list[_Step] = []
    began_s, limit = 0.0, False
    while not limit:
        outcome, h_s = integrator.step(max_delta_t=end_s - began_s, write_tc=True)
        if at_event is not None and -len(_EVENTS) <= int(outcome) < 0:
            at_event(_EVENTS.index(int(outcome)))
        elif outcome not in _FINE:
            at_ns = t_ns + round(began_s * NS_PER_S)
            raise ArithmeticError(f"the integrator stopped with {outcome} at {at_ns} ns")
        limit = outcome == hy.taylor_outcome.time_limit
        steps.append(_Step(integrator.tc.copy(), began_s, h_s))
        began_s += h_s
    return steps


def _encoded(coefficients: Array, orders: list[Orders], *, turning: bool) -> list[bytes]:
    """Coefficients (n, rows, terms) of n steps as `Piece` holds them, each cut to its orders."""
    terms = coefficients.shape[2]
    # Turned once for all steps and then cut as bytes: a day of pieces costs half of what arrays would.
    by_power = coefficients.astype(_WIRE, copy=False).transpose(0, 2, 1)
    r = by_power[:, :, _R].tobytes()
    if not turning:
        return [_leading(r, 3, k * terms, order) + _UNTURNED for k, (order, _, _) in enumerate(orders)]
    q, w = by_power[:, :, _Q].tobytes(), by_power[:, :, _W].tobytes()
    return [
        _leading(r, 3, k * terms, order_r)
        + _leading(q, 4, k * terms, order_q)
        + _leading(w, 3, k * terms, order_w)
        for k, (order_r, order_q, order_w) in enumerate(orders)
    ]


def _leading(raw: bytes, width: int, first: int, order: int) -> bytes:
    """Rows `first` to `first + order` of a table of float64, `width` in a row."""
    return raw[8 * width * first : 8 * width * (first + order + 1)]
