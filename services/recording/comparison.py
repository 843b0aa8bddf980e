"""Two recorded runs compared: event by event to the bit, and within tolerances as signals and as events.

Signals are the quantities of the truth and onboard planes, sampled alike from both runs as far as both go.
Events are everything that happens rather than is reported every period; what they are called (kind, source,
the names in them) is lined up in order, so that one more or one less shifts nothing else.
"""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from msgspec import Struct

from services.recording import difference
from services.recording.difference import Difference
from services.recording.read import Recording
from twin.contracts.codec import kind_of
from twin.contracts.envelope import Event
from twin.mission.quantities import QUANTITIES
from twin.mission.sampling import Columns, Sampler

PERIODIC: Final = frozenset(
    {
        "trajectory",
        "sensor_readings",
        "actuator_command",
        "estimate",
        "equipment_state",
        "telemetry_frame",
        "arm_state",
        "arm_command",
        "contact_state",
        "body_state",
        "ledger_booked",
        "snapshot_taken",
    }
)
"""Kinds that come every period: what they say is compared as signals."""
_UNNAMED: Final = frozenset({"text", "reason", "kind"})


class Tolerances(Struct, frozen=True, kw_only=True):
    """What counts as equal: a signal to `absolute` in its own unit plus `relative` of it, an event to
    `time_ns`; `own` are absolute tolerances of single quantities. The defaults are those of a replay in
    another numeric environment."""

    absolute: float = difference.ABSOLUTE
    relative: float = difference.RELATIVE
    time_ns: int = difference.TIME_NS
    own: Mapping[str, float] = msgspec.field(default_factory=dict)


class SignalDifference(Struct, frozen=True, kw_only=True):
    """A quantity beyond its tolerance: since `first_ns`, most at `worst_ns`, by `largest` in `unit`.

    A text and what only one run knows differ by infinity; `samples` is how many are beyond.
    """

    quantity: str
    unit: str
    largest: float
    worst_ns: int
    first_ns: int
    samples: int


class EventDifference(Struct, frozen=True, kw_only=True):
    """An event of one run alone (the other time is None), or of both at times apart."""

    what: str
    a_ns: int | None
    b_ns: int | None


class Comparison(Struct, frozen=True, kw_only=True):
    """How two runs compare up to `until_ns`; `first` is None when they are the same to the bit."""

    until_ns: int
    first: Difference | None
    quantities: int
    happened: int
    signals: tuple[SignalDifference, ...]
    events: tuple[EventDifference, ...]

    @property
    def equal(self) -> bool:
        """Within the tolerances."""
        return not self.signals and not self.events


def compare_recordings(a: Recording, b: Recording, tolerances: Tolerances, from_ns: int = 0) -> Comparison:
    """Compare two sound recordings from `from_ns` on; raises RecordingError for another kind of file."""
    first, one, other = _read(a, b)
    until_ns = min(a.until_ns, b.until_ns)
    t_ns, left, right = _sampled(one, other, from_ns, until_ns)
    compared = [name for name in QUANTITIES if name in left and name in right]
    signals = [
        found
        for name in compared
        if (found := _signal(name, t_ns, left[name], right[name], tolerances)) is not None
    ]
    mine, theirs = (
        [each for each in heard.happened if from_ns <= each.t_ns <= until_ns] for heard in (one, other)
    )
    return Comparison(
        until_ns=until_ns,
        first=first,
        quantities=len(compared),
        happened=max(len(mine), len(theirs)),
        signals=tuple(sorted(signals, key=lambda each: each.first_ns)),
        events=tuple(sorted(_events(mine, theirs, tolerances), key=_first_ns)),
    )


def _first_ns(each: EventDifference) -> int:
    return min(t_ns for t_ns in (each.a_ns, each.b_ns) if t_ns is not None)


class _Happened(NamedTuple):
    t_ns: int
    what: str


class _Heard:
    """One recording: its signals, and what happened."""

    def __init__(self, recording: Recording) -> None:
        _, mission = recording.require_sound()
        self.sampler = Sampler(mission)
        self.happened: list[_Happened] = []

    def take(self, event: Event) -> None:
        self.sampler.take(event)
        if kind_of(event.body) not in PERIODIC:
            self.happened.append(_Happened(getattr(event.body, "t_ns", event.t_ns), _called(event)))


def _read(a: Recording, b: Recording) -> tuple[Difference | None, _Heard, _Heard]:
    """Both in step; the first event whose bytes differ, to the field."""
    first: Difference | None = None
    heard = (_Heard(a), _Heard(b))
    for left, right in zip_longest(a.events(), b.events()):
        if first is None and (left is None or right is None or left[1] != right[1]):
            first = difference.compare(left and left[0], right and right[0], exact=True)
        for one, pair in zip(heard, (left, right), strict=True):
            if pair is not None:
                one.take(pair[0])
    return first, *heard


def _called(event: Event) -> str:
    """Kind, source, and the names in it: what makes it this event and no other."""
    body = msgspec.to_builtins(event.body)
    names = [value for key, value in body.items() if isinstance(value, str) and key not in _UNNAMED]
    names += [f"{body['command']}"] if isinstance(body.get("command"), int) else []
    return " ".join([event.source, kind_of(event.body), *(name for name in names if name)])


def _sampled(one: _Heard, other: _Heard, from_ns: int, until_ns: int) -> tuple[Any, Columns, Columns]:
    """Instants every `sample_s` of the first run's mission, and both runs' quantities there."""
    ends = [track.end_ns for heard in (one, other) for track in heard.sampler.tracks.values()]
    step_ns = round(one.sampler.mission.sample_s * 1e9)
    t_ns = np.arange(-(-from_ns // step_ns) * step_ns, min(until_ns, *ends) + 1, step_ns, dtype=np.int64)
    if not len(t_ns):
        return t_ns, {}, {}
    return t_ns, one.sampler.columns(t_ns), other.sampler.columns(t_ns)


def _signal(name: str, t_ns: Any, left: Any, right: Any, tolerances: Tolerances) -> SignalDifference | None:
    apart = _apart(np.asarray(left), np.asarray(right))
    if name in tolerances.own:
        limit: Any = tolerances.own[name]
    elif np.asarray(left).dtype.kind == "f":
        limit = tolerances.absolute + tolerances.relative * np.abs(np.nan_to_num(np.asarray(left)))
    else:
        limit = 0.0
    beyond = np.flatnonzero(apart > limit)
    if not len(beyond):
        return None
    worst = int(np.argmax(apart))
    return SignalDifference(
        quantity=name,
        unit=QUANTITIES[name].unit,
        largest=float(apart[worst]),
        worst_ns=int(t_ns[worst]),
        first_ns=int(t_ns[beyond[0]]),
        samples=len(beyond),
    )


def _apart(left: Any, right: Any) -> Any:
    """Distance of each sample; infinite for unequal texts, and where only one is known."""
    if left.dtype.kind != "f":
        return np.where(left == right, 0.0, np.inf)
    unknown = np.isnan(left), np.isnan(right)
    apart = np.abs(np.where(unknown[0] | unknown[1], 0.0, left - right))
    return np.where(unknown[0] != unknown[1], np.inf, apart)


def _events(
    mine: list[_Happened], theirs: list[_Happened], tolerances: Tolerances
) -> Iterator[EventDifference]:
    matcher = SequenceMatcher(None, [each.what for each in mine], [each.what for each in theirs], False)
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        if kind == "equal":
            for a, b in zip(mine[a0:a1], theirs[b0:b1], strict=True):
                if abs(a.t_ns - b.t_ns) > tolerances.time_ns:
                    yield EventDifference(what=a.what, a_ns=a.t_ns, b_ns=b.t_ns)
            continue
        for a in mine[a0:a1]:
            yield EventDifference(what=a.what, a_ns=a.t_ns, b_ns=None)
        for b in theirs[b0:b1]:
            yield EventDifference(what=b.what, a_ns=None, b_ns=b.t_ns)
