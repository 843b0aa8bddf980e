"""Any text is a condition or a MissionError; what holds is certain, and a margin is a robustness."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.errors import MissionError
from twin.mission.claims import MIXED
from twin.mission.expressions import parse
from twin.mission.quantities import DECIDING, JUDGING, QUANTITIES

NUMBERS = ("truth.range_m", "truth.port_axial_m", "onboard.sigma_r_m")
FLAGS = ("truth.in_corridor", "onboard.pose_known")


def numbers() -> st.SearchStrategy[str]:
    leaves = st.sampled_from(NUMBERS) | st.integers(-9, 9).map(str)
    grown = lambda inner: (  # noqa: E731
        st.tuples(inner, st.sampled_from("+-"), inner).map(lambda each: f"({' '.join(each)})")
        | st.tuples(st.sampled_from(("min", "max")), inner, inner).map(lambda e: f"{e[0]}({e[1]}, {e[2]})")
        | inner.map(lambda each: f"abs({each})")
        | inner.map(lambda each: f"(-{each})")
    )
    return st.recursive(leaves, grown, max_leaves=5)


def conditions() -> st.SearchStrategy[str]:
    signs = st.sampled_from(("<", "<=", ">", ">=", "==", "!="))
    leaves = st.tuples(numbers(), signs, numbers()).map(" ".join) | st.sampled_from(FLAGS)
    grown = lambda inner: (  # noqa: E731
        st.tuples(inner, st.sampled_from((" and ", " or ")), inner).map(lambda e: f"({e[0]}{e[1]}{e[2]})")
        | inner.map(lambda each: f"(not {each})")
    )
    return st.recursive(leaves, grown, max_leaves=5)


known = st.fixed_dictionaries(
    {**dict.fromkeys(NUMBERS, st.integers(-9, 9).map(float)), **dict.fromkeys(FLAGS, st.booleans())}
)


def in_python(text: str, values: dict[str, object]) -> bool:
    """The same condition by the interpreter itself: an independent answer, for texts made here."""
    for name in values:
        text = text.replace(name, name.replace(".", "_"))
    names = {name.replace(".", "_"): value for name, value in values.items()}
    return bool(eval(text, {"abs": abs, "min": min, "max": max}, names))


@given(conditions(), known)
def test_a_condition_means_what_python_means_by_it(text, values):
    assert parse(text, JUDGING).holds(values) is in_python(text, values)


@given(conditions(), known)
def test_the_sign_of_a_margin_agrees_with_what_holds(text, values):
    condition = parse(text, JUDGING)
    margin = condition.margin(values)
    assert isinstance(margin, float)
    assert margin >= 0.0 if condition.holds(values) else margin <= 0.0


@given(conditions(), st.lists(known, min_size=1, max_size=6))
def test_arrays_give_at_each_sample_what_scalars_give(text, samples):
    condition = parse(text, JUDGING)
    columns = {name: np.array([values[name] for values in samples]) for name in (*NUMBERS, *FLAGS)}
    scalars = [(condition.holds(values), condition.margin(values)) for values in samples]
    holds = np.broadcast_to(condition.holds(columns), len(samples)).tolist()
    margin = np.broadcast_to(condition.margin(columns), len(samples)).tolist()
    assert list(zip(holds, margin, strict=True)) == scalars


@given(conditions(), known, st.sets(st.sampled_from(NUMBERS + FLAGS)))
def test_what_holds_without_some_knowledge_holds_with_all_of_it(text, values, hidden):
    condition = parse(text, JUDGING)
    partly = {name: value for name, value in values.items() if name not in hidden}
    if condition.holds(partly):
        assert condition.holds(values)
    if condition.opposite().holds(partly):
        assert not condition.holds(values)
    assert condition.margin(partly) <= condition.margin(values)


@given(st.floats(0.0, 50.0), st.floats(0.0, 50.0), st.floats(-0.999, 0.999))
def test_no_change_smaller_than_the_margin_turns_an_answer(range_m, axial_m, part):
    condition = parse("truth.range_m <= 20 and (truth.port_axial_m > 3 or truth.range_m < 5)", JUDGING)
    values = {"truth.range_m": range_m, "truth.port_axial_m": axial_m}
    change = part * abs(condition.margin(values))
    moved = {name: value + change for name, value in values.items()}
    if condition.margin(values) != 0.0:
        assert condition.holds(moved) == condition.holds(values)


@given(st.text(max_size=80) | st.text(alphabet="truh.ange_m <>=()'\"andoti1209-+*/[],\n\\", max_size=80))
@settings(max_examples=400)
def test_any_text_is_a_condition_or_a_mission_error_of_one_line(text):
    try:
        message = str(parse(text, JUDGING).holds({}))
    except MissionError as error:
        message = str(error)
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("truth.rnage_m < 5", "truth.range_m"),
        ("truth.range_m", "a condition is wanted"),
        ("truth.range_m < truth.closing_mps", "m and m/s do not match"),
        ("truth.range_m + truth.closing_mps < 3", "m and m/s do not match"),
        ("onboard.phase == 3", "a text and a number"),
        ("onboard.phase < 'hold'", "== or !="),
        ("truth.in_corridor == true", "cannot be compared"),
        ("truth.range_m is 3", "compare with"),
        ("__import__('os').system('true') == 0", "not allowed"),
        ("(lambda: 1)() == 1", "not allowed"),
        ("truth.range_m ** 9 ** 9 ** 9 > 1", "not allowed"),
        ("truth.range_m < 1e999", "not allowed"),
        ("truth.__class__ == 1", "unknown quantity"),
        ("abs(1, 2) == 1", "`abs` takes one number"),
        ("not " * 60 + "true", "nested deeper"),
        ("(" * 300 + "true" + ")" * 300, "not a condition"),
        ("", "not a condition"),
    ],
)
def test_a_wrong_condition_is_refused_with_its_reason(text, reason):
    with pytest.raises(MissionError) as caught:
        parse(text, JUDGING)
    assert reason in str(caught.value)


def test_the_ground_cannot_speak_of_truth():
    assert parse("ground.range_m < 60", DECIDING).names == ("ground.range_m",)
    with pytest.raises(MissionError, match="truth plane"):
        parse("truth.range_m < 60", DECIDING)


@pytest.mark.parametrize("missing", [{}, {"ground.range_m": None}, {"ground.range_m": math.nan}])
def test_a_comparison_with_the_unknown_is_neither_true_nor_false(missing):
    near = parse("ground.range_m < 60", DECIDING)
    assert near.holds(missing) is False
    assert near.opposite().holds(missing) is False
    assert near.margin(missing) == -math.inf


def test_an_unknown_text_equals_nothing_and_differs_from_nothing():
    for text in ("ground.phase == 'hold_50'", "ground.phase != 'hold_50'", "ground.phase not in ['hold_50']"):
        assert parse(text, DECIDING).holds({}) is False


def test_a_division_by_zero_is_unknown():
    rate = parse("truth.range_m / truth.closing_mps > 60", JUDGING)
    assert rate.holds({"truth.range_m": 10.0, "truth.closing_mps": 0.0}) is False
    assert rate.holds({"truth.range_m": 10.0, "truth.closing_mps": 0.1}) is True


def test_the_texts_of_a_condition_are_told_for_checking():
    condition = parse("onboard.phase in ['a', 'b'] and 'c' != onboard.phase", JUDGING)
    assert condition.texts == (("onboard.phase", "a"), ("onboard.phase", "b"), ("onboard.phase", "c"))


def test_a_margin_has_the_unit_of_its_parts_and_says_when_they_differ():
    assert parse("truth.range_m < 20 and onboard.phase == 'a'", JUDGING).unit == "m"
    assert parse("2 * truth.range_m / 3 < 20", JUDGING).unit == "m"
    assert parse("truth.range_m < 20 or truth.closing_mps < 1", JUDGING).unit == MIXED
    assert parse("truth.in_corridor", JUDGING).unit == ""


def test_the_name_of_a_quantity_carries_its_unit_and_plane():
    for name, quantity in QUANTITIES.items():
        assert name == quantity.name
        assert name.startswith(f"{quantity.plane}.")
        if quantity.unit == "m/s":
            assert name.endswith("_mps")
        assert (quantity.unit != "") == name.endswith(
            ("_m", "_km", "_mps", "_deg", "_deg_per_s", "_kg", "_s", "_w", "_nms", "_ns", "_n", "_nm")
        )
