"""What is typed into prompts, marks beside a recording, the script as it stands, services in figures."""

import time
from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from tui_driving import comes, driven, pressed, sees
from tui_feeds import SECOND, StillFeed, flight, played, quickstart, store_at

from tui.app import TwinApp
from tui.judging import Judging
from tui.marks import Landmark, Marks
from tui.player import PlayFeed
from tui.view import script, services
from tui.view.asking import duration_s, moment_ns, name_of, rate_of
from tui.view.words import Line
from tui.widgets.panel import ListPanel, Panel
from twin.contracts.steering import ServiceHealth, ServicesGiven
from twin.errors import UsageError
from twin.mission.script import Desk

MISSION = quickstart()


def plain(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90", 90.0), ("90 s", 90.0), ("1.5 min", 90.0), ("2h", 7200.0), ("1:30", 90.0), ("1:00:00.5", 3600.5)],
)
def test_a_duration_is_understood(text: str, seconds: float) -> None:
    assert duration_s(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "0", "-5", "soon", "5 parsec", "1e99", "nan", "9" * 40])
def test_what_is_no_duration_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError):
        duration_s(text)


@pytest.mark.parametrize(
    ("text", "past", "t_s"),
    [("T+00:02:00", False, 120), ("120", False, 120), ("+20", False, 120), ("-40", True, 60), ("0", True, 0)],
)
def test_a_moment_is_understood(text: str, past: bool, t_s: int) -> None:
    assert moment_ns(text, 100 * SECOND, 1000 * SECOND, past=past) == t_s * SECOND


@pytest.mark.parametrize(("text", "past"), [("50", False), ("-1", False), ("2000", True), ("-200", True)])
def test_a_moment_out_of_reach_is_refused_and_the_reach_is_named(text: str, past: bool) -> None:
    with pytest.raises(UsageError, match="between"):
        moment_ns(text, 100 * SECOND, 1000 * SECOND, past=past)


def test_rates_and_names_are_checked() -> None:
    assert (rate_of("x5"), rate_of("0.1"), rate_of("max")) == (5.0, 0.1, None)
    for text in ("0", "5000", "quick", ""):
        with pytest.raises(UsageError):
            rate_of(text)
    assert name_of("  first \n contact ") == "first contact"
    with pytest.raises(UsageError):
        name_of("x" * 61)


def test_a_prompt_says_what_is_wrong_and_stays() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("u", "5", "0", "enter")
        await sees(app, "not between")

    driven(StillFeed(), act)


def test_a_watcher_is_asked_nothing_that_it_may_not_do() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("u")
        await sees(app, "read only")

    driven(StillFeed(may_steer=False), act)


def test_marks_are_kept_beside_the_recording_listed_and_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "a.mcap"
    path.write_bytes(flight().read_bytes())

    def opened() -> PlayFeed:
        feed = PlayFeed(path)
        feed.start()
        feed.paused = True
        return feed

    pressed(opened(), "right", "m", *"here", "enter", "m", *"here", "enter")
    assert Marks(path).all == [Landmark(10 * SECOND, "mark", "here")]

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("0")
        await sees(app, "here")
        moments = app.screen.query_one("#moments", ListPanel)
        await pilot.press("right_square_bracket", "right_square_bracket")
        assert isinstance(app.feed, PlayFeed)
        assert app.feed.position_ns == 10 * SECOND
        moments.choose(next(k for k, each in enumerate(moments._keys) if each.kind == "mark"))  # type: ignore[attr-defined]
        await pilot.press("x")
        await comes(app, lambda: Marks(path).all == [])

    driven(opened(), act)
    assert Marks(path).all == []


def test_a_file_of_marks_that_is_rubbish_is_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "a.mcap.marks.json").write_text('{"not": "marks"}')
    assert Marks(tmp_path / "a.mcap").all == []


def test_a_recording_that_nothing_can_be_written_beside_still_takes_marks(tmp_path: Path) -> None:
    feed = played()
    feed.marks = Marks(tmp_path / "gone" / "a.mcap")
    feed.mark("x")
    assert "for now only" in feed.notes[-1].text
    assert [each.text for each in feed.marks.all] == ["x"]


def test_replay_is_a_screen_of_recordings_alone() -> None:
    assert pressed(StillFeed(), "0").current_mode == "mission"
    assert pressed(played(), "0").current_mode == "replay"


def test_steps_say_what_they_wait_for_and_whether_it_holds() -> None:
    before, after = store_at(30.0).known, store_at(150.0).known
    words = plain(script.steps(MISSION, before, 120))
    assert "> go_to_corridor      armed      >T+00:01:00 yes" in words
    assert "done" in plain(script.steps(MISSION, after, 120))


def test_requirements_are_judged_as_they_stand_and_hidden_with_the_truth() -> None:
    feed = played()
    assert feed.judging is not None
    feed.judging.look(120 * SECOND)
    verdict = _waited(feed.judging, 120 * SECOND)
    assert verdict is not None
    stands = {each.name: each.outcome for each in verdict.results}
    assert stands["sphere"] == "pass"
    assert stands["lateral_at_ready"] == "vacuous"
    assert stands["ready_reached"] == "fail"
    so_far = plain(
        script.requirements(script.ordered(MISSION, verdict, over=False), verdict, 120, over=False)
    )
    assert "not yet" in so_far
    assert "FAIL" not in so_far
    last = script.requirements(script.ordered(MISSION, verdict, over=True), verdict, 120, over=True)
    assert "FAIL" in plain(last[1:2])
    feed.close()
    hidden = Judging(replace(MISSION, operator=Desk(truth=False)))
    assert hidden.look(5) is None
    assert "hides truth" in hidden.problem


def _waited(judging: Judging, now_ns: int):  # type: ignore[no-untyped-def]
    end_s = time.monotonic() + 30.0
    while judging.verdict is None and time.monotonic() < end_s:
        time.sleep(0.02)
    return judging.look(now_ns)


def test_truth_is_refused_where_the_mission_hides_it() -> None:
    feed = StillFeed()
    feed.mission = replace(MISSION, operator=Desk(truth=False))

    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("T")
        await sees(app, "operator.truth = false")
        assert "TRUTH" not in str(app.screen.query_one("#parameters", Panel).render())

    driven(feed, act)


def test_services_are_shown_with_what_they_use_and_what_they_wrote() -> None:
    def given(wall_s: float, cpu_s: float, messages: int) -> ServicesGiven:
        each = ServiceHealth(
            pid=7, cpu_s=cpu_s, memory_bytes=50 * 2**20, messages=messages, log=("[odd] line",)
        )
        return ServicesGiven(wall_s=wall_s, services={"servicer": each})

    feed = StillFeed()
    health = (given(10.0, 1.0, 100), given(11.0, 1.25, 140))
    words = plain(services.services(feed.status, feed.store.known, health, 116, Counter(servicer=1)))
    assert "25%" in words
    assert "+1" in words
    assert "50 MiB" in words
    assert "    140     40" in words
    assert "servicer   [odd] line" in plain(services.logs(health, 80))
