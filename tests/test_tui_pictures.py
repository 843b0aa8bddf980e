"""The operator's screens as pictures, compared with those that were looked at; the numbers are made up.

After a change that is meant: look, then `pytest tests/test_tui_pictures.py --snapshot-update -n 0`.
"""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from tui_driving import Blind, comes, finished
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
    app = pilot.app
    assert isinstance(app, TwinApp)
    screen = app.screen
    if isinstance(screen, PassesScreen):
        await comes(app, lambda: screen._ahead is not None)
    # The keys and the top line are on every screen: they have tests of their own.
    for shared in ("Footer", "#keys", "#banner"):
        for each in app.screen.query(shared):
            each.display = False
    await finished(app)


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
        await settled(pilot)

    app = TwinApp(FixedFeed(), light=light, clock=lambda: 100.0, beat_s=1e6, instruments=Blind())
    assert snap_compare(app, terminal_size=size, run_before=before)
