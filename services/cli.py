"""The command `twin`: options in, one line for every mistake, exit codes out.

Nothing heavy is imported here: each command loads what it needs when it is called.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.bus.interrupts import undisturbed
from services.stdout import guard
from twin.errors import TraceMismatchError, TwinError

PASSED, FAILED, BAD_INPUT, SERVICE_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
_Misuse: type[Exception] = typer.BadParameter.__bases__[0]  # the parser's own errors, in any version of it

app = typer.Typer(
    name="twin",
    help="Fly debris-removal missions, judge them, and replay what was recorded.\n\n"
    "Exit codes: 0 passed, 1 failed, 2 wrong input, 3 a service failed, 130 interrupted.\n\n"
    "Example: twin run quickstart",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)

MissionName = Annotated[
    str, typer.Argument(help="Name of a mission, or path of a .toml file.", metavar="MISSION")
]
RecordingFile = Annotated[Path, typer.Argument(help="A recording (.mcap).", metavar="REC")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output instead of text.")
]
Seed = Annotated[int | None, typer.Option(min=0, help="Seed of all noise; default: the mission's.")]
RecordTo = Annotated[
    Path | None,
    typer.Option(help="Recording to write; default: recordings/<mission>-<seed>.mcap.", metavar="FILE"),
]
Light = Annotated[bool, typer.Option("--light", help="Dark text on light ground.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress on standard error.")]


@app.command()
def run(  # noqa: PLR0917 (the parser gives every option by its name)
    mission: MissionName,
    seed: Seed = None,
    rate: Annotated[
        str, typer.Option(help="Simulated seconds a wall second, 0.1 to 1000, or max.", metavar="RATE")
    ] = "max",
    in_process: Annotated[
        bool, typer.Option("--in-process", help="All services in this process instead of one process each.")
    ] = False,
    until: Annotated[float | None, typer.Option(min=0.0, help="End at this mission time, s.")] = None,
    record: RecordTo = None,
    foreign: Annotated[
        list[str] | None,
        typer.Option(help="Role that your process plays; needs --endpoint.", metavar="ROLE"),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(help="Where it joins: tcp://127.0.0.1:PORT or ipc://PATH.", metavar="ADDRESS"),
    ] = None,
    view: Annotated[
        str | None, typer.Option(help="Publish every event here, for viewers.", metavar="ADDRESS")
    ] = None,
    operator: Annotated[
        str | None, typer.Option(help="Take pause, rate, step and commands here.", metavar="ADDRESS")
    ] = None,
    open_planes: Annotated[
        bool, typer.Option("--open", help="Open both planes in a private folder, for twin watch.")
    ] = False,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="Leave the script's GO decisions to an operator.")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> int:
    """Fly a mission and judge it, without a screen.

    \b
    Examples: twin run quickstart
              twin run adras-j2 --seed 7 --rate 100 --record flight.mcap
              twin run ./my-mission.toml --in-process --json
    """
    with undisturbed():
        from services import commands
        from services.run import Options

    options = Options(
        rate=_rate(rate),
        in_process=in_process,
        until_s=until,
        record=record,
        foreign=tuple(foreign or ()),
        endpoint=endpoint,
        view=view,
        operator=operator,
    )
    manner = commands.Manner(open_planes=open_planes, by_hand=by_hand, quiet=quiet, as_json=as_json)
    return commands.run(mission, seed, options, manner)


@app.command()
def fly(  # noqa: PLR0917 (the parser gives every option by its name)
    mission: MissionName,
    seed: Seed = None,
    rate: Annotated[
        str, typer.Option(help="Simulated seconds a wall second to begin with, or max.", metavar="RATE")
    ] = "1",
    record: RecordTo = None,
    autopilot: Annotated[
        bool, typer.Option("--autopilot", help="The script takes its GO decisions, not you.")
    ] = False,
    light: Light = False,
) -> int:
    """Fly a mission from the terminal UI: the GO decisions are yours.

    \b
    Examples: twin fly quickstart
              twin fly adras-j2 --rate 20 --autopilot
    """
    _rate(rate)
    with undisturbed():
        from services import desk

    flight = [mission, "--rate", rate]
    flight += ["--seed", str(seed)] if seed is not None else []
    flight += ["--record", str(record)] if record else []
    flight += [] if autopilot else ["--by-hand"]
    return desk.fly(flight, light=light)


@app.command()
def watch(
    place: Annotated[
        list[str] | None,
        typer.Argument(
            help="Folder of a running mission, or its view and operator addresses.", metavar="PLACE"
        ),
    ] = None,
    operator: Annotated[
        bool, typer.Option("--operator", help="Take the operator role: pause, rate, commands.")
    ] = False,
    light: Light = False,
) -> int:
    """Show a running mission; without PLACE the only one that runs. Read only unless --operator.

    \b
    Example: twin watch --operator
    """
    with undisturbed():
        from services import desk

    return desk.watch(place or [], operator=operator, light=light)


@app.command()
def play(recording: RecordingFile, light: Light = False) -> int:
    """Show a recording on the screens of a flight: seek, rate, next and previous event.

    \b
    Example: twin play recordings/quickstart-1.mcap
    """
    with undisturbed():
        from services import desk

    return desk.play(recording, light=light)


@app.command()
def check(mission: MissionName, as_json: AsJson = False) -> int:
    """Check a mission file and all it names, without flying it.

    \b
    Example: twin check ./my-mission.toml
    """
    with undisturbed():
        from services import commands

    return commands.check(mission, as_json=as_json)


@app.command("list")
def list_missions(as_json: AsJson = False) -> int:
    """List the missions that can be named: those of ./missions and those that come with the product.

    \b
    Example: twin list
    """
    with undisturbed():
        from services import commands

    return commands.list_missions(as_json=as_json)


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
def quantities(as_json: AsJson = False) -> int:
    """List every quantity that conditions and requirements may use, with unit, frame and plane.

    \b
    Example: twin quantities
    """
    with undisturbed():
        from services import commands

    return commands.quantities(as_json=as_json)


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


def _rate(text: str) -> float | None:
    try:
        return None if text == "max" else float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither a number nor max", param_hint="--rate") from None


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
def accuracy(
    data: Annotated[
        Path | None,
        typer.Option(help="Folder of reference data; default: ../shared/data.", metavar="FOLDER"),
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="Also write the table, model by model, here.", metavar="FILE")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Leave out what takes more than seconds.")] = False,
    as_json: AsJson = False,
) -> int:
    """Compare every model of the truth with independent numbers; exit code 1 if one is out of tolerance.

    \b
    Examples: twin accuracy --quick
              twin accuracy --page docs/accuracy.md
    """
    from services import accuracy as table

    return table.accuracy(data, page, quick=quick, as_json=as_json)


def call(arguments: list[str]) -> int:
    """Run one command line; returns its exit code, after one line on standard error if it went wrong."""
    try:
        result = typer.main.get_command(app).main(
            arguments or ["--help"], prog_name="twin", standalone_mode=False
        )
    except _Misuse as error:
        return _say(_one_line(getattr(error, "format_message", error.__str__)()), BAD_INPUT)
    except TraceMismatchError as error:
        return _say(str(error), FAILED)
    except TwinError as error:
        return _say(_one_line(str(error)), getattr(error, "exit_code", BAD_INPUT))
    except (KeyboardInterrupt, typer.Abort):
        return _say("interrupted", INTERRUPTED)
    return result if isinstance(result, int) else PASSED


def main() -> None:
    """Entry point of the command `twin`."""
    guard()
    code = call(sys.argv[1:])
    sys.stdout.flush()
    sys.exit(code)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _say(text: str, code: int) -> int:
    print(f"twin: {text}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
