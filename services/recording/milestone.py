"""Where a run can be taken up after its conductor's death: kept beside the recording while it flies.

One file, replaced whole every time the participants' states are kept, gone when the run is over. It says of
how many events on the record it is the end, and their digest: a record that is another is found out.
"""

from pathlib import Path

import msgspec

from twin.kernel.standing import Standing


class Milestone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """After the first `events` of the run, whose digest is `digest`: how the conductor stood, the state of
    every participant, and how many grants each had had."""

    events: int
    digest: str
    standing: Standing
    states: dict[str, bytes]

    def granted(self, name: str) -> int:
        """How many grants a participant had had."""
        return self.standing.seats[name].number + 1


class Milestones:
    """The file of the newest milestone of a recording."""

    def __init__(self, recording: Path) -> None:
        self.path = recording.with_name(recording.name + ".states")
        self._part = self.path.with_name(self.path.name + ".part")

    def keep(self, milestone: Milestone) -> None:
        """Replace the one before; raises OSError."""
        self._part.write_bytes(msgspec.msgpack.encode(milestone))
        self._part.replace(self.path)

    def newest(self, events: int) -> Milestone | None:
        """The one that was kept last; None if none can be read, or a record of so many events ends before."""
        try:
            found = msgspec.msgpack.decode(self.path.read_bytes(), type=Milestone)
        except (OSError, msgspec.MsgspecError):  # then the run is flown again from its beginning
            return None
        return found if found.events <= events else None

    def discard(self) -> None:
        """The run is over: there is nothing to take up."""
        self.path.unlink(missing_ok=True)
        self._part.unlink(missing_ok=True)
