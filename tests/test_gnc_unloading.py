"""Wheels give their momentum to the thrusters, however strong those are; the body stays where it points."""

from math import degrees

import numpy as np
import pytest

from services.laws import laws
from services.library import load_mission
from tests.turning import Turning
from twin.dynamics.rotation import rotation_vector
from twin.guidance.phases import Phase

FULL = 0.8


@pytest.mark.parametrize("period_s", [0.5, 2.0])
@pytest.mark.parametrize(("name", "most_deg"), [("envisat-design", 1.0), ("adras-j2", 1.0), ("adras-j", 4.0)])
def test_full_wheels_are_unloaded_without_throwing_the_body_off(name, most_deg, period_s):
    """Of the lightest, 26 kg m2, a dose of 0.5 N m s makes 1 deg/s, which wheels of 0.1 N m stop in 2 s."""
    mission = load_mission(name, laws())
    limit_nms = mission.servicer.wheels[0].maximum_momentum_nms
    share = np.array((1.0, -0.4, 0.3, -0.7)) * FULL * limit_nms
    row = Phase(name="quiet", law="hold", period_s=period_s)
    flight = Turning(mission.guidance, mission.servicer, row, wheels_nms=tuple(share.tolist()), error=1.0)
    off_deg = 0.0
    for _ in range(400):
        flight.period()
        off = rotation_vector(flight.craft.carrier.state.q_eci_from_body)
        off_deg = max(off_deg, degrees(np.linalg.norm(off)))
    fullness = np.abs(flight.craft.ahead.wheel_momentum_nms).max() / limit_nms
    assert fullness <= mission.guidance.control.unload_above
    assert off_deg <= most_deg
