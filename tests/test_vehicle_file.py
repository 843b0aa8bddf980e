"""The shipped vehicle file: geometry, authority, and where its numbers are from."""

from pathlib import Path

import daqp
import numpy as np
import pytest
from vehicle_samples import SERVICER_800

PROPULSION = SERVICER_800.propulsion
DIRECTIONS = np.array([t.direction_body for t in PROPULSION.thrusters])
LEVERS = np.array([t.r_body_m for t in PROPULSION.thrusters])
WRENCHES_N_NM = PROPULSION.thrust_n * np.hstack([DIRECTIONS, np.cross(LEVERS, DIRECTIONS)]).T
VEHICLE_FILE = Path(__file__).parent.parent / "missions" / "vehicles" / "servicer-800.toml"


def authority(wrench):
    """Largest multiple of a unit wrench (6,) that on-time fractions in [0, 1] reach exactly."""
    count = len(PROPULSION.thrusters)
    # A tiny quadratic term makes the linear program a strictly convex one; it takes 1e-4 of the optimum.
    hessian, slope = 1e-5 * np.eye(count + 1), np.append(np.zeros(count), -1.0)
    balance = np.ascontiguousarray(np.hstack([WRENCHES_N_NM, -np.asarray(wrench, dtype=float)[:, None]]))
    upper = np.concatenate([np.ones(count), [1e4], np.zeros(6)])
    lower = np.zeros(count + 7)
    found, _, flag, _ = daqp.solve(hessian, slope, balance, upper, lower, np.zeros(count + 7, dtype=np.int32))
    assert flag == 1
    assert np.abs(balance @ found).max() < 1e-6
    return found[-1]


def test_there_are_twelve_thrusters_of_22_n_with_unit_directions():
    assert len(PROPULSION.thrusters) == 12
    assert PROPULSION.thrust_n == 22.0
    assert np.abs(np.linalg.norm(DIRECTIONS, axis=1) - 1.0).max() < 1e-12


@pytest.mark.parametrize(
    ("axis", "sign", "stated"),
    [(0, 1, 88), (0, -1, 93), (1, 1, 37), (1, -1, 37), (2, 1, 37), (2, -1, 37)],
)
def test_each_axis_has_the_stated_force_with_zero_torque(axis, sign, stated):
    wrench = np.zeros(6)
    wrench[axis] = sign
    assert authority(wrench) == pytest.approx(stated, abs=0.5)  # stated in whole newtons


@pytest.mark.parametrize("axis", [3, 4, 5])
@pytest.mark.parametrize("sign", [1, -1])
def test_each_axis_has_the_stated_torque_with_zero_force(axis, sign):
    wrench = np.zeros(6)
    wrench[axis] = sign
    assert authority(wrench) == pytest.approx(45, abs=0.5)  # stated in whole N m


def test_every_direction_of_force_is_reached_with_zero_torque():
    directions = np.random.default_rng(1).normal(size=(300, 3))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    assert min(authority([*u, 0.0, 0.0, 0.0]) for u in directions) > 36.0


def test_no_plume_blows_within_30_degrees_of_the_boresight():
    plumes = -DIRECTIONS
    assert plumes[:, 0].max() < np.cos(np.radians(30.0))


def test_wheels_hold_the_roll_with_the_target_with_margin_on_every_axis():
    axes = np.array([w.axis_body for w in SERVICER_800.wheels])
    assert np.abs(np.linalg.norm(axes, axis=1) - 1.0).max() < 1e-12
    reach_nms = np.abs(axes).sum(axis=0) * SERVICER_800.wheels[0].maximum_momentum_nms
    rolling_nms = SERVICER_800.inertia_body_kgm2[0][0] * np.radians(0.4)
    assert reach_nms.min() > 10.0 * rolling_nms


def test_inertia_is_symmetric_and_that_of_a_real_body():
    inertia = np.array(SERVICER_800.inertia_body_kgm2)
    assert (inertia == inertia.T).all()
    least, middle, most = np.linalg.eigvalsh(inertia)
    assert least > 0.0
    assert most < least + middle
