"""The guidance service: hears readings and telecommands, says commands, estimate, phase and verdicts."""

import msgspec

from services.laws import laws
from twin.contracts.capture import ArmState
from twin.contracts.envelope import Delivered, Outgoing, Reaction
from twin.contracts.navigation import LawCompared
from twin.contracts.operations import LawSwap, LawUnresponsive
from twin.contracts.radio import Telecommand
from twin.contracts.sensing import SensorReadings
from twin.errors import ContractError, UsageError
from twin.gnc.computer import Computer
from twin.gnc.computer_state import ComputerSnapshot
from twin.kernel.participant import Participant
from twin.mission.script import Mission

CPU_LIMIT_S = 3.0
"""Computing time after which an answer will not come any more: ten thousand times what a law takes."""


class Guidance:
    """Reacts only to what it hears; asks for no wake-ups: the readings set its pace."""

    name = "guidance"

    def begin(self, mission: Mission) -> Reaction:
        self._become(mission)
        return Reaction()

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        messages: list[Outgoing] = []
        for delivered in inbox:
            if isinstance(delivered.body, LawUnresponsive):  # before the readings that it hung on
                self._computer.unresponsive(f"no answer after {delivered.body.cpu_s:g} s of computing")
        for delivered in inbox:
            match delivered.body:
                case SensorReadings() as readings:
                    messages += self._cycle(readings, now_ns)
                case Telecommand() as command:
                    self._computer.hear(command)
                case ArmState() as arm:
                    self._computer.feel(arm)
                case LawSwap() as swap:
                    self._computer.swap(swap)
                case LawUnresponsive():
                    continue
                case other:
                    raise UsageError(f"guidance takes no {type(other).__name__} (from {delivered.source})")
        return Reaction(messages=tuple(messages))

    def snapshot(self) -> bytes:
        return msgspec.msgpack.encode(self._computer.snapshot())

    def restore(self, mission: Mission, state: bytes) -> None:
        """Raises ContractError when `state` is not a snapshot of this guidance."""
        self._become(mission)
        try:
            snapshot = msgspec.msgpack.decode(state, type=ComputerSnapshot)
        except msgspec.DecodeError as error:
            raise ContractError(f"not a guidance snapshot: {error}") from None
        self._computer.restore(snapshot)

    def _become(self, mission: Mission) -> None:
        self._computer = Computer(mission, laws())
        self._delay_ns = round(mission.guidance.compute_delay_s * 1e9)

    def _cycle(self, readings: SensorReadings, now_ns: int) -> list[Outgoing]:
        if self._computer.recalls(readings):
            return []
        command, says = self._computer.cycle(readings, now_ns)
        to, delay_ns = ("servicer",), self._delay_ns
        answer = Outgoing(to=to, delay_ns=delay_ns, delivery="wake", body=command)
        return [
            answer,
            *(
                Outgoing(
                    to=() if isinstance(body, LawCompared) else to,
                    delay_ns=delay_ns,
                    delivery="wait",
                    body=body,
                )
                for body in says
            ),
        ]


def create() -> Participant:
    return Guidance()
