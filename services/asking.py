"""`twin why`: the causes of a recorded quantity, back to readings, commands and faults."""

from pathlib import Path
from typing import Any

import msgspec

from services.exit_codes import PASSED
from services.recording.causes import Cause, Slicer
from services.recording.read import Recording
from services.recording.sources import require_quantity, sources_of, value_at
from services.report import print_json
from services.words import mission_time
from twin.contracts.codec import kind_of
from twin.errors import UsageError
from twin.mission.quantities import QUANTITIES


def why(path: Path, quantity: str, t_ns: int, *, as_json: bool) -> int:
    """The value at `t_ns` and its causal slice; UsageError for an unknown quantity or a time not recorded."""
    require_quantity(quantity)
    recording = Recording(path)
    _, mission = recording.require_sound()
    if t_ns > recording.until_ns:
        raise UsageError(f"{path} holds nothing after {mission_time(recording.until_ns)}")
    events = [event for event, _ in recording.events()]
    value = value_at(mission, quantity, events, t_ns)
    slices = Slicer(events).slices(sources_of(quantity, events, t_ns))
    if as_json:
        facts = {"quantity": quantity, "t_s": t_ns / 1e9, "value": value, "unit": QUANTITIES[quantity].unit}
        print_json({**facts, "causes": [_facts(each) for each in slices]})
        return PASSED
    print(f"{quantity} at {mission_time(t_ns)} is {_shown(value)} {QUANTITIES[quantity].unit}".rstrip())
    for each in slices:
        print("\n".join(each.lines(1)))
    if not slices:
        print("  nothing had been said of it yet: it is as the mission begins")
    return PASSED


def _shown(value: Any) -> str:
    if value is None:
        return "unknown"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _facts(cause: Cause) -> dict[str, Any]:
    event = cause.event
    return {
        "t_ns": event.t_ns,
        "source": event.source,
        "kind": kind_of(event.body),
        "sequence": event.sequence,
        "external": event.external,
        "why": cause.why,
        "body": msgspec.to_builtins(event.body) if event.external else None,
        "causes": [_facts(each) for each in cause.causes],
    }
