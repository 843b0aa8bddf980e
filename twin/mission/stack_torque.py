"""The torque that turns a stack, from its own motion: what goes through the arm that holds it together."""

from typing import Any

import numpy as np

from twin.contracts.capture import WindowOpened
from twin.contracts.custody import BodyState
from twin.contracts.envelope import Event
from twin.contracts.motion import Trajectory
from twin.dynamics.segments import turning_at_start
from twin.mission.reports import Array, Reports, Times

_SHORTEST_NS = 10_000_000
"""Thrust of less than this is no load of its own: valves that open together do not shut at one instant."""


class StackTorque:
    """Largest torque so far, I w' + w x I w at the start of every piece of motion: thrust is even in each."""

    def __init__(self) -> None:
        self._inertia: Array | None = None
        self._peak_nm = 0.0
        self._peaks = Reports(("stack_torque_peak_nm",))

    def take(self, event: Event) -> None:
        """Note what an event says of a stack."""
        match event.body:
            case BodyState(body="stack") as stack:
                if self._inertia is None:
                    self._peak_nm = 0.0
                    self._peaks.add(stack.t_ns, (0.0,))
                self._inertia = np.array(stack.inertia_body_kgm2)
            case WindowOpened(t_ns=t_ns):
                self._inertia = None
                self._peaks.add(t_ns, (None,))
            case Trajectory(body="servicer") as motion if self._inertia is not None:
                self._fly(motion, self._inertia)

    def _fly(self, motion: Trajectory, inertia: Array) -> None:
        for piece in motion.pieces:
            if piece.duration_ns < _SHORTEST_NS:
                continue
            w, change = turning_at_start(piece)
            torque = (inertia * change).sum(axis=1) + np.cross(w, (inertia * w).sum(axis=1))
            torque_nm = float(np.sqrt((torque * torque).sum()))
            if torque_nm > self._peak_nm:
                self._peak_nm = torque_nm
                self._peaks.add(piece.start_ns, (torque_nm,))

    def forget_before(self, t_ns: int) -> None:
        """Drop what no instant from `t_ns` on can show."""
        self._peaks.forget_before(t_ns)

    def columns(self, t_ns: Times) -> dict[str, Any]:
        """The quantity at `t_ns` (n,), sorted; unknown while there is no stack."""
        return {f"truth.{name}": values for name, values in self._peaks.held(t_ns).items()}
