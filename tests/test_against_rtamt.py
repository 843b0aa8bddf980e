"""Requirements mean what signal temporal logic means: robustness equals RTAMT's on random traces.

RTAMT (Nickovic and Yamaguchi, "RTAMT: Online robustness monitors from STL", ATVA 2020) shares no code with
us. It samples every second, so these traces do; windows over uneven samples are held against the definition.
"""

import numpy as np
import pytest
import rtamt
from hypothesis import given, settings
from hypothesis import strategies as st
from mission_samples import made_requirement

from twin.mission import temporal
from twin.mission.judging import Judge

SECOND = 1_000_000_000
numbers = st.floats(-100.0, 100.0).map(lambda x: round(x, 3))
traces = st.integers(2, 40).flatmap(
    lambda n: st.tuples(st.lists(numbers, min_size=n, max_size=n), st.lists(numbers, min_size=n, max_size=n))
)
OURS_AND_THEIRS = [
    ({"kind": "always", "that": "truth.range_m >= 1"}, "always(x >= 1)"),
    ({"kind": "never", "that": "truth.range_m < 1"}, "always(not(x < 1))"),
    ({"kind": "eventually", "that": "truth.range_m <= 1"}, "eventually(x <= 1)"),
    ({"kind": "eventually", "that": "truth.range_m >= 1", "within_s": 5.0}, "eventually[0:5](x >= 1)"),
    (
        {"kind": "always", "that": "truth.range_m >= 1 or truth.gap_m < 3 and not truth.range_m < -50"},
        "always((x >= 1) or ((y < 3) and (not(x < -50))))",
    ),
    (
        {"kind": "until", "that": "truth.range_m >= 1", "until": "truth.gap_m <= 0", "within_s": 7.0},
        "(x >= 1) until[0:7] (y <= 0)",
    ),
]


@pytest.mark.parametrize(("ours", "theirs"), OURS_AND_THEIRS)
@given(trace=traces)
@settings(max_examples=40, deadline=None)
def test_the_margin_of_a_requirement_is_the_robustness_of_the_formula(ours, theirs, trace):
    x, y = (np.array(each) for each in trace)
    found = Judge(made_requirement(**ours)).judge(seconds(len(x)), columns(x, y))
    assert found is not None
    expected = robustness(theirs, x, y)[0]
    assert found.margin == pytest.approx(expected, abs=1e-12)
    if expected != 0.0:  # at zero robustness does not say whether a formula holds
        assert found.passed == (expected > 0.0)


@given(trace=traces, within=st.integers(0, 45))
@settings(max_examples=60, deadline=None)
def test_the_margin_is_the_same_at_every_instant_not_only_the_first(trace, within):
    x, y = (np.array(each) for each in trace)
    at, t_ns = np.arange(len(x)), seconds(len(x))
    ends = temporal.window_ends(t_ns, at, within * SECOND)
    theirs = robustness(f"eventually[0:{within}](x >= 1)", x, y)
    assert temporal.eventually(x - 1.0, at, ends) == pytest.approx(theirs)
    theirs = robustness(f"(x >= 1) until[0:{within}] (y <= 0)", x, y)
    assert temporal.until(x - 1.0, -y, at, ends)[0] == pytest.approx(theirs)


@given(trace=traces, data=st.data())
def test_windows_between_uneven_samples_follow_the_definition(trace, data):
    x, y = (np.array(each) for each in trace)
    gaps = data.draw(st.lists(st.integers(1, 9), min_size=len(x), max_size=len(x)))
    within = data.draw(st.none() | st.integers(0, 60))
    t_ns = np.cumsum(np.array(gaps, np.int64))
    at = np.arange(len(x))
    ends = temporal.window_ends(t_ns, at, within)
    for row, t in enumerate(t_ns):
        window = [k for k in at if t <= t_ns[k] and (within is None or t_ns[k] <= t + within)]
        assert temporal.eventually(x, at, ends)[row] == max(x[k] for k in window)
        met = [min([y[k], *x[row:k]]) for k in window]
        assert temporal.until(x, y, at, ends)[0][row] == max(met)


def seconds(count):
    return np.arange(count, dtype=np.int64) * SECOND


def columns(x, y):
    return {"truth.range_m": x, "truth.gap_m": y}


def robustness(formula, x, y):
    spec = rtamt.StlDiscreteTimeSpecification()
    spec.declare_var("x", "float")
    spec.declare_var("y", "float")
    spec.spec = formula
    spec.parse()
    found = spec.evaluate({"time": list(range(len(x))), "x": x.tolist(), "y": y.tolist()})
    return [value for _, value in found]
