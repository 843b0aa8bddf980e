"""The ground segment as a participant: hears motion and telemetry, says passes and telecommands."""

import msgspec

from services.code_cache import prepare
from twin.contracts.envelope import Delivered, Reaction
from twin.errors import UsageError
from twin.ground.centre import ControlCentre, State, fresh
from twin.mission.script import Mission


class Ground:
    """Shell about `twin.ground.centre`."""

    name = "ground"

    def __init__(self) -> None:
        self._centre: ControlCentre | None = None

    def begin(self, mission: Mission) -> Reaction:
        """Nothing to say yet: the ground wakes when it can have heard the servicer's trajectory."""
        self._centre = ControlCentre(mission, fresh(mission))
        return Reaction(wake_ns=self._centre.state.wake_ns)

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        """Messages of this instant and the next time something is due."""
        centre = self._begun()
        messages = centre.react(now_ns, inbox)
        return Reaction(messages=messages, wake_ns=centre.state.wake_ns)

    def snapshot(self) -> bytes:
        """The centre's state, versioned msgpack."""
        return msgspec.msgpack.encode(self._begun().state, order="deterministic")

    def restore(self, mission: Mission, state: bytes) -> None:
        """Continue from a snapshot of another ground; UsageError for one of another version."""
        try:
            saved = msgspec.msgpack.decode(state, type=State)
        except msgspec.DecodeError as error:
            raise UsageError(f"not a snapshot of this version of the ground: {error}") from None
        self._centre = ControlCentre(mission, saved)

    def _begun(self) -> ControlCentre:
        if self._centre is None:
            raise UsageError("the ground has not begun: call begin or restore first")
        return self._centre


def create() -> Ground:
    """A ground segment that has not begun."""
    prepare()
    return Ground()
