"""The window itself: hand-over, free flight against heyoka, rebuild, one digest, refusals."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from tests.capture_digest import PROGRAM, STOW, TENTH_NS, coasting, digest, given, unfolding
from tests.capture_samples import handover, settings
from tests.capture_trial import STILL, Trial, fly, quick
from twin.capture.interface import Pulse, Sample
from twin.capture.window import Window
from twin.dynamics.joining import pieces_through
from twin.dynamics.plant import FreeBody, PoweredBody
from twin.dynamics.rotation import conj, mul
from twin.dynamics.segments import Track
from twin.errors import UsageError


def test_a_hand_over_of_no_length_changes_nothing() -> None:
    given = handover(wheels=(1.0, -2.0, 0.5))
    window = Window.open(settings(), given)
    back = window.release()
    scene = window.scene
    # In window axes the target sits at the origin and both systems' momenta are what they were.
    assert scene.target.r_m == (0.0, 0.0, 0.0)
    arm_m = np.array(given.servicer.r_eci_m) - np.array(given.target.r_eci_m)
    assert np.linalg.norm(scene.com_m) == pytest.approx(np.linalg.norm(arm_m), rel=1e-15, abs=1e-9)
    for before, after in ((given.servicer, back.servicer), (given.target, back.target)):
        assert np.abs(np.subtract(before.r_eci_m, after.r_eci_m)).max() <= 1e-9
        assert np.abs(np.subtract(before.v_eci_mps, after.v_eci_mps)).max() <= 1e-12
        assert np.abs(np.subtract(before.q_eci_from_body, after.q_eci_from_body)).max() <= 1e-15
        assert np.abs(np.subtract(before.w_body_radps, after.w_body_radps)).max() <= 1e-15
    # The split into bus and arm makes the same whole: mass, centre and inertia.
    inertia = np.array(back.servicer.inertia_body_kgm2)
    assert np.abs(inertia - np.array(given.servicer.inertia_body_kgm2)).max() < 1e-10
    assert back.wheel_momentum_body_nms == given.wheel_momentum_body_nms
    window.close()


def test_free_drift_stays_with_heyoka_to_a_millimetre_in_two_minutes() -> None:
    given = handover(rate_deg=(0.4, 0.1, -0.2))
    window = Window.open(settings(), given)
    for _ in range(1200):
        step = window.advance(TENTH_NS, (), STILL, STOW)
    books = window.ledger()
    window.close()
    flown = {"servicer": step.samples[-1].servicer, "target": step.samples[-1].target}
    for name, body in (("servicer", given.servicer), ("target", given.target)):
        inertia = np.array(body.inertia_body_kgm2)
        free = FreeBody(body.kinematic, given.surroundings, mass_kg=body.mass_kg, inertia_body_kgm2=inertia)
        free.advance_to(120 * 10**9)
        # 0.43 mm on the servicer is the J2 part of the tide, 6e-8 m/s2 at 10 m, which the window leaves out.
        assert np.linalg.norm(free.state.r_eci_m - flown[name].r_eci_m) <= 1e-3
        turn = mul(conj(free.state.q_eci_from_body), flown[name].q_eci_from_body)
        # Bullet's attitude is of first order in the step: 1e-5 rad over two minutes.
        assert 2.0 * np.linalg.norm(turn[1:]) < 5e-5
    assert books.holds, books.broken
    assert books.coast_drift < 3e-4


def test_thrust_and_wheels_turn_and_push_the_bus_as_they_do_outside() -> None:
    given = handover(rate_deg=(0.4, 0.0, 0.0), wheels=(3.0, -2.0, 1.0))
    pulse = Pulse(force_body_n=(5.0, -3.0, 2.0), torque_body_nm=(0.4, -0.3, 0.2), on_s=0.0634)
    wheels = (0.1, -0.05, 0.02)
    window = Window.open(settings(), given)
    body = PoweredBody(
        given.servicer.kinematic, given.surroundings, wheel_momentum_body_nms=given.wheel_momentum_body_nms
    )
    inertia = np.array(given.servicer.inertia_body_kgm2)
    for _ in range(200):
        step = window.advance(TENTH_NS, (pulse,), wheels, STOW)
        on_ns = round(pulse.on_s * 1e9)
        body.advance(on_ns, pulse.force_body_n, pulse.torque_body_nm, wheels, 801.0, inertia)
        body.advance(TENTH_NS - on_ns, STILL, STILL, wheels, 801.0, inertia)
    inside = step.samples[-1].servicer
    assert np.abs(body.wheel_momentum_body_nms - window.wheel_momentum_body_nms).max() < 1e-12
    # 4 N over 20 s moved it by half a metre and turned it by 4 degrees; the joints give by microradians.
    assert np.linalg.norm(inside.r_eci_m - body.state.r_eci_m) < 2e-4
    assert np.linalg.norm(inside.w_body_radps - body.state.w_body_radps) < 2e-6
    assert window.ledger().holds
    window.close()


def test_rebuilt_to_the_middle_of_contact_and_on_it_is_the_same_to_the_last_bit() -> None:
    trial = Trial(seed=4, rate_deg=(0.4, 0.2, 0.1), error_port_m=(0.0, 0.02, 0.02))
    inputs = fly(trial).inputs
    middle = len(inputs) - 42
    given = handover(rate_deg=trial.rate_deg)
    whole, again = Window.open(trial.settings, given), Window.rebuilt(trial.settings, given, inputs[:middle])
    for each in inputs[:middle]:
        whole.take(each)
    assert whole.stage in {"closing", "latched"}
    assert again.scene == whole.scene
    for each in inputs[middle:]:
        assert msgspec.msgpack.encode(again.take(each).arm) == msgspec.msgpack.encode(whole.take(each).arm)
    assert again.scene == whole.scene
    assert again.ledger() == whole.ledger()
    assert again.stack() == whole.stack()
    whole.close()
    again.close()


def test_one_digest_in_other_processes_hash_seeds_and_after_another_window() -> None:
    inputs = unfolding()
    first = digest(inputs, given())
    idle = Window.open(settings(), handover(rate_deg=(1.0, 0.0, 0.3)))
    assert digest(inputs, given()) == first
    idle.close()
    program = PROGRAM.format(inputs="unfolding")
    for seed in ("0", "424242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parent.parent,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split()[-1] == first


def test_another_input_gives_another_digest() -> None:
    still, again = coasting(2)
    other = replace(still, wheel_torque_body_nm=(1e-6, 0.0, 0.0))
    assert digest((still, again), given()) != digest((other, again), given())


def test_the_arm_holds_on_an_estimate_too_old_and_refuses_one_from_the_future() -> None:
    window = Window.open(quick(), handover())
    old = fly(Trial(limit_s=0.1)).inputs[0].arm
    for _ in range(150):
        step = window.advance(TENTH_NS, (), STILL, old)
    # It has unfolded, which needs no estimate, and goes no further.
    assert step.arm.phase == "approaching"
    assert max(abs(rate) for rate in step.arm.joint_radps) < 1e-3
    assert old.ring is not None
    future = replace(old, ring=replace(old.ring, t_ns=window.t_ns + TENTH_NS))
    with pytest.raises(UsageError, match="future"):
        window.advance(TENTH_NS, (), STILL, future)
    window.close()


def test_what_cannot_be_asked_of_a_window_is_said() -> None:
    window = Window.open(settings(), handover())
    with pytest.raises(UsageError, match="whole periods"):
        window.advance(12_345_678, (), STILL, STOW)
    with pytest.raises(UsageError, match="not latched"):
        window.stack()
    window.close()
    light = replace(handover().servicer, mass_kg=80.0)
    with pytest.raises(UsageError, match="cannot carry"):
        Window.open(settings(), replace(handover(), servicer=light))


def test_between_samples_the_motion_is_true_to_a_micron() -> None:
    # Thrusters that close in the middle of a period, and the arm starting: samples come where forces change.
    pulses = [Pulse(force_body_n=(22.0, -9.0, 4.0), torque_body_nm=STILL, on_s=on) for on in (0.0134, 0.061)]
    inputs = [replace(each, pulses=tuple(pulses)) for each in unfolding()[:30]]
    told: dict[float, list[Sample]] = {}
    for sample_s in (0.1, 0.01):
        window = Window.open(settings(sample_s=sample_s), given())
        told[sample_s] = [window.sample(), *(each for i in inputs for each in window.take(i).samples)]
        window.close()
    assert len(told[0.1]) < 0.7 * len(told[0.01])
    for body in ("servicer", "target"):
        track = Track(pieces_through([(each.t_ns, getattr(each, body)) for each in told[0.1]]))
        for each in told[0.01]:
            flown, truth = track.state(each.t_ns), getattr(each, body)
            assert np.abs(flown.r_eci_m - truth.r_eci_m).max() <= 1e-6
            turn = mul(conj(flown.q_eci_from_body), truth.q_eci_from_body)
            assert 2.0 * np.abs(turn[1:]).max() <= 5e-6
