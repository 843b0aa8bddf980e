"""`twin export`: the motion of a recorded body as messages that other systems read."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from services.recording.motion import BODIES, span_ns, tracks
from services.recording.read import Recording
from services.run import PRODUCT
from twin.dynamics.epochs import Epoch
from twin.errors import UsageError
from twin.mission.script import Mission
from twin.ndm.writing import Header, Stretch, Subject, aem, oem

MOST_ROWS: Final = 2_000_000


def export(path: Path, body: str, oem_file: Path | None, aem_file: Path | None, step_s: float) -> int:
    """Write an OEM, an AEM or both; `-` is standard output. Raises UsageError, RecordingError."""
    if oem_file is None and aem_file is None:
        raise UsageError("nothing to export: name a file with --oem FILE, --aem FILE or both")
    recording = Recording(path)
    run, mission = recording.require_sound()
    stretch = _sampled(recording, body, step_s)
    subject = _subject(mission, body)
    header = Header(
        creation_date=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        originator=PRODUCT,
        comment=f"simulated motion of the {body}, mission {run.mission}, seed {run.seed}",
    )
    epoch = Epoch(run.epoch_utc)
    for file, writer in ((oem_file, oem), (aem_file, aem)):
        if file is not None:
            _write(file, writer(header, subject, epoch, (stretch,)))
    return 0


def _sampled(recording: Recording, body: str, step_s: float) -> Stretch:
    if body not in BODIES:
        raise UsageError(f"no body `{body}`; there are: {', '.join(BODIES)}")
    known = tracks(recording)
    if body not in known:
        raise UsageError(f"{recording.path} holds no motion of the {body}")
    start_ns, end_ns = span_ns(recording, known[body])
    step_ns = round(step_s * 1e9)
    if step_ns <= 0 or (end_ns - start_ns) // step_ns > MOST_ROWS:
        raise UsageError(
            f"a step of {step_s:g} s over {(end_ns - start_ns) * 1e-9:.0f} s: at most {MOST_ROWS} rows"
        )
    grid = np.arange(start_ns, end_ns, step_ns, dtype=np.int64)
    times = np.append(grid, np.int64(end_ns))
    return times, known[body].states(times)


def _subject(mission: Mission, body: str) -> Subject:
    if body == "servicer":
        return Subject(name=mission.servicer.name, identifier=mission.servicer.name)
    designator = mission.target.elements.line1[9:17].strip() if mission.target.elements else ""
    if not designator:
        return Subject(name=mission.target.title, identifier=mission.target.name)
    century = "19" if designator[:2] >= "57" else "20"
    return Subject(name=mission.target.title, identifier=f"{century}{designator[:2]}-{designator[2:]}")


def _write(file: Path, lines: Iterable[str]) -> None:
    text = "\n".join(lines) + "\n"
    if str(file) == "-":
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from error
