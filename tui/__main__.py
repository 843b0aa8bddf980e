"""`python -m tui`: the console of a mission or of a recording, as `twin fly`, `watch` and `play` start it."""

import argparse
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import TwinError

if TYPE_CHECKING:
    from tui.feed import Feed

LEFT_FLYING, STOPPED, BAD_INPUT = 0, 10, 2


def main(arguments: list[str] | None = None) -> int:
    """Show it until the operator leaves: 0 leaves the run as it is, 10 has stopped it, 2 is wrong input."""
    parser = argparse.ArgumentParser(prog="python -m tui", description=__doc__)
    parser.add_argument("--play", type=Path, metavar="RECORDING", help="show a recording")
    parser.add_argument("--steer", action="store_true", help="take the operator role")
    parser.add_argument("--light", action="store_true", help="dark text on light ground")
    parser.add_argument("places", nargs="*", help="folder of a running mission, or its two addresses")
    asked = parser.parse_args(arguments)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("twin: the UI needs a terminal; `twin run MISSION` flies without one", file=sys.stderr)
        return BAD_INPUT
    gc.disable()  # what imports make stays: looking through it takes a tenth of the start, and time later
    from tui.app import TwinApp

    gc.freeze()
    gc.enable()
    try:
        feed = _feed(asked)
        feed.start()
    except TwinError as error:
        print(f"twin: {error}", file=sys.stderr)
        return BAD_INPUT
    app = TwinApp(feed, light=asked.light)
    how = app.run()
    feed.close()
    if app.return_code:
        return app.return_code
    return STOPPED if how == "stop" else LEFT_FLYING


def _feed(asked: argparse.Namespace) -> "Feed":
    from tui.feed import LiveFeed, place_of
    from tui.player import PlayFeed

    if asked.play:
        return PlayFeed(asked.play)
    return LiveFeed(place_of(asked.places), may_steer=asked.steer)


if __name__ == "__main__":
    sys.exit(main())
