"""The two bodies in an engine, and what can be read of them at an instant."""

from typing import NamedTuple

from twin.capture.arm import Kinematics, Pose
from twin.capture.bodies import (
    FINGERS,
    HAND,
    Part,
    Servicer,
    arm_parts,
    inertia_about,
    servicer_body,
    target_body,
)
from twin.capture.engine import Engine, JointMotion, Motion
from twin.capture.interface import HandOver, WindowSettings
from twin.capture.jaw import Grip, Moving
from twin.capture.nature import Orbit
from twin.capture.turning import Matrix3
from twin.contracts.fields import Vec3
from twin.dynamics.rotation import mul, rotate
from twin.guidance.vectors import ZERO, add, cross, scale, sub

GRIPPER = (HAND, *FINGERS)
_AT_STOP_RAD, _AT_STOP_M = 2e-3, 2e-4


class Scene(NamedTuple):
    """Everything at an instant, in window axes; `com_m` and `com_mps` are the servicer's."""

    t_ns: int
    bus: Motion
    links: tuple[Motion, ...]
    joints: tuple[JointMotion, ...]
    target: Motion
    com_m: Vec3
    com_mps: Vec3

    @property
    def angles_rad(self) -> tuple[float, ...]:
        """Of the arm's seven joints."""
        return tuple([joint.position for joint in self.joints[:7]])

    @property
    def rates_radps(self) -> tuple[float, ...]:
        """Of the arm's seven joints."""
        return tuple([joint.rate for joint in self.joints[:7]])


class World:
    """Both bodies, as handed over; the engine is driven through here and through nothing else."""

    def __init__(self, settings: WindowSettings, handover: HandOver, orbit: Orbit, engine: Engine) -> None:
        self.engine = engine
        self.chain = Kinematics(settings.arm.arm)
        self._arm = settings.arm
        joints = handover.joints or self.chain.stowed_joints
        self.split: Servicer = servicer_body(settings.arm, self.chain, handover.servicer, joints)
        self.target_kg = handover.target.mass_kg
        self.target_inertia = handover.target.inertia_body_kgm2
        self.servicer_kg = handover.servicer.mass_kg
        body = self.split.body
        self.masses_kg = (body.mass_kg, *(link.mass_kg for link in body.links))
        debris = target_body(settings, handover.target)
        self.inertias = (body.inertia_kgm2, *(link.inertia_kgm2 for link in body.links), debris.inertia_kgm2)
        self.q_bus_principal, self.q_target_principal = body.q_principal, debris.q_principal
        t_ns = handover.t_ns
        # The order of creation is part of the result: servicer, target, coupling.
        self.servicer = engine.add(body, self._bus_start(handover, orbit), self.split.joints_rad)
        r_m, v_mps, q = orbit.from_eci(t_ns, handover.target.kinematic)
        w_radps = rotate(q, handover.target.w_body_radps)
        self.target = engine.add(debris, Motion(r_m, q, v_mps, w_radps))
        engine.couple(self.servicer, *FINGERS, settings.arm.gripper.coupling_force_n)

    def look(self, t_ns: int) -> Scene:
        """Read the engine."""
        bus = self.engine.base(self.servicer)
        links = self.engine.links(self.servicer)
        com_m, com_mps = self._centre(bus, links)
        joints = self.engine.joints(self.servicer)
        return Scene(t_ns, bus, links, joints, self.engine.base(self.target), com_m, com_mps)

    def at_stop(self, scene: Scene) -> bool:
        """Whether a joint is at an end of its travel; open fingers, which rest there, do not count."""
        arm = zip(scene.angles_rad, self.chain.lower_rad, self.chain.upper_rad, strict=True)
        closed_m = self._arm.gripper.half_opening_m - _AT_STOP_M
        return any(at <= low + _AT_STOP_RAD or at >= high - _AT_STOP_RAD for at, low, high in arm) or any(
            finger.position >= closed_m for finger in scene.joints[7:]
        )

    def origin_m(self, bus: Motion) -> Vec3:
        """Where the origin of the servicer's body axes is."""
        return sub(bus.r_m, rotate(bus.q, self.split.r_bus_body_m))

    def parts(self, scene: Scene) -> tuple[Part, ...]:
        """The servicer's rigid parts in body axes, from the body's origin."""
        body = self.split.body
        bus = Part(body.mass_kg, self.split.r_bus_body_m, body.q_principal, body.inertia_kgm2)
        return (bus, *arm_parts(self._arm, self.chain, tuple([joint.position for joint in scene.joints])))

    def servicer_inertia(self, scene: Scene) -> tuple[Matrix3, Vec3]:
        """Inertia of the servicer about its centre of mass in body axes, and that centre from the origin."""
        parts = self.parts(scene)
        moment = ZERO
        for part in parts:
            moment = add(moment, scale(part.mass_kg, part.r_m))
        com_m = scale(1.0 / self.servicer_kg, moment)
        return inertia_about(parts, com_m), com_m

    def pose(self, scene: Scene) -> Pose:
        """Where the arm is, in body axes."""
        return self.chain.pose(scene.angles_rad)

    def tool(self, scene: Scene, pose: Pose) -> Moving:
        """The tool as encoders and the bus's motion give it."""
        bus = scene.bus
        arm_m = rotate(bus.q, sub(pose.r_tool_m, self.split.r_bus_body_m))
        v_mps, w_radps = self.chain.tool_motion(pose, scene.rates_radps)
        carried = add(bus.v_mps, cross(bus.w_radps, arm_m))
        grip = Grip(add(bus.r_m, arm_m), mul(bus.q, pose.q_tool))
        return Moving(grip, add(carried, rotate(bus.q, v_mps)), add(bus.w_radps, rotate(bus.q, w_radps)))

    def _centre(self, bus: Motion, links: tuple[Motion, ...]) -> tuple[Vec3, Vec3]:
        x = y = z = u = v = w = 0.0
        for mass, (r, _, s, _) in zip(self.masses_kg, (bus, *links), strict=True):
            x, y, z = x + mass * r[0], y + mass * r[1], z + mass * r[2]
            u, v, w = u + mass * s[0], v + mass * s[1], w + mass * s[2]
        total = self.servicer_kg
        return (x / total, y / total, z / total), (u / total, v / total, w / total)

    def _bus_start(self, handover: HandOver, orbit: Orbit) -> Motion:
        """The bus's own centre of mass moves with the rigid whole, arm and all."""
        given = handover.servicer
        r_m, v_mps, q = orbit.from_eci(handover.t_ns, given.kinematic)
        w_radps = rotate(q, given.w_body_radps)
        arm_m = rotate(q, sub(self.split.r_bus_body_m, self.split.r_com_body_m))
        return Motion(add(r_m, arm_m), q, add(v_mps, cross(w_radps, arm_m)), w_radps)
