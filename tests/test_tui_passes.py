"""The Passes screen: foretold by the element set, replaced by what is announced, drawn on a map."""

from functools import cache
from math import radians

import pytest
from textual.pilot import Pilot
from tui_driving import driven, pressed, sees, shown
from tui_feeds import SECOND, StillFeed, store_at

from services.library import load_mission
from tui.app import TwinApp
from tui.view import passes
from tui.widgets.earth import coasts
from twin.contracts.radio import PassEvent
from twin.ground.foretelling import outlook
from twin.ground.outlook import Outlook

MISSION = load_mission("quickstart")
HOUR = 3600 * SECOND


@cache
def ahead() -> Outlook:
    return outlook(MISSION, 0, 8 * HOUR)


def test_foretold_passes_agree_with_those_the_ground_service_announces() -> None:
    announced = [each for each in store_at(100.0).known.passes.values() if each.rise_ns > 100 * SECOND]
    assert len(announced) >= 3
    for each in announced:
        near = [
            p
            for p in ahead().passes
            if p.station == each.station and abs(p.rise_ns - each.rise_ns) < HOUR / 4
        ]
        # The ground coasts what it hears of the servicer, 50 m from the target: 7 ms of a rise.
        assert abs(near[0].rise_ns - each.rise_ns) < 0.1 * SECOND
        assert near[0].max_elevation_rad == pytest.approx(each.max_elevation_rad, abs=1e-4)


def test_each_pass_is_listed_once_and_what_is_announced_stands_first() -> None:
    known = store_at(100.0).known
    listed = passes.rows(known, ahead())
    assert len({(row.station, row.rise_ns // HOUR) for row in listed}) == len(listed)
    assert [row.rise_ns for row in listed] == sorted(row.rise_ns for row in listed)
    assert sum(row.announced for row in listed) == 4
    assert passes.rows(known, None, "sanya")[0].station == "sanya"
    known.now_ns = 2 * HOUR
    assert all(row.set_ns >= known.now_ns for row in passes.rows(known, ahead()))


def test_the_plan_counts_down_to_the_end_of_the_pass_and_to_the_next() -> None:
    known = store_at(100.0).known
    listed = passes.rows(known, ahead())
    words = "".join(text for text, _ in passes.countdown(known, listed))
    assert words.startswith("AOS jiamusi  LOS in 6:37")
    assert "next sanya AOS in 1:29:15" in words
    lines = [
        "".join(text for text, _ in line) for line in passes.gantt(MISSION, known, listed, ahead(), (90, 8))
    ]
    assert [line.split()[0] for line in lines] == [
        "STATION",
        "jiamusi",
        "sanya",
        "weinan",
        "kashi",
        "eclipse",
    ]
    assert len({len(line) for line in lines}) == 1


def test_without_stations_in_sight_it_says_so() -> None:
    known = store_at(100.0).known
    known.link.station, known.passes = None, {}
    words = "".join(text for text, _ in passes.countdown(known, []))
    assert "no station hears" in words
    assert "no pass is foretold" in words


def test_the_track_stays_on_the_earth_and_elevations_rise_from_the_mask() -> None:
    track = ahead().track
    assert all(-90.0 <= p.latitude_deg <= 90.0 and -180.0 <= p.longitude_deg <= 180.0 for p in track)
    assert {p.sunlit for p in track} == {True, False}
    masks = {station.name: station.mask_deg for station in MISSION.stations}
    for each in ahead().passes:
        curve = ahead().curves[each.station, each.rise_ns]
        if each.rise_ns > 0:
            assert curve[0][1] == pytest.approx(masks[each.station], abs=0.01)
        assert max(height for _, height in curve) == pytest.approx(
            each.max_elevation_rad / radians(1.0), abs=0.2
        )
    latitude, _ = ahead().below_sun(0)
    assert latitude == pytest.approx(-19.6, abs=0.3)  # the Astronomical Almanac for 23 January


def test_coasts_lie_on_the_map() -> None:
    places = [place for coast in coasts() for place in coast]
    assert len(places) > 1000
    assert all(-180.0 <= x <= 180.0 and -90.0 <= y <= 90.0 for x, y in places)


def test_nothing_of_the_truth_is_on_the_screen() -> None:
    known, listed = store_at(100.0).known, passes.rows(store_at(100.0).known, ahead())
    before = passes.gantt(MISSION, known, listed, ahead(), (90, 8))
    feed = StillFeed()
    feed.store.truth.tracks.clear()
    assert passes.gantt(MISSION, feed.store.known, listed, ahead(), (90, 8)) == before


def test_the_screen_works_the_orbit_out_beside_it_and_draws_pass_and_map() -> None:
    async def act(app: TwinApp, pilot: Pilot[str]) -> None:
        await pilot.press("5")
        await sees(app, "by the element set")
        await pilot.press("down", "down")
        await sees(app, "Elevation at weinan", "ojiamusi")
        await pilot.press("slash", *"kashi", "enter")
        await sees(app, "Elevation at kashi")

    driven(StillFeed(), act)


def test_a_small_terminal_has_the_list_and_the_map_by_turns() -> None:
    assert "RISES" in shown(pressed(StillFeed(), "5", size=(80, 24)))
    assert "Ground track" in shown(pressed(StillFeed(), "5", "p", size=(80, 24)))


def test_a_pass_of_no_known_length_breaks_nothing() -> None:
    feed = StillFeed()
    odd = PassEvent(
        t_ns=0, station="sanya", event="predicted", rise_ns=10**15, set_ns=10**15, max_elevation_rad=0.0
    )
    feed.store.known.passes["sanya", 10**15] = odd
    assert "sanya" in shown(pressed(feed, "5"))
