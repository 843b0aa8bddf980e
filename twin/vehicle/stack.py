"""Servicer and target as one rigid body: what it weighs, where its parts are, how it moves on.

The stack's axes are the servicer's body axes, so that sensors, thrusters and wheels keep their meaning;
its origin is the common centre of mass.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import Floats, canonical, conj, matrix, mul, rotate
from twin.dynamics.settings import Matrix3
from twin.dynamics.state import KinematicState

Array = NDArray[np.float64]


class Mass(NamedTuple):
    """A rigid body's mass, and its inertia (3, 3) about its centre of mass in its own axes."""

    mass_kg: float
    inertia_body_kgm2: Array


class Stack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two bodies that keep their places; places from the common centre of mass, in servicer body axes."""

    mass_kg: float
    inertia_body_kgm2: Matrix3
    servicer_r_m: Vec3
    target_r_m: Vec3
    q_servicer_from_target: Quaternion


def stack_of(servicer: Mass, target: Mass, target_r_m: Array, q_servicer_from_target: Floats) -> Stack:
    """The stack of two bodies, the target's centre of mass at `target_r_m` (3,) from the servicer's, in its
    axes.

    Parallel axes: Goldstein, Classical Mechanics, 3rd ed., 5.3.
    """
    mass_kg = servicer.mass_kg + target.mass_kg
    share = target.mass_kg / mass_kg
    # Two points of masses m and M about their centre are one point of their reduced mass.
    reduced = servicer.mass_kg * share * _of_point(target_r_m)
    inertia = (
        servicer.inertia_body_kgm2
        + turned_inertia(target.inertia_body_kgm2, matrix(q_servicer_from_target))
        + reduced
    )
    return Stack(
        mass_kg=mass_kg,
        inertia_body_kgm2=rows(0.5 * (inertia + inertia.T)),
        servicer_r_m=_vec3(-share * target_r_m),
        target_r_m=_vec3((1.0 - share) * target_r_m),
        q_servicer_from_target=canonical(q_servicer_from_target),
    )


def lightened(stack: Stack, used_kg: float) -> Stack:
    """The stack without a mass at the servicer's centre, where its tank is: the centre moves on towards the
    target. Parallel axes, as in `stack_of`."""
    mass_kg = stack.mass_kg - used_kg
    tank_m = np.array(stack.servicer_r_m)
    shift_m = _shift_m(stack, used_kg)
    inertia = np.array(stack.inertia_body_kgm2) - used_kg * _of_point(tank_m) - mass_kg * _of_point(shift_m)
    return Stack(
        mass_kg=mass_kg,
        inertia_body_kgm2=rows(0.5 * (inertia + inertia.T)),
        servicer_r_m=_vec3(tank_m - shift_m),
        target_r_m=_vec3(np.array(stack.target_r_m) - shift_m),
        q_servicer_from_target=stack.q_servicer_from_target,
    )


def used_kg(stack: Stack, shift_m: float) -> float:
    """How much of the propellant used moves the stack's centre so far."""
    lever_m = sqrt(sum(each * each for each in stack.servicer_r_m))
    return shift_m * stack.mass_kg / (lever_m + shift_m)


def recentred(motion: KinematicState, before: Stack, after: Stack) -> KinematicState:
    """Motion of the centre of mass after propellant is gone: the parts go on as they did."""
    x, y, z = (np.array(before.servicer_r_m) - np.array(after.servicer_r_m)).tolist()
    return part_state(motion, (x, y, z), (1.0, 0.0, 0.0, 0.0))


def _shift_m(stack: Stack, used_kg: float) -> Array:
    """Where the centre goes, from where it was."""
    shift: Array = -used_kg / (stack.mass_kg - used_kg) * np.array(stack.servicer_r_m)
    return shift


def part_state(motion: KinematicState, r_body_m: Vec3, q_body_from_part: Quaternion) -> KinematicState:
    """Motion of a part at `r_body_m` of a body in this motion."""
    q, w = motion.q_eci_from_body, motion.w_body_radps
    return KinematicState(
        motion.r_eci_m + rotate(q, r_body_m),
        motion.v_eci_mps + rotate(q, np.cross(w, np.array(r_body_m))),
        np.array(canonical(mul(q, q_body_from_part))),
        np.array(rotate(conj(q_body_from_part), w)),
    )


def turned_inertia(inertia: Array, a_from_b: Array) -> Array:
    """A tensor (3, 3) given in b, in a; without BLAS, whose bits depend on the machine."""
    half = (a_from_b[:, None, :] * inertia[None, :, :]).sum(axis=2)
    whole: Array = (half[:, None, :] * a_from_b[None, :, :]).sum(axis=2)
    return whole


def _of_point(r: Array) -> Array:
    """Inertia (3, 3) of a unit mass at `r`."""
    outer = r[:, None] * r[None, :]
    return float((r * r).sum()) * np.eye(3) - outer


def _vec3(v: Array) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)


def rows(m: Array) -> Matrix3:
    """A matrix (3, 3) as tuples."""
    a, b, c = (_vec3(row) for row in m)
    return (a, b, c)
