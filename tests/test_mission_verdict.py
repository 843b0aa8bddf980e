"""The verdict over motions whose every number is known beforehand."""

import pytest
from mission_samples import closing_in, equipment, event, phase, quickstart, requirement

from twin.contracts.navigation import SafetyVerdict
from twin.errors import MissionError
from twin.mission.ending import EndingWatch
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
