"""The Telemetry screen: every key, pages, filter, plots with late data in its place."""

from msgspec.structs import replace
from textual.pilot import Pilot
from tui_driving import comes, driven, pressed, sees, shown
from tui_feeds import SECOND, StillFeed, store_at

from services.library import load_mission
from tui.app import TwinApp
from tui.store import Known
from tui.view import telemetry
from tui.view.curve import curve
from tui.view.numbers import measured, written
from tui.widgets.panel import ListPanel
from twin.contracts.radio import TelemetryFrame
from twin.ground.knowledge import REPORTED
from twin.mission.quantities import QUANTITIES


def page(app: TwinApp) -> ListPanel:
    return app.screen.query_one("#page", ListPanel)


def test_every_quantity_of_the_ground_stands_on_a_page_with_its_unit_and_age() -> None:
    text = shown(pressed(StillFeed(), "2", size=(200, 60)))
    for name in telemetry.names():
        assert name.removeprefix("ground.")[:22] in text
    assert "T+00:01:30" in text
    assert {leaf for row in telemetry.tree(set()) for leaf in row.names} == set(telemetry.names())
    assert not any(row.key == "other" for row in telemetry.tree(set()))


def test_pages_are_turned_by_key_and_by_the_tree() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("2", *(["greater_than_sign"] * 5))
        await sees(app, "propellant_kg")
        assert "range_m" not in page(app).copied
        await pilot.press("less_than_sign")
        await sees(app, "Page: guidance")
        await pilot.press("shift+tab", "home", "enter")
        await sees(app, "Page: everything")
        assert app.screen.focused is page(app)

    driven(StillFeed(), act)


def test_the_filter_looks_through_all_pages_by_name_and_meaning() -> None:
    text = shown(pressed(StillFeed(), "2", "slash", *"battery", "enter"))
    assert "Filter: battery" in text
    assert "battery_fraction" in text
    assert "port_axial_m" not in text
    assert "Page: everything" in shown(pressed(StillFeed(), "2", "slash", *"battery", "escape"))


def test_favourites_have_a_page_and_a_row_is_copied_whole() -> None:
    app = pressed(StillFeed(), "2", "down", "asterisk", "Y", "shift+tab", "end")
    text = shown(app)
    assert "favourites *     1" in text
    assert "Page: favourites * (1)" in text
    assert "closing_mps" in app.clipboard
    assert "m/s" in app.clipboard


def test_raw_shows_a_value_as_it_came() -> None:
    known = store_at(100.0).known
    value = known.values()["ground.range_m"]
    assert f"{value}" in shown(pressed(StillFeed(), "2", "r"))


def test_a_quantity_is_plotted_in_windows_and_an_alarm_leads_to_its_plot() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("2", "down", "p")
        await sees(app, "ground.closing_mps  m/s", "last 10 min")
        await pilot.press("w", "w", "w")
        await sees(app, "all reports kept")
        await pilot.press("p", "4")
        await sees(app, "battery")
        await pilot.press("J")
        await comes(app, lambda: page(app).key == "ground.battery_fraction")
        await comes(app, lambda: "ground.battery_fraction" in str(app.screen.query_one("#plot").border_title))

    feed = StillFeed()
    now_ns = feed.store.known.now_ns
    for k in range(2):
        t_ns = now_ns - (1 - k) * SECOND
        feed.store.known.alarms.report(t_ns, "transfer", {"ground.battery_fraction": 0.1}, t_ns)
    driven(feed, act)


def test_a_flag_and_a_word_have_no_plot_and_say_so() -> None:
    text = shown(pressed(StillFeed(), "2", "end", "p"))
    assert "nothing to draw" in text


def dumped(known: Known, generated_s: int, value: float, heard_s: int) -> None:
    """An old report comes down late."""
    assert known.newest is not None
    old = replace(known.newest, generated_ns=generated_s * SECOND, range_m=value)
    frame = TelemetryFrame(sequence=999, sent_ns=heard_s * SECOND, stored=True, housekeeping=(old,))
    known._down(frame, heard_s * SECOND)


def test_late_data_is_drawn_when_it_was_generated_and_is_not_the_newest_value() -> None:
    known = store_at(150.0).known
    newest = known.values()["ground.range_m"]
    dumped(known, 33, 77.0, 149)
    drawn = curve(known, "ground.range_m", 0.0)
    assert drawn is not None
    assert drawn.late == [(33.0, 77.0)]
    assert (33.0, 77.0) in [point for stretch in drawn.stretches for point in stretch]
    times = [t_s for stretch in drawn.stretches for t_s, _ in stretch]
    assert times == sorted(times)
    assert known.values()["ground.range_m"] == newest


def test_a_curve_is_not_joined_over_what_nobody_heard() -> None:
    known = store_at(60.0).known
    dumped(known, 400, 50.0, 401)
    known.now_ns = 402 * SECOND
    drawn = curve(known, "ground.range_m", 0.0)
    assert drawn is not None
    assert [len(stretch) for stretch in drawn.stretches][-1] == 1


def test_limits_of_the_phase_are_drawn_where_they_are_near() -> None:
    drawn = curve(store_at(100.0).known, "ground.wheel_momentum_max_nms", 0.0)
    assert drawn is not None
    assert drawn.limits == []
    assert [each.name for each in store_at(100.0).known.alarms.applying("ground.range_m", "transfer")] == [
        "keep_out"
    ]


def test_numbers_have_the_decimals_of_their_unit_and_never_lack_it() -> None:
    assert measured(12.34567, "m") == "12.346 m"
    assert measured(None, "m") == "–"
    assert written(True, "") == "yes"
    assert written(1.5e9, "m") == "1.5e+09"
    assert all(QUANTITIES[name].plane == "ground" for name in REPORTED)
    assert load_mission("quickstart").limits
