"""Commands that read recordings."""

from pathlib import Path
from typing import Annotated

import typer

from services.bus.interrupts import undisturbed
from services.cli.frame import AsJson, LawOf, Parameter, RecordingFile, app


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
def compare(  # noqa: PLR0917 (the parser gives every option by its name)
    a: Annotated[Path, typer.Argument(help="A recording (.mcap).", metavar="A")],
    b: Annotated[Path, typer.Argument(help="Another one.", metavar="B")],
    tolerance: Annotated[
        list[str] | None,
        typer.Option(help="In the quantity's own unit; default for all: 0.001.", metavar="[QUANTITY=]VALUE"),
    ] = None,
    relative: Annotated[
        float | None, typer.Option(min=0.0, help="Share of a signal added to that; default 1e-6.")
    ] = None,
    time: Annotated[
        float | None, typer.Option(min=0.0, help="Seconds an event may be apart; default 0.001.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Compare two recorded runs to the bit, and within tolerances as signals and as events.

    Exit codes: 0 equal within tolerances, 1 different, 2 not recordings.

    \b
    Examples: twin compare recordings/quickstart-1.mcap recordings/quickstart-7.mcap
              twin compare a.mcap b.mcap --tolerance 0.01 --tolerance truth.propellant_kg=0.5 --time 5
    """
    with undisturbed():
        from services import comparing

    tolerances = comparing.tolerances_of(tuple(tolerance or ()), relative, time)
    return comparing.compare(a, b, tolerances, as_json=as_json)


@app.command()
def why(
    recording: RecordingFile,
    quantity: Annotated[str, typer.Argument(help="A quantity, see twin quantities.", metavar="QUANTITY")],
    at: Annotated[str, typer.Option(help="Mission time: seconds or T+HH:MM:SS.", metavar="T")],
    as_json: AsJson = False,
) -> int:
    """Say where a value came from: back to the readings, commands and faults that made it so.

    \b
    Example: twin why recordings/quickstart-1.mcap onboard.phase --at T+00:20:00
    """
    with undisturbed():
        from services import asking
        from services.report import moment_ns

    return asking.why(recording, quantity, moment_ns(at), as_json=as_json)


@app.command()
def reproduce(
    file: Annotated[Path, typer.Argument(help="What a run left of a service (.fatal).", metavar="FILE")],
) -> int:
    """Make a service that died of the same grant three times die of it again, in this process.

    \b
    Example: twin reproduce recordings/quickstart-1.mcap.guidance.fatal
    """
    with undisturbed():
        from services.reproducing import reproduce as again

    print(f"it lived through all of its {again(file)} frames: it did not die of what it was told")
    return 1


@app.command()
def branch(  # noqa: PLR0917 (the parser gives every option by its name)
    recording: RecordingFile,
    at: Annotated[str, typer.Option(help="Mission time: seconds or T+HH:MM:SS.", metavar="T")],
    law: LawOf = None,
    parameter: Parameter = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of all noise from there on.")] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(help="A fault that begins then; for_s=… ends it.", metavar="'KIND KEY=VALUE …'"),
    ] = None,
    until: Annotated[str | None, typer.Option(help="End at this mission time.", metavar="T")] = None,
    record: Annotated[
        Path | None, typer.Option(help="Recording to write; default: REC-branch.mcap.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Fly a recorded run on from a moment with something else done, and compare it with its parent.

    \b
    Examples: twin branch recordings/quickstart-1.mcap --at 1000 --seed 7
              twin branch a.mcap --at T+00:20:00 --fault 'lidar_range.bias range_m=2 for_s=60'
    """
    with undisturbed():
        from services import branching
        from services.choosing import choice_of
        from services.report import moment_ns

    asked = branching.Asked(
        at_ns=moment_ns(at),
        until_ns=None if until is None else moment_ns(until),
        seed=seed,
        choice=choice_of(law, None, parameter),
        faults=tuple(fault or ()),
    )
    return branching.branch_off(recording, asked, record, as_json=as_json)


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
