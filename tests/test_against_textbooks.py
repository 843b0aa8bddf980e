"""V01, V02, V05, V06, V08, V10 and V26 to V32 of the project's reference file: values computed by others."""

import pytest

from tests.accuracy_samples import judged
from twin.accuracy import classic, limit_cycle, neighbours, planning, secular

GROUPS = [*classic.GROUPS, *planning.GROUPS, *limit_cycle.GROUPS, *secular.GROUPS]


@pytest.mark.parametrize("group", [*GROUPS, *neighbours.GROUPS], ids=lambda group: group.name)
def test_our_value_is_the_published_one(group):
    judged(group)


def test_every_case_of_the_reference_file_that_is_planning_or_two_body_is_there():
    names = {case.name[:3] for group in GROUPS for case in judged(group) if case.name.startswith("V")}
    assert names == {
        "V01",
        "V02",
        "V05",
        "V06",
        "V08",
        "V10",
        "V26",
        "V27",
        "V28",
        "V29",
        "V30",
        "V31",
        "V32",
    }
