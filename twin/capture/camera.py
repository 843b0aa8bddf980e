"""What the servicer's camera sees: pictures on demand, in a world of their own, in any phase.

The picture's world holds no dynamics: bodies are put where a `View` says they are, so that taking pictures
cannot change a run.

Assumptions and limitations: no cast shadows, no Earth, no stars, no glint; the Sun is a direction; what it
lights falls with the part of its disc that is seen. The hull is a plain stage about the target's x, whatever
the target is; its fitting stands where the port is. Bus and arrays are behind the camera.
"""

import numpy as np
import pybullet as p

from twin.capture.arm import Kinematics
from twin.capture.bodies import arm_parts
from twin.capture.meshes import Mesh, fitting, stage
from twin.capture.settings import Arm
from twin.capture.sight import Subject, View
from twin.capture.turning import scalar_last
from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import conj, mul, rotate
from twin.guidance.vectors import ZERO, add, along, norm

WIDTH, HEIGHT = 320, 240
_EYE_BODY_M: Vec3 = (0.95, 0.7, 0.3)
_FIELD_DEG = 50.0
_AMBIENT, _DIFFUSE, _SPECULAR = 0.05, 0.95, 0.1
_NEAR_M, _BEHIND_M = 0.1, 20.0
_WHITE = (0.85, 0.85, 0.82, 1.0)
_GREY = (0.55, 0.57, 0.6, 1.0)


class Camera:
    """Boresight body +x, up body +z, on the front face beside the arm; close it when done."""

    def __init__(self, subject: Subject, *, width: int = WIDTH, height: int = HEIGHT) -> None:
        self._width, self._height = width, height
        self._client = p.connect(p.DIRECT)
        self._port, self._hull_centre_m = subject.port, subject.hull_centre_m
        self._hull = self._mesh(stage(*subject.hull_m))
        ring = subject.ring
        self._ring = None if ring is None else self._mesh(fitting(ring.radius_m, ring.height_m, ring.wall_m))
        self._arm = subject.arm
        self._links = [] if subject.arm is None else self._arm_boxes(subject.arm)
        self._eye = p.computeViewMatrix(
            _EYE_BODY_M, along(_EYE_BODY_M, 1.0, (1.0, 0.0, 0.0)), (0.0, 0.0, 1.0)
        )

    def picture(self, view: View) -> np.ndarray:
        """uint8 (height, width, 3), rows from the top. In eclipse all is black."""
        shape = (self._height, self._width)
        if view.lit <= 0.0:
            return np.zeros((*shape, 3), dtype=np.uint8)
        self._arrange(view)
        # No farther than needed: depth has 24 bits between the two planes.
        far_m = norm(view.target_m) + _BEHIND_M
        lens = p.computeProjectionMatrixFOV(_FIELD_DEG, self._width / self._height, _NEAR_M, far_m)
        _, _, rgba, _, mask = p.getCameraImage(
            self._width,
            self._height,
            self._eye,
            lens,
            lightDirection=view.towards_sun,
            lightAmbientCoeff=_AMBIENT,
            lightDiffuseCoeff=_DIFFUSE,
            lightSpecularCoeff=_SPECULAR,
            shadow=0,
            renderer=p.ER_TINY_RENDERER,
            physicsClientId=self._client,
        )
        pixels = np.asarray(rgba, dtype=np.uint8).reshape(*shape, 4)[:, :, :3]
        # Where nothing is the renderer paints white: space is black.
        empty = (np.asarray(mask).reshape(shape) < 0)[:, :, None]
        return np.where(empty, 0, pixels * min(view.lit, 1.0)).astype(np.uint8)

    def close(self) -> None:
        """Give the picture's world back."""
        p.disconnect(self._client)

    def _arrange(self, view: View) -> None:
        q_body_from_target = view.q_body_from_target
        hull_m = add(view.target_m, rotate(q_body_from_target, self._hull_centre_m))
        self._place(self._hull, hull_m, q_body_from_target)
        if self._ring is not None:
            r_m = add(view.target_m, rotate(q_body_from_target, self._port.r_body_m))
            self._place(self._ring, r_m, mul(q_body_from_target, conj(self._port.q_port_from_body)))
        if self._arm is not None:
            chain = Kinematics(self._arm.arm)
            parts = arm_parts(self._arm, chain, view.joints or chain.stowed_joints)
            for body, part in zip(self._links, parts, strict=True):
                self._place(body, part.r_m, part.q)

    def _place(self, body: int, r_m: Vec3, q: Quaternion) -> None:
        p.resetBasePositionAndOrientation(body, r_m, scalar_last(q), physicsClientId=self._client)

    def _arm_boxes(self, arm: Arm) -> list[int]:
        gripper = arm.gripper
        links = [
            self._box((0.5 * joint.length_m, joint.radius_m, joint.radius_m), ZERO)
            for joint in arm.arm.joints[:-1]
        ]
        hand = self._box(gripper.palm_half_m, (0.05, 0.0, 0.0))
        pad = (gripper.pad_half_m[0] + 0.5 * gripper.flare_length_m, *gripper.pad_half_m[1:])
        return [*links, hand, self._box(pad, ZERO), self._box(pad, ZERO)]

    def _mesh(self, mesh: Mesh) -> int:
        shape = p.createVisualShape(
            p.GEOM_MESH,
            vertices=mesh.places,
            normals=mesh.normals,
            indices=mesh.indices,
            rgbaColor=_WHITE,
            physicsClientId=self._client,
        )
        return self._body(shape)

    def _box(self, half_m: Vec3, centre_m: Vec3) -> int:
        shape = p.createVisualShape(
            p.GEOM_BOX,
            halfExtents=half_m,
            visualFramePosition=centre_m,
            rgbaColor=_GREY,
            physicsClientId=self._client,
        )
        return self._body(shape)

    def _body(self, shape: int) -> int:
        return int(p.createMultiBody(baseVisualShapeIndex=shape, physicsClientId=self._client))
