"""How a run treats peers that share no code with it: what they may say, what is not taken, who holds time."""

from collections.abc import Callable, Iterable
from typing import Final

from services.bus.peers import Loss, Peers
from twin.contracts.actuation import ActuatorCommand
from twin.contracts.capture import ArmCommand
from twin.contracts.codec import encode, kind_of
from twin.contracts.envelope import AnyBody, Outgoing, Refused, Reply
from twin.contracts.navigation import Estimate, PhaseChanged, SafetyVerdict
from twin.contracts.radio import CommandReport
from twin.errors import ContractError
from twin.mission.script import Mission

PATIENCE_S: Final = 10.0
"""Wall seconds without an answer after which it is said who is waited for; nothing else comes of it."""
_TOLD_REFUSALS = 20
_GUIDANCE_SAYS = (ActuatorCommand, ArmCommand, CommandReport, Estimate, PhaseChanged, SafetyVerdict)


def unheard(text: str) -> None:
    """Nobody listens."""


class Manners:
    """`tell` takes a line for people, as it happens. `refused` counts."""

    def __init__(self, mission: Mission, peers: Peers, tell: Callable[[str], None] = unheard) -> None:
        self.refused = 0
        self._vehicle = mission.servicer
        self._peers = peers
        self.tell = tell
        self._reasons: dict[str, str] = {}
        self._waited_s = 0.0
        self._waiting = ""

    def check(self, name: str, reply: Reply) -> None:
        """Refuse what a foreign guidance may not say or the vehicle cannot do, before anybody acts on it.

        Raises ContractError with the place: the peer may answer again and better.
        """
        if name != "guidance" or name not in self._peers.foreign:
            return
        for index, message in enumerate(reply.reaction.messages):
            self._check(message, f"reaction.messages[{index}]")

    def refuse(self, name: str, error: ContractError) -> bytes:
        """The frame that says so to the peer; the run's people hear of it too."""
        self.refused += 1
        self._reasons[name] = str(error)
        if self.refused <= _TOLD_REFUSALS:
            self.tell(f"refused {name}: {error}")
        return encode(Refused(reason=str(error)[:4096]))

    def cause(self, loss: Loss) -> str:
        """Why a peer is gone; what was refused last may be the reason."""
        reason = self._reasons.get(loss.name)
        return f"{loss.cause}, after it was refused: {reason}" if reason else loss.cause

    def joining(self, missing: Iterable[str]) -> None:
        """Who has not said HELLO: once these are foreign alone, the run waits for somebody to start them."""
        names = frozenset(missing)
        if names and names <= self._peers.foreign:
            self._wait_for(names, "to join")
        elif not names:
            self.heard()

    def heard(self) -> None:
        """Nobody is waited for any more, or not yet for long."""
        self._waited_s, self._waiting = 0.0, ""

    def waited(self, names: Iterable[str], now_ns: int, wall_s: float) -> None:
        """Nobody answered for `wall_s` more."""
        self._waited_s += wall_s
        if self._waited_s >= PATIENCE_S:
            self._wait_for(names, f"at {now_ns * 1e-9:.3f} s")

    def _wait_for(self, names: Iterable[str], what: str) -> None:
        if not self._waiting:
            self._waiting = f"waiting for {', '.join(sorted(names))} {what}"
            self.tell(self._waiting)

    @property
    def waiting(self) -> str:
        """For the outcome of a run that is ended meanwhile: " while waiting ...", or ""."""
        return f" while {self._waiting}" if self._waiting else ""

    def _check(self, message: Outgoing, place: str) -> None:
        body = message.body
        if not isinstance(body, _GUIDANCE_SAYS):
            known = ", ".join(sorted(_kind_of_type(each) for each in _GUIDANCE_SAYS))
            raise ContractError(
                f"guidance does not say {kind_of(body)}; it says: {known}", place=f"{place}.body.kind"
            )
        if set(message.to) - {"servicer"}:
            raise ContractError("what guidance says goes to the servicer", place=f"{place}.to")
        if isinstance(body, ActuatorCommand):
            self._fits(body, f"{place}.body")

    def _fits(self, command: ActuatorCommand, place: str) -> None:
        parts = (
            ("thruster_on_s", len(command.thruster_on_s), len(self._vehicle.propulsion.thrusters)),
            ("wheel_torque_nm", len(command.wheel_torque_nm), len(self._vehicle.wheels)),
        )
        for field, given, there in parts:
            if given != there:
                raise ContractError(f"{given} values, the vehicle has {there}", place=f"{place}.{field}")
        valves = len(self._vehicle.propulsion.thrusters)
        if max(command.isolated, default=0) >= valves:
            raise ContractError(f"the vehicle has thrusters 0 to {valves - 1}", place=f"{place}.isolated")


def _kind_of_type(body: type[AnyBody]) -> str:
    return str(body.__struct_config__.tag)
