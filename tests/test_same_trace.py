"""The key test: one mission gives one digest however it is flown, and another mission another.

Here the first minutes of quickstart; `python -m tests.evidence same-trace` flies all of adras-j2.
"""

import pytest

from tests.same_trace import CHANGES, WAYS, Flown, changed_each, flown_each

UNTIL_S = 240.0
"""The GO of the ground at 60 s, and three minutes of the transfer that it begins."""


@pytest.fixture(scope="module")
def flights() -> list[Flown]:
    return list(flown_each("quickstart", WAYS, UNTIL_S))


def test_transport_hashing_meddling_viewers_and_the_environment_are_in_no_digest(
    flights: list[Flown],
) -> None:
    assert len({each.digest for each in flights}) == 1, dict(zip(map(str, WAYS), flights, strict=True))


def test_not_one_byte_of_the_recording_depends_on_them(flights: list[Flown]) -> None:
    assert len({each.recording for each in flights}) == 1


def test_the_meddling_was_real(flights: list[Flown]) -> None:
    """Else the claims above would hold of runs that nobody touched."""
    for way, each in zip(WAYS, flights, strict=True):
        for deed in ("Pause", "Resume", "SetRate", "StepRounds", "StepTime", "Probe", "AskSnapshot", "shown"):
            assert (each.meddling.get(deed, 0) > 0) == way.meddled, (str(way), deed, each.meddling)


def test_every_change_of_the_mission_gives_a_trace_of_its_own(flights: list[Flown]) -> None:
    changed = {name: each.digest for name, each in changed_each("quickstart", UNTIL_S)}
    assert len({flights[0].digest, *changed.values()}) == 1 + len(CHANGES), changed
