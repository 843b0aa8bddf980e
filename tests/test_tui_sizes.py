"""Every screen at every size, in colour and without: nothing runs over, nothing stays blank."""

import pytest
from textual.pilot import Pilot
from tui_driving import comes, driven, look, sees, shown
from tui_feeds import StillFeed

from tui.app import TwinApp
from tui.widgets.panel import Panel

SCREENS = "12345789"


def panels(app: TwinApp) -> list[Panel]:
    return [each for each in app.screen.query(Panel) if each.display and each.id != "strip"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
def test_every_screen_fits_names_the_mission_and_the_way_out(size: tuple[int, int]) -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        for screen in SCREENS:
            await pilot.press(screen)
            await comes(app, lambda: all(str(each.render()).strip() for each in panels(app)))
            for panel in panels(app):
                assert panel.region.right <= size[0]
                assert panel.region.bottom <= size[1]
            assert "quickstart" in shown(app).splitlines()[0]
            await comes(app, lambda: shown(app).splitlines()[-1].rstrip().lower().endswith("q quit"))

    driven(StillFeed(), act, size)


def test_a_terminal_made_tiny_and_large_again_breaks_nothing() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        for screen in SCREENS:
            await pilot.press(screen)
            for width, height in ((40, 10), (120, 40)):
                await pilot.resize_terminal(width, height)
                await comes(app, lambda: len(shown(app).splitlines()) == height)  # noqa: B023
            await look(app)
            assert "quickstart" in shown(app).splitlines()[0]

    driven(StillFeed(), act)


def test_without_colour_every_screen_paints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        for screen in SCREENS:
            await pilot.press(screen)
            await comes(app, lambda: "quickstart" in shown(app).splitlines()[0])

    driven(StillFeed(), act)


def test_keys_at_the_foot_can_be_clicked_in_either_form() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await sees(app, "4 Alarms")
        await pilot.click(offset=(shown(app).splitlines()[-1].index("4 Alarms"), 39))
        await comes(app, lambda: app.current_mode == "alarms")
        await pilot.resize_terminal(80, 24)
        await comes(app, lambda: "? help" in shown(app).splitlines()[-1])
        await pilot.click(offset=(shown(app).splitlines()[-1].index("? help"), 23))
        await comes(app, lambda: app.screen.is_modal)

    driven(StillFeed(), act)
