"""Free rotation along its whole way: what must stay, and closed forms. Its ends are in `twin accuracy`."""

import numpy as np
import pytest

from tests.dynamics_samples import far_away, free
from twin.dynamics.rotation import rotate
from twin.dynamics.segments import Track

ENVISAT = np.array(
    [[17023.3, 397.1, -2171.4], [397.1, 124825.7, 344.2], [-2171.4, 344.2, 129112.2]]
)  # kg m2; the tensor of at least five public codes of the e.Deorbit studies
W0_DEG = (0.0, 3.53, 3.53)
T_NS = 600 * 10**9


def test_energy_and_momentum_stay_at_the_reference_values():
    track = Track(free(far_away(tuple(np.radians(W0_DEG))), ENVISAT).advance_to(T_NS))
    momenta = []
    for t_ns in range(0, T_NS + 1, 60 * 10**9):
        state = track.state(t_ns)
        stored = ENVISAT @ state.w_body_radps
        assert 0.5 * state.w_body_radps @ stored == pytest.approx(483.256172217, rel=1e-9)
        momenta.append(rotate(state.q_eci_from_body, stored))
    assert np.linalg.norm(momenta[0]) == pytest.approx(11_094.888600, rel=1e-9)
    # The direction too: attitude and rate agree to what trimming leaves, 1e-11 of each.
    assert np.abs(np.array(momenta) - momenta[0]).max() < 1e-9 * 11_094.9


def test_a_spinning_cylinder_nutates_and_precesses_at_its_closed_form_rates():
    # The project's reference, case V13: C 6000, A 33250, spin 1 deg/s, transverse 3 deg/s.
    body = free(far_away(tuple(np.radians((1.0, 3.0, 0.0)))))
    track = Track(body.advance_to(T_NS))
    momentum = np.array((6000.0, 33250.0 * 3.0, 0.0))
    axis = momentum / np.linalg.norm(momentum)
    cone_deg = np.degrees(np.arccos(axis[0]))
    assert cone_deg == pytest.approx(86.557785, abs=1e-6)
    for t_s in (100, 350, 600):
        state = track.state(t_s * 10**9)
        nutated = np.radians(-0.819548872 * t_s)
        expected = (1.0, 3.0 * np.cos(nutated), 3.0 * np.sin(nutated))
        assert np.degrees(state.w_body_radps) == pytest.approx(expected, abs=1e-6)
        turned = np.radians(3.005422202 * t_s)
        long_axis = rotate(state.q_eci_from_body, (1.0, 0.0, 0.0))
        along, across = axis[0] * axis, np.array((1.0, 0.0, 0.0)) - axis[0] * axis
        expected_axis = along + np.cos(turned) * across + np.sin(turned) * np.cross(axis, across)
        assert long_axis == pytest.approx(expected_axis, abs=1e-6 * t_s / 57.3)
