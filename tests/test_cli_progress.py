"""Progress tells a person what happens, at the pace of a person."""

import io

from services.library import load_mission
from services.progress import Progress
from twin.contracts.envelope import AnyBody, Event
from twin.contracts.navigation import Estimate, PhaseChanged, SafetyVerdict
from twin.contracts.radio import CommandVerification, PassEvent

MISSION = load_mission("quickstart")


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """Wall seconds that pass only when told."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def said(t_ns: int, body: AnyBody) -> Event:
    return Event(
        t_ns=t_ns, micro=0, source="guidance", sequence=0, to=(), due_ns=t_ns, delivery="wake", body=body
    )


def estimate(t_ns: int, range_m: float = 42.5) -> Event:
    body = Estimate(
        t_ns=t_ns,
        r_ric_m=(0.0, -range_m, 0.0),
        v_ric_mps=(0.0, 0.1, 0.0),
        q_eci_from_target=(1.0, 0.0, 0.0, 0.0),
        w_target_radps=(0.0, 0.0, 0.0),
        q_eci_from_servicer=(1.0, 0.0, 0.0, 0.0),
        w_servicer_radps=(0.0, 0.0, 0.0),
        range_m=range_m,
        range_rate_mps=-0.1,
        port_axial_m=range_m,
        port_lateral_m=0.0,
        attitude_error_rad=0.0,
        pose_known=True,
        delta_v_mps=0.0,
        rejected=0,
        covariance=b"",
    )
    return said(t_ns, body)


def acquired(t_ns: int, event: str = "acquired") -> Event:
    body = PassEvent(
        t_ns=t_ns, station="kashi", event=event, rise_ns=0, set_ns=90 * 10**9, max_elevation_rad=1.0
    )  # fmt: skip
    return said(t_ns, body)


def test_a_terminal_shows_one_line_with_range_rate_times_pass_and_speed():
    screen, clock = Screen(), Clock()
    progress = Progress(MISSION, screen, clock)
    progress.take(acquired(0))
    clock.now_s += 1.0
    progress.take(estimate(60 * 10**9))
    line = screen.getvalue().rpartition("\r")[2]
    for part in (
        "T+00:01:00",
        "2022-01-23T",
        "hold_50",
        "42.50 m",
        "closing +0.100 m/s",
        "pass kashi",
        "x60",
    ):
        assert part in line
    progress.close()
    assert screen.getvalue().endswith("\r\x1b[2K")


def test_a_terminal_is_painted_ten_times_a_wall_second_whatever_the_rate_of_events():
    screen, clock = Screen(), Clock()
    progress = Progress(MISSION, screen, clock)
    for index in range(5000):
        clock.now_s += 0.001
        progress.take(estimate(index * 10**9))
    assert 45 <= screen.getvalue().count("\r") <= 51


def test_elsewhere_there_are_plain_lines_at_what_matters_and_nothing_else():
    stream = io.StringIO()
    progress = Progress(MISSION, stream, Clock())
    for index in range(100):
        progress.take(estimate(index * 10**9))
    progress.take(acquired(1 * 10**9, "predicted"))
    assert stream.getvalue() == ""
    progress.take(acquired(2 * 10**9))
    progress.take(said(3 * 10**9, PhaseChanged(t_ns=0, previous="hold_50", phase="transfer", cue="go")))
    for stage in ("queued", "released", "accepted", "completed"):
        body = CommandVerification(t_ns=0, command=1, name="go", stage=stage, origin="timeline")
        progress.take(said(4 * 10**9, body))
    verdict = SafetyVerdict(t_ns=0, monitor="sphere", level="abort", value=19.0, limit=20.0)
    progress.take(said(5 * 10**9, verdict))
    progress.take(acquired(6 * 10**9, "lost"))
    progress.close()
    assert stream.getvalue().splitlines() == [
        "T+00:00:02.000  pass over kashi until T+00:01:30.000",
        "T+00:00:03.000  phase hold_50 -> transfer (go), range 42.5 m",
        "T+00:00:04.000  command go released (timeline)",
        "T+00:00:04.000  command go completed (timeline)",
        "T+00:00:05.000  abort by sphere: 19, limit 20",
        "T+00:00:06.000  pass over kashi ended",
    ]
