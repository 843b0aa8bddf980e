"""The contact world's engine protocol on MuJoCo: a second opinion on the same capture (extra `peers`).

Differences that stay, whatever is done about them: MuJoCo's contact stiffness is per unit of effective
mass, so a stated newton per metre holds for `_EFFECTIVE_KG` only; its motors are dampers whose gain goes with
1 / step, so at 1 ms a clamp of limited force bounces between its pads for seconds: give it a quarter of that.
Impulse, latch time and stack rate can be compared; peak force only within a factor.
"""

from collections.abc import Sequence

import mujoco
import numpy as np

from twin.capture.engine import BASE, Body, JointMotion, Link, Motion, Shape, Touch
from twin.capture.settings import ContactSettings
from twin.contracts.fields import Quaternion, Vec3
from twin.guidance.vectors import ZERO, sub

_EFFECTIVE_KG = 3.0
"""What a finger's push meets: the hand with its fingers; the arm behind it gives way."""
_MOST_GAIN_STEPS = 5.0
"""Largest gain of a motor x step: N m s (N s/m on a slide) x s."""
_NAMES = {"box": "box", "cylinder": "cylinder", "capsule": "capsule", "sphere": "sphere"}
_FIRST, _SECOND = 1, 2


class MuJoCo:
    """Implements `twin.capture.engine.Engine`; the model is compiled when it is first asked for anything."""

    def __init__(self, contact: ContactSettings) -> None:
        self._contact = contact
        self._bodies: list[tuple[Body, Motion, tuple[float, ...]]] = []
        self._couplings: list[str] = []
        self._model: mujoco.MjModel | None = None
        self._stale = True

    def add(self, body: Body, start: Motion, joints: tuple[float, ...] = ()) -> int:
        self._bodies.append((body, start, joints))
        return len(self._bodies) - 1

    def couple(self, body: int, first: int, second: int, force_n: float) -> None:
        a, b = _link(body, first), _link(body, second)
        self._couplings.append(f'<joint joint1="{a}" joint2="{b}" polycoef="0 1 0 0 0" solref="0.005 1"/>')

    def push(self, body: int, force_n: Vec3, torque_nm: Vec3) -> None:
        model = self._ready()
        self._data.xfrc_applied[model.body(_base(body)).id] = (*force_n, *torque_nm)

    def drive(
        self, body: int, joints: tuple[int, ...], rates: tuple[float, ...], efforts: tuple[float, ...]
    ) -> None:
        model = self._ready()
        for joint, rate, effort in zip(joints, rates, efforts, strict=True):
            motor = model.actuator(_link(body, joint)).id
            self._data.ctrl[motor] = rate
            model.actuator_forcerange[motor] = (-effort, effort)

    def step(self) -> None:
        mujoco.mj_step(self._ready(), self._data)
        self._stale = True

    def base(self, body: int) -> Motion:
        model = self._fresh()
        return self._motion(model.body(_base(body)).id, turned=True)

    def links(self, body: int) -> tuple[Motion, ...]:
        model = self._fresh()
        count = len(self._bodies[body][0].links)
        return tuple(self._motion(model.body(_link(body, k)).id, turned=False) for k in range(count))

    def joints(self, body: int) -> tuple[JointMotion, ...]:
        model, data = self._ready(), self._data
        states = []
        for k in range(len(self._bodies[body][0].links)):
            joint = model.joint(_link(body, k))
            effort = float(data.actuator_force[model.actuator(_link(body, k)).id])
            states.append(
                JointMotion(float(data.qpos[joint.qposadr[0]]), float(data.qvel[joint.dofadr[0]]), effort)
            )
        return tuple(states)

    def power(self, body: int, rates_before: list[float]) -> tuple[float, list[float]]:
        joints = self.joints(body)
        watts = sum(0.5 * j.effort * (rate + j.rate) for j, rate in zip(joints, rates_before, strict=True))
        return watts, [joint.rate for joint in joints]

    def touches(self, first: int, second: int) -> tuple[Touch, ...]:
        model, data = self._ready(), self._data
        numbers = {model.body(_link(first, k)).id: k for k in range(len(self._bodies[first][0].links))}
        numbers[model.body(_base(first)).id] = BASE
        found = []
        wrench = np.zeros(6)
        for i in range(data.ncon):
            contact = data.contact[i]
            a, b = (int(model.geom_bodyid[g]) for g in (contact.geom1, contact.geom2))
            mujoco.mj_contactForce(model, data, i, wrench)
            # The normal leads from the first geometry to the second, and pushes the second along it.
            force_n = contact.frame.reshape(3, 3).T @ wrench[:3] * (1.0 if b in numbers else -1.0)
            link = numbers[b] if b in numbers else numbers[a]
            found.append(
                Touch(link, _three(contact.pos), _three(force_n), float(wrench[0]), float(contact.dist))
            )
        return tuple(found)

    def weld(self, first: int, link: int, second: int) -> None:
        model, data = self._fresh(), self._data
        one, other = model.body(_link(first, link)).id, model.body(_base(second)).id
        back, r_m, q = np.zeros(4), np.zeros(3), np.zeros(4)
        mujoco.mju_negQuat(back, data.xquat[one])
        mujoco.mju_rotVecQuat(r_m, data.xpos[other] - data.xpos[one], back)
        mujoco.mju_mulQuat(q, back, data.xquat[other])
        weld = model.equality(_weld(first, link, second)).id
        model.eq_data[weld, :11] = (0.0, 0.0, 0.0, *r_m, *q, 1.0)
        data.eq_active[weld] = 1

    def unweld(self) -> None:
        model = self._ready()
        for k in range(model.neq):
            if model.eq_type[k] == mujoco.mjtEq.mjEQ_WELD:
                self._data.eq_active[k] = 0

    def let_touch(self, first: int, links: tuple[int, ...], second: int, *, touching: bool) -> None:
        model = self._ready()
        for link in links:
            body = model.body(_link(first, link)).id
            mine = model.geom_bodyid == body
            model.geom_contype[mine] = model.geom_conaffinity[mine] = _FIRST if touching else 0

    def close(self) -> None:
        """Nothing is held outside the object."""

    def _motion(self, body: int, *, turned: bool) -> Motion:
        data = self._data
        velocity = np.zeros(6)
        mujoco.mj_objectVelocity(self._model, data, mujoco.mjtObj.mjOBJ_BODY, body, velocity, 0)
        w, x, y, z = data.xquat[body].tolist()
        return Motion(_three(data.xipos[body]), (w, x, y, z), _three(velocity[3:]), _three(velocity[:3]))

    def _fresh(self) -> mujoco.MjModel:
        """Places and velocities of now: after a step MuJoCo still holds those of before it."""
        model = self._ready()
        if self._stale:
            mujoco.mj_kinematics(model, self._data)
            mujoco.mj_comPos(model, self._data)
            mujoco.mj_fwdVelocity(model, self._data)
            self._stale = False
        return model

    def _ready(self) -> mujoco.MjModel:
        if self._model is None:
            self._model = mujoco.MjModel.from_xml_string(self._xml())
            self._data = mujoco.MjData(self._model)
            self._set_out()
        return self._model

    def _set_out(self) -> None:
        model, data = self._model, self._data
        for number, (body, start, joints) in enumerate(self._bodies):
            free = model.joint(_base(number))
            at, rate = free.qposadr[0], free.dofadr[0]
            back = np.zeros(4)
            mujoco.mju_negQuat(back, np.array(start.q))
            turning = np.zeros(3)
            mujoco.mju_rotVecQuat(turning, np.array(start.w_radps), back)
            data.qpos[at : at + 7] = (*start.r_m, *start.q)
            data.qvel[rate : rate + 6] = (*start.v_mps, *turning)
            for k in range(len(body.links)):
                data.qpos[model.joint(_link(number, k)).qposadr[0]] = joints[k]
        mujoco.mj_forward(model, data)

    def _xml(self) -> str:
        bodies = "".join(self._body_xml(k, body) for k, (body, _, _) in enumerate(self._bodies))
        motors = "".join(
            f'<velocity name="{_link(n, k)}" joint="{_link(n, k)}" kv="{self._gain(body, k)}" '
            'forcelimited="true" forcerange="-1 1"/>'
            for n, (body, _, _) in enumerate(self._bodies)
            for k in range(len(body.links))
        )
        welds = "".join(
            f'<weld name="{_weld(0, k, 1)}" body1="{_link(0, k)}" body2="{_base(1)}" '
            'active="false" solref="0.004 1"/>'
            for k in range(len(self._bodies[0][0].links))
            if len(self._bodies) > 1
        )
        step_s = self._contact.step_s
        return (
            '<mujoco><compiler angle="radian" autolimits="true"/>'
            f'<option timestep="{step_s}" gravity="0 0 0" integrator="implicitfast" cone="elliptic" '
            'iterations="200" tolerance="1e-14"/>'
            f"<worldbody>{bodies}</worldbody><actuator>{motors}</actuator>"
            f"<equality>{''.join(self._couplings)}{welds}</equality></mujoco>"
        )

    def _gain(self, body: Body, joint: int) -> float:
        """Half of what would stop the joint's load in one step: above that a clamped motor chatters."""
        links = body.links
        load = 0.0
        for k in _outward(links, joint):
            link = links[k]
            if links[joint].kind == "prismatic":
                load += link.mass_kg
                continue
            axis, arm_m = np.array(links[joint].axis), np.subtract(link.r_com_m, links[joint].r_joint_m)
            across_m = arm_m - axis * (axis @ arm_m)
            load += float(axis @ (np.array(link.inertia_kgm2) * axis) + link.mass_kg * across_m @ across_m)
        return min(_MOST_GAIN_STEPS, 0.5 * load) / self._contact.step_s

    def _body_xml(self, number: int, body: Body) -> str:
        inertial = _inertial(body.mass_kg, ZERO, body.inertia_kgm2, body.q_principal)
        inner = self._links_xml(number, body, BASE, ZERO)
        geoms = self._geoms(body.shapes, ZERO, 0.0 if number else body.friction, number)
        return (
            f'<body name="{_base(number)}"><freejoint name="{_base(number)}"/>{inertial}{geoms}{inner}</body>'
        )

    def _links_xml(self, number: int, body: Body, parent: int, origin_m: Vec3) -> str:
        text = ""
        for k, link in enumerate(body.links):
            if link.parent != parent:
                continue
            kind = "hinge" if link.kind == "revolute" else "slide"
            joint = (
                f'<joint name="{_link(number, k)}" type="{kind}" axis="{_text(link.axis)}" '
                f'range="{link.lower} {link.upper}"/>'
            )
            com_m = sub(link.r_com_m, link.r_joint_m)
            text += (
                f'<body name="{_link(number, k)}" pos="{_text(sub(link.r_joint_m, origin_m))}">{joint}'
                f"{_inertial(link.mass_kg, com_m, link.inertia_kgm2, (1.0, 0.0, 0.0, 0.0))}"
                f"{self._geoms(link.shapes, link.r_joint_m, link.friction, number)}"
                f"{self._links_xml(number, body, k, link.r_joint_m)}</body>"
            )
        return text

    def _geoms(self, shapes: Sequence[Shape], origin_m: Vec3, friction: float, number: int) -> str:
        """The ring has no friction of its own: MuJoCo takes the larger of a pair, which is the pad's."""
        stiffness = self._contact.stiffness_npm / _EFFECTIVE_KG
        damping = self._contact.damping_nspm / _EFFECTIVE_KG
        kind, other = (_FIRST, _SECOND) if number == 0 else (_SECOND, _FIRST)
        return "".join(
            f'<geom type="{_NAMES[shape.kind]}" size="{_size(shape)}" '
            f'pos="{_text(sub(shape.r_m, origin_m))}" quat="{_text(shape.q)}" '
            f'friction="{max(friction, 1e-5)} 0 0" condim="3" contype="{kind}" '
            f'conaffinity="{other}" solref="{-stiffness} {-damping}" solimp="0.98 0.98 0.001"/>'
            for shape in shapes
        )


def _outward(links: tuple[Link, ...], joint: int) -> list[int]:
    """The link of a joint and all that hang on it."""
    found = [joint]
    for k, link in enumerate(links):
        if link.parent in found:
            found.append(k)
    return found


def _size(shape: Shape) -> str:
    if shape.kind in {"cylinder", "capsule"}:
        return _text((shape.size_m[0], 0.5 * shape.size_m[1]))
    return _text(shape.size_m if shape.kind == "box" else shape.size_m[:1])


def _inertial(mass_kg: float, r_m: Vec3, inertia_kgm2: Vec3, q: Quaternion) -> str:
    place = f'pos="{_text(r_m)}" quat="{_text(q)}"'
    return f'<inertial {place} mass="{mass_kg!r}" diaginertia="{_text(inertia_kgm2)}"/>'


def _text(values: Sequence[float]) -> str:
    return " ".join(repr(float(value)) for value in values)


def _three(values: np.ndarray) -> Vec3:
    x, y, z = values.tolist()
    return (x, y, z)


def _base(body: int) -> str:
    return f"base-{body}"


def _link(body: int, link: int) -> str:
    return f"link-{body}-{link}"


def _weld(first: int, link: int, second: int) -> str:
    return f"weld-{first}-{link}-{second}"
