"""`twin events`: what happened to the bodies of a recording, found as roots of their motion."""

from pathlib import Path

import msgspec

from services.recording.motion import span_ns, tracks
from services.recording.read import Recording
from services.report import print_json, print_table
from services.words import mission_time
from twin.dynamics.epochs import Epoch, utc_text
from twin.mission.happenings import happenings


def events(path: Path, *, as_json: bool) -> int:
    """List them. Raises RecordingError for what is not sound, UsageError for what holds no motion."""
    recording = Recording(path)
    run, mission = recording.require_sound()
    known = tracks(recording)
    spans = [span_ns(recording, track) for track in known.values()]
    found = happenings(mission, known, max(first for first, _ in spans), min(last for _, last in spans))
    epoch = Epoch(run.epoch_utc)
    if as_json:
        facts = [{**msgspec.to_builtins(each), "utc": utc_text(epoch, each.t_ns)} for each in found]
        print_json({"recording": str(path), "events": facts})
    else:
        rows = [
            (mission_time(each.t_ns), utc_text(epoch, each.t_ns)[:-4] + "Z", each.kind, each.body, each.text)
            for each in found
        ]
        print_table(("time", "utc", "kind", "body", "event"), rows)
    return 0
