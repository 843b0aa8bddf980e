"""The real approach does not depend on its control rate; `twin accuracy` flies more rates than this."""

from services.approach_rates import rates


def test_the_approach_at_one_and_two_hertz_ends_at_the_same_place():
    wrong = [case.name for case in rates(str, slower_hz=(1,), finest_hz=2) if not case.passed]
    assert not wrong
