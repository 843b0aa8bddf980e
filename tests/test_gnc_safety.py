"""The safety monitors: each trips on what it is for, judged on the unsafe side of the estimate."""

import msgspec
import pytest
from contact_flights import flown

from services.laws import laws
from services.library import load_mission
from tests.gnc_world import World
from twin.contracts.navigation import PhaseChanged, SafetyVerdict
from twin.errors import MissionError
from twin.gnc.computer import Computer
from twin.gnc.impulse import Impulse
from twin.gnc.knowledge import Knowledge
from twin.gnc.navigator import Navigator
from twin.gnc.navigator_state import HandOver
from twin.gnc.safety import drift_verdict, tripped
from twin.gnc.settings import Safety
from twin.guidance.law import DriftCheck
from twin.mission.checks import check
from twin.mission.script import Fault

MISSION = load_mission("rendezvous", laws())
SAFETY = Safety()


def known(
    r_ric_m: tuple[float, float, float] = (0.0, -50.0, 0.0),
    v_ric_mps: tuple[float, float, float] = (0.0, 0.0, 0.0),
    **changes: object,
) -> Knowledge:
    """What the first readings of a noiseless world tell, with some of it replaced."""
    start = HandOver(r_ric_m=(0.0, -50.0, 0.0), v_ric_mps=(0.0, 0.0, 0.0), sigma_r_m=1.0, sigma_v_mps=0.01)
    navigator = Navigator(MISSION.guidance.navigation, MISSION.servicer, MISSION.target, start)
    seen = navigator.take(World(MISSION, 1, noise=0.0).readings(), Impulse())
    assert seen is not None
    port = msgspec.structs.replace(seen.port, axial_m=10.0, lateral_m=0.1, sigma_lateral_m=0.01)
    given = {"sigma_r_m": 0.1, "port": port, "pose_age_s": 0.0, "boresight_error_rad": 0.0, **changes}
    return msgspec.structs.replace(seen, r_ric_m=r_ric_m, v_ric_mps=v_ric_mps, **given)


def monitor(zone: str, seen: Knowledge) -> str:
    verdict = tripped(SAFETY, zone, seen)
    return verdict.monitor if verdict else ""


def test_a_sound_state_trips_nothing() -> None:
    assert monitor("outside", known()) == ""
    assert monitor("corridor", known((-16.0, 0.0, 0.0))) == ""


def test_the_keep_out_sphere_is_kept_with_three_sigma() -> None:
    near = (0.0, -20.5, 0.0)
    assert monitor("outside", known(near)) == ""
    assert monitor("outside", known(near, sigma_r_m=0.2)) == "keep_out"


def test_the_cone_is_kept_with_three_sigma() -> None:
    inside = known((-16.0, 0.0, 0.0))
    wide = msgspec.structs.replace(inside.port, lateral_m=2.5)
    doubtful = msgspec.structs.replace(wide, sigma_lateral_m=0.15)
    assert monitor("corridor", msgspec.structs.replace(inside, port=wide)) == ""  # 10.5 m tan 15 deg = 2.8 m
    assert monitor("corridor", msgspec.structs.replace(inside, port=doubtful)) == "corridor"


def test_outside_the_sphere_the_cone_does_not_bind() -> None:
    outside = known((-23.0, 0.0, 0.0))
    off = msgspec.structs.replace(outside.port, lateral_m=9.0)
    assert monitor("corridor", msgspec.structs.replace(outside, port=off)) == ""


def test_looking_away_in_the_corridor_trips() -> None:
    assert monitor("corridor", known((-16.0, 0.0, 0.0), boresight_error_rad=0.3)) == "pointing"


def test_a_minute_without_a_good_pose_in_the_corridor_trips() -> None:
    assert monitor("corridor", known((-16.0, 0.0, 0.0), pose_age_s=61.0)) == "sight"


def test_two_minutes_without_any_sight_of_the_target_trip() -> None:
    assert monitor("outside", known(sight_age_s=119.0)) == ""
    assert monitor("outside", known(sight_age_s=121.0)) == "blind"


def test_a_corridor_whose_axis_was_never_seen_trips() -> None:
    assert monitor("corridor", known((-16.0, 0.0, 0.0), pose_known=False)) == "axis"


@pytest.mark.parametrize("zone", ["outside", "corridor"])
def test_a_phase_that_waits_for_the_ground_does_not_wait_for_ever_in_silence(zone: str) -> None:
    inside = known((-16.0, 0.0, 0.0)) if zone == "corridor" else known()
    silent = msgspec.structs.replace(inside, contact_age_s=7001.0)
    assert tripped(SAFETY, zone, silent) is None
    assert tripped(SAFETY, zone, silent, 7002.0) is None
    verdict = tripped(SAFETY, zone, silent, 7000.0)
    assert verdict is not None
    assert (verdict.monitor, verdict.value, verdict.limit) == ("link", 7001.0, 7000.0)
    assert tripped(SAFETY, "free", silent, 7000.0) is None


def test_a_station_that_goes_out_ends_the_wait_at_the_hold() -> None:
    """The pass is cut off at 30 s, the GO of 60 s never comes: a minute later the servicer retreats."""
    rows = tuple(
        msgspec.structs.replace(row, link_s=60.0) if row.name == "hold_50" else row
        for row in MISSION.guidance.phases
    )
    out = Fault(name="power-cut", kind="station.out", arguments={"station": ""}, at_s=30.0)
    guidance = msgspec.structs.replace(MISSION.guidance, phases=rows)
    _, events = flown(msgspec.structs.replace(MISSION, guidance=guidance, faults=(out,)), until_s=150.0)
    verdict = next(each.body for each in events if isinstance(each.body, SafetyVerdict))
    changes = [each.body for each in events if isinstance(each.body, PhaseChanged)]
    assert (verdict.monitor, verdict.limit) == ("link", 60.0)
    assert 90.0 <= verdict.t_ns * 1e-9 <= 105.0
    assert changes[0].phase == "retreat"


def test_a_link_limit_that_leads_nowhere_is_refused_at_load() -> None:
    rows = tuple(
        msgspec.structs.replace(row, link_s=60.0) if row.name == "drift" else row
        for row in MISSION.guidance.phases
    )
    guidance = msgspec.structs.replace(MISSION.guidance, phases=rows)
    with pytest.raises(MissionError, match="link_s aborts the phase: give it `abort`") as told:
        check(msgspec.structs.replace(MISSION, guidance=guidance), "mine.toml", laws())
    assert "phases.drift.link_s" in str(told.value)


@pytest.mark.parametrize("zone", ["outside", "corridor"])
def test_closing_too_fast_trips_everywhere(zone: str) -> None:
    assert monitor(zone, known((0.0, -50.0, 0.0), (0.0, 0.4, 0.0))) == "closing"


def test_a_retreat_is_not_aborted() -> None:
    assert monitor("free", known((0.0, -5.0, 0.0), (0.0, 1.0, 0.0))) == ""


def test_a_drift_that_comes_too_near_is_said_at_abort_level() -> None:
    near = DriftCheck(least_range_m=12.0, limit_m=23.0, text="")
    far = DriftCheck(least_range_m=40.0, limit_m=23.0, text="")
    assert drift_verdict(near, 0).level == "abort"
    assert drift_verdict(far, 0).level == "watch"


def test_a_trip_aborts_the_phase_at_once() -> None:
    """A servicer that starts inside the sphere: verdict and retreat with the first readings."""
    world, computer = World(MISSION, 1, r_ric_m=(0.0, -18.0, 0.0)), Computer(MISSION, laws())
    said: list[object] = []
    for _ in range(3):
        command, says = computer.cycle(world.readings())
        said += says
        world.fly(command)
    verdict = next(each for each in said if isinstance(each, SafetyVerdict))
    change = next(each for each in said if isinstance(each, PhaseChanged))
    assert (verdict.monitor, verdict.level) == ("keep_out", "abort")
    assert (change.phase, change.cue) == ("retreat", "abort")
