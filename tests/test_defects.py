"""The verdict of a mission depends on what flies: a lie in it or a mistake in guidance turns it."""

import pytest

from tests.defects import LIE, SOUND, failed, flown, put_in
from tests.matrix import MATRIX


def test_the_product_without_a_defect_passes() -> None:
    """The measure for the rest, flown as they are."""
    report = flown(SOUND)
    assert (report.word, report.outcome.cause, failed(report)) == ("pass", "mission_over", ())


def test_a_requirement_made_false_fails_alone() -> None:
    report = flown(LIE)
    assert (report.word, failed(report)) == ("fail", ("propellant",))


@pytest.mark.parametrize(
    "defect",
    [
        "translation: feedback with the wrong sign",
        "attitude: wheel torque with the wrong sign",
        "filter: body and eci swapped in the pose",
        "filter: eci taken for ric",
        "valves: wired in the wrong order",
    ],
)
def test_a_mistake_in_guidance_turns_the_verdict_and_the_run_still_ends_in_one(defect: str) -> None:
    report = flown(defect)
    assert report.verdict is not None, report.outcome.text
    assert report.word == "fail"
    assert "ready_reached" in failed(report)


@pytest.mark.parametrize("name", MATRIX)
def test_every_defect_of_the_matrix_spoils_a_function_that_there_is(name: str) -> None:
    """`python -m tests.matrix` flies them all; a function that was moved would be spoilt in vain."""
    _, defect = MATRIX[name]
    for owner in defect.owners:
        assert callable(getattr(owner, defect.name))
    with put_in(defect):
        pass
