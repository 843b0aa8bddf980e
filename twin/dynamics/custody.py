"""What is booked when a body changes hands: its state, and its momentum about the Earth's centre."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from twin.contracts.custody import BodyState, CustodyBooked
from twin.contracts.fields import Vec3
from twin.dynamics.rotation import Array, rotate
from twin.dynamics.settings import Matrix3
from twin.dynamics.state import KinematicState


def body_state(t_ns: int, body: str, motion: KinematicState, mass_kg: float, inertia: Matrix3) -> BodyState:
    """The message that carries a body's state; the inertia is about its centre of mass, in its own axes."""
    w, x, y, z = motion.q_eci_from_body.tolist()
    return BodyState(
        t_ns=t_ns,
        body=body,
        r_eci_m=_vec3(motion.r_eci_m),
        v_eci_mps=_vec3(motion.v_eci_mps),
        q_eci_from_body=(w, x, y, z),
        w_body_radps=_vec3(motion.w_body_radps),
        mass_kg=mass_kg,
        inertia_body_kgm2=inertia,
    )


def motion_of(state: BodyState) -> KinematicState:
    """The motion in a message, bit for bit."""
    return KinematicState(
        np.array(state.r_eci_m),
        np.array(state.v_eci_mps),
        np.array(state.q_eci_from_body),
        np.array(state.w_body_radps),
    )


def booked(state: BodyState, side: Literal["gave", "took"]) -> CustodyBooked:
    """One side's entry: m v, and r x m v + R I w (Goldstein, Classical Mechanics, 3rd ed., eq. 1.28)."""
    momentum = state.mass_kg * np.array(state.v_eci_mps)
    inner = [_dot(row, state.w_body_radps) for row in state.inertia_body_kgm2]
    spin = rotate(state.q_eci_from_body, inner)
    return CustodyBooked(
        body=state.body,
        t_ns=state.t_ns,
        side=side,
        momentum_eci_ns=_vec3(momentum),
        angular_momentum_eci_nms=_vec3(np.cross(state.r_eci_m, momentum) + spin),
    )


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _vec3(v: Array) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)
