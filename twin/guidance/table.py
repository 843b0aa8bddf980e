"""The phase table as an engine: which phase is on, which cues it takes, where they lead."""

import msgspec

from twin.contracts.fields import Name, TimeNs
from twin.errors import UsageError
from twin.guidance.phases import Cue, Phase


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """The phase that is on and since when."""

    phase: Name
    since_ns: TimeNs


class Table:
    """The rows by name. Holds no state: `Stage` goes in and out."""

    def __init__(self, phases: tuple[Phase, ...]) -> None:
        self._rows = {phase.name: phase for phase in phases}

    @property
    def rows(self) -> tuple[Phase, ...]:
        """In the order of the file."""
        return tuple(self._rows.values())

    def row(self, stage: Stage) -> Phase:
        return self._rows[stage.phase]

    def named(self, name: str) -> Phase:
        """Raises UsageError when there is no such phase."""
        if name not in self._rows:
            raise UsageError(f"no phase {name}; there are: {', '.join(self._rows)}")
        return self._rows[name]

    def legal(self, stage: Stage) -> tuple[Cue, ...]:
        """Cues that the phase takes, in the order of the file."""
        return tuple(self.row(stage).on)

    def after(self, stage: Stage, cue: Cue, t_ns: int) -> Stage:
        """The phase that `cue` leads to. Raises UsageError when the phase does not take it."""
        following = self.row(stage).on.get(cue)
        if following is None:
            legal = ", ".join(self.legal(stage)) or "none"
            raise UsageError(f"no cue {cue} in phase {stage.phase}; legal here: {legal}")
        return Stage(phase=following, since_ns=t_ns)

    def timed_out(self, stage: Stage, t_ns: int) -> bool:
        """The phase has a time limit that is used up and says what then."""
        row = self.row(stage)
        return (
            row.timeout_s is not None
            and "timeout" in row.on
            and t_ns - stage.since_ns >= round(row.timeout_s * 1e9)
        )
