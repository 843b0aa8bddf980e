"""Truth where no sensor looks reaches neither guidance nor ground: their streams stay equal to the byte.

Each claim is about two flights that differ in the target's true motion alone (`worlds.py`).
"""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tests.worlds import (
    Case,
    acquired_ns,
    first_difference,
    first_look_ns,
    flown_both,
    in_eclipse,
    out_of_range,
    outside_a_pass,
    outside_the_field_of_view,
    worlds,
)
from twin.contracts.motion import Trajectory
from twin.contracts.radio import CommandVerification, StepTaken, Telecommand, TelemetryFrame
from twin.contracts.sensing import SensorReadings
from twin.vehicle.sensors import Readings, Scene, SensorSuite


@pytest.mark.parametrize("make", [out_of_range, in_eclipse, outside_the_field_of_view])
def test_what_no_sensor_looked_at_reaches_neither_guidance_nor_ground(make: Callable[[], Case]) -> None:
    case, pair = make(), worlds(make)
    look_ns = first_look_ns(case, pair)
    assert look_ns >= 60_000_000_000, "no time in which nobody looks"
    guidance_ns, guidance_events = first_difference(pair, "guidance")
    ground_ns, ground_events = first_difference(pair, "ground")
    assert guidance_ns == look_ns  # its very first measurement of the target, in the same instant
    assert guidance_events >= 10
    assert ground_ns > look_ns  # the radio link lies between
    assert ground_events >= 3


@pytest.mark.parametrize("make", [out_of_range, in_eclipse, outside_the_field_of_view])
def test_the_two_worlds_differ_from_the_start(make: Callable[[], Case]) -> None:
    """Else the claim above would hold of two equal worlds."""
    assert first_difference(worlds(make), "target")[0] == 0


def test_outside_a_pass_nothing_that_guidance_saw_reaches_the_ground() -> None:
    pair = worlds(outside_a_pass)
    assert first_difference(pair, "guidance")[0] == 0
    ground_ns, ground_events = first_difference(pair, "ground")
    assert acquired_ns(pair) > 400_000_000_000
    assert ground_ns >= acquired_ns(pair)
    said = [type(event.body) for event, _ in pair[0].said("ground")[:ground_events]]
    assert said.count(StepTaken) >= 3  # it spoke all the while
    assert CommandVerification in said


def test_only_the_radio_tells_the_ground_of_the_servicer() -> None:
    """Nothing comes to the ground but telemetry frames and, for its antennas, the servicer's trajectory."""
    for world in worlds(out_of_range):
        to_ground = [event for event, _ in world.events if "ground" in event.to]
        assert {(event.source, type(event.body)) for event in to_ground} == {
            ("servicer", Trajectory), ("servicer", TelemetryFrame)
        }  # fmt: skip
        assert {event.body.body for event in to_ground if isinstance(event.body, Trajectory)} == {"servicer"}


def test_guidance_is_told_of_nothing_but_readings_and_telecommands() -> None:
    for world in worlds(outside_the_field_of_view):
        told = {type(event.body) for event, _ in world.events if "guidance" in event.to}
        assert told == {SensorReadings, Telecommand}


def test_a_leak_of_the_target_into_a_sensor_that_does_not_look_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the claims above might hold because they look away: here GNSS feels where the target is."""
    read = SensorSuite.read

    def leaking(self: SensorSuite, scene: Scene, sample: int) -> Readings:
        seen = read(self, scene, sample)
        x, y, z = seen.gnss.r_eci_m
        leaked_m = 1e-6 * float(scene.target.r_eci_m[0])
        return seen._replace(gnss=replace(seen.gnss, r_eci_m=(x + leaked_m, y, z)))

    monkeypatch.setattr(SensorSuite, "read", leaking)
    case = out_of_range()
    pair = flown_both(case)
    assert first_difference(pair, "guidance")[0] < first_look_ns(case, pair)
