"""A stack whose tank empties: mass, centre and inertia follow, and its parts go on as they did."""

import numpy as np
import pytest

from twin.dynamics.rotation import canonical
from twin.dynamics.state import KinematicState
from twin.vehicle.stack import Mass, lightened, part_state, recentred, stack_of, used_kg

SERVICER = np.array(((680.0, 12.0, -8.0), (12.0, 850.0, 6.0), (-8.0, 6.0, 800.0)))
TARGET = Mass(7827.867, np.diag((17_000.0, 124_800.0, 129_100.0)))
PLACE = np.array((7.06, 0.04, -0.02))
Q = canonical((0.7, 0.1, -0.2, 0.65))


def stack(servicer_kg):
    return stack_of(Mass(servicer_kg, SERVICER), TARGET, PLACE, Q)


def test_it_is_the_stack_of_a_lighter_servicer():
    lighter, made = lightened(stack(1780.0), 640.0), stack(1140.0)
    assert lighter.mass_kg == pytest.approx(made.mass_kg)
    assert np.allclose(lighter.inertia_body_kgm2, made.inertia_body_kgm2, rtol=1e-12)
    assert lighter.servicer_r_m == pytest.approx(made.servicer_r_m)
    assert lighter.target_r_m == pytest.approx(made.target_r_m)
    # 12 % of the inertia across the line between the two, and half a metre.
    assert made.servicer_r_m[0] - stack(1780.0).servicer_r_m[0] == pytest.approx(-0.41, abs=0.05)


def test_little_by_little_is_as_good_as_at_once():
    step, whole = stack(1780.0), lightened(stack(1780.0), 600.0)
    for _ in range(300):
        step = lightened(step, 2.0)
    assert np.allclose(step.inertia_body_kgm2, whole.inertia_body_kgm2, rtol=1e-10)
    assert step.target_r_m == pytest.approx(whole.target_r_m)


def test_so_much_propellant_moves_the_centre_so_far():
    before = stack(1780.0)
    after = lightened(before, used_kg(before, 0.002))
    moved = np.array(after.servicer_r_m) - np.array(before.servicer_r_m)
    assert np.linalg.norm(moved) == pytest.approx(0.002, rel=1e-9)


def test_neither_part_moves_when_the_centre_does():
    before = stack(1780.0)
    after = lightened(before, 5.0)
    motion = KinematicState(
        np.array((7.1e6, 2e5, -3e5)), np.array((100.0, 7.4e3, 50.0)), Q, np.array((0.002, -0.001, 0.003))
    )
    follows = recentred(motion, before, after)
    for place in ("servicer_r_m", "target_r_m"):
        was = part_state(motion, getattr(before, place), (1.0, 0.0, 0.0, 0.0))
        now = part_state(follows, getattr(after, place), (1.0, 0.0, 0.0, 0.0))
        assert np.allclose(was.r_eci_m, now.r_eci_m, rtol=0.0, atol=1e-8)
        assert np.allclose(was.v_eci_mps, now.v_eci_mps, rtol=0.0, atol=1e-11)
