"""What the contact world asks of a physics engine, and the bodies it is given. Any engine may implement it.

A body is a tree of rigid links. Everything of it is written in the body's reference axes: origin at
the base's centre of mass, with all joints at zero. World axes do
not rotate; there is no gravity; nothing is damped unless the settings say so.
"""

from typing import Literal, NamedTuple, Protocol

from twin.capture.turning import IDENTITY
from twin.contracts.fields import Quaternion, Vec3

BASE = -1
"""The number of the base among the links of a body; its joints' links count from 0."""


class Shape(NamedTuple):
    """A convex shape, in reference axes.

    `size_m`: half extents of a box; (radius, length, -) of a cylinder or capsule along its z; (radius, -, -).
    """

    kind: Literal["box", "cylinder", "capsule", "sphere"]
    size_m: Vec3
    r_m: Vec3
    q: Quaternion = IDENTITY


class Link(NamedTuple):
    """A link moved by one joint; its inertia is principal in reference axes, about its centre of mass."""

    name: str
    parent: int
    kind: Literal["revolute", "prismatic"]
    axis: Vec3
    r_joint_m: Vec3
    r_com_m: Vec3
    mass_kg: float
    inertia_kgm2: Vec3
    shapes: tuple[Shape, ...] = ()
    friction: float = 0.0
    lower: float = 0.0
    upper: float = 0.0


class Body(NamedTuple):
    """A base with its links; `soft` bodies get the stated contact stiffness.

    The base's inertia is principal in axes that `q_principal` turns into the reference axes. Friction
    of a pair is the product of the two.
    """

    name: str
    mass_kg: float
    inertia_kgm2: Vec3
    shapes: tuple[Shape, ...] = ()
    friction: float = 0.0
    links: tuple[Link, ...] = ()
    soft: bool = False
    restitution: float = 0.0
    q_principal: Quaternion = IDENTITY


class Motion(NamedTuple):
    """Centre of mass of a link in world axes: where, how turned, how fast. Rates in world axes."""

    r_m: Vec3
    q: Quaternion
    v_mps: Vec3
    w_radps: Vec3


class JointMotion(NamedTuple):
    """A joint's angle or travel, its rate, and the motor's torque or force in the last step."""

    position: float
    rate: float
    effort: float


class Touch(NamedTuple):
    """One point of contact: force on the first body in world axes, and the distance (negative: overlap)."""

    link: int
    r_m: Vec3
    force_n: Vec3
    normal_n: float
    distance_m: float


class Engine(Protocol):
    """A world of bodies; `add` everything first, then step. Bodies are told apart by what `add` returns."""

    def add(self, body: Body, start: Motion, joints: tuple[float, ...] = ()) -> int:
        """Put a body in, its base at `start`, its joints at rest."""

    def couple(self, body: int, first: int, second: int, force_n: float) -> None:
        """Keep two joints' travels equal, with at most this force."""

    def push(self, body: int, force_n: Vec3, torque_nm: Vec3) -> None:
        """Force at the base's centre of mass and torque on the base, world axes, held until pushed anew."""

    def drive(
        self, body: int, joints: tuple[int, ...], rates: tuple[float, ...], efforts: tuple[float, ...]
    ) -> None:
        """Motors: wanted rates and the most torque or force for each, until driven anew."""

    def step(self) -> None:
        """Advance by one physics step."""

    def base(self, body: int) -> Motion:
        """Motion of the base."""

    def links(self, body: int) -> tuple[Motion, ...]:
        """Motion of every link, in order."""

    def joints(self, body: int) -> tuple[JointMotion, ...]:
        """State of every joint, in order."""

    def power(self, body: int, rates_before: list[float]) -> tuple[float, list[float]]:
        """Mean power of the motors over the last step, W, from the joints' rates before it; the rates now."""

    def touches(self, first: int, second: int) -> tuple[Touch, ...]:
        """Contacts of the last physics step."""

    def weld(self, first: int, link: int, second: int) -> None:
        """Make a link of one and the base of the other one piece, as they are now placed."""

    def unweld(self) -> None:
        """Undo the weld; nothing when there is none."""

    def let_touch(self, first: int, links: tuple[int, ...], second: int, *, touching: bool) -> None:
        """Whether these links can touch the other body."""

    def close(self) -> None:
        """Give the world back; nothing may be asked of it any more."""
