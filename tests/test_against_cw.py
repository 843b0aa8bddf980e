"""Our orbits against Clohessy and Wiltshire; their matrix against others' numbers is in `twin accuracy`."""

import numpy as np
import pytest

from tests.dynamics_samples import VACUUM, circular
from twin.dynamics.constants import MU_M3PS2
from twin.dynamics.orbit import coast
from twin.dynamics.relative import RelativeState, cw_transition, eci_of_relative, relative_state


@pytest.mark.parametrize(
    "r_ric_m", [(-15.0, 0.0, 0.0), (0.0, -300.0, 0.0), (0.0, 0.0, 50.0), (10.0, 40.0, -20.0)]
)
def test_two_integrated_orbits_separate_as_the_linear_theory_says(r_ric_m):
    target = circular(7.0e6, 1.71)
    at_rest = RelativeState(np.array(r_ric_m), np.zeros(3))
    r_eci_m, v_eci_mps = eci_of_relative(target, at_rest)
    t_ns = 1500 * 10**9
    first = coast(target.r_eci_m, target.v_eci_mps, 0, t_ns, VACUUM).state(t_ns)
    second = coast(r_eci_m, v_eci_mps, 0, t_ns, VACUUM).state(t_ns)
    n = (MU_M3PS2 / 7.0e6**3) ** 0.5
    linear = cw_transition(n, 1500.0) @ np.array((*r_ric_m, 0.0, 0.0, 0.0))
    # J2 bends the difference of two neighbours by about 3 J2 (n t)^2 = 1 % of their distance here.
    assert np.abs(relative_state(first, second).r_ric_m - linear[:3]).max() < 0.01 * np.linalg.norm(r_ric_m)
