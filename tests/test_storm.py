"""A sample of the storm (`just storm`): every grant kills, frames come late, twice, out of order."""

import pytest

from services.laws import laws
from services.library import load_mission
from tests.calm import calm
from tests.storm import stormy
from tests.storm_disk import taken_up
from tests.storm_network import MOMENTS, Weather

UNTIL_NS = 75_000_000_000
"""Past the GO of the rendezvous, which is in flight at 60 s."""


@pytest.fixture(scope="module")
def mission():
    return load_mission("rendezvous", laws())


@pytest.fixture(scope="module")
def base(mission):
    return calm(mission, UNTIL_NS)


def test_a_crash_at_every_grant_leaves_every_event_what_it_was(mission, base):
    weather = Weather(1)
    outcome = stormy(mission, base, weather, UNTIL_NS)
    assert (outcome.cause, outcome.digest) == ("until", base.outcome.digest), outcome.text
    assert len(weather.crashes) >= base.outcome.rounds
    assert len(weather.crashes) - len(outcome.restarts) <= 4  # who dies in the last round is not missed
    assert all(weather.done[f"killed, {moment}"] for moment in MOMENTS)
    assert all(weather.done[what] for what in ("sent twice", "out of order", "stalled"))
    assert outcome.kept.times


def test_a_storm_is_its_seed(mission, base):
    storms = [Weather(2), Weather(2), Weather(3)]
    for weather in storms:
        assert stormy(mission, base, weather, UNTIL_NS // 5).cause == "until"
    first, again, other = ([weather.crashes, weather.done] for weather in storms)
    assert first == again != other


def test_a_conductor_that_dies_in_a_write_is_taken_up_from_any_prefix_of_it(mission, base, tmp_path):
    found = [taken_up(mission, base, seed, UNTIL_NS, tmp_path) for seed in (1, 2, 3)]
    assert not any(each.wrong for each in found)
    assert all(each.prefixes > 100 for each in found)
    assert any(
        each.flown < each.rounds for each in found
    )  # one that died late enough begins at its milestone
