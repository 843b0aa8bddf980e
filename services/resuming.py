"""Takes up a run whose conductor died: flown again from its record, compared event by event, and flown on."""

from contextlib import closing
from pathlib import Path

import msgspec

from services.progress import Progress
from services.recording.read import Recording
from services.recording.write import side_path
from services.run import Options, RunReport, fly
from services.source import source_hash
from twin.contracts.codec import schema_hash
from twin.errors import RecordingError, UsageError


class _Side(msgspec.Struct, frozen=True, kw_only=True):
    """What the side file of a run says of how it was started."""

    transport: str = "processes"
    until_s: float | None = None
    foreign: tuple[str, ...] = ()


def resumable(path: Path) -> Recording:
    """The recording of a run that can be taken up; UsageError or RecordingError says why not."""
    recording = Recording(path)
    if recording.condition in ("complete", "live"):
        what = "is over" if recording.condition == "complete" else "is still flying"
        raise UsageError(f"the run of {path} {what}: only one whose conductor died can be taken up")
    run, _ = recording.require_sound()
    if recording.saved == recording.loose:
        raise UsageError(f"nothing was saved of {path} yet: fly the mission anew")
    if run.schema != schema_hash() or run.versions.get("source") != source_hash():
        raise RecordingError(
            f"{path} was flown by another version ({run.versions.get('source')}, this is {source_hash()}): "
            "take it up with the one that flew it"
        )
    return recording


def options_of(path: Path, own: Options) -> Options:
    """How to go on: as the run was started; pace, planes, and where foreign peers join are `own`."""
    try:
        side = msgspec.json.decode(side_path(path).read_bytes(), type=_Side)
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(f"{side_path(path)} does not say how the run was started: {error}") from error
    in_process = side.transport == "in process"
    return msgspec.structs.replace(
        own, in_process=in_process, until_s=side.until_s, record=path, foreign=side.foreign
    )


def resume(path: Path, own: Options, *, quiet: bool) -> RunReport:
    """Take up the run of a cut recording; the file becomes what it would have been."""
    recording = resumable(path)
    _, mission = recording.require_sound()
    options = options_of(path, own)
    if quiet:
        return fly(mission, options, resumed=recording)
    with closing(Progress(mission)) as progress:
        return fly(mission, options, (progress.take,), tell=progress.say, resumed=recording)
