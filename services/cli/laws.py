"""Commands about guidance laws: which there are, a new one, another one in flight."""

from pathlib import Path
from typing import Annotated

import typer

from services.bus.interrupts import undisturbed
from services.cli.frame import AsJson, Parameter, app

law = typer.Typer(
    name="law",
    help="Guidance laws: which there are, what they take, another one in flight.",
    rich_markup_mode=None,
)
app.add_typer(law)
new = typer.Typer(name="new", help="Begin something of your own.", rich_markup_mode=None)
app.add_typer(new)


@law.command("list")
def list_laws(as_json: AsJson = False) -> int:
    """List the laws that can be named: those of the product and those of installed packages.

    \b
    Example: twin law list
    """
    with undisturbed():
        from services import law_facts

    return law_facts.list_laws(as_json=as_json)


@law.command("show")
def show_law(
    name: Annotated[str, typer.Argument(help="Name of a law.", metavar="NAME")], as_json: AsJson = False
) -> int:
    """Show what a law does and its parameters: type, unit, default.

    \b
    Example: twin law show glideslope
    """
    with undisturbed():
        from services import law_facts

    return law_facts.show_law(name, as_json=as_json)


@law.command("swap")
def swap_law(
    name: Annotated[
        str, typer.Argument(help="Law, and the phase that it shall fly.", metavar="[PHASE=]NAME")
    ],
    parameter: Parameter = None,
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Let it look on, recorded and not obeyed; law none ends that.")
    ] = False,
    place: Annotated[
        Path | None,
        typer.Option("--run", help="Folder of the running mission; default: the only one.", metavar="FOLDER"),
    ] = None,
) -> int:
    """Fly another law in a mission that is running (twin fly, twin run --open), from the next boundary on.

    \b
    Example: twin law swap close_in=mpc -p speed_mps=0.02
    """
    with undisturbed():
        from services import swapping

    return swapping.swap(name, tuple(parameter or ()), place, shadow=shadow)


@new.command("law")
def new_law(
    name: Annotated[str, typer.Argument(help="Name of the law: a Python name.", metavar="NAME")],
    folder: Annotated[
        Path, typer.Option("--in", help="Folder to make the package in.", metavar="FOLDER")
    ] = Path("."),
) -> int:
    """Write a small package with a law that flies: the law, its test, the entry point, a README.

    \b
    Example: twin new law mine && pip install ./mine && twin run rendezvous --law mine
    """
    from services import new_law as package

    return package.write(name, folder)


@app.command()
def conformance(
    tried: Annotated[
        str, typer.Argument(help="Name of a law, or where a foreign guidance joins.", metavar="LAW|ENDPOINT")
    ],
    parameter: Parameter = None,
    as_json: AsJson = False,
) -> int:
    """Put a law, or a guidance that joins, into the standard situations; exit code 1 if it does not conform.

    \b
    Examples: twin conformance glideslope -p end_axial_m=3.2
              twin conformance tcp://127.0.0.1:5555
    """
    with undisturbed():
        from services import conformance as kit
        from services.choosing import given

    return kit.conformance(tried, given(parameter or ()), as_json=as_json)


@app.command()
def score(  # noqa: PLR0917 (the parser gives every option by its name)
    name: Annotated[
        str, typer.Argument(help="Name of a law; as_they_are: the missions' own.", metavar="LAW")
    ],
    parameter: Parameter = None,
    seeds: Annotated[int, typer.Option(min=1, help="Flights a scenario; 299 show 99 % at 95 %.")] = 20,
    jobs: Annotated[int, typer.Option(min=1, help="Flights at a time.")] = 2,
    keep: Annotated[
        Path | None, typer.Option(help="Keep flights in this file; fly only those it lacks.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Fly seeded scenarios from 100 m with a law: success, propellant, time, contact conditions, margins.

    \b
    Example: twin score mpc --seeds 5
    """
    with undisturbed():
        from services import scoring
        from services.choosing import given

    return scoring.score(name, given(parameter or ()), seeds, jobs, as_json=as_json, keep=keep)
