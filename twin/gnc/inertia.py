"""The target's inertia as it is believed on board, and what its ratios do to a turn.

A body that turns without a torque, or under the gravity gradient, shows the ratios of its moments only: two
numbers. Here they are the logarithms by which the moments about body x and y are larger than believed,
against the one about z; a product of inertia goes with the root of its two moments, so that the tensor stays
positive whatever the numbers. Products that are wrong by themselves are not looked for.
"""

from math import exp, log

import msgspec
import numpy as np

from twin.contracts.fields import Vec3
from twin.dynamics.settings import Matrix3, TargetBody
from twin.gnc.matrices import Array, rows3

Ratios = tuple[float, float]


def stretched(inertia_kgm2: Matrix3, log_ratios: Ratios) -> Matrix3:
    """The tensor with its moments about x and y larger by the exponentials of `log_ratios`."""
    root = np.array((exp(0.5 * log_ratios[0]), exp(0.5 * log_ratios[1]), 1.0))
    return rows3(np.array(inertia_kgm2) * np.outer(root, root))


def believed(target: TargetBody, scale: Vec3) -> TargetBody:
    """The target as the on-board computer has it: its moments about body x, y, z are `scale` times the true
    ones. The same object where nothing is wrong."""
    if scale == (1.0, 1.0, 1.0):
        return target
    x, y, z = scale
    wrong = np.array(stretched(target.inertia_body_kgm2, (log(x / z), log(y / z)))) * z
    return msgspec.structs.replace(target, inertia_body_kgm2=rows3(wrong))


def leverage(
    inertia_kgm2: Array, inverse: Array, state: tuple[Vec3, Vec3, Vec3], pull_per_s2: float
) -> Array:
    """(3, 2): change of the angular acceleration (rad/s2, body axes) with each log-ratio.

    `state`: direction of the Earth's centre (unit), rate (rad/s), angular acceleration (rad/s2), body axes;
    `pull_per_s2` is 3 mu / R^3. From J w' = pull u x J u - w x J w (Hughes, Spacecraft Attitude Dynamics
    (1986), 9.1), differentiated: J dw' = pull u x dJ u - w x dJ w - dJ w'.
    """
    columns = np.array(state).T
    down, rate, _ = columns.T
    moments = np.empty((3, 2))
    for k in range(2):
        half = np.zeros((3, 3))
        half[k] = 0.5 * inertia_kgm2[k]
        pulled, stored, held = ((half + half.T) @ columns).T
        moments[:, k] = pull_per_s2 * np.cross(down, pulled) - np.cross(rate, stored) - held
    levers: Array = inverse @ moments
    return levers
