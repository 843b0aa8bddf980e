"""What swings on the servicer: its free oscillations, and what they conserve."""

import numpy as np
import pytest

from tests.dynamics_samples import FAR_M, STILL, VACUUM, far_away
from twin.dynamics.constants import MU_M3PS2
from twin.dynamics.plant import PoweredBody
from twin.dynamics.rotation import rotate
from twin.dynamics.swinging import Swinging
from twin.errors import UsageError

INERTIA = np.diag([340.0, 425.0, 400.0])
MASS_KG = 800.0
PANEL = Swinging(coupling_body=(0.0, 0.0, 8.0), panel_rate_radps=1.2)
SLOSH = Swinging(slosh_kg=40.0, slosh_place_body_m=(0.4, 0.1, 0.0), slosh_rate_radps=0.9)
TENTH_NS = 10**8


def flown(swinging: Swinging, tenths: int, torque: tuple[float, ...] = STILL) -> list[np.ndarray]:
    """States after every tenth of a second: kicked for the first one, then free."""
    body = PoweredBody(far_away((0.0, 0.0, 0.0)), VACUUM, swinging=swinging)
    states = []
    for k in range(tenths):
        body.advance(TENTH_NS, STILL, torque if k == 0 else STILL, STILL, MASS_KG, INERTIA)
        states.append(np.array(body.snapshot().state))
    return states


def rate_of(signal: np.ndarray) -> float:
    """Angular rate of an oscillation sampled every 0.1 s, from its crossings of the mean."""
    x = signal - 0.5 * (signal.max() + signal.min())
    k = np.flatnonzero((x[1:] > 0) & (x[:-1] <= 0))
    at = k - x[k] / (x[k + 1] - x[k])
    return float(2.0 * np.pi * (len(at) - 1) / (0.1 * (at[-1] - at[0])))


def test_a_free_panel_rings_at_its_rate_raised_by_the_bodys_recoil():
    states = np.array(flown(PANEL, 600, (0.0, 0.0, 20.0)))
    # Likins: with the body free the mode's rate is s / sqrt(1 - d^2 / I).
    assert rate_of(states[:, 16]) == pytest.approx(1.2 / np.sqrt(1.0 - 64.0 / 400.0), rel=1e-3)


def test_a_bending_panel_keeps_the_momentum_that_the_kick_gave():
    states = np.array(flown(PANEL, 300, (0.0, 0.0, 20.0)))
    momentum = 400.0 * states[:, 12] + 8.0 * states[:, 17]
    assert momentum == pytest.approx(2.0, rel=1e-12)


def test_a_damped_panel_comes_to_rest_on_a_body_that_turns_as_if_rigid():
    damped = Swinging(coupling_body=(0.0, 0.0, 8.0), panel_rate_radps=1.2, panel_damping=0.05)
    last = flown(damped, 3000, (0.0, 0.0, 20.0))[-1]
    assert last[12] == pytest.approx(2.0 / 400.0, rel=1e-6)
    assert abs(last[17]) < 1e-7


def test_sloshing_keeps_linear_and_angular_momentum():
    states = flown(SLOSH, 600, (0.0, 0.0, 20.0))
    moments = np.array([slosh_momenta(y) for y in states])
    linear, angular = moments[:, 0], moments[:, 1]
    fallen = -MASS_KG * MU_M3PS2 / FAR_M**2 * 0.1 * np.arange(1, 601)
    assert np.abs(linear[:, 1:]).max() < 1e-6
    assert linear[:, 0] == pytest.approx(fallen, rel=1e-4)  # even this far out the Earth pulls, 4e-6 m/s2
    assert np.abs(angular - angular[0]).max() < 2e-4 * np.abs(angular[0]).max()


def slosh_momenta(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Linear (N s) and angular momentum (N m s, about the hub) in eci of hub and sloshing mass."""
    m, hub_kg = SLOSH.slosh_kg, MASS_KG - SLOSH.slosh_kg
    place = np.array(SLOSH.slosh_place_body_m)
    q, w, at, u = y[6:10], y[10:13], place + y[18:21], y[21:24]
    hub_mps = 2.0**20 * y[3:6]
    mass_mps = hub_mps + rotate(q, u + np.cross(w, at))
    _, hub_inertia = SLOSH.without_slosh(MASS_KG, INERTIA)
    turning = rotate(q, hub_inertia @ w)
    reduced = hub_kg * m / (hub_kg + m)
    orbital = reduced * np.cross(rotate(q, at), mass_mps - hub_mps)
    return hub_kg * hub_mps + m * mass_mps, turning + orbital


def test_a_sloshing_mass_swings_at_its_rate_raised_by_the_bodys_recoil():
    central = Swinging(slosh_kg=40.0, slosh_rate_radps=0.9)
    body = PoweredBody(far_away((0.0, 0.0, 0.0)), VACUUM, swinging=central)
    signal = []
    for k in range(600):
        push = (50.0, 0.0, 0.0) if k == 0 else STILL
        body.advance(TENTH_NS, push, STILL, STILL, MASS_KG, INERTIA)
        signal.append(body.snapshot().state[18])
    # Two masses on a spring: sqrt(k / reduced mass).
    assert rate_of(np.array(signal)) == pytest.approx(0.9 * np.sqrt(MASS_KG / (MASS_KG - 40.0)), rel=1e-3)


def test_more_cannot_slosh_than_there_is():
    body = PoweredBody(far_away((0.0, 0.0, 0.0)), VACUUM, swinging=Swinging(slosh_kg=900.0))
    with pytest.raises(UsageError, match=r"900 kg slosh"):
        body.advance(TENTH_NS, STILL, STILL, STILL, MASS_KG, INERTIA)
