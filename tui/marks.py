"""Moments of a recording worth going to: what happened in it, and what the viewer marked."""

from pathlib import Path
from typing import NamedTuple

import msgspec

from twin.contracts.envelope import Event
from twin.contracts.operations import AlarmHandled, Mark, PeerLost, RunEnded
from twin.contracts.radio import CommandVerification, PassEvent, StepTaken, TelemetryFrame


class Landmark(NamedTuple):
    """Something at a moment; `kind` is mark, pass, command, step, event, alarm or run."""

    t_ns: int
    kind: str
    text: str


class Marks:
    """The viewer's own, kept in a file beside the recording: NAME.mcap.marks.json."""

    def __init__(self, recording: Path) -> None:
        """Starts empty where there is no such file, or one that holds no marks."""
        self.place = recording.with_name(f"{recording.name}.marks.json")
        self.all: list[Landmark] = []
        try:
            found = msgspec.json.decode(self.place.read_bytes(), type=list[tuple[int, str]])
        except (OSError, msgspec.MsgspecError):
            return
        self.all = [Landmark(t_ns, "mark", name) for t_ns, name in sorted(found)]

    def add(self, t_ns: int, name: str) -> None:
        """Keep a moment, once; raises OSError where the file cannot be written, and has it all the same."""
        self.all = sorted({*self.all, Landmark(t_ns, "mark", name)})
        self._keep()

    def remove(self, mark: Landmark) -> None:
        """Forget one; raises OSError as `add` does."""
        self.all = [each for each in self.all if each != mark]
        self._keep()

    def _keep(self) -> None:
        self.place.write_bytes(msgspec.json.encode([(each.t_ns, each.text) for each in self.all]))


def landmark_of(event: Event) -> Landmark | None:
    """What an event is, where somebody would look for it; None for the many that only carry values."""
    said = _said(event)
    return None if said is None else Landmark(event.t_ns, *said)


def _said(event: Event) -> tuple[str, str] | None:
    """Kind and text."""
    said = None
    match event.body:
        case PassEvent(station=station, event=word) if word != "predicted":
            said = ("pass", f"{station} {word}")
        case CommandVerification(command=number, name=name, stage=stage):
            said = ("command", f"#{number} {name} {stage.replace('_', ' ')}")
        case StepTaken(step=step, outcome=outcome):
            said = ("step", f"{step} {outcome.replace('_', ' ')}")
        case Mark(text=text):
            said = ("event", f"{event.source}: {text}")
        case AlarmHandled():
            said = ("alarm", "an alarm was handled")
        case PeerLost(participant=name):
            said = ("run", f"service {name} lost")
        case RunEnded(cause=cause):
            said = ("run", f"over: {cause.replace('_', ' ')}")
        case TelemetryFrame(events=events) if events:
            said = ("event", "; ".join(each.text for each in events))
    return said
