"""The Commands screen: search, arguments, what speaks against it, arming, stages with time-outs."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Input
from tui_driving import driven, pressed, sees, shown
from tui_feeds import StillFeed, flight, store_at

from services.laws import laws
from services.library import load_mission
from tui.app import TwinApp
from tui.player import PlayFeed
from tui.view import catalogue
from twin.contracts.steering import SendTelecommand
from twin.errors import UsageError
from twin.gnc.telecommands import cue_of
from twin.ground.catalogue import CATALOGUE, Told, entry, law_arguments, swap_arguments
from twin.guidance.swapping import SWAP_LAW
from twin.mission.steps import COMMANDS

MISSION = load_mission("quickstart")


def plain(lines: list[list[tuple[str, str]]]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def test_the_catalogue_holds_every_telecommand_that_the_spacecraft_knows() -> None:
    names = {each.name for each in CATALOGUE}
    assert set(COMMANDS) <= names
    assert {name for name in names if name != SWAP_LAW} == {cue_of(name) for name in names - {SWAP_LAW}}


def test_it_is_searched_by_name_and_by_what_a_command_does() -> None:
    text = shown(pressed(StillFeed(), "3", "slash", *"jaw", "enter"))
    assert "release" in text
    assert "free_drift" not in text


def test_what_speaks_against_sending_is_said_before_sending() -> None:
    known = store_at(30.0).known
    text = plain(catalogue.before(MISSION, known, entry("go"), 90))
    assert "phase   OK    hold_50 -> transfer" in text
    assert "link    OK    goes up through jiamusi now" in text
    known.now_ns += 100 * 10**9
    known.link.station = None
    known.alarms.happened("x", "critical", "x", 0, 0)
    text = plain(catalogue.before(MISSION, known, entry("retract"), 90))
    for words in (
        "phase   NO",
        "link    WAITS",
        "picture CARE",
        "it may be another by now",
        "unseen: 1 critical",
    ):
        assert words in text


def test_what_is_sent_says_until_when_its_next_stage_is_awaited() -> None:
    known = store_at(65.0).known
    assert catalogue.awaited(MISSION, known, known.commands[1]) == "acceptance: times out in 25 s"
    ended = store_at(100.0).known
    assert catalogue.awaited(MISSION, ended, ended.commands[1]) == ""
    assert "completed T+00:01:10" in plain(catalogue.stages(MISSION, ended, ended.commands[1], 120))


def test_a_hazardous_command_is_armed_by_its_name_alone() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("3", *["down"] * 6, "enter", *"releas", "enter")
        await sees(app, "write release to arm it")
        await pilot.press("e", "enter")
        await sees(app, "ARMED release")
        await pilot.press("y")

    feed = StillFeed()
    driven(feed, act)
    assert feed.asked == [SendTelecommand(name="release")]


def test_a_law_is_swapped_by_typed_arguments_and_only_what_was_changed_is_sent() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("3", "end", "enter")
        app.screen.query_one("#field-0", Input).value = "close_in"
        app.screen.query_one("#field-1", Input).value = "glideslope"
        await pilot.press("ctrl+s")
        await sees(app, "speed_mps")
        names = [each.name for each in law_arguments(MISSION, laws(), "close_in", "glideslope")]
        speed = app.screen.query_one(f"#field-{names.index('speed_mps')}", Input)
        assert speed.value == "0.03"
        speed.value = "-1"
        await sees(app, "speed_mps: '-1' is not above 0")
        speed.value = "0.02"
        await pilot.press("ctrl+s")
        await sees(app, "write swap_law")
        await pilot.press(*"swap_law", "enter", "y")

    feed = StillFeed()
    driven(feed, act)
    (asked,) = feed.asked
    assert isinstance(asked, SendTelecommand)
    assert asked.arguments == {"phase": "close_in", "law": "glideslope", "parameters.speed_mps": 0.02}


def test_a_sent_command_is_armed_again_as_it_was() -> None:
    feed = StillFeed()
    feed.store.known.commands[1].arguments = {"phase": "close_in", "law": "mpc"}
    pressed(feed, "3", "r", "y")
    assert feed.asked == [SendTelecommand(name="go", arguments={"phase": "close_in", "law": "mpc"})]


def test_a_recording_arms_nothing() -> None:
    feed = PlayFeed(flight())
    feed.start()
    feed.paused = True
    text = shown(pressed(feed, "3", "enter"))
    assert "a recording takes no commands" in text
    assert "ARMED" not in text


@pytest.mark.parametrize(
    ("told", "text", "says"),
    [
        (Told(name="v", unit="m/s", least=0.0, most=1.0), "2", "at least 0, at most 1 m/s"),
        (Told(name="v", least=0.0, open_least=True), "0", "above 0"),
        (Told(name="v"), "nan", "any number"),
        (Told(name="v"), "fast", "any number"),
        (Told(name="v", kind="flag"), "perhaps", "yes or no"),
        (Told(name="v", kind="choice", choices=("a", "b")), "c", "a, b"),
    ],
)
def test_an_argument_that_cannot_be_is_refused_with_what_could(told: Told, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        told.read(text)


def test_an_argument_is_read_as_its_type() -> None:
    assert Told(name="v", least=0.0).read(" 0.5 ") == 0.5
    assert Told(name="v", kind="flag").read("yes") is True
    assert Told(name="v", kind="choice", choices=("a",)).read("a") == "a"


def test_every_law_can_be_asked_about_and_its_numbers_have_units() -> None:
    for law in laws():
        for told in law_arguments(MISSION, laws(), "close_in", law):
            assert told.range
            if told.name.endswith("_mps"):
                assert told.unit == "m/s"
    phase, law, shadow = swap_arguments(MISSION, laws())
    assert (phase.read("ready"), law.read("hold"), shadow.read("no")) == ("ready", "hold", False)
