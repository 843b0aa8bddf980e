"""What all commands share: the application they hang on, and the options that several of them take."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="twin",
    help="Fly debris-removal missions, judge them, and replay what was recorded.\n\n"
    "Exit codes: 0 passed, 1 failed, 2 wrong input, 3 a service failed, 130 interrupted,\n"
    "141 nobody reads the output.\n\n"
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
LawOf = Annotated[
    list[str] | None,
    typer.Option(
        "--law",
        help="Fly NAME in a phase; without PHASE in the first of the corridor.",
        metavar="[PHASE=]NAME",
    ),
]
ShadowOf = Annotated[
    list[str] | None,
    typer.Option(
        "--shadow",
        help="Record what NAME would do in a phase, beside the law that flies.",
        metavar="[PHASE=]NAME",
    ),
]
Parameter = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", help="Parameter of that law.", metavar="[PHASE.]KEY=VALUE"),
]
Junit = Annotated[
    Path | None, typer.Option("--junit", help="Write the verdict as JUnit XML too.", metavar="FILE")
]
Light = Annotated[bool, typer.Option("--light", help="Dark text on light ground.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress on standard error.")]
Rate = Annotated[
    str, typer.Option(help="Simulated seconds a wall second, 0.1 to 1000, or max.", metavar="RATE")
]
Endpoint = Annotated[
    str | None,
    typer.Option(help="Where foreign peers join: tcp://127.0.0.1:PORT or ipc://PATH.", metavar="ADDRESS"),
]
View = Annotated[str | None, typer.Option(help="Publish every event here, for viewers.", metavar="ADDRESS")]
Keys = Annotated[
    Path | None,
    typer.Option(help="Let in only those with a key of this folder (twin keys).", metavar="FOLDER"),
]
Operator = Annotated[
    str | None, typer.Option(help="Take pause, rate, step and commands here.", metavar="ADDRESS")
]
