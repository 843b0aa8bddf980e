"""The published pieces against the integrator itself, for a day: what cutting their orders costs."""

import numpy as np
import pytest

from tests.test_dynamics_fidelity import EPOCH, START, free
from twin.dynamics import taylor
from twin.dynamics.rotation import conj, mul, rotation_vector
from twin.dynamics.segments import Track
from twin.dynamics.settings import Environment
from twin.dynamics.surroundings import Surroundings

DAY_NS = 86_400 * 10**9
PERIOD_S = 5_800.0


@pytest.mark.parametrize("level", ["basic", "standard"])
def test_pieces_agree_with_the_whole_series_to_a_micrometre_for_a_day(level, monkeypatch):
    around = Surroundings.at(EPOCH, Environment(fidelity=level))
    cut = free(START, around).advance_to(DAY_NS)
    with monkeypatch.context() as patched:
        patched.setattr(taylor, "_weights", taylor._weights.__wrapped__)  # what it keeps is for real bounds
        patched.setattr(taylor, "_BOUNDS", 1e-200 * taylor._BOUNDS)
        whole = free(START, around).advance_to(DAY_NS)
    times = np.linspace(0, DAY_NS, 20_000).astype(np.int64)
    ours, series = Track(cut).states(times), Track(whole).states(times)
    assert np.abs(ours.r_eci_m - series.r_eci_m).max() <= 1e-6  # the requirement; measured 1e-8
    pairs = zip(ours.q_eci_from_body, series.q_eci_from_body, strict=True)
    assert max(np.abs(rotation_vector(mul(conj(a), b))).max() for a, b in pairs) <= 1e-9
    bytes_an_orbit = [
        sum(len(p.coefficients) for p in pieces) * PERIOD_S / 86_400.0 for pieces in (cut, whole)
    ]
    assert bytes_an_orbit[0] < 0.9 * bytes_an_orbit[1]
    print(f"{level}: {bytes_an_orbit[0]:.0f} bytes an orbit of {bytes_an_orbit[1]:.0f}")
