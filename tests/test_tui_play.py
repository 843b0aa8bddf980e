"""A recording on the screens of a flight: sought, played at any rate, and commanded by nobody."""

import pytest
from textual.pilot import Pilot
from tui_driving import comes, driven, pressed, sees
from tui_feeds import SECOND, played

from tui.app import TwinApp


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
        await sees(app, "REPLAY", "takes no commands")
        assert app.screen.has_class("replay")

    driven(played(), act)


def test_a_recording_plays_at_the_rate_chosen_and_stops_at_its_end() -> None:
    feed = played()
    pressed(feed, "plus", "plus", "minus")
    assert feed.rate == 2.0
    feed.rate, feed.paused = 1000.0, False
    driven(feed, lambda app, pilot: comes(app, lambda: feed.paused))
    assert feed.position_ns == feed.end_ns
