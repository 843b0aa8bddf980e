"""Commands about the models of the truth."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.frame import AsJson, app


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
