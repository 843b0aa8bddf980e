"""Flights whose counters begin just below 2^16, 2^31 or 2^32 and pass it.

A run is left in its third second, as by a conductor that died there; the counters in the states it kept are
set; then it is taken up as `twin resume` does: there is no other way into a run with such numbers. Set are
grants and answers of every participant, sequence numbers of every source, telemetry frames and the ground's
count of them, telecommands, and, where asked for, the sensors' samples: other noise, so another flight.
"""

import shutil
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple
from unittest.mock import patch

import msgspec
from msgspec.structs import replace

from services.keeping import Keeping
from services.recording.milestone import Milestone, Milestones
from services.recording.read import Recording
from services.recording.write import side_path
from services.resuming import resume
from services.run import Options, RunReport, fly
from tests.damage import unfinished
from twin.contracts.radio import Telecommand, TelemetryFrame
from twin.contracts.sensing import SensorReadings
from twin.mission.script import Fault, Mission

LIMITS: Final = (2**16, 2**31, 2**32)
_LEFT_NS: Final = 2_000_000_000
_STATES_EVERY: Final = 20
KILLS: Final = tuple(
    Fault(name=f"{role}_dies", kind="process.kill", arguments={"role": role}, at_s=at_s)
    for role, at_s in (("guidance", 90.0), ("servicer", 150.0), ("ground", 200.0))
)
"""Those who come back are told grants on both sides of the limit."""


class _LeftError(Exception):
    """The conductor's process ends here."""


class _Leaving(Milestones):
    """Dies once it has kept the states of the third second."""

    def keep(self, milestone: Milestone) -> None:
        super().keep(milestone)
        if milestone.standing.now[0] >= _LEFT_NS:
            raise _LeftError


class _Watched(Milestones):
    """Remembers the newest of the run."""

    last: ClassVar[Milestone | None] = None

    def keep(self, milestone: Milestone) -> None:
        super().keep(milestone)
        _Watched.last = milestone


class Flight(NamedTuple):
    """What came of it; `highest` of each counter, and the file as it was."""

    report: RunReport
    highest: dict[str, int]
    recording: bytes


def left(mission: Mission, path: Path, *, processes: bool, until_s: float | None = None) -> None:
    """A run of which nobody took leave: its record, its side file and the states of its third second."""
    keeping = partial(Keeping, fewest=1, many=1, share=0.0)
    with (
        patch("services.run.Milestones", _Leaving),
        patch("services.conductor.Keeping", keeping),
        suppress(_LeftError),
    ):
        fly(mission, Options(in_process=True, record=path, until_s=until_s))
    side = msgspec.json.decode(side_path(path).read_bytes())
    side["transport"] = "processes" if processes else "in process"
    side_path(path).write_bytes(msgspec.json.encode(side))


def set_below(path: Path, limit: int, *, samples: bool) -> None:
    """The next number of every counter is the last one below `limit`; the next telecommand is `limit`."""
    milestones, number = Milestones(path), limit - 2
    found = milestones.newest(Recording(path).saved)
    assert found is not None
    seats = {
        name: replace(seat, number=number, replied=number) for name, seat in found.standing.seats.items()
    }
    sequences = dict.fromkeys(seats, limit - 1)
    servicer, ground = (msgspec.msgpack.decode(found.states[name]) for name in ("servicer", "ground"))
    servicer["radio"]["sequence"] = ground["received"]["next_sequence"] = limit - 1
    if samples:
        servicer["sample"] = limit - 1
    ground["books"]["commands"] = [_done(limit - 1)]
    states = {"servicer": msgspec.msgpack.encode(servicer), "ground": msgspec.msgpack.encode(ground)}
    standing = replace(found.standing, seats=seats, sequences=sequences)
    milestones.keep(replace(found, standing=standing, states=found.states | states))


def flown_on(path: Path) -> Flight:
    """Take it up, and look how far it counted."""
    _Watched.last = None
    keeping = partial(Keeping, fewest=_STATES_EVERY, many=_STATES_EVERY, share=0.0)
    with patch("services.run.Milestones", _Watched), patch("services.conductor.Keeping", keeping):
        report = resume(path, Options(), quiet=True)
    return Flight(report, _highest(Recording(path)), path.read_bytes())


def flown_again(path: Path, copy: Path, states: bytes) -> Flight:
    """The finished run once more from the same states, in this process: every event is compared."""
    unfinished(Recording(path), copy)
    shutil.copy(side_path(path), side_path(copy))
    side = msgspec.json.decode(side_path(copy).read_bytes())
    side_path(copy).write_bytes(msgspec.json.encode({**side, "transport": "in process"}))
    Milestones(copy).path.write_bytes(states)
    return flown_on(copy)


def _done(number: int) -> dict[str, Any]:
    """A telecommand of long ago."""
    return {"number": number, "name": "hold", "arguments": {}, "origin": "operator", "stage": "completed"}


def _highest(recording: Recording) -> dict[str, int]:
    highest: dict[str, int] = {}
    for event, _ in recording.events():
        counted = {f"events of {event.source}": event.sequence}
        match event.body:
            case SensorReadings(sample=sample):
                counted["samples"] = sample
            case TelemetryFrame(sequence=sequence):
                counted["frames"] = sequence
            case Telecommand(command=command):
                counted["telecommands"] = command
        highest |= {name: max(count, highest.get(name, 0)) for name, count in counted.items()}
    if _Watched.last is not None:
        seats = _Watched.last.standing.seats
        highest |= {f"grants of {name}": seat.number for name, seat in seats.items()}
    return highest
