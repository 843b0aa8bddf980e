"""The command about keys."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.frame import app
from services.exit_codes import PASSED


@app.command()
def keys(
    folder: Annotated[Path, typer.Argument(help="Where the keys are, or shall be.", metavar="FOLDER")],
    allow: Annotated[str | None, typer.Option(help="Make a key for this client.", metavar="NAME")] = None,
    operator: Annotated[
        bool, typer.Option("--operator", help="It may command; without this it may only look.")
    ] = False,
    peer: Annotated[
        bool, typer.Option("--peer", help="It may play a foreign role, and nothing else.")
    ] = False,
) -> int:
    """Make keys for planes that leave this machine, and say who is let in.

    \b
    Examples: twin keys ~/.twin
              twin keys ~/.twin --allow console --operator
              twin run quickstart --keys ~/.twin --view tcp://0.0.0.0:5556 --operator tcp://0.0.0.0:5557
              TWIN_KEY=console.key twin watch tcp://HOST:5556 tcp://HOST:5557 --operator
              twin keys ~/.twin --allow law --peer
              twin run quickstart --keys ~/.twin --foreign guidance --endpoint tcp://0.0.0.0:5555
    """
    from services.bus import keys as ring
    from twin.errors import UsageError

    if operator and peer:
        raise UsageError("a key commands or plays a role, not both: make two")
    if allow is not None:
        right: ring.Right = "peer" if peer else "operator" if operator else "viewer"
        print(f"carry {ring.let_in(folder, allow, right)} to where it is used")
    allowed = ring.made(folder).allowed
    for each in allowed:
        print(f"{each.name:<16} {each.right}")
    if not allowed:
        print("nobody is let in yet: twin keys FOLDER --allow NAME")
    return PASSED
