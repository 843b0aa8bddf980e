"""What the screens know: only what reached the ground, in its place in time; truth is kept apart."""

from msgspec.structs import replace
from tui_feeds import SECOND, events, store_at

from services.library import load_mission
from tui.store import Known, Store
from tui.view import parameters, plot, timeline
from tui.view.commanding import stack
from tui.view.events import newest as newest_lines
from tui.view.words import Line, span, trend
from twin.contracts.envelope import Event
from twin.contracts.motion import Trajectory
from twin.contracts.navigation import Estimate
from twin.contracts.operations import Mark
from twin.contracts.radio import TelemetryFrame

MISSION = load_mission("quickstart")


def plain(lines: list[Line]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def frames() -> list[Event]:
    return [event for event in events() if isinstance(event.body, TelemetryFrame)]


def test_nothing_on_board_and_nothing_true_reaches_what_the_ground_knows() -> None:
    without = [event for event in events() if not isinstance(event.body, Trajectory | Estimate)]
    whole, part = Known(), Known()
    for event in events():
        whole.take(event)
    for event in without:
        part.take(event)
    part.advance(whole.now_ns)
    assert whole.history == part.history
    assert whole.values() == part.values()
    assert list(whole.log) == list(part.log)


def test_a_frame_is_known_when_it_has_arrived_and_not_before() -> None:
    store, frame = Store(), frames()[0]
    for event in events():
        if event.t_ns <= frame.t_ns:
            store.take(event)
    assert frame.due_ns > frame.t_ns
    assert store.known.newest is None
    store.known.advance(frame.due_ns)
    assert store.known.newest is not None


def test_a_frame_that_no_station_hears_is_never_known() -> None:
    store, frame = Store(), frames()[0]
    store.take(frame)
    store.known.advance(frame.due_ns + SECOND)
    assert store.known.newest is None


def test_a_late_report_takes_its_place_by_the_time_it_was_generated() -> None:
    store = store_at(150.0)
    newest, last = store.known.newest, frames()[-1]
    assert newest is not None
    old = replace(newest, generated_ns=newest.generated_ns - 5 * SECOND, range_m=1.0)
    body = last.body
    assert isinstance(body, TelemetryFrame)
    dump = replace(body, sequence=body.sequence + 1, stored=True, housekeeping=(old,), reports=(), events=())
    store.take(replace(last, t_ns=151 * SECOND, due_ns=151 * SECOND, body=dump))
    store.known.advance(152 * SECOND)
    assert store.known.newest == newest
    times = [report.generated_ns for report in store.known.history]
    assert times == sorted(times)
    assert old in store.known.history


def test_an_old_value_is_shown_as_old_and_never_alarmed() -> None:
    known = store_at(150.0).known
    assert known.phase is not None
    known.alarms.report(known.now_ns, known.phase, {"ground.range_m": 1.0}, known.now_ns)
    assert "C###" in plain(parameters.table(parameters.rows(known, {}), known.age_s, 60, truth=False))
    known.now_ns += 100 * SECOND
    late = plain(parameters.table(parameters.rows(known, {}), known.age_s, 60, truth=False))
    assert "C###" not in late
    assert "old" in late


def test_every_command_shows_the_stages_it_reached() -> None:
    known = store_at(150.0).known
    assert list(known.commands[1].stages) == ["queued", "released", "accepted", "started", "completed"]
    assert "Q R A S C completed" in plain(stack(known, 5, 80))
    assert "Q R . . . released" in plain(stack(store_at(65.0).known, 5, 80))


def test_the_gate_says_what_go_leads_to_and_when_it_goes_up() -> None:
    known = store_at(30.0).known
    assert "waits for GO to transfer" in plain(timeline.panel(MISSION, known, 110))
    assert timeline.effect(MISSION, known, "go") == "hold_50 -> transfer"
    assert "jiamusi now" in timeline.when_up(known)
    assert timeline.effect(MISSION, store_at(120.0).known, "go") == "no effect in phase transfer"


def test_a_scene_holds_the_servicer_where_it_was_last_reported() -> None:
    known = store_at(100.0).known
    assert known.newest is not None
    drawn = plot.scene(MISSION, known, "in-plane", None)
    radial_m, in_track_m, _ = known.newest.r_ric_m
    assert drawn.marks[-1] == plot.Mark((in_track_m, radial_m), "S", "servicer")
    assert drawn.box.left <= in_track_m


def test_ten_thousand_events_and_wide_or_marked_up_text_stay_one_line_each() -> None:
    known = store_at(100.0).known
    for k in range(10_050):
        body = Mark(text=f"{k} [bold]x[/] \n 宇宙 {'long' * 50}")
        known.take(replace(events()[0], t_ns=100 * SECOND + k, body=body))
    assert len(known.log) == 10_000
    shown = newest_lines(known, 20, 80)
    assert len(shown) == 20
    assert "\n" not in "".join(text for line in shown for text, _ in line)
    assert "10049 [bold]x[/]" in plain(shown[:1])


def test_durations_and_trends_are_written_short() -> None:
    assert (span(4.21), span(42.9), span(65.0), span(7384.0), span(-3.0)) == (
        "4.2 s",
        "42 s",
        "1:05",
        "2:03:04",
        "-3.0 s",
    )
    assert (trend([], 5), trend([1.0, 1.0], 5), trend([0.0, 7.0], 5)) == ("", "▁▁", "▁█")
