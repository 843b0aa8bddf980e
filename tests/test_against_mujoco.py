"""The same capture in a second engine: hand-over and commands are the same, replayed in MuJoCo."""

import pytest

from tests.capture_trial import Trial, fly, line, quick, replayed

pytest.importorskip("mujoco", reason="the second engine comes with the extra `peers`")


def test_the_same_commands_capture_in_mujoco_too() -> None:
    from tests.peers.mujoco_engine import MuJoCo

    trial = Trial(settings=quick(), error_port_m=(0.0, 0.02, 0.02))
    ours = fly(trial)
    theirs = replayed(
        Trial(settings=quick(step_s=0.25e-3), error_port_m=(0.0, 0.02, 0.02)), ours.inputs, MuJoCo
    )
    print("\n" + line("bullet", ours) + "\n" + line("mujoco", theirs))
    assert ours.latched
    assert theirs.latched
    # Its motors' work is not judged: it integrates them implicitly and reports the effort before that.
    assert theirs.books.worst_dp.holds
    assert theirs.books.worst_dh.holds
    # At 1 ms its clamp would bounce: its motors' gain goes with 1 / step. `python -m tests.evidence contact`
    # shows eight more, and says where the band comes from.
    assert theirs.first_s == pytest.approx(ours.first_s, abs=0.4)
    assert theirs.contact_to_latch_s == pytest.approx(ours.contact_to_latch_s, abs=0.15)
    assert theirs.impulse_ns == pytest.approx(ours.impulse_ns, rel=0.25)
    assert theirs.rate_deg == pytest.approx(ours.rate_deg, rel=0.05)


def test_mujoco_captures_with_its_own_loop_closed() -> None:
    from tests.peers.mujoco_engine import MuJoCo

    flown = fly(Trial(settings=quick()), MuJoCo)
    assert flown.latched
    assert flown.contact_to_latch_s <= 3.0
