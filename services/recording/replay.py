"""Compute a recorded run again, in this process, from its external inputs, and compare every event."""

from collections.abc import Iterator, Sequence

import msgspec

from services import fingerprint
from services.recording.again import RUN, Again, Cast, DifferenceError
from services.recording.difference import Difference
from services.recording.playback import Playback
from services.recording.read import Recording
from twin.contracts.codec import schema_hash
from twin.contracts.envelope import Event
from twin.errors import RecordingError
from twin.kernel.conductor import Conductor
from twin.kernel.participant import Participant

__all__ = ["DifferenceError", "Replayed", "replay", "require_contract"]


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """A replay without a difference: how far, and on what terms.

    `exact` is False when the recording is from another numeric environment and was compared with the
    tolerances of `services.recording.difference`; `not_executed` names foreign peers.
    """

    digest: str
    events: int
    until_ns: int
    complete: bool
    exact: bool
    not_executed: tuple[str, ...]


def replay(recording: Recording, participants: Sequence[Participant]) -> Replayed:
    """Recompute `recording` with fresh participants (all but foreign ones, any order) and compare.

    Raises RecordingError (corrupt, of another contract), DifferenceError (first difference), TwinError
    (a participant failed).
    """
    run, mission = recording.require_sound()
    require_contract(recording)
    local = [each for each in participants if each.name not in run.foreign]
    foreign = {name: Playback(_of(recording, name)) for name in run.foreign}
    cast = Cast(local, foreign, mission)
    again = Again(
        Conductor(run.participants, RUN, seed=mission.seed), cast, exact=run.fingerprint == fingerprint()
    )
    again.follow(event for event, _ in recording.events())
    _check_digest(recording, again)
    return Replayed(
        digest=again.digests.run_hex,
        events=again.events,
        until_ns=recording.until_ns,
        complete=recording.end is not None,
        exact=again.exact,
        not_executed=run.foreign,
    )


def require_contract(recording: Recording) -> None:
    """Raise RecordingError when the recording speaks another contract than this version."""
    run, _ = recording.require_sound()
    if run.schema != schema_hash():
        raise RecordingError(
            f"{recording.path} speaks contract {run.schema}, this version {schema_hash()}; replay it with "
            f"the version that recorded it: {run.versions}"
        )


def _of(recording: Recording, source: str) -> Iterator[Event]:
    return (event for event, _ in recording.events() if event.source == source)


def _check_digest(recording: Recording, again: Again) -> None:
    """All events agree; then so must the digest that the run wrote down at its end."""
    end = recording.end
    if end is None or not again.exact or end.digest == again.digests.run_hex:
        return
    place = (end.end_ns, "conductor", "recording")
    raise DifferenceError(Difference(*place, "digest", end.digest, again.digests.run_hex))
