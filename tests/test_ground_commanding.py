"""Telecommands: every one ends, in simulated time, and says why."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from twin.contracts.radio import CommandReport
from twin.ground.commanding import AWAITS, RANK, Commanding
from twin.ground.settings import Ground

S = 1_000_000_000
SETTINGS = Ground(acceptance_timeout_s=30.0, completion_timeout_s=120.0)
ENDS = ("completed", "failed", "timed_out")
STAGES = ("accepted", "started", "completed", "failed")


def report(stage: str, t_s: float = 0.0, command: int = 1, reason: str = "") -> CommandReport:
    return CommandReport(t_ns=round(t_s * S), command=command, stage=stage, reason=reason)


def released() -> Commanding:
    """One `go`, released at 0 s."""
    commanding = Commanding(SETTINGS)
    commanding.queue("go", {}, "operator", 0, "")
    ((said, telecommand),) = commanding.release(0)
    assert (said.stage, telecommand.command, telecommand.name) == ("released", 1, "go")
    return commanding


def test_a_queued_command_waits_for_ever_without_a_time_out_and_says_for_when() -> None:
    commanding = Commanding(SETTINGS)
    said = commanding.queue("go", {}, "operator", 5, "waits for kashi at T+01:00:00")
    assert (said.stage, said.reason, said.t_ns) == ("queued", "waits for kashi at T+01:00:00", 5)
    assert commanding.wake_ns is None
    assert list(commanding.expire(10**15)) == []


def test_commands_go_up_once_in_the_order_they_were_queued() -> None:
    commanding = Commanding(SETTINGS)
    for name in ("hold", "go", "abort"):
        commanding.queue(name, {"why": name}, "timeline", 0, "")
    sent = [telecommand for _, telecommand in commanding.release(S)]
    assert [(each.command, each.name, each.arguments) for each in sent] == [
        (1, "hold", {"why": "hold"}),
        (2, "go", {"why": "go"}),
        (3, "abort", {"why": "abort"}),
    ]
    assert list(commanding.release(2 * S)) == []


def test_reports_take_a_command_through_its_stages_to_the_end() -> None:
    commanding = released()
    for k, stage in enumerate(("accepted", "started", "completed")):
        said = commanding.report(report(stage), k * S)
        assert said is not None
        assert (said.stage, said.t_ns, said.name) == (stage, k * S, "go")
    assert commanding.wake_ns is None


def test_no_acceptance_in_time_is_an_end_of_its_own() -> None:
    commanding = released()
    assert commanding.wake_ns == 30 * S
    assert list(commanding.expire(30 * S - 1)) == []
    (said,) = commanding.expire(30 * S)
    assert (said.stage, said.reason) == ("timed_out", "no report of acceptance within 30 s of released")
    assert commanding.wake_ns is None


def test_each_stage_after_acceptance_has_its_own_time_out() -> None:
    commanding = released()
    commanding.report(report("accepted"), 10 * S)
    assert commanding.wake_ns == 130 * S
    commanding.report(report("started"), 100 * S)
    (said,) = commanding.expire(220 * S)
    assert (said.stage, said.reason) == ("timed_out", "no report of completion within 120 s of started")


def test_a_late_report_is_told_with_its_reason_and_the_command_stays_timed_out() -> None:
    commanding = released()
    list(commanding.expire(30 * S))
    said = commanding.report(report("completed", 12.0, reason="phase hold_50"), 6000 * S)
    assert said is not None
    assert (said.stage, said.reason) == (
        "timed_out",
        "late report: completed on board at T+00:00:12: phase hold_50",
    )


def test_a_refusal_ends_a_command_with_the_reason_from_on_board() -> None:
    said = released().report(report("failed", reason="no cue go in phase retreat"), S)
    assert said is not None
    assert (said.stage, said.reason) == ("failed", "no cue go in phase retreat")


def test_a_report_of_a_command_that_never_went_up_is_said_and_changes_nothing() -> None:
    commanding = Commanding(SETTINGS)
    commanding.queue("go", {}, "operator", 0, "")
    for number in (0, 1, 7):
        said = commanding.report(report("completed", command=number), S)
        assert said is not None
        assert (said.name, said.command) == ("unknown", number)
        assert "never released" in said.reason
    assert commanding.queued


@given(st.lists(st.tuples(st.sampled_from(STAGES), st.floats(0.0, 400.0)), max_size=12))
def test_whatever_comes_down_a_released_command_ends_and_never_goes_back(
    news: list[tuple[str, float]],
) -> None:
    commanding = released()
    told = ["released"]
    for stage, t_s in sorted(news, key=lambda each: each[1]):
        now_ns = round(t_s * S)
        said = [*commanding.expire(now_ns), commanding.report(report(stage, t_s), now_ns)]
        told += [each.stage for each in said if each is not None]
    told += [each.stage for each in commanding.expire(1000 * S)]
    assert all(RANK[a] <= RANK[b] for a, b in pairwise(told))
    assert told[-1] in ENDS
    assert commanding.wake_ns is None


def test_every_stage_that_is_no_end_awaits_something_once_released() -> None:
    assert {stage for stage in RANK if stage not in AWAITS} == {"queued", *ENDS}
