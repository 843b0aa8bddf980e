"""Air and sunlight on a cylinder: areas, and the way in which they turn it."""

import numpy as np
import pytest

from tests.dynamics_samples import circular
from twin.dynamics.epochs import Epoch
from twin.dynamics.outside import Outside
from twin.dynamics.plant import FreeBody
from twin.dynamics.settings import Environment, Hull
from twin.dynamics.surfaces import area_of
from twin.dynamics.surroundings import Surroundings

EPOCH = Epoch("2022-01-23T02:47:21.8Z")
STAGE = Hull(length_m=11.0, diameter_m=4.0)


def seen(hull: Hull, cosine: np.ndarray) -> np.ndarray:
    a0, a2, a4 = area_of(hull, 0.0)
    return a0 + a2 * cosine**2 + a4 * cosine**4


def test_a_cylinder_shows_its_side_its_end_and_a_quarter_of_its_surface_on_the_mean():
    assert seen(STAGE, np.array((0.0, 1.0))) == pytest.approx((44.0, 4.0 * np.pi))
    cosines = (np.arange(100_000) + 0.5) / 100_000
    surface = np.pi * 4.0 * 11.0 + 2.0 * np.pi * 2.0**2
    assert seen(STAGE, cosines).mean() == pytest.approx(surface / 4.0, rel=1e-6)


def test_the_area_follows_the_cylinders_within_what_is_stated():
    cosines = np.linspace(0.0, 1.0, 1001)
    exact = 44.0 * np.sqrt(1.0 - cosines**2) + 4.0 * np.pi * cosines
    error = seen(STAGE, cosines) / exact - 1.0
    assert np.abs(error).max() < 0.25
    assert np.sqrt((error**2).mean()) < 0.08


def test_without_a_hull_the_drag_area_holds_for_every_attitude():
    assert area_of(None, 22.0) == (22.0, 0.0, 0.0)


def test_air_turns_the_centre_of_pressure_behind_the_centre_of_mass():
    # The hull's centre 1 m above the flight path: drag pushes it back, a turn about -(orbit's normal).
    around = Surroundings.at(EPOCH, Environment(gravity="point", atmosphere="nrlmsise00"))
    shape = Outside.of(20.0, 2.2, 1.3, hull=Hull(length_m=4.0, diameter_m=4.0, centre_body_m=(1.0, 0.0, 0.0)))
    start = circular(6.78e6, 0.0)
    body = FreeBody(start, around, mass_kg=1000.0, inertia_body_kgm2=1e3 * np.eye(3), outside=shape)
    body.advance_to(10 * 10**9)
    w = body.state.w_body_radps
    # 0.5 x 4e-12 kg/m3 x (7200 m/s)^2 x 2.2 x 16 m2, 4 mN, on 1 m of arm: 4e-6 rad/s2, or a third of it.
    assert -1.2e-4 < w[2] < -1.3e-5
    assert np.abs(w[:2]).max() < 0.02 * abs(w[2])
