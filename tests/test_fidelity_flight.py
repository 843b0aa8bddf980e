"""Through the contact window at `standard`; `python -m tests.fidelity` compares levels, and flies `high`."""

from tests.fidelity import flown


def test_the_stage_is_captured_and_calmed_at_standard_fidelity():
    assert flown("quickstart", "standard").word == "pass"
