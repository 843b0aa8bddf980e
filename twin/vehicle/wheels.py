"""Reaction wheels: torque and momentum limits, and what the body feels.

`torque_nm` is the motor's torque on the wheel: its momentum grows at that rate and the body gets the
opposite. Imbalance and wheel inertia across the spin axis are left out: a few mN m against motors of
0.2 N m. So is friction, unless a fault brings it: Coulomb's, even over a period, within the wheel.
"""

from collections.abc import Sequence
from math import copysign
from typing import NamedTuple

from twin.contracts.fields import Vec3
from twin.errors import ContractError
from twin.vehicle.settings import Wheel

Four = tuple[float, float, float, float]
AT_REST: Four = (0.0, 0.0, 0.0, 0.0)
FREE: Four = (0.0, 0.0, 0.0, 0.0)
"""No friction."""


class Drive(NamedTuple):
    """Constant torques on the wheels for one period, and their sum along the axes, in body axes."""

    torque_nm: Four
    torque_on_wheels_body_nm: Vec3


def drive(
    wheels: tuple[Wheel, ...],
    momentum_nms: Four,
    wanted_nm: Sequence[float],
    period_s: float,
    friction_nm: Four = FREE,
) -> Drive:
    """Torques for `period_s`: what the motors give, within their own limit and ending within the momentum
    limit, less what `friction_nm` takes of it.

    Raises ContractError when there is not one torque for each wheel.
    """
    if len(wanted_nm) != len(wheels):
        raise ContractError(
            f"{len(wanted_nm)} torques for {len(wheels)} wheels; give one for each",
            place="actuator_command.wheel_torque_nm",
        )
    given = [
        _braked(h, _given(wheel, h, wanted, period_s), friction, period_s)
        for wheel, h, wanted, friction in zip(wheels, momentum_nms, wanted_nm, friction_nm, strict=True)
    ]
    return Drive((given[0], given[1], given[2], given[3]), along_body(wheels, given))


def momentum_after(momentum_nms: Four, torque_nm: Four, elapsed_s: float) -> Four:
    """Momentum of each wheel after `elapsed_s` of constant torque."""
    a, b, c, d = (h + torque * elapsed_s for h, torque in zip(momentum_nms, torque_nm, strict=True))
    return (a, b, c, d)


def along_body(wheels: tuple[Wheel, ...], amounts: Sequence[float]) -> Vec3:
    """Sum of one amount along each wheel's axis, in body axes."""
    x = y = z = 0.0
    for wheel, amount in zip(wheels, amounts, strict=True):
        ax, ay, az = wheel.axis_body
        x, y, z = x + ax * amount, y + ay * amount, z + az * amount
    return (x, y, z)


def _given(wheel: Wheel, momentum_nms: float, wanted_nm: float, period_s: float) -> float:
    limit = wheel.maximum_torque_nm
    least = max(-limit, (-wheel.maximum_momentum_nms - momentum_nms) / period_s)
    most = min(limit, (wheel.maximum_momentum_nms - momentum_nms) / period_s)
    return min(max(wanted_nm, least), most)


def _braked(momentum_nms: float, motor_nm: float, friction_nm: float, period_s: float) -> float:
    """The motor's torque less friction against the spin: friction stops a wheel, it turns none round."""
    if not friction_nm:
        return motor_nm
    sense = copysign(1.0, momentum_nms or motor_nm)
    most_nm = max(0.0, sense * (momentum_nms / period_s + motor_nm))
    return motor_nm - sense * min(friction_nm, most_nm)
