"""The console driven without a terminal, and what it shows as text.

Nothing here waits for a time: the console paints when a test looks, and a test looks until what it waits for
has come. So a crowded machine makes a test slow, never wrong.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from textual.pilot import Pilot

from tui.app import TwinApp
from tui.eye import NO_FRAME, Frame
from tui.feed import Feed
from tui.instruments import Instruments
from tui.store import Store
from tui.widgets.panel import Panel
from twin.gnc.outlook import Outlook
from twin.mission.script import Mission

Act = Callable[[TwinApp, Pilot[str]], Awaitable[None]]
_NEVER_S: Final = 1e6
_WITHIN_S: Final = 60.0
_LOOK_S: Final = 0.01
_SAME: Final = 5
"""Looks that find the same before a screen counts as finished: a plot is drawn with every fourth paint."""
_LAST: dict[TwinApp, str] = {}


class Blind(Instruments):
    """Nothing to look through: no process that renders, none that forecasts."""

    def outlook(self, mission: Mission, store: Store) -> Outlook | None:
        return None

    def frame(self, mission: Mission, store: Store, *, anyway: bool) -> Frame:
        return NO_FRAME


def driven(feed: Feed, act: Act, size: tuple[int, int] = (120, 40)) -> TwinApp:
    """Run the console and do something with it."""

    async def go() -> TwinApp:
        # Its clock stands still, so that no armed command lapses between two keys of a slow test.
        app = TwinApp(feed, clock=lambda: 100.0, beat_s=_NEVER_S, instruments=Blind())
        async with app.run_test(size=size) as pilot:
            await sees(app, "TWIN")
            await act(app, pilot)  # type: ignore[arg-type]
            if not app._exit:
                await finished(app)
            _LAST[app] = shown(app)
        return app

    return asyncio.run(go())


def pressed(feed: Feed, *keys: str, size: tuple[int, int] = (120, 40)) -> TwinApp:
    """Run the console and press keys; those that lead to another screen are painted before the next."""

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        for key in keys:
            await pilot.press(key)
            if len(key) > 1 or key.isdigit():
                await look(app)

    return driven(feed, act, size)


async def look(app: TwinApp) -> str:
    """What is on the screen after one more paint."""
    app.stir()
    app.tick()
    await asyncio.sleep(_LOOK_S)
    return shown(app)


async def comes(app: TwinApp, holds: Callable[[], bool]) -> None:
    """Look until it holds; AssertionError with the screen if it never does."""
    end_wall_s = time.monotonic() + _WITHIN_S
    while await look(app) and not holds():
        assert time.monotonic() < end_wall_s, f"it did not come to that:\n{shown(app)}"


async def sees(app: TwinApp, *words: str) -> str:
    """Look until all `words` are on the screen."""
    await comes(app, lambda: all(each in shown(app) for each in words))
    return shown(app)


async def finished(app: TwinApp) -> str:
    """Look until the screen stays as it is."""
    same, last = 0, ""
    end_wall_s = time.monotonic() + _WITHIN_S
    while same < _SAME:
        now = await look(app)
        same, last = (same + 1 if now == last and _laid_out(app) else 0), now
        assert time.monotonic() < end_wall_s, f"the screen does not come to rest:\n{now}"
    return last


def _laid_out(app: TwinApp) -> bool:
    """Whether the screen on top has been told its size, and has nothing to move."""
    screen = app.screen
    return bool(screen.classes & {"-narrow", "-normal", "-wide"} or screen.is_modal) and not (
        screen._layout_required or screen._dirty_widgets
    )


def strip(app: TwinApp) -> str:
    """The line for what wants attention."""
    return str(app.screen.query_one("#strip", Panel).render())


def shown(app: TwinApp) -> str:
    """The screen on top as lines of text; of a console that has ended, the last one."""
    if app in _LAST:
        return _LAST[app]
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)
