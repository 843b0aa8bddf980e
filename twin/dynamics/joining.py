"""Motion as pieces without an integrator of ours: through samples, and fixed to a body that has pieces.

Through samples: cubic Hermite polynomials of position and attitude, the rate linear between them (Stoer and
Bulirsch, Introduction to Numerical Analysis, 2.1.5). Value and derivative agree at every sample, so a
hand-over that takes place at a sample is continuous to rounding.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from twin.contracts.motion import Piece
from twin.dynamics.rotation import Floats, matrix, mul
from twin.dynamics.segments import expected_length
from twin.dynamics.state import KinematicState
from twin.errors import UsageError

Array = NDArray[np.float64]


def pieces_through(samples: Sequence[tuple[int, KinematicState]]) -> tuple[Piece, ...]:
    """One piece between each two samples (t_ns, state), which are in time order.

    Between samples h apart a force that switches is met to a h^2 / 30: 0.1 um for 22 N, 10 ms.
    """
    if len(samples) < 2:
        raise UsageError(f"motion through samples needs two of them, got {len(samples)}")
    return tuple(_between(*first, *second) for first, second in pairwise(samples))


def _between(start_ns: int, a: KinematicState, end_ns: int, b: KinematicState) -> Piece:
    h_s = (end_ns - start_ns) * 1e-9
    # Of the two quaternions of the same attitude the one nearer to the start: else the piece turns all round.
    sign = -1.0 if float((a.q_eci_from_body * b.q_eci_from_body).sum()) < 0.0 else 1.0
    q = _hermite(a.q_eci_from_body, _turning(a), sign * b.q_eci_from_body, sign * _turning(b), h_s)
    # The step in position from the start's, not from the Earth's centre: no digits are lost.
    r = _hermite(a.r_eci_m, a.v_eci_mps, b.r_eci_m, b.v_eci_mps, h_s)
    w = np.stack((a.w_body_radps, (b.w_body_radps - a.w_body_radps) / h_s))
    return _piece(start_ns, end_ns - start_ns, 0.0, (r, q, w))


def _hermite(y0: Array, d0: Array, y1: Array, d1: Array, h_s: float) -> Array:
    """Coefficients (4, n) of the cubic with these ends and slopes over `h_s`."""
    mean = (y1 - y0) / h_s
    return np.stack((y0, d0, (3.0 * mean - 2.0 * d0 - d1) / h_s, (d0 + d1 - 2.0 * mean) / h_s**2))


def _turning(state: KinematicState) -> Array:
    """dq/dt (4,) of q_eci_from_body."""
    return 0.5 * np.array(mul(state.q_eci_from_body, (0.0, *state.w_body_radps.tolist())))


def fixed_to(piece: Piece, r_body_m: Floats, q_body_from_part: Floats) -> Piece:
    """The motion of a part fixed to a body: at `r_body_m` in its axes, turned by `q_body_from_part`.

    Exact for polynomials of unit quaternions: r + q r_body q*, q q_part, and the rate in the part's axes.
    """
    r, q, w = _blocks(piece)
    x, y, z = (float(each) for each in r_body_m)
    offset = np.array([[0.0, x, y, z]])
    away = _product(_product(q, offset), q * np.array((1.0, -1.0, -1.0, -1.0)))[:, 1:]
    place = np.zeros((max(len(r), len(away)), 3))
    place[: len(r)] += r
    place[: len(away)] += away
    turned = _product(q, np.array([[float(each) for each in q_body_from_part]]))
    rate = (w[:, None, :] * matrix(q_body_from_part).T).sum(axis=2)
    return _piece(piece.start_ns, piece.duration_ns, piece.offset_s, (place, turned, rate))


def _product(a: Array, b: Array) -> Array:
    """Quaternion product of polynomials, rows of ascending powers: (m, 4), (n, 4) to (m + n - 1, 4)."""
    product = np.zeros((len(a) + len(b) - 1, 4))
    for i, row in enumerate(a):
        for j, column in enumerate(b):
            product[i + j] += mul(row, column)
    return product


def _blocks(piece: Piece) -> tuple[Array, Array, Array]:
    """Coefficients of position, attitude and rate: (order + 1, 3), (order + 1, 4), (order + 1, 3)."""
    if len(piece.coefficients) != expected_length(piece):
        raise UsageError(f"piece at {piece.start_ns} ns does not hold what its orders say")
    flat = np.frombuffer(piece.coefficients, dtype="<f8")
    q_at = 3 * (piece.order_r + 1)
    w_at = q_at + 4 * (piece.order_q + 1)
    return flat[:q_at].reshape(-1, 3), flat[q_at:w_at].reshape(-1, 4), flat[w_at:].reshape(-1, 3)


def _piece(start_ns: int, duration_ns: int, offset_s: float, blocks: tuple[Array, Array, Array]) -> Piece:
    order_r, order_q, order_w = (len(block) - 1 for block in blocks)
    return Piece(
        start_ns=start_ns,
        duration_ns=duration_ns,
        offset_s=offset_s,
        order_r=order_r,
        order_q=order_q,
        order_w=order_w,
        coefficients=b"".join(np.ascontiguousarray(block).astype("<f8").tobytes() for block in blocks),
    )
