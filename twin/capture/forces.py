"""What acts on the two bodies over one period of the arm's loop: thrust, wheels, tide, gradient torques."""

from typing import NamedTuple

from twin.capture.engine import Motion
from twin.capture.interface import Pulse
from twin.capture.ledger import Acting, Outside
from twin.capture.nature import Orbit, gradient_torque_nm, tidal_force_n
from twin.capture.turning import back
from twin.capture.world import Scene, World
from twin.contracts.fields import Vec3
from twin.dynamics.rotation import rotate
from twin.guidance.vectors import ZERO, add, along, cross, sub

_NS = 1_000_000_000


class Nature(NamedTuple):
    """Of one advance: up and mu / r^3, and the gradient torques, in window axes."""

    up: Vec3
    n2: float
    on_servicer_nm: Vec3
    on_target_nm: Vec3


def nature_over(world: World, orbit: Orbit, scene: Scene, duration_ns: int) -> Nature:
    """Held over an advance, which is some tenths of a second; the tide's place follows the bodies."""
    up, n2 = orbit.radial(scene.t_ns + duration_ns // 2)
    inertia, _ = world.servicer_inertia(scene)
    return Nature(
        up,
        n2,
        gradient_torque_nm(inertia, scene.bus.q, up, n2),
        gradient_torque_nm(world.target_inertia, scene.target.q, up, n2),
    )


def forces(world: World, scene: Scene, thrust: tuple[Vec3, Vec3], nature: Nature) -> Acting:
    """In window axes at the bases' centres of mass; the thrust is given in body axes at their origin."""
    bus, target = scene.bus, scene.target
    force_body_n, torque_body_nm = thrust
    # Thrusters are counted from the body's origin, the engine's force from the bus's centre of mass.
    about_bus = sub(torque_body_nm, cross(world.split.r_bus_body_m, force_body_n))
    tide_n = tidal_force_n(world.servicer_kg, scene.com_m, nature.up, nature.n2)
    tide_nm = add(cross(sub(scene.com_m, bus.r_m), tide_n), nature.on_servicer_nm)
    target_n = tidal_force_n(world.target_kg, target.r_m, nature.up, nature.n2)
    return Acting(
        (
            Outside("thrust", rotate(bus.q, force_body_n), rotate(bus.q, about_bus)),
            Outside("tide", tide_n, tide_nm),
        ),
        (Outside("tide", target_n, nature.on_target_nm),),
    )


def wheels_on_bus_nm(bus: Motion, wheel_nms: Vec3, wheels_body_nm: Vec3) -> Vec3:
    """A gyrostat: I w' = ... + wheel torque + h x w (Hughes 1986, 6.1), in window axes."""
    gyroscopic = cross(wheel_nms, back(bus.q, bus.w_radps))
    return rotate(bus.q, add(wheels_body_nm, gyroscopic))


def total(acts: tuple[Outside, ...], inside_nm: Vec3) -> tuple[Vec3, Vec3]:
    """Sum of forces and of torques."""
    force_n, torque_nm = ZERO, inside_nm
    for act in acts:
        force_n, torque_nm = add(force_n, act.force_n), add(torque_nm, act.torque_nm)
    return force_n, torque_nm


def mean_thrust(pulses: tuple[Pulse, ...], start_ns: int, length_ns: int) -> tuple[Vec3, Vec3]:
    """Mean force and torque of the pulses over a period that starts so long after them."""
    force_n, torque_nm = ZERO, ZERO
    for pulse in pulses:
        share = min(1.0, (pulse.on_s * _NS - start_ns) / length_ns)
        if share > 0.0:
            force_n = along(force_n, share, pulse.force_body_n)
            torque_nm = along(torque_nm, share, pulse.torque_body_nm)
    return force_n, torque_nm
