"""What the servicer's camera sees near the target: pictures on demand, in a world of their own.

The picture's world holds no dynamics: bodies are put where the window's are, so that taking pictures
cannot change a run. Assumptions and limitations: no cast shadows, no Earth, no stars, no glint; the Sun
is a direction; what it lights falls with the part of its disc that is seen.
"""

from typing import NamedTuple

import numpy as np
import pybullet as p

from twin.capture.engine import Motion
from twin.capture.interface import WindowSettings
from twin.capture.meshes import Mesh, stage
from twin.capture.turning import rotate
from twin.capture.world import Scene
from twin.contracts.fields import Quaternion, Vec3
from twin.guidance.vectors import ZERO, add, along

_EYE_BODY_M: Vec3 = (0.95, 0.7, 0.3)
_AMBIENT, _DIFFUSE, _SPECULAR = 0.05, 0.95, 0.1
_NEAR_M, _FAR_M = 0.1, 400.0
_WHITE = (0.85, 0.85, 0.82, 1.0)
_GREY = (0.55, 0.57, 0.6, 1.0)


class Picture(NamedTuple):
    """Rows from the top, three bytes a pixel."""

    width: int
    height: int
    rgb: bytes


class Camera:
    """Boresight body +x, up body +z, on the front face beside the arm; close it when done."""

    def __init__(
        self, settings: WindowSettings, *, width: int = 320, height: int = 240, field_deg: float = 50.0
    ) -> None:
        self._width, self._height = width, height
        self._client = p.connect(p.DIRECT)
        self._lens = p.computeProjectionMatrixFOV(field_deg, width / height, _NEAR_M, _FAR_M)
        ring = settings.ring
        length_m, radius_m = settings.hull_m
        self._target = self._mesh(stage(length_m, radius_m, ring.radius_m, ring.height_m, ring.wall_m))
        gripper = settings.arm.gripper
        self._links = [
            self._box((0.5 * joint.length_m, joint.radius_m, joint.radius_m), ZERO)
            for joint in settings.arm.arm.joints
        ]
        self._links[-1] = self._box(gripper.palm_half_m, (0.05, 0.0, 0.0))
        pad = (gripper.pad_half_m[0] + 0.5 * gripper.flare_length_m, *gripper.pad_half_m[1:])
        self._links += [self._box(pad, ZERO), self._box(pad, ZERO)]

    def picture(self, scene: Scene, r_origin_m: Vec3, towards_sun: Vec3, lit: float) -> Picture:
        """The scene lit from a direction (window axes), by the part `lit` of the Sun's disc.

        `r_origin_m` is the origin of the servicer's body axes (`World.origin_m`). In eclipse all is black.
        """
        size = 3 * self._width * self._height
        if lit <= 0.0:
            return Picture(self._width, self._height, bytes(size))
        self._place(self._target, scene.target)
        for body, motion in zip(self._links, scene.links, strict=True):
            self._place(body, motion)
        q = scene.bus.q
        eye_m = add(r_origin_m, rotate(q, _EYE_BODY_M))
        view = p.computeViewMatrix(
            eye_m, along(eye_m, 1.0, rotate(q, (1.0, 0.0, 0.0))), rotate(q, (0.0, 0.0, 1.0))
        )
        _, _, rgba, _, mask = p.getCameraImage(
            self._width,
            self._height,
            view,
            self._lens,
            lightDirection=towards_sun,
            lightAmbientCoeff=_AMBIENT,
            lightDiffuseCoeff=_DIFFUSE,
            lightSpecularCoeff=_SPECULAR,
            shadow=0,
            renderer=p.ER_TINY_RENDERER,
            physicsClientId=self._client,
        )
        shape = (self._height, self._width)
        pixels = np.asarray(rgba, dtype=np.uint8).reshape(*shape, 4)[:, :, :3]
        # Where nothing is the renderer paints white: space is black.
        pixels = np.where((np.asarray(mask).reshape(shape) < 0)[:, :, None], 0, pixels * min(lit, 1.0))
        return Picture(self._width, self._height, pixels.astype(np.uint8).tobytes())

    def close(self) -> None:
        """Give the picture's world back."""
        p.disconnect(self._client)

    def _place(self, body: int, motion: Motion) -> None:
        p.resetBasePositionAndOrientation(body, motion.r_m, _last(motion.q), physicsClientId=self._client)

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


def _last(q: Quaternion) -> Quaternion:
    """Scalar last, as Bullet has it."""
    return (q[1], q[2], q[3], q[0])
