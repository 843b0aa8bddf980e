"""When to begin to stop a tumbling stack, where valves can stop it about two of its axes only.

About the third axis the wheels must take what is left, and how much that is depends on when the braking
begins: free of torque, the momentum about the axis of least inertia swings to and fro (Hughes, Spacecraft
Attitude Dynamics (1986), 4.2), for Envisat by up to 200 N m s at 1.6 deg/s, once in 450 s. So braking is
tried, in the equations of a rigid body, from now and from later instants on, and begun when nothing better
comes.

Assumptions and limitations: nominal mass properties; constant torque against the momentum; no gravity
gradient.
"""

from typing import NamedTuple

import numpy as np

from twin.gnc.matrices import Array

_STEP_S = 2.0
_CHOICES = 21
_GAIN = 0.8
"""A later instant is better if it leaves less than this share."""


class Spin(NamedTuple):
    """Inertia (3, 3), rates (3,) of the stack and of what it shall turn with, rad/s, the wheels' momentum
    (3,), all in body axes; the projection (3, 3) on what valves can stop, and their torque, N m."""

    inertia_kgm2: Array
    w_radps: Array
    wanted_radps: Array
    wheels_nms: Array
    stoppable: Array
    torque_nm: float


def left_after(spin: Spin, waits_s: Array) -> Array:
    """Momentum (n,), N m s, that valves cannot stop, at the end of brakings begun after `waits_s` (n,)."""
    inverse = np.linalg.inv(spin.inertia_kgm2)
    wanted_nms = spin.inertia_kgm2 @ spin.wanted_radps
    most_nms = float(np.linalg.norm(spin.inertia_kgm2 @ (spin.w_radps - spin.wanted_radps)))
    steps = int((float(waits_s.max()) + 1.5 * most_nms / spin.torque_nm) / _STEP_S) + 1
    rates = np.tile(spin.w_radps, (len(waits_s), 1))
    beyond = np.eye(3) - spin.stoppable
    left = np.sqrt((((rates @ spin.inertia_kgm2 - wanted_nms) @ beyond) ** 2).sum(axis=1))
    going = np.ones(len(waits_s), dtype=bool)
    for k in range(steps):
        momentum = rates @ spin.inertia_kgm2
        excess = momentum - wanted_nms
        to_stop = excess @ spin.stoppable
        sizes = np.sqrt((to_stop**2).sum(axis=1))
        left = np.where(going, np.sqrt(((excess @ beyond) ** 2).sum(axis=1)), left)
        braking = waits_s <= k * _STEP_S
        going &= ~braking | (sizes > spin.torque_nm * _STEP_S)
        if not going.any():
            break
        torque = -(spin.torque_nm * braking / np.maximum(sizes, 1e-9))[:, None] * to_stop
        half = rates + 0.5 * _STEP_S * ((torque - np.cross(rates, momentum + spin.wheels_nms)) @ inverse)
        rates = rates + _STEP_S * (
            (torque - np.cross(half, half @ spin.inertia_kgm2 + spin.wheels_nms)) @ inverse
        )
    return np.array(left)


def begins(spin: Spin, most_wait_s: float, allowed_nms: float) -> bool:
    """Whether to brake now: not more than `allowed_nms` would be left, or nothing much less later on, within
    `most_wait_s`."""
    waits_s = np.linspace(0.0, max(most_wait_s, 0.0), _CHOICES)
    left_nms = left_after(spin, waits_s)
    return bool(left_nms[0] <= max(allowed_nms, float(left_nms.min()) / _GAIN))
