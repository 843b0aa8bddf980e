"""A sound recording, damaged in every way: forged by somebody with our own tools, flipped, cut."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from services.recording.read import Recording
from services.recording.replay import DifferenceError
from services.recording.replay import replay as recompute
from services.recording.write import Recorder
from services.run import participants
from twin.contracts.codec import encode, kind_of
from twin.contracts.envelope import Event

Place = tuple[str | int, ...]
FREE_TEXTS = {"reason", "text"}


class Forgery(NamedTuple):
    """One value changed in one event, and where replay says the first difference is."""

    kind: str
    field: str
    changed: Event
    found: str
    holds: bool


def forgeries(recording: Recording, folder: Path) -> Iterator[Forgery]:
    """Of every kind of event that has a number or a free text, change one, in an event amidst the run."""
    events = list(recording.events())
    kinds = dict.fromkeys(kind_of(event.body) for event, _ in events)
    for kind in kinds:
        indices = [k for k, (event, _) in enumerate(events) if kind_of(event.body) == kind]
        index = indices[len(indices) // 2]
        event = events[index][0]
        plain = msgspec.msgpack.decode(msgspec.msgpack.encode(event.body))
        place = _changeable(plain)
        if place is not None and not event.external:
            path = folder / f"{kind}.mcap"
            changed = _with_a_value_changed(event, plain, place)
            _write(recording, path, events, index, changed)
            yield _judged(path, kind, ".".join(map(str, place)), changed)


def _judged(path: Path, kind: str, field: str, changed: Event) -> Forgery:
    try:
        recompute(Recording(path), participants())
    except DifferenceError as error:
        found = error.difference
        named = (found.t_ns, found.participant) == (changed.t_ns, changed.source)
        # How a run ended is not computed again: there the digest of the whole answers.
        holds = named and found.kind in {kind, "recording" if kind == "run_ended" else kind}
        return Forgery(kind, field, changed, str(error), holds)
    return Forgery(kind, field, changed, "identical", holds=False)


def _write(
    recording: Recording, path: Path, events: list[tuple[Event, bytes]], index: int, changed: Event
) -> None:
    run, mission = recording.require_sound()
    assert recording.end is not None
    recorder = Recorder(path, mission, run)
    recorder.round((*events[:index], (changed, encode(changed)), *events[index + 1 :]))
    recorder.finish(recording.end)


def _changeable(value: Any, place: Place = ()) -> Place | None:
    """Where a number is in nested dicts and lists, the shallowest; else a free text."""
    if isinstance(value, float) or (isinstance(value, str) and place[-1] in FREE_TEXTS):
        return place
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [deeper for key, each in items if (deeper := _changeable(each, (*place, key))) is not None]
    return min(found, key=lambda where: (where[-1] in FREE_TEXTS, len(where)), default=None)


def _with_a_value_changed(event: Event, plain: Any, place: Place) -> Event:
    """The event with 1e-12 of a number taken away, or 1e-12 in place of zero; or with one more letter."""
    holder = plain
    for key in place[:-1]:
        holder = holder[key]
    value = holder[place[-1]]
    holder[place[-1]] = f"{value}!" if isinstance(value, str) else value * (1.0 - 1e-12) or 1e-12
    return msgspec.structs.replace(event, body=msgspec.convert(plain, type(event.body)))


def unfinished(recording: Recording, path: Path) -> Path:
    """The same events, as a recorder leaves them that was killed."""
    run, mission = recording.require_sound()
    recorder = Recorder(path, mission, run)
    for pair in recording.events():
        recorder.round((pair,))
    recorder.close()
    return path


class Condition(NamedTuple):
    """What is said of a file that was cut or flipped at a byte."""

    at: int
    condition: str
    saved: int
    problem: str


def cut_at(recording: Path, copy: Path, offsets: list[int]) -> Iterator[Condition]:
    """Cut a copy shorter and shorter."""
    data = recording.read_bytes()
    for at in offsets:
        copy.write_bytes(data[:at])
        found = Recording(copy)
        assert sum(1 for _ in found.events()) == found.saved or found.condition == "corrupt"
        yield Condition(at, found.condition, found.saved, found.problem)


def flipped_at(recording: Path, copy: Path, offsets: list[int]) -> Iterator[Condition]:
    """One bit of a copy flipped, another for each offset."""
    data = bytearray(recording.read_bytes())
    for at in offsets:
        data[at] ^= 1 << at % 8
        copy.write_bytes(data)
        data[at] ^= 1 << at % 8
        found = Recording(copy)
        yield Condition(at, found.condition, found.saved, found.problem)


def spread(size: int, count: int) -> list[int]:
    """`count` offsets over a file of `size` bytes, at no regular distance, the ends among them."""
    golden = 0.6180339887498949  # its multiples fill the unit interval evenly (Weyl)
    return sorted({0, 1, 8, size - 1, *(int(size * (k * golden % 1.0)) for k in range(count))})
