"""Kinematics of the arm: where its links and its tool are, and which joint rates give a wanted tool motion.

All in body axes of the servicer, from the body's origin. Plain floats throughout: it runs a hundred
times a simulated second, and no linear-algebra library can change its bits.
"""

from math import radians, sqrt
from typing import NamedTuple

from twin.capture.settings import ArmSettings
from twin.capture.turning import IDENTITY, about
from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import mul, rotate
from twin.guidance.vectors import add, cross, scale, sub

_DAMPING = 1e-4
"""Of the least squares, in m2: keeps joint rates finite near singular poses (contact-recipes.md, 4)."""
Angles = tuple[float, ...]


class Pose(NamedTuple):
    """Where the arm is: joints and their axes, links (attitude, as that of their joint), tool."""

    r_joints_m: tuple[Vec3, ...]
    axes: tuple[Vec3, ...]
    q_links: tuple[Quaternion, ...]
    r_tool_m: Vec3

    @property
    def q_tool(self) -> Quaternion:
        """q_body_from_tool: the hand is the last link."""
        return self.q_links[-1]


class Kinematics:
    """The chain of one arm."""

    def __init__(self, arm: ArmSettings) -> None:
        self._mount_m = arm.mount_body_m
        self._tool_m: Vec3 = (arm.tool_m, 0.0, 0.0)
        self._chain = tuple((joint.offset_m, joint.axis) for joint in arm.joints)
        self._coms = tuple(joint.com_m for joint in arm.joints)
        self._most_radps = arm.rate_radps
        self.lower_rad = tuple(radians(joint.minimum_deg) for joint in arm.joints)
        self.upper_rad = tuple(radians(joint.maximum_deg) for joint in arm.joints)
        self.stowed_rad = tuple(radians(joint.stowed_deg) for joint in arm.joints)
        self.unfolded_rad = tuple(radians(joint.unfolded_deg) for joint in arm.joints)

    @property
    def stowed_joints(self) -> Angles:
        """The stowed angles and the travels of two open fingers."""
        return (*self.stowed_rad, 0.0, 0.0)

    def pose(self, angles_rad: Angles) -> Pose:
        """Forward kinematics."""
        r_m, q = self._mount_m, IDENTITY
        places, axes, turns = [], [], []
        for (offset_m, axis), angle in zip(self._chain, angles_rad, strict=True):
            r_m = add(r_m, rotate(q, offset_m))
            places.append(r_m)
            axes.append(rotate(q, axis))
            q = mul(q, about(axis, angle))
            turns.append(q)
        return Pose(tuple(places), tuple(axes), tuple(turns), add(r_m, rotate(q, self._tool_m)))

    def centres(self, pose: Pose) -> tuple[Vec3, ...]:
        """Centres of mass of the seven links."""
        return tuple(
            add(r_m, rotate(q, com_m))
            for r_m, q, com_m in zip(pose.r_joints_m, pose.q_links, self._coms, strict=True)
        )

    def tool_motion(self, pose: Pose, rates_radps: Angles) -> tuple[Vec3, Vec3]:
        """Velocity of the tool point and rate of the hand against the body."""
        v_mps: Vec3 = (0.0, 0.0, 0.0)
        w_radps: Vec3 = (0.0, 0.0, 0.0)
        for r_m, axis, rate in zip(pose.r_joints_m, pose.axes, rates_radps, strict=True):
            v_mps = add(v_mps, scale(rate, cross(axis, sub(pose.r_tool_m, r_m))))
            w_radps = add(w_radps, scale(rate, axis))
        return v_mps, w_radps

    def rates_for(self, pose: Pose, v_mps: Vec3, w_radps: Vec3) -> Angles:
        """Joint rates for a tool motion, by damped least squares, all slowed alike to the rate limit.

        qd = J^T (J J^T + damping)^-1 v: Nakamura and Hanafusa, J. Dyn. Sys. Meas. Control 108 (1986) 163.
        """
        columns = [
            (*cross(axis, sub(pose.r_tool_m, r_m)), *axis)
            for r_m, axis in zip(pose.r_joints_m, pose.axes, strict=True)
        ]
        normal = [
            [sum([c[i] * c[k] for c in columns]) + (_DAMPING if i == k else 0.0) for k in range(i + 1)]
            for i in range(6)
        ]
        a, b, c, d, e, f = _solved(normal, (*v_mps, *w_radps))
        rates = [u * a + v * b + w * c + x * d + y * e + z * f for u, v, w, x, y, z in columns]
        fastest = max([abs(rate) for rate in rates])
        slow = self._most_radps / fastest if fastest > self._most_radps else 1.0
        return tuple([slow * rate for rate in rates])

    def towards(self, angles_rad: Angles, wanted_rad: Angles, gain_per_s: float) -> Angles:
        """Joint rates that lead straight to wanted angles, together, within the rate limit."""
        rates = [gain_per_s * (b - a) for a, b in zip(angles_rad, wanted_rad, strict=True)]
        fastest = max([abs(rate) for rate in rates])
        slow = self._most_radps / fastest if fastest > self._most_radps else 1.0
        return tuple([slow * rate for rate in rates])


def _solved(lower: list[list[float]], right: tuple[float, ...]) -> list[float]:
    """x of A x = b for a symmetric positive A given by its lower triangle (Cholesky, in place)."""
    size = len(lower)
    for i in range(size):
        row = lower[i]
        for k in range(i):
            other = lower[k]
            row[k] = (row[k] - sum([row[j] * other[j] for j in range(k)])) / other[k]
        row[i] = sqrt(row[i] - sum([x * x for x in row[:i]]))
    x = list(right)
    for i in range(size):
        x[i] = (x[i] - sum([lower[i][j] * x[j] for j in range(i)])) / lower[i][i]
    for i in reversed(range(size)):
        x[i] = (x[i] - sum([lower[j][i] * x[j] for j in range(i + 1, size)])) / lower[i][i]
    return x
