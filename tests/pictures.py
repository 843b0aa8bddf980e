"""Pictures of every screen at three sizes, light and dark, from a flight that is flown for them.

python -m tests.pictures                 into docs/pictures (some minutes)
python -m tests.pictures --out FOLDER --only mission gnc --sizes 120x40
"""

import argparse
import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from textual.pilot import Pilot
from textual.widgets._footer import FooterKey

from services.bus.endpoints import SocketFolder
from services.commands import by_hand
from services.library import load_mission
from services.run import Options, fly
from tests.screen_svg import svg
from tui.app import TwinApp
from tui.feed import Feed, LiveFeed, Place
from tui.player import PlayFeed
from tui.screens.passes import PassesScreen
from tui.screens.registry import SCREENS
from tui.widgets.keybar import KeyBar
from twin.contracts.steering import RunUntil, SendTelecommand, SetRate, StopRun

OUT: Final = Path(__file__).parent.parent / "docs" / "pictures"
SIZES: Final = ("80x24", "120x40", "200x50")
_SECOND: Final = 1_000_000_000
_GO_S, _LOOK_S = 60.0, 470.0
"""GO at the first hold; the look is 27 s before the pass ends, on the transfer below the stage."""
_SETTLE_S: Final = 1.0
_TROUBLED: Final = """
title = "From the 50 m hold to a calm stack"
extends = "quickstart"
[[faults]]
name = "glare"
kind = "lidar_pose.blind"
at_s = 380.0
"""
"""The Alarms screen is shown of a flight that has some."""


@contextmanager
def flying(folder: Path, mission: str = "quickstart") -> Iterator[LiveFeed]:
    """A mission by hand, brought to the moment of the pictures, paused there."""
    with SocketFolder() as sockets:
        place = Place(sockets.endpoint("view"), sockets.endpoint("operator"))
        options = Options(rate=1.0, record=folder / "flight.mcap", view=place.view, operator=place.operator)
        flight = threading.Thread(target=fly, args=(by_hand(load_mission(mission)), options))
        flight.start()
        feed = LiveFeed(place, may_steer=True)
        feed.start()
        try:
            _bring(feed)
            yield feed
        finally:
            feed.ask(StopRun())
            feed.close()
            flight.join()


def _bring(feed: LiveFeed) -> None:
    _until(lambda: feed.mission is not None and feed.status is not None)
    feed.ask(SetRate(rate=100.0))
    for until_s, command in ((_GO_S, "go"), (_LOOK_S, "")):
        t_ns = round(until_s * _SECOND)
        feed.ask(RunUntil(t_ns=t_ns))
        _until(lambda t_ns=t_ns: feed.status.paused and feed.status.position_ns >= t_ns)  # type: ignore[misc, union-attr]
        if command:
            feed.ask(SendTelecommand(name=command), "GO handed to the ground")


def _until(holds: Callable[[], bool], within_s: float = 120.0) -> None:
    end_s = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > end_s:
            raise TimeoutError("the flight did not come to the moment of the pictures")
        time.sleep(0.05)


def picture(app: TwinApp) -> str:
    """The screen that is on top."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    lines = [[each for strip in line for each in strip] for line in update.strips]  # type: ignore[union-attr]
    colours = app.theme_variables
    return svg(lines, colours["background"], colours["foreground"])


async def _taken(feed: Feed, size: str, names: tuple[str, ...], out: Path, *, light: bool) -> None:
    """All screens in `names` at one size and look."""
    app = TwinApp(feed, light=light)
    width, height = map(int, size.split("x"))
    look = "light" if light else "dark"
    async with app.run_test(size=(width, height)) as pilot:
        await pilot.pause(_SETTLE_S)
        for name in names:
            app.switch_mode(name)
            await _ready(app, pilot, name)
            path = out / f"{name}-{size}-{look}.svg"
            path.write_text(picture(app))
            print(f"pictures: {path.name}, {path.stat().st_size // 1024} KiB", file=sys.stderr, flush=True)
        app.exit("leave")


async def _ready(app: TwinApp, pilot: Pilot[object], name: str) -> None:
    """What is made beside the screens has come: ladder, picture of the camera, verdict, passes, keys."""
    end_s = time.monotonic() + 30.0
    while time.monotonic() < end_s:
        await pilot.pause(_SETTLE_S)
        instruments = app._instruments
        seen = instruments._eye._last.pixels is not None or name != "mission" or app.size.height < 40
        judged = name != "script" or (app.feed.judging is not None and app.feed.judging.verdict is not None)
        foretold = not isinstance(app.screen, PassesScreen) or app.screen._ahead is not None
        bars = app.screen.query(KeyBar)
        keyed = not bars or any(key.region.width for key in app.screen.query(FooterKey))
        if instruments._forecaster.newest is not None and seen and judged and foretold and keyed:
            await pilot.pause(_SETTLE_S)
            return


def live_names() -> tuple[str, ...]:
    """The screens of a flight."""
    return tuple(each.name for each in SCREENS if each.where in {"both", "live"})


def take(out: Path, sizes: tuple[str, ...], only: tuple[str, ...]) -> None:
    """All pictures asked for; raises TimeoutError when the flight does not come to its moment."""
    names = tuple(name for name in live_names() if not only or name in only)
    out.mkdir(parents=True, exist_ok=True)
    looks = [(size, light) for size in sizes for light in (False, True)]
    with tempfile.TemporaryDirectory() as folder:
        calm = tuple(name for name in names if name != "alarms")
        with flying(Path(folder)) as feed:
            for size, light in looks if calm else []:
                asyncio.run(_taken(feed, size, calm, out, light=light))
        if "alarms" in names:
            apart = Path(folder) / "troubled"
            with flying(apart, _troubled(apart)) as feed:
                for size, light in looks:
                    asyncio.run(_taken(feed, size, ("alarms",), out, light=light))
        if not only or "replay" in only:
            for size, light in looks:
                played = PlayFeed(Path(folder) / "flight.mcap")
                played.start()
                played.paused = True
                played.mark("before the transfer")
                played.seek(round(300.0 * _SECOND))
                played.mark("abeam of the sphere")
                asyncio.run(_taken(played, size, ("replay",), out, light=light))
                played.close()


def _troubled(folder: Path) -> str:
    """The mission with a fault."""
    folder.mkdir()
    path = folder / "troubled.toml"
    path.write_text(_TROUBLED)
    return str(path)


def main() -> None:
    """Command line; see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.pictures",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=OUT, help="folder for the pictures")
    parser.add_argument("--only", nargs="*", default=[], help="these screens")
    parser.add_argument("--sizes", nargs="*", default=list(SIZES), help="columns x rows")
    asked = parser.parse_args()
    take(asked.out, tuple(asked.sizes), tuple(asked.only))


if __name__ == "__main__":
    main()
