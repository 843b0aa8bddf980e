"""Forces against runs of GMAT, Orekit and STK, fields against NOAA and NRL, tumbles against NESC.

Cases V11, V13 and V15 of the reference file are among them; `twin accuracy` prints the same table.
"""

import pytest

from tests.accuracy_samples import judged
from twin.accuracy import field_runs, fields, force_runs, months, tumbles
from twin.accuracy.registry import MODELS


@pytest.mark.parametrize(
    "group",
    [*force_runs.GROUPS, *field_runs.GROUPS, *fields.GROUPS, *tumbles.GROUPS, *months.GROUPS],
    ids=lambda group: group.name,
)
def test_our_value_is_the_references(group):
    for case in judged(group):
        assert case.model in MODELS
