"""Long names, wide letters, mark-up, many lines, no data, tiny terminals: nothing breaks or runs over."""

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from textual.pilot import Pilot
from tui_driving import Blind, comes, driven, look, sees, shown
from tui_feeds import SECOND, StillFeed

from services.camera import CameraError
from services.library import load_mission
from tui.app import TwinApp
from tui.eye import Eye, Frame
from tui.store import LogLine, Store
from twin.contracts.radio import CommandVerification, PassEvent
from twin.ground.limits import Limit
from twin.mission.script import Mission

OURS = "12345789"
LONG = "a-very-long-name-of-a-station-that-nobody-would-give-one-in-earnest"[:64]
ODD = "[bold red]x[/] \\[ $error 宇宙船 \t é\u0301 🛰 " + "long " * 40


def rough() -> StillFeed:
    """A feed in which everything that has a name has a bad one, and there is far too much of it."""
    feed = StillFeed()
    assert feed.mission is not None
    station = replace(feed.mission.stations[0], name=LONG, title=ODD)
    limit = Limit(name="x" * 64, quantity="ground.range_m", high={"watch": 1e-9, "severe": 1e12}, source=ODD)
    feed.mission = replace(
        feed.mission, name=LONG, stations=(station, *feed.mission.stations), limits=(limit,)
    )
    feed.store = Store.of(feed.mission)
    known = feed.store.known
    known.now_ns = 10 * 3600 * SECOND
    for k in range(600):
        said = CommandVerification(
            t_ns=k * SECOND, command=k, name=LONG, stage="queued", origin="operator", reason=ODD
        )
        known._verified(said)
        known.alarms.happened(f"{'y' * 50}.t{k}", "severe", ODD, k * SECOND, k * SECOND)
    for k in range(200):
        rise_ns = known.now_ns + k * 200 * SECOND
        known._contact(
            PassEvent(
                t_ns=0,
                station=LONG,
                event="predicted",
                rise_ns=rise_ns,
                set_ns=rise_ns + 100 * SECOND,
                max_elevation_rad=1.5,
            )
        )
    for k in range(10_000):
        known.log.append(LogLine(k * SECOND, k * SECOND, "warning", LONG, f"{ODD} {k}"))
    return feed


def empty() -> StillFeed:
    """A run of which nothing has come down."""
    feed = StillFeed()
    feed.store = Store.of(load_mission("quickstart"))
    return feed


@pytest.mark.parametrize("feed", [rough, empty], ids=["rough", "empty"])
def test_no_line_runs_over_at_any_size_and_the_way_back_is_whole(feed) -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        for screen in OURS:
            await pilot.press(screen, "end", "down")
            for width, height in ((40, 10), (80, 24)):
                await pilot.resize_terminal(width, height)
                await comes(app, lambda: len(shown(app).splitlines()) == height)  # noqa: B023
                assert {cell_len(line) for line in (await look(app)).splitlines()} == {width}
            await pilot.press("question_mark", "x", "f", "f", "tab", "Y", "slash", "[", "x", "enter")
            await look(app)
            await pilot.press("slash", "escape")
        assert app.return_code is None

    driven(feed(), act, (80, 24))


def test_a_row_is_chosen_by_mouse_and_wheel_and_opened_by_a_second_click() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("3")
        await sees(app, "retreat")
        catalogue = app.screen.query_one("#catalogue")
        await pilot.click("#catalogue", offset=(6, 4))
        assert getattr(catalogue, "key", "") == "retreat"
        await pilot.click("#catalogue", offset=(6, 3), times=2)
        await sees(app, "ARMED hold")

    driven(StillFeed(), act)


def test_ten_thousand_events_are_walked_through_filtered_and_followed() -> None:
    feed = StillFeed()
    for k in range(10_000):
        feed.store.known.log.append(LogLine(k * SECOND, k * SECOND, "info", "run", f"[b]event[/] {k}"))

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("8")
        await sees(app, "[b]event[/] 9999")
        feed.store.known.log.append(LogLine(10_000 * SECOND, 0, "info", "run", "the newest"))
        await sees(app, "the newest")
        app.screen.query_one("#events").focus()
        await pilot.press("end")
        await sees(app, "[b]event[/] 1 ")
        await pilot.press("slash", *"77", "enter", "home")
        await sees(app, "[b]event[/] 9977")
        assert "9999" not in shown(app)

    driven(feed, act)


def test_without_a_camera_the_panel_says_why_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(subject: object) -> None:
        raise CameraError("the camera's process ended with status 1; ask for a new one")

    monkeypatch.setattr("services.camera.CameraProcess", refuses)
    feed, eye = StillFeed(), Eye()
    assert feed.mission is not None
    for _ in range(10):
        frame = eye.look(feed.mission, feed.store, anyway=True)
    assert frame.pixels is None
    assert frame.note == "no camera: the camera's process ended with status 1; ask for a new one"

    class NoCamera(Blind):
        def frame(self, mission: Mission, store: Store, *, anyway: bool) -> Frame:
            return frame

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        app._instruments = NoCamera()
        await sees(app, "no camera", "Key parameters")

    driven(feed, act)
