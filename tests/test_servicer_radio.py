"""The servicer's radio: telecommands go on at once, telemetry waits for a pass."""

import numpy as np
import pytest
from servicer_bench import (
    DELAY,
    MISSION,
    SECOND,
    Bench,
    estimate,
    link,
    track_of,
)

from twin.contracts.navigation import PhaseChanged, SafetyVerdict
from twin.contracts.radio import CommandReport, Telecommand, TelemetryFrame
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ecef_from_eci


def test_telecommands_go_on_to_guidance_at_once_and_wait_there():
    bench = Bench()
    go = Telecommand(command=3, name="go")
    (forwarded,) = bench.grant(DELAY // 2, go, source="ground")
    assert (forwarded.to, forwarded.delay_ns, forwarded.delivery, forwarded.body) == (
        ("guidance",),
        0,
        "wait",
        go,
    )


def test_telemetry_waits_on_board_for_a_pass_and_then_goes_down_with_the_light_time():
    bench = Bench()
    for _ in range(25):
        bench.cycle(estimate(bench.reading.sampled_ns))
    assert bench.all(TelemetryFrame) == []
    bench.grant(bench.wake_ns - SECOND // 2, link(True), source="ground")
    said = bench.cycle(
        estimate(bench.reading.sampled_ns),
        PhaseChanged(t_ns=0, previous="hold_50", phase="transfer", cue="go"),
        SafetyVerdict(t_ns=0, monitor="keep_out", level="abort", value=18.0, limit=20.0),
        CommandReport(t_ns=0, command=1, stage="completed"),
    )
    frames = [out for out in said if isinstance(out.body, TelemetryFrame)]
    live, dump = (out.body for out in frames)
    assert (live.stored, dump.stored) == (False, True)
    assert [report.stage for report in live.reports] == ["completed"]
    assert [(event.name, event.severity) for event in live.events] == [
        ("phase_changed", "info"),
        ("safety", "high"),
    ]
    assert [h.generated_ns for h in (*dump.housekeeping, *live.housekeeping)] == [0, 10 * SECOND, 20 * SECOND]
    assert live.housekeeping[0].sigma_r_m == pytest.approx(0.3)
    sent_ns = live.sent_ns
    here = ecef_from_eci(Epoch(MISSION.epoch_utc), sent_ns) @ track_of(bench).state(sent_ns).r_eci_m
    distance_m = np.linalg.norm(here - np.array(link(True).station_ecef_m))
    assert [out.delay_ns for out in frames] == [pytest.approx(distance_m / 0.299792458, abs=1.0)] * 2
    bench.grant(bench.wake_ns - SECOND // 2, link(False), source="ground")
    for _ in range(12):
        said = bench.cycle(estimate(bench.reading.sampled_ns))
        assert not any(isinstance(out.body, TelemetryFrame) for out in said)
