"""The latched target as navigation has it: fixed to the servicer where it was seen when the latch closed.

From then on gyro and star tracker know more of the target's motion than the lidar does.
"""

import msgspec
import numpy as np

from twin.contracts.capture import ArmCommand, ArmMode, RingEstimate
from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import canonical, conj, from_rotation_vector, mul, rotate
from twin.dynamics.settings import Port, TargetBody
from twin.gnc.knowledge import Knowledge
from twin.gnc.own_attitude import OwnAttitude
from twin.gnc.relative import RelativeFilter
from twin.gnc.target_attitude import TargetFilter
from twin.guidance import vectors as vec
from twin.vehicle.settings import Vehicle
from twin.vehicle.stack import Mass, Stack, stack_of


class Grip(msgspec.Struct, frozen=True, kw_only=True):
    """Place (from the servicer's centre of mass, its axes) and attitude of the target; the filters'
    covariances.
    """

    target_r_body_m: Vec3
    q_servicer_from_target: Quaternion
    covariance: bytes
    target_covariance: bytes


def gripped(known: Knowledge) -> Grip:
    """The target where it is seen now."""
    q_servicer_from_eci = conj(known.own.q_eci_from_body)
    w, x, y, z = canonical(mul(q_servicer_from_eci, known.q_eci_from_target))
    return Grip(
        target_r_body_m=rotate(q_servicer_from_eci, vec.scale(-1.0, known.r_eci_m)),
        q_servicer_from_target=(w, x, y, z),
        covariance=known.covariance.tobytes(),
        target_covariance=known.target_covariance.tobytes(),
    )


def believed_stack(grip: Grip, vehicle: Vehicle, target: TargetBody) -> Stack:
    """The stack of both bodies' nominal masses, put together as they were seen when the latch closed."""
    return stack_of(
        Mass(vehicle.dry_mass_kg + vehicle.propellant_kg, np.array(vehicle.inertia_body_kgm2)),
        Mass(target.mass_kg, np.array(target.inertia_body_kgm2)),
        np.array(grip.target_r_body_m),
        grip.q_servicer_from_target,
    )


def carry(grip: Grip, own: OwnAttitude, relative: RelativeFilter, target: TargetFilter) -> None:
    """Put both filters where the servicer's attitude and rate say that the target is."""
    q, w_body = own.q_eci_from_body, own.w_body_radps
    away = vec.scale(-1.0, grip.target_r_body_m)
    place, speed = rotate(q, away), rotate(q, vec.cross(w_body, away))
    relative.state = np.concatenate((place, speed))
    relative.covariance = np.frombuffer(grip.covariance).reshape(6, 6).copy()
    a, b, c, d = canonical(mul(q, grip.q_servicer_from_target))
    target.q_eci_from_body = (a, b, c, d)
    target.w_body_radps = rotate(conj(grip.q_servicer_from_target), w_body)
    target.covariance = np.frombuffer(grip.target_covariance).reshape(6, 6).copy()


def arm_command(known: Knowledge, port: Port, mode: ArmMode, delay_s: float) -> ArmCommand:
    """What the arm shall do from `delay_s` after the reading on, with the ring as it will be then."""
    own = known.own
    axis_turn = rotate(known.q_eci_from_target, known.w_target_radps)
    place = vec.sub(known.port.r_eci_m, known.r_eci_m)
    speed = vec.sub(vec.cross(axis_turn, known.port.r_eci_m), known.v_eci_mps)
    ahead = mul(own.q_eci_from_body, from_rotation_vector(vec.scale(delay_s, own.w_body_radps)))
    later = mul(from_rotation_vector(vec.scale(delay_s, axis_turn)), known.q_eci_from_target)
    q_body_from_eci = conj(ahead)
    w, x, y, z = canonical(mul(mul(q_body_from_eci, later), conj(port.q_port_from_body)))
    return ArmCommand(
        t_ns=known.t_ns + round(delay_s * 1e9),
        mode=mode,
        ring=RingEstimate(
            r_body_m=rotate(q_body_from_eci, vec.along(place, delay_s, speed)),
            q_body_from_port=(w, x, y, z),
            v_body_mps=rotate(q_body_from_eci, speed),
            w_body_radps=rotate(q_body_from_eci, axis_turn),
        ),
    )
