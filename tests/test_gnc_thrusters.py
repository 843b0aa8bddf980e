"""Thrusters that fail or would blow at the target: found, left out, made up for by the others."""

import msgspec
import numpy as np
import pytest
from contact_flights import flown

from services.laws import laws
from services.library import load_mission
from services.run import Options, fly
from tests.test_gnc_safety import known
from twin.contracts.envelope import Event
from twin.contracts.navigation import PhaseChanged, SafetyVerdict
from twin.errors import ContractError
from twin.gnc.allocation import Allocator
from twin.gnc.open_valves import OpenValves
from twin.gnc.safety import thruster_verdicts, tripped
from twin.gnc.settings import Safety
from twin.gnc.steering import Steering
from twin.gnc.thruster_health import ThrusterHealth
from twin.kernel.streams import Stream
from twin.mission.script import Fault
from twin.vehicle.thrusters import ThrusterHealth as Health
from twin.vehicle.thrusters import Thrusters

MISSION = load_mission("rendezvous", laws())
PROPULSION = MISSION.servicer.propulsion
ALLOCATOR = Allocator(PROPULSION)
MOMENTS = PROPULSION.thrust_n * np.array(
    [np.cross(t.r_body_m, t.direction_body) for t in PROPULSION.thrusters]
)
GYRO_NMS = 5e-3


def fired(
    health: ThrusterHealth, count: int, seed: int, dead: tuple[int, ...] = (), off: float = 0.03
) -> list[str]:
    """Names given up in so many firings for random pushes and turns, as allocated, with pulses that are off
    by 3 %."""
    rng, names = np.random.default_rng(seed), []
    for _ in range(count):
        push, turn = 4.0 * rng.normal(size=3), rng.normal(size=3)
        on_s = ALLOCATOR.fire(tuple(push.tolist()), tuple(turn.tolist()), 0.9, health.dead).on_s
        real = np.array(on_s) * (1.0 + off * rng.normal(size=len(on_s)))
        real[list(dead)] = 0.0
        gained = real @ MOMENTS + GYRO_NMS * rng.normal(size=3)
        names += health.see(tuple(gained.tolist()), on_s)
    return names


@pytest.mark.parametrize("index", range(len(PROPULSION.thrusters)))
def test_a_thruster_that_does_not_push_is_found_and_no_other(index: int) -> None:
    health = ThrusterHealth(PROPULSION, GYRO_NMS, 0.03)
    fired(health, 50, index)
    assert fired(health, 60, 100 + index, (index,)) == [PROPULSION.thrusters[index].name]


def test_two_that_die_together_are_both_found() -> None:
    health = ThrusterHealth(PROPULSION, GYRO_NMS, 0.03)
    assert sorted(fired(health, 120, 5, (4, 9))) == ["fore-y1", "fore-z2"]


def test_sound_thrusters_are_never_given_up() -> None:
    health = ThrusterHealth(PROPULSION, GYRO_NMS, 0.03)
    assert fired(health, 1500, 3) == []
    assert np.abs(health.shares - 1.0).max() < 0.1
    assert health.scatter_factor == 1.0


@pytest.mark.parametrize("times", [2.0, 4.0])
def test_pulses_that_scatter_more_than_stated_are_found_out(times: float) -> None:
    health = ThrusterHealth(PROPULSION, GYRO_NMS, 0.03)
    assert fired(health, 400, 11, off=0.03 * times) == []
    # Over the last hundred firings or so; a sample counts for ninefold at most, which cuts the tail off.
    assert 0.6 * times < health.scatter_factor**0.5 < 1.15 * times


def test_the_noise_of_the_gyro_is_not_taken_for_that_of_the_thrusters() -> None:
    rng, health = np.random.default_rng(12), ThrusterHealth(PROPULSION, GYRO_NMS / 3.0, 0.03)
    for _ in range(100):
        health.rest(tuple((GYRO_NMS * rng.normal(size=3)).tolist()))
    fired(health, 200, 13)
    assert health.scatter_factor == 1.0


def test_what_is_known_of_thrusters_survives_a_snapshot_to_the_bit() -> None:
    health, restored = (ThrusterHealth(PROPULSION, GYRO_NMS, 0.03) for _ in range(2))
    fired(health, 30, 7, (5,))
    restored.restore(health.snapshot())
    assert (fired(health, 30, 8), fired(restored, 30, 8)) == ([], [])
    assert health.snapshot() == restored.snapshot()


PERIODS_S = (0.5, 1.0, 10.0)


def gained_with(k: int, on_s: tuple[float, ...], dt_s: float, seed: int) -> tuple[float, float, float]:
    """What body and wheels gain when thruster `k` stays open for `dt_s` but the first tenth of a second."""
    rng = np.random.default_rng(seed)
    real = np.array(on_s) * (1.0 + 0.03 * rng.normal(size=len(on_s)))
    real[k] = dt_s - 0.1
    x, y, z = real @ MOMENTS + GYRO_NMS * rng.normal(size=3)
    return (x, y, z)


@pytest.mark.parametrize("dt_s", PERIODS_S)
@pytest.mark.parametrize("index", range(len(PROPULSION.thrusters)))
def test_a_valve_that_stays_open_is_found_in_one_reading(index: int, dt_s: float) -> None:
    valves, shut = OpenValves(PROPULSION), (0.0,) * len(PROPULSION.thrusters)
    pushed_ns = valves.see(gained_with(index, shut, dt_s, index), shut, dt_s)
    assert (valves.state.found, valves.named) == ((index,), PROPULSION.thrusters[index].name)
    wanted = np.array(PROPULSION.thrusters[index].direction_body) * PROPULSION.thrust_n * (dt_s - 0.1)
    assert pushed_ns == pytest.approx(tuple(wanted), abs=0.02 * PROPULSION.thrust_n * dt_s)


def test_firings_sound_weak_or_dead_are_not_taken_for_open_valves() -> None:
    rng, valves = np.random.default_rng(4), OpenValves(PROPULSION)
    for k in range(3000):
        dt_s = PERIODS_S[k % 3]
        push, turn = 6.0 * dt_s * rng.normal(size=3), rng.normal(size=3)
        on_s = ALLOCATOR.fire(tuple(push.tolist()), tuple(turn.tolist()), 0.9 * dt_s).on_s
        # Eight times the scatter of the data sheet, and one of them dead.
        real = np.array(on_s) * (1.0 + 0.24 * rng.normal(size=len(on_s)))
        real[k % len(real)] = 0.0
        gained = real @ MOMENTS + GYRO_NMS * rng.normal(size=3)
        assert valves.see(tuple(gained.tolist()), on_s, dt_s) is None


def test_a_thruster_that_is_cut_off_gives_nothing_though_its_valve_is_open() -> None:
    stuck = Health(open=frozenset({4}))
    thrusters, shut = Thrusters(PROPULSION, Stream(1, "servicer.thrusters"), 0.0), (0.0,) * 12
    assert thrusters.fire(shut, 10**9, 0, 100.0, stuck).impulse_ns > 20.0
    assert thrusters.fire(shut, 10**9, 0, 100.0, stuck.without((4,))).impulse_ns == 0.0
    with pytest.raises(ContractError, match="no thruster has the number 12"):
        thrusters.fire(shut, 10**9, 0, 100.0, Health().without((12,)))


def test_in_flight_an_open_valve_is_cut_off_and_the_approach_goes_on() -> None:
    fault = Fault(name="valve", kind="thruster.stuck_on", arguments={"thruster": "aft-1"}, at_s=400.0)
    _, events = flown(msgspec.structs.replace(MISSION, faults=(fault,)), until_s=1100.0)
    verdicts = [each.body for each in events if isinstance(each.body, SafetyVerdict)]
    assert [each.text for each in verdicts] == [
        "aft-1 pushes while it should be shut: it is cut off from the tank"
    ]
    assert verdicts[0].t_ns <= 404 * 10**9
    assert [each.body.phase for each in events if isinstance(each.body, PhaseChanged)][-1] == "hold_17"


@pytest.mark.parametrize("dead", range(len(PROPULSION.thrusters)))
def test_without_any_one_thruster_every_push_is_still_given(dead: int) -> None:
    rng = np.random.default_rng(dead)
    for _ in range(20):
        push = 3.0 * rng.normal(size=3)
        firing = ALLOCATOR.fire(tuple(push.tolist()), (0.0, 0.0, 0.0), 1.9, (dead,))
        assert firing.on_s[dead] == 0.0
        assert firing.impulse_body_ns == pytest.approx(push, abs=6 * ALLOCATOR.quantum_ns)
        assert np.abs(firing.moment_body_nms).max() < 6 * ALLOCATOR.quantum_ns


def test_too_many_given_up_are_tried_again_rather_than_nothing() -> None:
    firing = ALLOCATOR.fire((-5.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.9, tuple(range(4, 12)))
    assert firing.impulse_body_ns[0] < -4.0


def test_a_shunned_thruster_stays_shut_where_others_can_do_it() -> None:
    sideways = ALLOCATOR.fire((0.0, -3.0, 0.0), (0.0, 0.0, 0.0), 1.9)
    used = next(k for k in range(4, 12) if sideways.on_s[k] > 0.0)
    without = ALLOCATOR.fire((0.0, -3.0, 0.0), (0.0, 0.0, 0.0), 1.9, shunned=(used,))
    assert without.on_s[used] == 0.0
    assert without.impulse_body_ns == pytest.approx((0.0, -3.0, 0.0), abs=6 * ALLOCATOR.quantum_ns)


def test_a_shunned_thruster_is_used_where_nothing_else_can_do_it() -> None:
    braking = ALLOCATOR.fire((-3.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.9, shunned=tuple(range(4, 12)))
    assert braking.impulse_body_ns[0] == pytest.approx(-3.0, abs=6 * ALLOCATOR.quantum_ns)


def test_near_the_target_what_blows_at_it_is_shunned() -> None:
    steering = Steering(MISSION.guidance, MISSION.servicer)
    ahead = known((0.0, -16.0, 0.0), r_eci_m=(-16.0, 0.0, 0.0))
    for way, shunned in (
        ((1.0, 0.0, 0.0), ()),
        ((0.53, 0.848, 0.0), (4, 5)),
        ((-1.0, 0.0, 0.0), (0, 1, 2, 3)),
    ):
        # The body stands as `eci` does; the target lies that way from it.
        own = msgspec.structs.replace(ahead.own, q_eci_from_body=(1.0, 0.0, 0.0, 0.0))
        near = msgspec.structs.replace(ahead, own=own, r_eci_m=tuple(-16.0 * each for each in way))
        assert steering._at_target(near) == shunned
        assert steering._at_target(msgspec.structs.replace(near, r_eci_m=(-31.0, 0.0, 0.0))) == ()


def test_losing_more_thrusters_than_the_mission_bears_aborts() -> None:
    lost = known(dead_thrusters=(1, 4), given_up=("fore-y1",))
    assert tripped(Safety(dead_thrusters=2), "outside", lost) is None
    verdict = tripped(Safety(dead_thrusters=1), "outside", lost)
    assert verdict is not None
    assert (verdict.monitor, verdict.value, verdict.limit) == ("thrusters", 2.0, 1.0)
    assert [each.text for each in thruster_verdicts(lost)] == ["fore-y1 does not push: it is used no more"]


def test_in_flight_a_dead_valve_is_found_within_a_minute() -> None:
    fault = Fault(name="valve", kind="thruster.stuck_off", arguments={"thruster": "fore-y1"}, at_s=900.0)
    mission = msgspec.structs.replace(MISSION, faults=(fault,))
    verdicts: list[SafetyVerdict] = []

    def take(event: Event) -> None:
        if isinstance(event.body, SafetyVerdict):
            verdicts.append(event.body)

    fly(mission, Options(in_process=True, until_s=1000.0), (take,))
    assert [(each.monitor, each.text[:8]) for each in verdicts] == [("thruster", "fore-y1 ")]
    assert 900.0 < verdicts[0].t_ns * 1e-9 < 960.0
