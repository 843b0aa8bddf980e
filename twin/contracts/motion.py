"""Trajectories: the motion of a body as piecewise polynomials, valid until superseded."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from twin.contracts.fields import Body, Float, Name, TimeNs

Order = Annotated[int, Meta(ge=0, le=40)]


class Piece(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One polynomial piece in s = (t_ns - start_ns) * 1e-9 + offset_s.

    `coefficients` holds little-endian float64: position in `eci`, m (order_r + 1 rows of 3), then
    attitude q_eci_from_body (order_q + 1 rows of 4, to be normalised after evaluation), then body
    rate in body axes, rad/s (order_w + 1 rows of 3). Row k multiplies s**k. Velocity is the
    derivative of position. `offset_s` (below 1 ns) places the expansion point of the integrator
    between two nanoseconds.
    """

    start_ns: TimeNs
    duration_ns: TimeNs
    offset_s: Float = 0.0
    order_r: Order
    order_q: Order
    order_w: Order
    coefficients: bytes


class Trajectory(Body, frozen=True, kw_only=True, tag="trajectory"):
    """The owner's promise of where `body` will be: contiguous pieces in time order."""

    body: Name
    frame: Literal["eci"] = "eci"
    mass_kg: Float
    pieces: Annotated[tuple[Piece, ...], Meta(min_length=1, max_length=4096)]


class EclipseCrossed(Body, frozen=True, kw_only=True, tag="eclipse_crossed"):
    """The body passed a boundary of the Earth's conical shadow at exactly `t_ns`."""

    body: Name
    t_ns: TimeNs
    boundary: Literal["penumbra", "umbra"]
    entering: bool
