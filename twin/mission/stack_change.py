"""The change of velocity that a stack's thrusters had in them, from the truth of the equipment."""

from typing import Any

from twin.contracts.capture import WindowOpened
from twin.contracts.custody import BodyState
from twin.contracts.envelope import Event
from twin.contracts.equipment import EquipmentState
from twin.mission.reports import Reports, Times


class StackChange:
    """Impulse over mass, period by period, since the two bodies are one, whichever way it pushed."""

    def __init__(self, target_kg: float) -> None:
        self._target_kg = target_kg
        self._change_mps: float | None = None
        self._changes = Reports(("stack_delta_v_mps",))

    def take(self, event: Event) -> None:
        """Note what an event says of a stack."""
        match event.body:
            case BodyState(body="stack", t_ns=t_ns) if self._change_mps is None:
                self._change_mps = 0.0
                self._changes.add(t_ns, (0.0,))
            case WindowOpened(t_ns=t_ns):
                self._change_mps = None
                self._changes.add(t_ns, (None,))
            case EquipmentState() as state if self._change_mps is not None and state.impulse_ns > 0.0:
                self._change_mps += state.impulse_ns / (state.mass_kg + self._target_kg)
                self._changes.add(state.t_ns, (self._change_mps,))

    def forget_before(self, t_ns: int) -> None:
        """Drop what no instant from `t_ns` on can show."""
        self._changes.forget_before(t_ns)

    def columns(self, t_ns: Times) -> dict[str, Any]:
        """The quantity at `t_ns` (n,), sorted; unknown while there is no stack."""
        return {f"truth.{name}": values for name, values in self._changes.held(t_ns).items()}
