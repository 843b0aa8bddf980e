"""Commands that fly a mission or show a flight."""

from typing import Annotated

import typer

from services.bus.interrupts import undisturbed
from services.cli.frame import (
    AsJson,
    Endpoint,
    Junit,
    Keys,
    LawOf,
    Light,
    MissionName,
    Operator,
    Parameter,
    Quiet,
    Rate,
    RecordingFile,
    RecordTo,
    Seed,
    ShadowOf,
    View,
    app,
)


@app.command()
def run(  # noqa: PLR0917 (the parser gives every option by its name)
    mission: MissionName,
    seed: Seed = None,
    rate: Rate = "max",
    in_process: Annotated[
        bool, typer.Option("--in-process", help="All services in this process instead of one process each.")
    ] = False,
    until: Annotated[float | None, typer.Option(min=0.0, help="End at this mission time, s.")] = None,
    record: RecordTo = None,
    foreign: Annotated[
        list[str] | None,
        typer.Option(help="Role that your process plays; needs --endpoint.", metavar="ROLE"),
    ] = None,
    endpoint: Endpoint = None,
    view: View = None,
    operator: Operator = None,
    keys: Keys = None,
    open_planes: Annotated[
        bool, typer.Option("--open", help="Open both planes in a private folder, for twin watch.")
    ] = False,
    by_hand: Annotated[
        bool, typer.Option("--by-hand", help="Leave the script's GO decisions to an operator.")
    ] = False,
    law: LawOf = None,
    shadow: ShadowOf = None,
    parameter: Parameter = None,
    junit: Junit = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> int:
    """Fly a mission and judge it, without a screen.

    \b
    Examples: twin run quickstart
              twin run adras-j2 --seed 7 --rate 100 --record flight.mcap
              twin run ./my-mission.toml --in-process --json
              twin run rendezvous --law close_in=mpc -p speed_mps=0.05
    """
    with undisturbed():
        from services import commands
        from services.choosing import choice_of
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
        keys=keys,
    )
    manner = commands.Manner(
        open_planes=open_planes,
        by_hand=by_hand,
        quiet=quiet,
        as_json=as_json,
        junit=junit,
        choice=choice_of(law, shadow, parameter),
    )
    return commands.run(mission, seed, options, manner)


@app.command()
def resume(  # noqa: PLR0917 (the parser gives every option by its name)
    recording: RecordingFile,
    rate: Rate = "max",
    endpoint: Endpoint = None,
    view: View = None,
    operator: Operator = None,
    keys: Keys = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> int:
    """Take up a run that was killed: fly it again from its record, compare every event, and fly on.

    \b
    Example: twin resume recordings/quickstart-1.mcap
    """
    with undisturbed():
        from services import commands
        from services.run import Options

    own = Options(rate=_rate(rate), endpoint=endpoint, view=view, operator=operator, keys=keys)
    return commands.resume(recording, own, quiet=quiet, as_json=as_json)


@app.command()
def fly(  # noqa: PLR0917 (the parser gives every option by its name)
    mission: MissionName,
    seed: Seed = None,
    rate: Rate = "1",
    record: RecordTo = None,
    autopilot: Annotated[
        bool, typer.Option("--autopilot", help="The script takes its GO decisions, not you.")
    ] = False,
    law: LawOf = None,
    shadow: ShadowOf = None,
    parameter: Parameter = None,
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
        from services.choosing import choice_of

    flight = [mission, "--rate", rate]
    flight += ["--seed", str(seed)] if seed is not None else []
    flight += ["--record", str(record)] if record else []
    flight += [] if autopilot else ["--by-hand"]
    flight += choice_of(law, shadow, parameter).words()
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


def _rate(text: str) -> float | None:
    try:
        return None if text == "max" else float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is neither a number nor max", param_hint="--rate") from None
