"""Commands about mission files, which fly nothing."""

from services.bus.interrupts import undisturbed
from services.cli.frame import AsJson, MissionName, app


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
def quantities(as_json: AsJson = False) -> int:
    """List every quantity that conditions and requirements may use, with unit, frame and plane.

    \b
    Example: twin quantities
    """
    with undisturbed():
        from services import commands

    return commands.quantities(as_json=as_json)
