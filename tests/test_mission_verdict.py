"""The verdict over motions whose every number is known beforehand."""

import pytest
from mission_samples import closing_in, equipment, event, made_requirement, phase, quickstart, requirement
from msgspec.structs import replace

from twin.contracts.navigation import SafetyVerdict
from twin.contracts.radio import StepTaken
from twin.errors import MissionError
from twin.mission.claims import MIXED
from twin.mission.ending import EndingWatch
from twin.mission.script import Step
from twin.mission.verdict import Assessor

SECOND = 1_000_000_000


def judged(*requirements, events=(), end_s=100.0):
    """From 30 m at 0.1 m/s for 100 s: the range is 30 - 0.1 t, 20 m at the end."""
    assessor = Assessor(quickstart(*requirements))
    for each in (*closing_in(30.0, 0.1, 100.0), *events):
        assessor.take(each)
    return assessor.finish(round(end_s * SECOND))


def only(verdict):
    (result,) = verdict.results
    return result


@pytest.mark.parametrize(
    "row",
    [
        ("always", "truth.range_m >= 19", "true", "pass", 1.0, 100.0, 101),
        ("always", "truth.range_m >= 25", "true", "fail", -5.0, 100.0, 101),
        ("always", "truth.range_m <= 31", "true", "pass", 1.0, 0.0, 101),
        ("always", "truth.range_m >= 25", "script.t_s <= 40", "pass", 1.0, 40.0, 41),
        ("never", "truth.range_m < 25", "true", "fail", -5.0, 100.0, 101),
        ("never", "truth.range_m < 19", "true", "pass", 1.0, 100.0, 101),
        ("eventually", "truth.range_m < 21", "true", "pass", 1.0, 100.0, 101),
        ("eventually", "truth.range_m < 19", "true", "fail", -1.0, 100.0, 101),
        ("eventually", "truth.range_m > 29.5", "true", "pass", 0.5, 0.0, 101),
        ("at_end", "truth.range_m < 21", "true", "pass", 1.0, 100.0, 1),
        ("at_end", "truth.range_m < 19", "true", "fail", -1.0, 100.0, 1),
        ("always", "truth.range_m >= 25", "truth.range_m < 15", "vacuous", None, None, 0),
        ("never", "truth.range_m < 25", "truth.range_m < 15", "vacuous", None, None, 0),
        ("eventually", "truth.range_m < 25", "truth.range_m < 15", "vacuous", None, None, 0),
        ("at_end", "truth.range_m < 25", "script.t_s < 99", "vacuous", None, None, 0),
    ],
)
def test_a_requirement_is_judged_with_margin_and_worst_moment(row):
    kind, that, when, outcome, margin, worst_s, samples = row
    verdict = judged(requirement(kind, that, when))
    result = only(verdict)
    assert (result.outcome, result.samples) == (outcome, samples)
    assert verdict.passed == (outcome == "pass")
    # Positions of 7e6 m in float64 are 1e-9 m apart, and the difference of two of them is asked for.
    assert result.margin == (None if margin is None else pytest.approx(margin, abs=1e-8))
    assert result.worst_t_ns == (None if worst_s is None else round(worst_s * SECOND))
    assert result.unit == "m"


T, FAR = "script.t_s", "truth.range_m"


@pytest.mark.parametrize(
    "row",
    [
        # 25 m at 50 s: 5 s after the 45th second, but not within 4 s of it.
        ({"that": f"{FAR} <= 25", "when": f"{T} >= 45", "within_s": 6}, "pass", 0.1, 51.0, 1),
        ({"that": f"{FAR} <= 25", "when": f"{T} >= 45", "within_s": 4}, "fail", -0.1, 49.0, 1),
        ({"that": f"{FAR} <= 10", "when": f"{T} >= 95", "within_s": 500}, "fail", -10.0, 100.0, 1),
        ({"that": f"{FAR} <= 25", "when": f"{FAR} < 1", "within_s": 6}, "vacuous", None, None, 0),
        # Asked twice, at 10 s and at 60 s; only the second has 25 m within 10 s.
        (
            {"that": f"{FAR} <= 25", "when": f"{T} == 10 or {T} >= 60", "within_s": 10},
            "fail",
            -3.0,
            20.0,
            2,
        ),
    ],
)
def test_eventually_within_is_asked_anew_each_time_its_condition_turns_true(row):
    keys, outcome, margin, worst_s, samples = row
    assert_judged({"kind": "eventually", **keys}, outcome, margin, worst_s, samples)


@pytest.mark.parametrize(
    "row",
    [
        ({"that": f"{FAR} >= 25", "until": f"{T} >= 40"}, "pass", None, None, 1, MIXED),
        ({"that": f"{FAR} >= 28", "until": "truth.latched"}, "fail", None, None, 1, "m"),
        ({"that": f"{FAR} >= 25", "until": f"{FAR} <= 24"}, "fail", None, None, 1, "m"),
        ({"that": f"{FAR} >= 25", "until": f"{FAR} <= 27", "within_s": 20}, "fail", -1.0, 20.0, 1, "m"),
        ({"that": f"{FAR} >= 25", "until": f"{FAR} <= 27", "within_s": 40}, "pass", 1.0, 40.0, 1, "m"),
    ],
)
def test_until_wants_one_condition_up_to_another_that_must_come(row):
    keys, outcome, margin, worst_s, samples, unit = row
    result = only(judged(made_requirement(kind="until", **keys)))
    assert (result.outcome, result.samples, result.unit) == (outcome, samples, unit)
    if margin is not None:
        assert result.margin == pytest.approx(margin, abs=1e-8)
        assert result.worst_t_ns == round(worst_s * SECOND)


@pytest.mark.parametrize(
    "row",
    [
        (
            {"kind": "count", "that": f"{T} > 10 and {T} < 20 or {T} > 90", "at_most": 2},
            "pass",
            0.0,
            91.0,
            101,
        ),
        (
            {"kind": "count", "that": f"{T} > 10 and {T} < 20 or {T} > 90", "at_most": 1},
            "fail",
            -1.0,
            91.0,
            101,
        ),
        ({"kind": "count", "that": f"{FAR} < 10", "at_least": 1}, "fail", -1.0, 100.0, 101),
        ({"kind": "count", "that": f"{FAR} < 10", "at_most": 3}, "pass", 3.0, 100.0, 101),
        ({"kind": "count", "that": "onboard.range_m < 10", "at_most": 3}, "vacuous", None, None, 0),
        ({"kind": "maximum", "of": FAR, "at_most": 31}, "pass", 1.0, 0.0, 101),
        ({"kind": "maximum", "of": FAR, "at_most": 24, "when": f"{T} >= 50"}, "fail", -1.0, 50.0, 51),
        ({"kind": "maximum", "of": FAR, "at_least": 29, "at_most": 31}, "pass", 1.0, 0.0, 101),
        ({"kind": "maximum", "of": "onboard.range_m", "at_most": 31}, "vacuous", None, None, 0),
        ({"kind": "time_above", "of": FAR, "above": 25.05, "at_most_s": 60}, "pass", 10.0, 49.0, 101),
        ({"kind": "time_above", "of": FAR, "above": 25.05, "at_most_s": 40}, "fail", -10.0, 49.0, 101),
        ({"kind": "time_above", "of": FAR, "above": 25.05, "at_least_s": 40}, "pass", 10.0, 49.0, 101),
        ({"kind": "time_above", "of": FAR, "above": 40, "at_most_s": 1}, "pass", 1.0, 0.0, 101),
    ],
)
def test_what_is_measured_is_held_against_its_bounds(row):
    keys, outcome, margin, worst_s, samples = row
    unit = {"count": "", "maximum": "m", "time_above": "s"}[keys["kind"]]
    assert_judged(keys, outcome, margin, worst_s, samples, unit=unit)


def assert_judged(keys, outcome, margin, worst_s, samples, *, unit="m"):
    result = only(judged(made_requirement(**keys)))
    assert (result.outcome, result.samples, result.unit) == (outcome, samples, unit)
    assert result.margin == (None if margin is None else pytest.approx(margin, abs=1e-8))
    assert result.worst_t_ns == (None if worst_s is None else round(worst_s * SECOND))


def test_a_step_that_expects_something_has_a_line_and_one_never_reached_is_vacuous():
    steps = tuple(Step(name=name, expect="ground.in_pass", within_s=5.0) for name in ("one", "two", "three"))
    mission = replace(quickstart(), timeline=steps)
    assessor = Assessor(mission)
    for each in closing_in(30.0, 0.1, 100.0):
        assessor.take(each)
    for name, outcome in (("one", "done"), ("two", "failed")):
        said = StepTaken(t_ns=5 * SECOND, step=name, outcome=outcome, text="said")
        assessor.take(event(5 * SECOND, "ground", said))
    verdict = assessor.finish(100 * SECOND)
    found = [(each.name, each.kind, each.outcome, each.worst_t_ns) for each in verdict.results]
    assert found == [
        ("one", "expect", "pass", 5 * SECOND),
        ("two", "expect", "fail", 5 * SECOND),
        ("three", "expect", "vacuous", None),
    ]
    assert not verdict.passed


def test_a_vacuous_requirement_spoils_the_verdict():
    met = requirement("always", "truth.range_m > 1")
    never_asked = requirement("always", "truth.range_m > 1", "onboard.phase == 'ready'")
    assert judged(met).passed
    assert not judged(met, never_asked).passed


def test_a_run_without_requirements_does_not_pass():
    assert not judged().passed


def test_a_run_without_motion_makes_every_requirement_vacuous():
    assessor = Assessor(quickstart(requirement("always", "truth.range_m > 1")))
    verdict = assessor.finish(10 * SECOND)
    assert (only(verdict).outcome, verdict.passed) == ("vacuous", False)


@pytest.mark.parametrize("kind", ["always", "never", "eventually", "at_end"])
def test_what_is_not_known_is_not_met(kind):
    result = only(judged(requirement(kind, "onboard.range_m > 1")))
    assert (result.outcome, result.margin) == ("fail", None)


def test_a_phase_is_judged_from_the_moment_it_began():
    changes = (phase(40.0, "transfer"), phase(60.0, "hold_17"))
    reached = only(judged(requirement("eventually", "onboard.phase == 'hold_17'"), events=changes))
    assert (reached.outcome, reached.margin, reached.worst_t_ns) == ("pass", None, 60 * SECOND)
    during = requirement("always", "truth.range_m > 25", "onboard.phase == 'transfer'")
    result = only(judged(during, events=changes))
    assert (result.samples, result.worst_t_ns) == (20, 59 * SECOND)
    aged = only(judged(requirement("always", "onboard.phase_age_s < 60"), events=changes))
    assert (aged.margin, aged.worst_t_ns) == (20.0, 100 * SECOND)


def test_propellant_is_full_at_the_epoch_and_as_reported_after():
    full_kg = quickstart().servicer.propellant_kg
    used = requirement("always", "truth.propellant_used_kg <= 10")
    result = only(judged(used, events=(equipment(50.0, full_kg - 4.0),)))
    assert (result.outcome, result.samples) == ("pass", 101)
    assert result.margin == pytest.approx(6.0, abs=1e-9)
    assert result.worst_t_ns == 50 * SECOND


def test_firings_and_impulse_add_up_and_the_largest_wheel_counts():
    events = (equipment(10.0, 200.0), equipment(20.0, 199.0))
    for that in ("truth.firings == 6", "truth.impulse_ns == 4", "truth.wheel_momentum_max_nms == 2"):
        assert only(judged(requirement("at_end", that), events=events)).outcome == "pass"


def test_an_abort_is_counted_and_a_warning_is_not():
    def verdict(t_s, level):
        body = SafetyVerdict(t_ns=round(t_s * SECOND), monitor="corridor", level=level, value=1.0, limit=0.5)
        return event(round(t_s * SECOND), "guidance", body)

    no_abort = requirement("always", "onboard.aborts == 0")
    assert only(judged(no_abort, events=(verdict(5.0, "watch"),))).outcome == "pass"
    result = only(judged(no_abort, events=(verdict(5.0, "abort"), verdict(7.0, "abort"))))
    assert (result.outcome, result.margin) == ("fail", -2.0)


def test_a_run_that_ends_early_is_judged_to_its_end():
    result = only(judged(requirement("always", "truth.range_m >= 19"), end_s=50.5))
    assert result.samples == 52
    assert result.worst_t_ns == round(50.5 * SECOND)
    assert result.margin == pytest.approx(5.95, abs=1e-8)


def test_a_condition_that_does_not_parse_names_its_requirement():
    with pytest.raises(MissionError, match=r"requirements\.one.*nearest: truth\.range_m"):
        Assessor(quickstart(requirement("always", "truth.rnge_m > 1")))


def test_a_run_ends_when_a_terminal_phase_has_lingered():
    watch = EndingWatch(quickstart())
    assert (watch.end_ns, watch.cause) == (7200 * SECOND, "deadline")
    assert watch.take(phase(1000.0, "ready", terminal=True)) == 1030 * SECOND
    assert watch.cause == "mission_over"
    assert "ready" in watch.text


def test_a_terminal_phase_that_is_left_ends_nothing():
    watch = EndingWatch(quickstart())
    watch.take(phase(1000.0, "ready", terminal=True))
    assert watch.take(phase(1010.0, "retreat")) == 7200 * SECOND
    assert watch.take(phase(2000.0, "drift", terminal=True)) == 2030 * SECOND


def test_the_latest_end_is_never_passed():
    watch = EndingWatch(quickstart())
    assert watch.take(phase(7190.0, "ready", terminal=True)) == 7200 * SECOND
    assert watch.cause == "deadline"
