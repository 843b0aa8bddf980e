"""The console driven without a terminal, and what it shows as text."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from textual.pilot import Pilot

from tui.app import TwinApp
from tui.feed import Feed

Act = Callable[[TwinApp, Pilot[str]], Awaitable[None]]
_LAST: dict[TwinApp, str] = {}


def driven(feed: Feed, act: Act, size: tuple[int, int] = (120, 40)) -> TwinApp:
    """Run the console and do something with it."""

    async def go() -> TwinApp:
        # Slowed tenfold, so that a crowded machine lets no armed command lapse between two keys.
        app = TwinApp(feed, clock=lambda: 0.1 * time.monotonic())
        async with app.run_test(size=size) as pilot:
            await pilot.pause(0.15)
            await act(app, pilot)  # type: ignore[arg-type]
            await pilot.pause(0.15)
            _LAST[app] = shown(app)
        return app

    return asyncio.run(go())


def pressed(feed: Feed, *keys: str, size: tuple[int, int] = (120, 40)) -> TwinApp:
    """Run the console and press keys, with a moment to paint after each that leads to another screen."""

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        for key in keys:
            await pilot.press(key)
            if len(key) > 1 or key.isdigit():
                await pilot.pause(0.12)

    return driven(feed, act, size)


def shown(app: TwinApp) -> str:
    """The screen on top as lines of text; of a console that has ended, the last one."""
    if app in _LAST:
        return _LAST[app]
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)
