"""What a stack's own motion says of the arm that holds it together: the torque of each joint about its axis.

Beyond a joint hangs the target, which is pushed and turned through it: the moment there is the change of the
target's momentum about that place (Goldstein, Classical Mechanics, 3rd ed., 1.2), less gravity's part.

Assumptions and limitations: the arm itself weighs nothing (91 kg of some tons) and keeps the angles of the
last report before the window closed; gravity is that of a point and J2, its gradient is left out (0.3 N m).
"""

from typing import Any

import numpy as np

from twin.capture.arm import Kinematics
from twin.capture.settings import Arm
from twin.contracts.capture import ArmState, WindowOpened
from twin.contracts.custody import BodyState
from twin.contracts.envelope import Event
from twin.contracts.motion import Piece, Trajectory
from twin.dynamics.rotation import matrix
from twin.dynamics.segments import Motion, motion_at_start
from twin.dynamics.settings import TargetBody
from twin.guidance.free_drift import gravity
from twin.mission.reports import Array, Reports, Times

_SHORTEST_NS = 10_000_000
"""As for the torque on the stack (`twin.mission.stack_torque`)."""


class StackLoads:
    """Largest torque of a joint in each control period of the stack."""

    def __init__(self, arm: Arm | None, target: TargetBody) -> None:
        self._chain = None if arm is None else Kinematics(arm.arm)
        self._mass_kg, self._inertia = target.mass_kg, np.array(target.inertia_body_kgm2)
        self._joints: tuple[Array, Array] | None = None
        self._stacked = False
        self._servicer: tuple[Piece, ...] = ()
        self._loads = Reports(("stack_joint_torque_nm",))

    def take(self, event: Event) -> None:
        """Note what an event says of the arm and of a stack."""
        match event.body:
            case ArmState() as arm if self._chain is not None:
                pose = self._chain.pose(arm.joint_rad)
                self._joints = np.array(pose.r_joints_m), np.array(pose.axes)
            case BodyState(body="stack"):
                self._stacked = True
            case WindowOpened(t_ns=t_ns):
                self._stacked = False
                self._loads.add(t_ns, (None,))
            case Trajectory(body="servicer") as motion if self._stacked:
                self._servicer = motion.pieces
            case Trajectory(body="target") as motion if self._stacked and self._joints is not None:
                self._fly(motion.pieces, *self._joints)

    def _fly(self, pieces: tuple[Piece, ...], places: Array, axes: Array) -> None:
        """Both bodies' pieces of a period are cut alike."""
        torques = [
            self._torques(motion_at_start(target), motion_at_start(servicer), places, axes)
            for target, servicer in zip(pieces, self._servicer, strict=False)
            if target.start_ns == servicer.start_ns and target.duration_ns >= _SHORTEST_NS
        ]
        if torques:
            self._loads.add(pieces[0].start_ns, (float(np.abs(np.concatenate(torques)).max()),))

    def _torques(self, target: Motion, servicer: Motion, places: Array, axes: Array) -> Array:
        """About each joint's axis (n,), N m."""
        force_n = self._mass_kg * (target.a_eci_mps2 - gravity(target.r_eci_m[None])[0])
        w = target.w_body_radps
        turning = (self._inertia * target.dw_body_radps2).sum(axis=1)
        turning = turning + np.cross(w, (self._inertia * w).sum(axis=1))
        eci_from_servicer = matrix(servicer.q_eci_from_body)
        moment_nm = (matrix(target.q_eci_from_body) * turning).sum(axis=1)
        # Places and axes (n, 3) in eci, from the servicer's centre of mass.
        joints_m = (eci_from_servicer[None] * places[:, None, :]).sum(axis=2)
        along = (eci_from_servicer[None] * axes[:, None, :]).sum(axis=2)
        levers_m = (target.r_eci_m - servicer.r_eci_m) - joints_m
        torques: Array = (along * (moment_nm + np.cross(levers_m, force_n))).sum(axis=1)
        return torques

    def forget_before(self, t_ns: int) -> None:
        """Drop what no instant from `t_ns` on can show."""
        self._loads.forget_before(t_ns)

    def columns(self, t_ns: Times) -> dict[str, Any]:
        """The quantity at `t_ns` (n,), sorted; unknown while there is no stack."""
        return {f"truth.{name}": values for name, values in self._loads.held(t_ns).items()}
