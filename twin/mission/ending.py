"""When a run is over: a terminal phase has lasted long enough, or the latest end has come."""

from typing import Literal

from twin.contracts.envelope import Event
from twin.contracts.navigation import PhaseChanged
from twin.mission.script import Mission

NS_PER_S = 1_000_000_000


class EndingWatch:
    """Hears the events of a run and says when it ends. A phase that is left again cancels its ending."""

    def __init__(self, mission: Mission) -> None:
        self.latest_ns = round(mission.ending.latest_s * NS_PER_S)
        self._linger_ns = round(mission.ending.linger_s * NS_PER_S)
        self._phase = mission.guidance.start_phase
        self._terminal_ns: int | None = None
        if any(phase.terminal and phase.name == self._phase for phase in mission.guidance.phases):
            self._terminal_ns = 0

    def take(self, event: Event) -> int:
        """Note an event and give the end as it stands now, ns; it may move with the next event."""
        if isinstance(event.body, PhaseChanged):
            change = event.body
            self._phase = change.phase
            # A phase is entered when its change is heard: an ending never lies before its own cause.
            self._terminal_ns = max(change.t_ns, event.t_ns) if change.terminal else None
        return self.end_ns

    @property
    def end_ns(self) -> int:
        """The last instant that is granted."""
        if self._terminal_ns is None:
            return self.latest_ns
        return min(self.latest_ns, self._terminal_ns + self._linger_ns)

    @property
    def cause(self) -> Literal["mission_over", "deadline"]:
        """Why a run that reached `end_ns` is over."""
        over = self._terminal_ns is not None and self._terminal_ns + self._linger_ns <= self.latest_ns
        return "mission_over" if over else "deadline"

    @property
    def text(self) -> str:
        """The cause in a line."""
        if self.cause == "mission_over":
            return f"phase {self._phase} has lasted {self._linger_ns / NS_PER_S:g} s"
        return f"in phase {self._phase} at the latest end, {self.latest_ns / NS_PER_S:g} s"
