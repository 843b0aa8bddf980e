"""Every key does what help says, on every screen, at every size; a recording takes no commands."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Static
from tui_feeds import SECOND, StillFeed, flight

from tui.app import TwinApp
from tui.feed import Feed
from tui.player import PlayFeed
from tui.screens.dialogs import Help, Leave
from tui.widgets.panel import Panel
from twin.contracts.steering import (
    Pause,
    Request,
    RunUntil,
    SendTelecommand,
    SetRate,
    StepRounds,
    StepTime,
    StopRun,
)

Act = Callable[[TwinApp, Pilot[str]], Awaitable[None]]


def driven(feed: Feed, act: Act, size: tuple[int, int] = (120, 40)) -> TwinApp:
    """Run the console without a terminal and do something with it."""

    async def go() -> TwinApp:
        # Slowed tenfold, so that a crowded machine lets no armed command lapse between two keys.
        app = TwinApp(feed, clock=lambda: 0.1 * time.monotonic())
        async with app.run_test(size=size) as pilot:
            await pilot.pause(0.15)
            await act(app, pilot)  # type: ignore[arg-type]
        return app

    return asyncio.run(go())


def pressed(feed: Feed, *keys: str) -> TwinApp:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        for key in keys:
            await pilot.press(key)
        await pilot.pause(0.15)

    return driven(feed, act)


def strip(app: TwinApp) -> str:
    return str(app.screen.query_one("#strip", Panel).render())


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        (("space",), Pause()),
        (("plus",), SetRate(rate=2.0)),
        (("minus",), SetRate(rate=0.5)),
        (("s",), StepTime(seconds=1.0)),
        (("full_stop",), StepRounds(rounds=1)),
        (("g", "y"), SendTelecommand(name="go")),
        (("h", "y"), SendTelecommand(name="hold")),
        (("A", "A"), SendTelecommand(name="abort")),
        (("3", "enter", "y"), SendTelecommand(name="go")),
        (("3", "down", "down", "enter", "y"), SendTelecommand(name="retreat")),
        (("3", *["down"] * 4, "enter", *"free_drift", "enter", "y"), SendTelecommand(name="free_drift")),
        (("n", *"90", "enter"), StepTime(seconds=90.0)),
        (("n", *"1:30", "enter"), StepTime(seconds=90.0)),
        (("u", *"+60", "enter"), RunUntil(t_ns=160 * SECOND)),
        (("u", *"T+00:05:00", "enter"), RunUntil(t_ns=300 * SECOND)),
        (("r", *"20", "enter"), SetRate(rate=20.0)),
        (("r", *"max", "enter"), SetRate(rate=None)),
        (("u", *"50", "enter", "backspace", "backspace", *"+1", "enter"), RunUntil(t_ns=101 * SECOND)),
        (("q", "s"), StopRun()),
    ],
)
def test_a_key_asks_the_run_for_what_it_says(keys: tuple[str, ...], asked: Request) -> None:
    feed = StillFeed()
    pressed(feed, *keys)
    assert feed.asked == [asked]


@pytest.mark.parametrize(
    "keys",
    [
        ("g",),
        ("g", "escape", "y"),
        ("y",),
        ("A",),
        ("3", "enter"),
        ("q", "escape"),
        ("n", "escape"),
        ("u", *"50", "enter", "escape"),
        ("r", *"fast", "enter", "escape"),
    ],
)
def test_one_key_alone_sends_nothing(keys: tuple[str, ...]) -> None:
    feed = StillFeed()
    pressed(feed, *keys)
    assert feed.asked == []


@pytest.mark.parametrize("before", [("2",), ("7",), ("u",), ("question_mark",), ("q",)])
def test_abort_goes_out_from_every_screen_and_over_every_dialog(before: tuple[str, ...]) -> None:
    feed = StillFeed()
    pressed(feed, *before, "A", "A")
    assert feed.asked == [SendTelecommand(name="abort")]


def test_a_second_press_after_two_seconds_only_warns_again() -> None:
    feed, now_s = StillFeed(), [100.0]

    async def go() -> None:
        app = TwinApp(feed, clock=lambda: now_s[0])
        async with app.run_test() as pilot:
            await pilot.press("A")
            now_s[0] += 2.1
            await pilot.press("A")

    asyncio.run(go())
    assert feed.asked == []


def test_a_watcher_without_the_role_cannot_command_or_stop() -> None:
    feed = StillFeed(may_steer=False)
    app = pressed(feed, "A", "A", "g", "y", "q")
    assert feed.asked == []
    assert app.return_value == "leave"


def test_leaving_a_running_mission_asks_what_becomes_of_it() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("q")
        assert isinstance(app.screen, Leave)
        await pilot.press("l")

    feed = StillFeed()
    assert driven(feed, act).return_value == "leave"
    assert feed.asked == []


def test_help_opens_and_any_key_closes_it() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("question_mark")
        assert isinstance(app.screen, Help)
        await pilot.press("x")
        assert not isinstance(app.screen, Help)

    driven(StillFeed(), act)


def test_truth_is_marked_wherever_it_is_shown_and_off_at_first() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        table = app.screen.query_one("#parameters", Panel)
        assert "TRUTH" not in str(table.render())
        await pilot.press("T")
        await pilot.pause(0.2)
        assert "TRUTH NOW" in str(table.render())
        assert "TRUTH SHOWN" in strip(app)

    driven(StillFeed(), act)


def test_what_is_armed_says_what_it_would_do() -> None:
    app_feed = StillFeed(30.0)

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("g")
        await pilot.pause(0.2)
        assert "ARMED go" in strip(app)
        assert "hold_50 -> transfer" in strip(app)

    driven(app_feed, act)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
@pytest.mark.parametrize("screen", ["1", "2", "3", "4", "5", "7", "8", "9"])
def test_every_screen_fits_and_names_the_mission(screen: str, size: tuple[int, int]) -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press(screen)
        for _ in range(300):  # a crowded machine takes its time to the first paint
            await pilot.pause(0.1)
            panels = [each for each in app.screen.query(Panel) if each.display and each.id != "strip"]
            if all(str(each.render()).strip() for each in panels):
                break
        for panel in panels:
            assert panel.region.right <= size[0]
            assert panel.region.bottom <= size[1]
            assert str(panel.render()).strip(), panel.id
        assert "quickstart" in str(app.screen.query_one("#banner", Panel).render())

    driven(StillFeed(), act, size)


def test_a_terminal_made_tiny_and_large_again_breaks_nothing() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        for screen in "12345789":
            await pilot.press(screen)
            await pilot.resize_terminal(40, 10)
            await pilot.pause(0.15)
            await pilot.resize_terminal(120, 40)
            await pilot.pause(0.15)
        assert "quickstart" in str(app.screen.query_one("#banner", Panel).render())

    driven(StillFeed(), act)


def test_a_lost_run_is_named_on_screen() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        app.feed.problem = "the run does not answer: no answer within 3 s"
        await pilot.pause(0.2)
        assert "does not answer" in strip(app)
        assert "LOST" in str(app.screen.query_one("#banner", Panel).render())

    driven(StillFeed(), act)


def played() -> PlayFeed:
    feed = PlayFeed(flight())
    feed.start()
    feed.paused = True
    return feed


@pytest.mark.parametrize(
    ("keys", "t_s"),
    [
        (("right", "right"), 20.0),
        (("shift+right", "left"), 50.0),
        (("shift+right", "shift+left"), 0.0),
        (("s",), 1.0),
        (("end",), 150.0),
        (("end", "home"), 0.0),
        (("right_square_bracket", "right_square_bracket"), 60.0),
        (("end", "left_square_bracket", "right_square_bracket"), 150.0),
        (("u", *"T+00:01:15", "enter"), 75.0),
        (("end", "u", *"-100", "enter"), 50.0),
        (("0", "home", "down", "down", "enter"), 60.0),
    ],
)
def test_a_recording_is_sought(keys: tuple[str, ...], t_s: float) -> None:
    feed = played()
    pressed(feed, *keys)
    assert feed.position_ns / SECOND == pytest.approx(t_s, abs=1e-6)


def test_a_moment_of_a_recording_is_the_same_however_it_is_reached() -> None:
    there, back = played(), played()
    there.seek(100 * SECOND)
    back.seek(150 * SECOND)
    back.seek(100 * SECOND)
    assert there.store.known.values() == back.store.known.values()
    assert list(there.store.known.log) == list(back.store.known.log)


def test_a_recording_takes_no_commands_and_says_replay() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("g", "y", "A", "A", "3", "enter", "y")
        await pilot.pause(0.2)
        assert "REPLAY" in str(app.screen.query_one("#banner", Panel).render())
        assert app.screen.has_class("replay")
        assert "takes no commands" in strip(app)

    driven(played(), act)


def test_a_recording_plays_at_the_rate_chosen_and_stops_at_its_end() -> None:
    feed = played()
    pressed(feed, "plus", "plus", "minus")
    assert feed.rate == 2.0
    feed.rate, feed.paused = 1000.0, False
    driven(feed, lambda app, pilot: pilot.pause(0.4))
    assert feed.position_ns == feed.end_ns
    assert feed.paused


def test_without_colour_every_screen_paints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        for screen in "12345789":
            await pilot.press(screen)
            await pilot.pause(0.2)
        assert "quickstart" in app.export_screenshot()

    driven(StillFeed(), act)


def test_help_explains_the_focused_panel_and_lists_every_key_under_a_heading() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("tab", "question_mark")
        text = str(app.screen.query_one("#help Static", Static).render())
        for word in ("Key parameters", "LIMIT is what", "THIS SCREEN", "COMMANDS", "A A", "SIGNS", "C####"):
            assert word in text
        assert "replay" not in text.lower()

    driven(StillFeed(), act)


def test_the_palette_holds_every_key_and_runs_what_is_chosen() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        offered = [each.title for each in app.get_system_commands(app.screen)]
        assert {"Pause  (space)", "Svc  (8)"} <= set(offered)
        await pilot.press("colon", *"pause")
        await pilot.pause(0.3)
        await pilot.press("enter", "enter")
        await pilot.pause(0.3)

    feed = StillFeed()
    driven(feed, act)
    assert feed.asked == [Pause()]


def test_jump_mode_puts_a_letter_on_every_panel_and_goes_where_it_is_pressed() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("ctrl+o", "c")
        assert app.screen.focused is not None
        assert app.screen.focused.id == "in-plane"

    driven(StillFeed(), act)


def test_the_focused_panel_is_copied_and_shown_at_full_size() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("Y")
        assert app.clipboard.startswith("PHASE  hold_50")
        await pilot.press("f")
        assert app.screen.maximized is app.screen.focused
        await pilot.press("f")
        assert app.screen.maximized is None

    driven(StillFeed(), act)
