"""The Alarms screen: every key, five hundred alarms, and what was done is said to the run."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Label
from tui_driving import comes, driven, look, pressed, sees, shown
from tui_feeds import SECOND, StillFeed

from tui.app import TwinApp
from tui.widgets.panel import ListPanel
from twin.contracts.operations import AlarmHandled
from twin.contracts.steering import HandleAlarms, Request


class HandlingFeed(StillFeed):
    """A run that does what is asked about alarms, as the real one does by way of its events."""

    def ask(self, request: Request, words: str = "") -> None:
        super().ask(request, words)
        if isinstance(request, HandleAlarms):
            self.store.known.alarms.handle(request.handled, self.store.known.now_ns)


def troubled(count: int = 3) -> HandlingFeed:
    """A feed with a battery that runs low, and `count` - 1 events that are alarms."""
    feed = HandlingFeed()
    alarms, now_ns = feed.store.known.alarms, feed.store.known.now_ns
    for k in range(2):
        t_ns = now_ns - (1 - k) * 5 * SECOND
        alarms.report(t_ns, "transfer", {"ground.battery_fraction": 0.35}, t_ns)
    for k in range(count - 1):
        late_ns = 100 * SECOND if k % 2 else 0
        text = f"[bold]event[/] {k} 宇宙 {'long' * 30}"
        alarms.happened(f"event.t{k}", "warning", text, now_ns - late_ns, now_ns)
    return feed


def handled(feed: HandlingFeed) -> list[AlarmHandled]:
    return [each.handled for each in feed.asked if isinstance(each, HandleAlarms)]


def test_the_most_urgent_alarm_comes_first_and_says_all_that_is_known_of_it() -> None:
    text = shown(pressed(troubled(), "4"))
    first = next(line for line in text.splitlines() if "UNSEEN" in line)
    assert "D###- T+00:01:40  battery" in first
    assert "at least watch 0.6, warning 0.5, distress 0.4" in text
    assert "1D 2W" in text


def test_an_alarm_is_acknowledged_by_name_and_comment() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("4", "a")
        app.screen.query_one("#field-0", Input).value = ""
        await pilot.press(*"ana", "enter", *"eclipse", "enter")
        await sees(app, "seen")
        await pilot.press("v", "v", "v")
        await sees(app, "acknowledged by ana: eclipse")

    feed = troubled()
    driven(feed, act)
    assert handled(feed) == [
        AlarmHandled(alarms=("battery",), action="acknowledge", who="ana", comment="eclipse")
    ]


def test_all_that_is_shown_is_acknowledged_at_once_by_the_filter() -> None:
    feed = troubled(12)
    app = pressed(feed, "4", "slash", *"event", "enter", "ctrl+a", "enter", "enter")
    (said,) = handled(feed)
    assert len(said.alarms) == 11
    assert list(feed.store.known.alarms.listed) == ["battery"]
    assert "nothing here holds 'event'" in shown(app)


def test_an_alarm_is_shelved_for_a_time_found_on_the_shelf_and_taken_back() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("4", "s", "enter", *"known", "enter", "enter")
        await sees(app, "Active 0  Shelved 1")
        await pilot.press("v")
        await sees(app, "on the shelf until T+00:16:40")
        await pilot.press("u", "enter", "enter")
        await sees(app, "Shelved 0")

    feed = troubled(1)
    driven(feed, act)
    assert handled(feed)[0].for_s == 900.0


@pytest.mark.parametrize("minutes", ["-1", "soon", ""])
def test_a_time_that_is_none_is_not_taken(minutes: str) -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("4", "s")
        app.screen.query_one("#field-2", Input).value = minutes
        await pilot.press("ctrl+s")
        assert "at least 0 min" in str(app.screen.query_one("#error", Label).render())
        await pilot.press("escape")

    feed = troubled(1)
    driven(feed, act)
    assert handled(feed) == []


def test_what_still_stands_cannot_be_cleared_and_an_event_can() -> None:
    feed = troubled(2)
    pressed(feed, "4", "c", "enter", "enter")
    assert "battery" in feed.store.known.alarms.listed
    pressed(feed, "4", "down", "c", "enter", "enter")
    assert list(feed.store.known.alarms.listed) == ["battery"]


def test_five_hundred_alarms_are_walked_through_without_a_mark_up_or_a_wrap() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("4")
        panel = app.screen.query_one("#alarms", ListPanel)
        await comes(app, lambda: panel.room[1] > 1)
        await pilot.press("end")
        await sees(app, "[bold]event[/]")
        assert panel.chosen == 499
        assert len(shown(app).splitlines()) == 24
        for keys, chosen in (
            (("home",), 0),
            (("j", "down", "k", "up", "j"), 1),
            (("G",), 499),
            (("up",), 498),
            (("home", "ctrl+d", "ctrl+u"), 0),
            (("pagedown", "pageup", "down"), 1),
        ):
            await pilot.press(*keys)
            assert panel.chosen == chosen

    driven(troubled(500), act, (120, 24))


def test_the_bell_rings_for_what_is_new_once_and_can_be_put_off() -> None:
    rings: list[int] = []

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        app.bell = lambda: rings.append(1)  # type: ignore[method-assign]
        alarms, now_ns = app.feed.store.known.alarms, app.feed.store.known.now_ns
        for keys, raised in (("", "one"), ("4m", "two"), ("m", "three")):
            await pilot.press(*keys)
            alarms.happened(raised, "critical", "x", now_ns, now_ns)
            await look(app)

    driven(troubled(), act)
    assert len(rings) == 2


def test_a_watcher_without_the_role_acknowledges_nothing() -> None:
    feed = troubled()
    feed.may_steer = False
    app = pressed(feed, "4", "a", "enter", "enter")
    assert handled(feed) == []
    assert "read only" in shown(app)
