"""The operator's screens as pictures, compared with those that were looked at; the numbers are made up.

After a change that is meant: look, then `pytest tests/test_tui_pictures.py --snapshot-update -n 0`.
"""

from collections.abc import Callable
from itertools import count

import pytest
from textual.pilot import Pilot
from tui_fixed import FixedFeed

from tui.app import TwinApp
from tui.screens.passes import PassesScreen

Sizes = pytest.mark.parametrize(
    ("size", "light"),
    [((80, 24), False), ((120, 40), True)],
    ids=["80-dark", "120-light"],
)
Compare = Callable[..., bool]


async def settled(pilot: Pilot[object]) -> None:
    """Painted, and the orbit worked out where it is shown."""
    for _ in range(400):
        await pilot.pause(0.1)
        screen = pilot.app.screen
        if not isinstance(screen, PassesScreen) or screen._ahead is not None:
            break
    # The keys and the top line are on every screen: they have tests of their own.
    for shared in ("Footer", "#keys", "#banner"):
        for each in pilot.app.screen.query(shared):
            each.display = False
    # Painted by hand, each time after the layout's own timer (a sixtieth of a second): a crowded machine may
    # paint less than once a second by itself.
    for _ in range(12):
        await pilot.pause(0.05)
        pilot.app.tick()  # type: ignore[attr-defined]
    await pilot.pause(0.1)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("telemetry", ("2", "p")),
        ("commands", ("3",)),
        ("alarms", ("4",)),
        ("passes", ("5",)),
    ],
)
@Sizes
def test_a_screen_looks_as_it_did(
    snap_compare: Compare, name: str, keys: tuple[str, ...], size: tuple[int, int], *, light: bool
) -> None:
    async def before(pilot: Pilot[object]) -> None:
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.3)
        await settled(pilot)

    moments = count(100.0, 2.0)  # what stands still is painted once a second: a second passes at every look
    app = TwinApp(FixedFeed(), light=light, clock=lambda: next(moments))
    assert snap_compare(app, terminal_size=size, run_before=before)
