"""A failing mission becomes the smallest that fails so: nothing left can be left out."""

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli import BAD_INPUT, INTERRUPTED, PASSED, call
from services.laws import laws
from services.library import load_mission
from tests.twins import started
from twin.mission.shrinking import smallest

MINE = """
extends = "rendezvous"
ending = { latest_s = 120.0 }

[[requirements]]
name = "thrifty"
text = "at most 0.2 kg"
kind = "maximum"
of = "truth.propellant_used_kg"
at_most = 0.2

[[timeline]]
name = "note"
mark = "on the way"

[[faults]]
name = "wheel"
kind = "wheel.friction"
arguments = { wheel = 2, friction_nm = 0.002 }
at_s = 20.0

[[faults]]
name = "open"
kind = "thruster.stuck_on"
arguments = { thruster = "aft-1" }
at_s = 40.0
for_s = 40.0

[[faults]]
name = "cell"
kind = "battery.cell"
arguments = { share = 0.1 }
at_s = 30.0
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(MINE)
    return tmp_path


@given(st.sets(st.integers(0, 15)), st.integers(0, 16), st.integers(1, 3))
def test_what_is_left_still_does_it_and_nothing_of_it_can_be_left_out(needed, size, enough):
    items = tuple(range(size))

    def does_it(part):
        return len(needed.intersection(part)) >= min(enough, len(needed.intersection(items)))

    left = smallest(items, does_it)
    assert does_it(left)
    assert list(left) == sorted(left)
    assert not any(does_it(left[:k] + left[k + 1 :]) for k in range(len(left)))


def test_only_the_fault_that_does_it_is_left_and_the_reproducer_flies(mine, capsys):
    assert call(["shrink", "mine.toml", "--requirement", "thrifty", "--quiet"]) == PASSED
    said = capsys.readouterr().out
    assert "3 faults and 2 steps became 1 and 0" in said
    small = load_mission("mine-shrunk.toml", laws())
    assert [fault.name for fault in small.faults] == ["open"]
    assert small.timeline == ()
    assert small.ending.latest_s <= 120.0
    assert call(["test", "mine-shrunk.toml", "--json", "--quiet"]) != PASSED
    assert "thrifty: at most 0.2 kg: fail" in capsys.readouterr().out
    assert call(["shrink", "mine.toml", "--requirement", "thrifty", "--quiet"]) == BAD_INPUT
    assert "mine-shrunk.toml exists" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("requirement", "reason"),
    [("no_abort", "no_abort passes: there is nothing to shrink"), ("no_abbort", "nearest: no_abort")],
)
def test_what_does_not_fail_is_not_shrunk(mine, capsys, requirement, reason):
    (mine / "mine.toml").write_text(MINE.replace("120.0", "70.0"))
    assert call(["shrink", "mine.toml", "--requirement", requirement, "--quiet"]) == BAD_INPUT
    said = capsys.readouterr().err
    assert reason in said
    assert said.count("\n") == 1


def test_an_interrupt_ends_it_and_not_just_the_flight_it_finds(mine):
    process = started(["shrink", "mine.toml"], mine)
    assert process.stderr is not None
    line = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60.0)
    assert line.startswith("aims at")
    assert process.returncode == INTERRUPTED
    assert not (mine / "mine-shrunk.toml").exists()
