"""The flight screens: the abort strip as computed, the camera's picture, plots; with fixed data."""

import numpy as np
import pytest
from msgspec.structs import replace as with_fields
from tui_feeds import store_at

from services.library import load_mission
from tui.eye import Frame
from tui.view import ladder, plot
from tui.view.words import Line
from tui.widgets.picture import caption, half_blocks, shrunk
from twin.gnc.outlook import Outlook, Prophet, RungOutlook
from twin.guidance.dispersion import Closest
from twin.guidance.ladder import LONGEST_WAIT_S

MISSION = load_mission("quickstart")


def plain(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def rung(margin_m: float, wait_s: float | None, low_m: float = 31.0) -> RungOutlook:
    return RungOutlook("RETREAT", "retreat", Closest(32.0, low_m, 700.0, margin_m), wait_s)


def test_the_strip_says_of_each_rung_how_near_it_comes_and_how_long_it_may_wait() -> None:
    known = store_at(100.0).known
    outlook = Outlook(90_000_000_000, (rung(11.0, 125.0), rung(-20.0, 0.0, 0.0)))
    words = plain([ladder.strip(outlook, known, 120)])
    assert "RETREAT 31.0 m ok 1:55" in words
    assert "RETREAT 0.0 m NO" in words
    table = plain(ladder.table(outlook, known))
    assert "too late" in table
    assert ladder.aged(outlook, known) == "from the report of 10 s ago"


@pytest.mark.parametrize(("wait_s", "word"), [(None, f"> {LONGEST_WAIT_S / 60:.0f} min"), (59.0, "49 s")])
def test_how_long_a_rung_may_wait_is_written_in_words(wait_s: float | None, word: str) -> None:
    known = store_at(100.0).known
    assert word in plain(ladder.table(Outlook(90_000_000_000, (rung(5.0, wait_s),)), known))


def test_a_rung_that_the_phase_does_not_take_stands_in_brackets() -> None:
    known = store_at(100.0).known
    outlook = Prophet(MISSION).outlook(known.newest) if known.newest else None
    assert outlook is not None
    words = plain(ladder.table(outlook, known))
    assert "(HOLD)" in words
    assert "FREE DRIFT" in words
    drift = next(each for each in outlook.rungs if each.name == "FREE DRIFT")
    # An uncontrolled servicer 50 m behind on this orbit may come to touch within the day.
    assert not drift.qualifies


def test_without_covariance_nothing_is_predicted_and_it_is_said() -> None:
    known = store_at(100.0).known
    assert known.newest is not None
    bare = with_fields(known.newest, covariance=b"")
    outlook = Prophet(MISSION).outlook(bare)
    assert "no covariance" in plain(ladder.table(outlook, known))
    stack = with_fields(known.newest, latched=True)
    assert "one stack" in plain([ladder.strip(Prophet(MISSION).outlook(stack), known, 120)])


def test_a_report_hours_later_is_judged_from_its_own_place_on_the_orbit() -> None:
    known = store_at(100.0).known
    assert known.newest is not None
    late = with_fields(known.newest, generated_ns=known.newest.generated_ns + 8 * 3600 * 10**9)
    kept = Prophet(MISSION)
    kept.outlook(known.newest)
    assert kept.outlook(late) == Prophet(MISSION).outlook(late)


def test_a_picture_is_shrunk_to_mean_colours_and_drawn_two_pixels_a_cell() -> None:
    pixels = np.zeros((240, 320, 3), np.uint8)
    pixels[:120] = 200
    small = shrunk(pixels, 16, 12)
    assert small.shape == (12, 16, 3)
    assert small[:6].min() == small[:6].max() == 200
    assert not small[6:].any()
    cells = half_blocks(small[4], small[6])
    assert [(segment.text, str(segment.style)) for segment in cells] == [("▀" * 16, "#c8c8c8 on #000000")]


def test_a_caption_says_when_how_old_and_in_which_light() -> None:
    frame = Frame(90_000_000_000, np.zeros((240, 320, 3), np.uint8), 0.0, "no link")
    assert caption(frame, 100_000_000_000, 60) == "T+00:01:30, 10 s old, eclipse, no link"
    assert caption(frame, 100_000_000_000, 30) == "10 s old, eclipse, no link"
    assert caption(Frame(0, None, 0.0, "no camera"), 5, 60) == ""


def test_a_scene_holds_the_hold_points_the_spread_and_the_drift_to_come() -> None:
    known = store_at(100.0).known
    path = ((-1.0, -50.0, 0.0), (-2.0, -60.0, 0.0))
    drawn = plot.scene(MISSION, known, "in-plane", None, Outlook(0, (), path))
    assert ("drift", [(-50.0, -1.0), (-60.0, -2.0)]) in drawn.lines
    assert plot.Mark((-50.0, 0.0), "o", "muted") in drawn.marks
    spread = next(points for ink, points in drawn.lines if ink == "servicer")
    assert known.newest is not None
    _, in_track_m, _ = known.newest.r_ric_m
    size_m = max(abs(x - in_track_m) for x, _ in spread)
    assert 0.0 < size_m < 3.0 * known.newest.sigma_r_m + 1e-9
