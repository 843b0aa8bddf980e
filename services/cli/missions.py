"""Commands about mission files, which fly nothing."""

from pathlib import Path
from typing import Annotated

import typer

from services.bus.interrupts import undisturbed
from services.cli.frame import AsJson, Junit, MissionName, Quiet, Seed, app


@app.command()
def check(mission: MissionName, as_json: AsJson = False) -> int:
    """Check a mission file and all it names, without flying it.

    \b
    Example: twin check ./my-mission.toml
    """
    with undisturbed():
        from services import commands

    return commands.check(mission, as_json=as_json)


@app.command("test")
def try_missions(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Mission files, folders of them, or names; default: all.", metavar="PATH"),
    ] = None,
    jobs: Annotated[int, typer.Option("-n", "--jobs", min=1, help="Missions at a time.")] = 1,
    junit: Junit = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> int:
    """Fly missions as tests, by pytest: a test for each requirement. Exit code 1 if one fails.

    \b
    Examples: twin test
              twin test missions/ -n 2 --junit verdicts.xml
    """
    with undisturbed():
        from services import trying

    return trying.fly_all(paths or (), jobs, junit, quiet=quiet, as_json=as_json)


@app.command()
def shrink(
    mission: MissionName,
    seed: Seed = None,
    requirement: Annotated[
        str, typer.Option(help="Which failure to keep; default: the first.", metavar="NAME")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(help="Mission file to write; default: MISSION-shrunk.toml.", metavar="FILE")
    ] = None,
    quiet: Quiet = False,
) -> int:
    """Make a failing mission as small as it can be: fewest faults, shortest script, the same failure.

    \b
    Example: twin shrink ./failing.toml --requirement sphere
    """
    with undisturbed():
        from services import shrinking

    return shrinking.shrink(mission, seed, requirement, out, quiet=quiet)


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
def quantities(as_json: AsJson = False) -> int:
    """List every quantity that conditions and requirements may use, with unit, frame and plane.

    \b
    Example: twin quantities
    """
    with undisturbed():
        from services import commands

    return commands.quantities(as_json=as_json)
