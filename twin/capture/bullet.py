"""The engine of the contact world: Bullet, through pybullet.

Assumptions and limitations: first order in the step; velocities are clamped at 100 m/s and
100 rad/s; a compound takes sixteen shapes and drops the rest without a word, so more are refused
here. Contact stiffness works on the base of a body only. A world leaks about 1.2 MB.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pybullet as p

from twin.capture.engine import BASE, Body, JointMotion, Motion, Shape, Touch
from twin.capture.turning import scalar_last
from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import conj, mul
from twin.errors import UsageError
from twin.guidance.vectors import ZERO, add, scale, sub

_MOST_SHAPES = 16
_KINDS = {"box": p.GEOM_BOX, "cylinder": p.GEOM_CYLINDER, "capsule": p.GEOM_CAPSULE, "sphere": p.GEOM_SPHERE}
_JOINTS = {"revolute": p.JOINT_REVOLUTE, "prismatic": p.JOINT_PRISMATIC}
_UPRIGHT = (0.0, 0.0, 0.0, 1.0)


class Solver(NamedTuple):
    """Numerics. `elastic`: restitution also at docking speeds (bullet3 issue 3094), for rigid test worlds."""

    step_s: float
    iterations: int = 50
    stiffness_npm: float = 2.0e4
    damping_nspm: float = 200.0
    damping: float = 0.0
    elastic: bool = False


class Bullet:
    """Implements `twin.capture.engine.Engine`; see there and the module."""

    def __init__(self, solver: Solver) -> None:
        self._solver = solver
        self._client = p.connect(p.DIRECT)
        self._pushes: dict[int, tuple[Vec3, Vec3]] = {}
        self._link_count: dict[int, int] = {}
        self._reference: dict[int, Quaternion] = {}
        self._weld: int | None = None
        p.resetSimulation(physicsClientId=self._client)
        self._configure()
        if solver.elastic:
            p.setPhysicsEngineParameter(
                restitutionVelocityThreshold=0.0,
                warmStartingFactor=0.0,
                useSplitImpulse=1,
                contactSlop=0.0,
                physicsClientId=self._client,
            )

    def add(self, body: Body, start: Motion, joints: tuple[float, ...] = ()) -> int:
        """See the protocol. UsageError for a compound of more than sixteen shapes."""
        number = self._build(body)
        self._link_count[number] = len(body.links)
        self._reference[number] = conj(body.q_principal)
        self._settle(number, BASE, body.mass_kg, body.inertia_kgm2)
        self._surface(number, BASE, body.friction, body.restitution)
        if body.soft:
            self._change(
                number,
                BASE,
                contactStiffness=self._solver.stiffness_npm,
                contactDamping=self._solver.damping_nspm,
            )
        for k, link in enumerate(body.links):
            self._settle(number, k, link.mass_kg, link.inertia_kgm2)
            self._surface(number, k, link.friction, body.restitution)
            self._change(number, k, jointLowerLimit=link.lower, jointUpperLimit=link.upper)
        self._weigh(number, body)
        # The order matters: a pose reset sets the velocity to zero.
        for k, position in enumerate(joints):
            p.resetJointState(number, k, position, 0.0, physicsClientId=self._client)
        turned = scalar_last(mul(start.q, body.q_principal))
        p.resetBasePositionAndOrientation(number, start.r_m, turned, physicsClientId=self._client)
        p.resetBaseVelocity(number, start.v_mps, start.w_radps, physicsClientId=self._client)
        return number

    def couple(self, body: int, first: int, second: int, force_n: float) -> None:
        gear = p.createConstraint(
            body, first, body, second, p.JOINT_GEAR, (0, 0, 1), ZERO, ZERO, physicsClientId=self._client
        )
        p.changeConstraint(gear, gearRatio=-1.0, maxForce=force_n, erp=0.2, physicsClientId=self._client)

    def push(self, body: int, force_n: Vec3, torque_nm: Vec3) -> None:
        self._pushes[body] = (force_n, torque_nm)

    def drive(
        self, body: int, joints: tuple[int, ...], rates: tuple[float, ...], efforts: tuple[float, ...]
    ) -> None:
        p.setJointMotorControlArray(
            body,
            joints,
            p.VELOCITY_CONTROL,
            targetVelocities=rates,
            forces=efforts,
            physicsClientId=self._client,
        )

    def step(self) -> None:
        """Singly: of several steps in one call only the last one's contacts and efforts could be read."""
        client = self._client
        for body, (force_n, torque_nm) in self._pushes.items():
            r_m, _ = p.getBasePositionAndOrientation(body, client)
            p.applyExternalForce(body, BASE, force_n, r_m, p.WORLD_FRAME, client)
            p.applyExternalTorque(body, BASE, torque_nm, p.WORLD_FRAME, client)
        p.stepSimulation(client)

    def base(self, body: int) -> Motion:
        r_m, q = p.getBasePositionAndOrientation(body, self._client)
        v_mps, w_radps = p.getBaseVelocity(body, self._client)
        return Motion(r_m, mul((q[3], q[0], q[1], q[2]), self._reference[body]), v_mps, w_radps)

    def links(self, body: int) -> tuple[Motion, ...]:
        states = p.getLinkStates(
            body,
            range(self._link_count[body]),
            computeLinkVelocity=1,
            computeForwardKinematics=1,
            physicsClientId=self._client,
        )
        return tuple(Motion(s[0], (s[1][3], s[1][0], s[1][1], s[1][2]), s[6], s[7]) for s in states)

    def joints(self, body: int) -> tuple[JointMotion, ...]:
        states = p.getJointStates(body, range(self._link_count[body]), self._client)
        return tuple([JointMotion(s[0], s[1], s[3]) for s in states])

    def power(self, body: int, rates_before: list[float]) -> tuple[float, list[float]]:
        """The effort of a step times the mean of the rates about it."""
        states = p.getJointStates(body, range(self._link_count[body]), self._client)
        watts = 0.0
        for state, rate in zip(states, rates_before, strict=True):
            watts += 0.5 * state[3] * (rate + state[1])
        return watts, [state[1] for state in states]

    def touches(self, first: int, second: int) -> tuple[Touch, ...]:
        points = p.getContactPoints(first, second, physicsClientId=self._client)
        return tuple(_touch(point) for point in points)

    def weld(self, first: int, link: int, second: int) -> None:
        """At the present relative pose: across a gap a weld would be a hidden engine."""
        held = self.links(first)[link]
        inverse = p.invertTransform(*p.getBasePositionAndOrientation(second, self._client))
        child_r, child_q = p.multiplyTransforms(*inverse, held.r_m, scalar_last(held.q))
        self._weld = p.createConstraint(
            first,
            link,
            second,
            BASE,
            p.JOINT_FIXED,
            ZERO,
            ZERO,
            child_r,
            _UPRIGHT,
            child_q,
            physicsClientId=self._client,
        )

    def unweld(self) -> None:
        if self._weld is not None:
            p.removeConstraint(self._weld, physicsClientId=self._client)
            self._weld = None

    def let_touch(self, first: int, links: tuple[int, ...], second: int, *, touching: bool) -> None:
        for link in links:
            p.setCollisionFilterPair(first, second, link, BASE, int(touching), physicsClientId=self._client)

    def close(self) -> None:
        p.disconnect(self._client)

    def _configure(self) -> None:
        p.setPhysicsEngineParameter(
            fixedTimeStep=self._solver.step_s,
            numSolverIterations=self._solver.iterations,
            deterministicOverlappingPairs=1,
            # By default the solver stops at 1e-7, and brakes creep at 1e-4 rad/s; at 1e-9 at 1e-5.
            solverResidualThreshold=1e-9,
            physicsClientId=self._client,
        )

    def _settle(self, body: int, link: int, mass_kg: float, inertia_kgm2: Vec3) -> None:
        """Mass and inertia, and everything that damps or sleeps switched off.

        In separate calls: given all at once for a link, Bullet writes the link's mass into the base too.
        """
        damping = self._solver.damping
        self._change(body, link, mass=mass_kg, localInertiaDiagonal=inertia_kgm2)
        self._change(body, link, linearDamping=damping, angularDamping=damping, jointDamping=0.0)
        self._change(body, link, activationState=p.ACTIVATION_STATE_DISABLE_SLEEPING)

    def _surface(self, body: int, link: int, friction: float, restitution: float) -> None:
        self._change(body, link, lateralFriction=friction)
        self._change(body, link, restitution=restitution)
        if self._solver.elastic:
            self._change(body, link, contactProcessingThreshold=0.0)

    def _change(self, body: int, link: int, **properties: float | Vec3) -> None:
        p.changeDynamics(body, link, physicsClientId=self._client, **properties)

    def _weigh(self, number: int, body: Body) -> None:
        """UsageError when the engine holds other masses than it was given."""
        wanted = (
            (body.mass_kg, body.inertia_kgm2),
            *((link.mass_kg, link.inertia_kgm2) for link in body.links),
        )
        for k, (mass_kg, inertia_kgm2) in enumerate(wanted, BASE):
            info = p.getDynamicsInfo(number, k, physicsClientId=self._client)
            if info[0] != mass_kg or tuple(info[2]) != tuple(inertia_kgm2):
                raise UsageError(
                    f"{body.name}, link {k}: Bullet holds {info[0]} kg, {info[2]} kg m2; not what was given"
                )

    def _build(self, body: Body) -> int:
        links = body.links
        return int(
            p.createMultiBody(
                baseMass=body.mass_kg,
                baseInertialFrameOrientation=scalar_last(body.q_principal),
                baseCollisionShapeIndex=self._shape(body.shapes, ZERO, body.name),
                linkMasses=[link.mass_kg for link in links],
                linkCollisionShapeIndices=[
                    self._shape(link.shapes, link.r_joint_m, link.name) for link in links
                ],
                linkVisualShapeIndices=[-1] * len(links),
                linkPositions=[sub(link.r_joint_m, _joint_of(body, link.parent)) for link in links],
                linkOrientations=[_UPRIGHT] * len(links),
                linkInertialFramePositions=[sub(link.r_com_m, link.r_joint_m) for link in links],
                linkInertialFrameOrientations=[_UPRIGHT] * len(links),
                linkParentIndices=[link.parent + 1 for link in links],
                linkJointTypes=[_JOINTS[link.kind] for link in links],
                linkJointAxis=[link.axis for link in links],
                physicsClientId=self._client,
            )
        )

    def _shape(self, shapes: Sequence[Shape], origin_m: Vec3, owner: str) -> int:
        if not shapes:
            return -1
        if len(shapes) > _MOST_SHAPES:
            raise UsageError(
                f"{owner} has {len(shapes)} shapes; Bullet takes {_MOST_SHAPES} and drops the rest"
            )
        sizes = [shape.size_m for shape in shapes]
        return int(
            p.createCollisionShapeArray(
                shapeTypes=[_KINDS[shape.kind] for shape in shapes],
                halfExtents=sizes,
                radii=[size[0] for size in sizes],
                lengths=[size[1] for size in sizes],
                collisionFramePositions=[sub(shape.r_m, origin_m) for shape in shapes],
                collisionFrameOrientations=[scalar_last(shape.q) for shape in shapes],
                physicsClientId=self._client,
            )
        )


def _joint_of(body: Body, link: int) -> Vec3:
    return ZERO if link == BASE else body.links[link].r_joint_m


def _touch(point: tuple[object, ...]) -> Touch:
    """The normal points from the second body to the first: along it the first is pushed."""
    link, r_m, normal, distance, force, f1, d1, f2, d2 = (point[k] for k in (3, 5, 7, 8, 9, 10, 11, 12, 13))
    total = add(add(scale(force, normal), scale(f1, d1)), scale(f2, d2))  # type: ignore[arg-type]
    return Touch(link, r_m, total, force, distance)  # type: ignore[arg-type]
