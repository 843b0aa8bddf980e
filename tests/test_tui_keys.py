"""Every key does what help says: what it asks of the run, and what it asks of nobody."""

import asyncio

import pytest
from textual.pilot import Pilot
from textual.widgets import Static
from tui_driving import comes, driven, pressed, sees, strip
from tui_feeds import SECOND, StillFeed

from tui.app import TwinApp
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

_ASKS: tuple[tuple[tuple[str, ...], Request], ...] = (
    (("space",), Pause()),
    (("plus",), SetRate(rate=2.0)),
    (("minus",), SetRate(rate=0.5)),
    (("s",), StepTime(seconds=1.0)),
    (("full_stop",), StepRounds(rounds=1)),
    (("g", "y"), SendTelecommand(name="go")),
    (("h", "y"), SendTelecommand(name="hold")),
    (("A", "A"), SendTelecommand(name="abort")),
    (("3", "enter", "y"), SendTelecommand(name="go")),
    (("3", "home", "down", "down", "enter", "y"), SendTelecommand(name="retreat")),
    (("3", "home", *["down"] * 4, "enter", *"free_drift", "enter", "y"), SendTelecommand(name="free_drift")),
    (("n", *"90", "enter"), StepTime(seconds=90.0)),
    (("n", *"1:30", "enter"), StepTime(seconds=90.0)),
    (("u", *"+60", "enter"), RunUntil(t_ns=160 * SECOND)),
    (("u", *"T+00:05:00", "enter"), RunUntil(t_ns=300 * SECOND)),
    (("r", *"20", "enter"), SetRate(rate=20.0)),
    (("r", *"max", "enter"), SetRate(rate=None)),
    (("u", *"50", "enter", "backspace", "backspace", *"+1", "enter"), RunUntil(t_ns=101 * SECOND)),
)


def test_each_key_asks_the_run_for_what_it_says() -> None:
    feed = StillFeed()

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        for keys, asked in _ASKS:
            await pilot.press("1", *keys)
            assert feed.asked == [asked], keys
            feed.asked.clear()

    driven(feed, act)


def test_leaving_and_stopping_asks_the_run_to_stop() -> None:
    feed = StillFeed()
    assert pressed(feed, "q", "s").return_value == "stop"
    assert feed.asked == [StopRun()]


_ASK_NOTHING = (
    ("g",),
    ("g", "escape", "y"),
    ("y",),
    ("A",),
    ("3", "enter"),
    ("q", "escape"),
    ("n", "escape"),
    ("u", *"50", "enter", "escape"),
    ("r", *"fast", "enter", "escape"),
)


def test_one_key_alone_sends_nothing() -> None:
    feed = StillFeed()

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        for keys in _ASK_NOTHING:
            await pilot.press("1", *keys, "escape")
            assert feed.asked == [], keys

    driven(feed, act)


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
        await comes(app, lambda: "TRUTH NOW" in str(table.render()))
        assert "TRUTH SHOWN" in strip(app)

    driven(StillFeed(), act)


def test_what_is_armed_says_what_it_would_do() -> None:
    app_feed = StillFeed(30.0)

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("g")
        await comes(app, lambda: "ARMED go" in strip(app))
        assert "hold_50 -> transfer" in strip(app)

    driven(app_feed, act)


def test_a_lost_run_is_named_on_screen() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        app.feed.problem = "the run does not answer: no answer within 3 s"
        await comes(app, lambda: "does not answer" in strip(app))
        assert "LOST" in str(app.screen.query_one("#banner", Panel).render())

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
        await sees(app, "Pause, or go on")
        await pilot.press("enter", "enter")
        await comes(app, lambda: bool(feed.asked))

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
