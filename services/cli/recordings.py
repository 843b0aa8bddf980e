"""Commands that read recordings."""

from pathlib import Path
from typing import Annotated

import typer

from services.bus.interrupts import undisturbed
from services.cli.frame import AsJson, RecordingFile, app


@app.command()
def info(recording: RecordingFile, as_json: AsJson = False) -> int:
    """Say what a recording holds, until when, and whether it is complete, live, cut or corrupt.

    \b
    Example: twin info recordings/quickstart-1.mcap
    """
    with undisturbed():
        from services import commands

    return commands.info(recording, as_json=as_json)


@app.command()
def replay(recording: RecordingFile, as_json: AsJson = False) -> int:
    """Compute a recorded run again from its inputs and name the first event that differs.

    Exit codes: 0 identical, 1 different, 2 corrupt or not a recording.

    \b
    Example: twin replay recordings/quickstart-1.mcap
    """
    with undisturbed():
        from services import commands

    return commands.replay(recording, as_json=as_json)


@app.command()
def events(recording: RecordingFile, as_json: AsJson = False) -> int:
    """List what happened to both bodies: eclipses, nodes, apsides, passes, zones, lighting; each to 1 ms.

    \b
    Example: twin events recordings/quickstart-1.mcap
    """
    from services.events import events as list_events

    return list_events(recording, as_json=as_json)


@app.command()
def export(
    recording: RecordingFile,
    oem: Annotated[
        Path | None,
        typer.Option(help="Orbit ephemeris message to write; - is standard output.", metavar="FILE"),
    ] = None,
    aem: Annotated[
        Path | None,
        typer.Option(help="Attitude ephemeris message to write; - is standard output.", metavar="FILE"),
    ] = None,
    body: Annotated[str, typer.Option(help="Whose motion: target or servicer.")] = "servicer",
    step: Annotated[float, typer.Option(help="Seconds between rows.")] = 10.0,
) -> int:
    """Write the recorded motion of a body as CCSDS messages (OEM, AEM) in GCRF axes and UTC.

    \b
    Examples: twin export recordings/quickstart-1.mcap --oem servicer.oem --aem servicer.aem
              twin export recordings/quickstart-1.mcap --body target --oem - --step 60
    """
    from services.export import export as write

    return write(recording, body, oem, aem, step)


@app.command()
def picture(
    recording: RecordingFile,
    at: Annotated[str, typer.Option(help="Mission time: seconds, or T+HH:MM:SS.", metavar="T")],
    out: Annotated[Path, typer.Option(help="PNG file to write.", metavar="FILE")],
) -> int:
    """Write what the servicer's camera saw at a moment of a recording; black in eclipse.

    \b
    Example: twin picture recordings/adras-j2-33500.mcap --at T+03:30:00 --out contact.png
    """
    with undisturbed():
        from services.picture import picture as write
        from services.report import moment_ns

    return write(recording, moment_ns(at), out)
