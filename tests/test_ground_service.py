"""The ground as a participant, on the stage's real orbit, with a small spacecraft that answers."""

from math import dist

import msgspec
import numpy as np
import pytest
from ground_runs import HOURS, SPAN, Run, obedient
from ground_samples import HOUR, MASS_KG, S, mission, orbit, trajectory

from services.ground import Ground
from twin.contracts.envelope import AnyBody, Delivered
from twin.contracts.motion import Trajectory
from twin.contracts.operations import LawSwap, Mark, TelecommandRequest
from twin.contracts.radio import (
    CommandReport,
    CommandVerification,
    LinkState,
    PassEvent,
    StepTaken,
    Telecommand,
    TelemetryFrame,
)
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ecef_from_eci
from twin.dynamics.orbit import coast
from twin.dynamics.surroundings import Surroundings
from twin.errors import UsageError
from twin.ground.visibility import Sky, site_of


def test_every_station_gets_a_prediction_first_and_then_its_passes_in_order() -> None:
    run = Run(mission(HOURS)).until(SPAN)
    events = run.all(PassEvent)
    assert [each.event for each in events[:4]] == ["predicted"] * 4
    assert {each.station for each in events[:4]} == {"kashi", "jiamusi", "weinan", "sanya"}
    for station in ("kashi", "jiamusi", "weinan", "sanya"):
        own = [each.event for each in events if each.station == station]
        assert own == ["predicted", "acquired", "lost"] * (len(own) // 3) + ["predicted"]
    acquired = [each for each in events if each.event == "acquired"]
    assert len(acquired) == 8
    assert all(each.t_ns == each.rise_ns for each in acquired)
    assert all(each.t_ns == each.set_ns for each in events if each.event == "lost")


def test_a_prediction_of_hours_and_the_sharpened_pass_agree_on_an_undisturbed_orbit() -> None:
    last: dict[str, PassEvent] = {}
    compared = 0
    for event in Run(mission(HOURS)).until(SPAN).all(PassEvent):
        if event.event == "acquired":
            assert abs(event.rise_ns - last[event.station].rise_ns) < 1_000_000
            compared += 1
        last[event.station] = event
    assert compared == 8


def test_the_link_has_one_station_at_a_time_and_is_handed_over_without_a_gap() -> None:
    run = Run(mission(HOURS)).until(SPAN)
    links = run.all(LinkState)
    stations = [each.station if each.up else "" for each in links]
    expected = ["jiamusi", "", "sanya", "jiamusi", "", "sanya", "weinan", "kashi", "", "kashi", ""]
    assert stations == expected  # when sanya loses it first, jiamusi sees it longest
    assert all((each.downlink_bps > 0) == each.up for each in links)


def test_signals_take_the_light_time_of_the_distance() -> None:
    run = Run(mission(HOURS)).until(SPAN)
    epoch = Epoch(mission(HOURS).epoch_utc)
    for now_ns, message in run.said:
        if isinstance(message.body, LinkState):
            r_ecef_m = ecef_from_eci(epoch, now_ns) @ orbit(HOURS, SPAN).state(now_ns).r_eci_m
            metres = dist(r_ecef_m.tolist(), message.body.station_ecef_m)
            assert message.delay_ns == round(metres / 299_792_458.0 * 1e9)
            assert 1.5e6 < message.delay_ns < 8.2e6  # 450 km overhead to 2,450 km at the mask


def test_a_command_asked_for_outside_a_pass_says_for_when_and_goes_up_at_the_rise() -> None:
    run = Run(mission(HOURS), obedient())
    run.deliver(100 * S, TelecommandRequest(name="hold", arguments={"why": "test"}))
    run.until(HOUR)
    rise_ns = next(each.t_ns for each in run.all(PassEvent) if each.event == "acquired")
    queued, released = run.all(CommandVerification)[:2]
    assert queued.reason == "waits for jiamusi at T+00:07:12"
    assert (queued.t_ns, released.t_ns) == (100 * S, rise_ns)
    assert run.stages() == ["queued", "released", "accepted", "started", "completed"]
    assert run.all(Telecommand)[0].arguments == {"why": "test"}


def test_a_command_in_a_pass_goes_up_at_once() -> None:
    run = Run(mission(HOURS), obedient())
    run.deliver(500 * S, TelecommandRequest(name="go"))
    run.until(510 * S)
    assert [(each.stage, each.t_ns) for each in run.all(CommandVerification)][:2] == [
        ("queued", 500 * S),
        ("released", 500 * S),
    ]


def test_without_any_pass_a_command_stays_queued_and_says_so() -> None:
    blind = msgspec.structs.replace(
        mission(HOURS),
        stations=tuple(msgspec.structs.replace(each, mask_deg=89.0) for each in mission(HOURS).stations),
    )
    run = Run(blind)
    run.deliver(100 * S, TelecommandRequest(name="go"))
    run.until(SPAN)
    (said,) = run.all(CommandVerification)
    assert (said.stage, said.reason) == ("queued", "no pass is predicted in the next 24 h")


def test_a_report_that_misses_the_pass_times_out_and_is_told_late_with_its_reason() -> None:
    def mute(t_ns: int, body: AnyBody) -> list[tuple[int, AnyBody]]:
        if not isinstance(body, Telecommand):
            return []
        report = CommandReport(t_ns=t_ns, command=body.command, stage="completed", reason="to hold_50")
        frame = TelemetryFrame(sequence=0, sent_ns=6000 * S, stored=False, housekeeping=(), reports=(report,))
        return [(6000 * S, frame)]

    run = Run(mission(HOURS), mute)
    run.deliver(500 * S, TelecommandRequest(name="go"))
    run.until(6001 * S)
    assert run.stages() == ["queued", "released", "timed_out", "timed_out"]
    timed_out, late = run.all(CommandVerification)[2:]
    assert (timed_out.t_ns, timed_out.reason) == (530 * S, "no report of acceptance within 30 s of released")
    assert late.reason == "late report: completed on board at T+00:08:20: to hold_50"


def test_a_frame_sent_after_the_set_is_not_heard_but_one_on_its_way_is() -> None:
    set_ns = next(e.t_ns for e in Run(mission(HOURS)).until(HOUR).all(PassEvent) if e.event == "lost")
    for sent_ns, stages in ((set_ns, ["accepted"]), (set_ns + 1, ["timed_out"])):
        run = Run(mission(HOURS))
        run.deliver(set_ns - 10 * S, TelecommandRequest(name="go"))
        report = CommandReport(t_ns=sent_ns, command=1, stage="accepted")
        frame = TelemetryFrame(sequence=0, sent_ns=sent_ns, stored=False, housekeeping=(), reports=(report,))
        run.deliver(sent_ns + 7_000_000, frame)
        run.until(set_ns + 60 * S)
        assert run.stages()[2:] == stages


def test_the_scripts_go_is_given_when_telemetry_shows_that_it_may_be() -> None:
    steps = ("go-to-50", "ground.phase == 'hold_300' and ground.in_pass and ground.sigma_r_m < 3", "go")
    run = Run(mission(HOURS, steps), obedient()).until(HOUR)
    (step,) = run.all(StepTaken)
    acquired = next(each for each in run.all(PassEvent) if each.event == "acquired")
    # The first frame comes half a second, and twice the light time, after the carrier went up.
    assert 0.5 < (step.t_ns - acquired.t_ns) / S < 0.53
    assert (step.step, step.outcome) == ("go-to-50", "done")
    assert run.all(CommandVerification)[0].origin == "timeline"
    assert run.stages() == ["queued", "released", "accepted", "started", "completed"]


def test_a_mission_that_starts_in_a_pass_has_its_link_at_once() -> None:
    inside = mission(8.3)
    ground = Ground()
    wake_ns = ground.begin(inside).wake_ns
    first = Delivered(t_ns=0, micro=1, source="servicer", sequence=0, body=trajectory(8.3, HOUR))
    reaction = ground.react(wake_ns, (first,))
    (link,) = [each.body for each in reaction.messages if isinstance(each.body, LinkState)]
    assert (link.up, link.station, link.t_ns) == (True, "jiamusi", wake_ns)
    assert wake_ns < 1000


def test_empty_grants_change_nothing_and_say_nothing() -> None:
    run = Run(mission(HOURS), obedient())
    run.deliver(100 * S, TelecommandRequest(name="hold"))
    for t_ns in (0, 50 * S, 433 * S, 600 * S, 1000 * S):
        run.until(t_ns)
        before = run.ground.snapshot()
        reaction = run.ground.react(t_ns, ())
        assert (reaction.messages, reaction.wake_ns) == ((), run.wake_ns)
        assert run.ground.snapshot() == before


def test_a_restored_ground_goes_on_with_the_same_words() -> None:
    steps = ("go-to-50", "ground.phase == 'hold_300' and ground.in_pass", "go")
    about = mission(HOURS, steps)

    def run() -> Run:
        new = Run(about, obedient())
        new.deliver(100 * S, TelecommandRequest(name="hold"))
        return new

    whole = run().until(SPAN)
    moved = run()
    # Before the first word, with a command queued, in a pass with one open, in a hand-over, between passes.
    for cut_s in (0, 200, 434, 500, 6213, 8000):
        state = moved.until(cut_s * S).ground.snapshot()
        moved.ground = Ground()
        moved.ground.restore(about, state)
        assert moved.ground.snapshot() == state
    moved.until(SPAN)
    assert msgspec.msgpack.encode(moved.said) == msgspec.msgpack.encode(whole.said)


def test_a_manoeuvre_after_the_prediction_shifts_the_pass_and_not_its_sharpness() -> None:
    before = orbit(HOURS, SPAN).state(60 * S)
    faster = before.v_eci_mps * (1.0 + 20.0 / np.linalg.norm(before.v_eci_mps))
    about = mission(HOURS)
    epoch = Epoch(about.epoch_utc)
    around = Surroundings.at(epoch, about.environment)
    after = coast(before.r_eci_m, faster, 60 * S, SPAN, around)
    run = Run(about)
    run.deliver(60 * S, Trajectory(body="servicer", mass_kg=MASS_KG, pieces=after.pieces))
    run.until(2000 * S)
    predicted, acquired, lost, _ = (e for e in run.all(PassEvent) if e.station == "jiamusi")
    assert abs(acquired.t_ns - predicted.rise_ns) > S
    site = site_of(next(each for each in about.stations if each.name == "jiamusi"))
    (true,) = (each for each in Sky(epoch, after, 60 * S).passes(site) if each.set_ns < 2000 * S)
    # The test's track flies without drag, the ground's prediction with it: 20 s of 1e-7 m/s2.
    assert abs(acquired.t_ns - true.rise_ns) < 10_000
    assert abs(lost.t_ns - true.set_ns) < 10_000


def test_without_a_trajectory_the_ground_says_nothing_and_looks_again() -> None:
    ground = Ground()
    wake_ns = ground.begin(mission(HOURS)).wake_ns
    reaction = ground.react(wake_ns, ())
    assert reaction.messages == ()
    assert reaction.wake_ns == wake_ns + S


def test_a_snapshot_of_another_version_is_refused() -> None:
    with pytest.raises(UsageError, match="version"):
        Ground().restore(mission(HOURS), msgspec.msgpack.encode({"version": 2}))


def test_a_message_of_no_use_is_marked_and_harms_nothing() -> None:
    run = Run(mission(HOURS))
    run.deliver(5 * S, LawSwap(phase="hold_300", law="hold"))
    run.until(6 * S)
    assert run.all(Mark) == [Mark(text="ground: has no use for law_swap, nothing done")]


def test_a_ground_that_has_not_begun_says_so() -> None:
    with pytest.raises(UsageError, match="begin"):
        Ground().react(0, ())
