"""How the bodies of a recording moved: the trajectories their owners published, one track a body."""

from services.recording.read import Recording
from twin.contracts.motion import Trajectory
from twin.dynamics.segments import Track
from twin.errors import UsageError

BODIES = ("target", "servicer")


def tracks(recording: Recording) -> dict[str, Track]:
    """What was published of each body, newer promises superseding older ones, by name.

    UsageError when the recording holds no motion at all; RecordingError when it is not sound.
    """
    recording.require_sound()
    found = {body: Track() for body in BODIES}
    for event, _ in recording.events():
        match event.body:
            case Trajectory(body=body) as trajectory if body in found:
                found[body].extend(trajectory)
    known = {body: track for body, track in found.items() if track.end_ns > 0}
    if not known:
        raise UsageError(f"{recording.path} holds no motion: it ended before anything was published")
    return known


def span_ns(recording: Recording, track: Track) -> tuple[int, int]:
    """From the first instant known of a body to the end of the run, or of what is known if that is less.

    A promise that reaches beyond the end of the run is no motion that was flown.
    """
    end_ns = recording.end.end_ns if recording.end else recording.until_ns
    return track.start_ns, min(end_ns, track.end_ns)
