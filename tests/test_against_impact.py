"""A head-on impact at docking speed in a rigid test world follows the closed form (V19 of the reference)."""

from math import sqrt

import pytest

from twin.capture.bullet import Bullet, Solver
from twin.capture.engine import Body, Motion, Shape
from twin.capture.turning import IDENTITY
from twin.guidance.vectors import ZERO


def ball(mass_kg: float, restitution: float) -> Body:
    shape = Shape("sphere", (0.5, 0.0, 0.0), ZERO)
    return Body(f"ball of {mass_kg} kg", mass_kg, (1e3, 1e3, 1e3), (shape,), restitution=restitution)


def struck(*, elastic: bool) -> tuple[float, float]:
    """Speeds after 150 kg at 0.05 m/s have met 3000 kg at rest, pair restitution 0.5 (a product)."""
    engine = Bullet(Solver(step_s=0.001, elastic=elastic))
    chaser = engine.add(ball(150.0, sqrt(0.5)), Motion((-1.05, 0.0, 0.0), IDENTITY, (0.05, 0.0, 0.0), ZERO))
    target = engine.add(ball(3000.0, sqrt(0.5)), Motion(ZERO, IDENTITY, ZERO, ZERO))
    for _ in range(3_000):
        engine.step()
    speeds = engine.base(chaser).v_mps[0], engine.base(target).v_mps[0]
    engine.close()
    return speeds


def test_speeds_and_loss_after_a_head_on_impact() -> None:
    chaser_mps, target_mps = struck(elastic=True)
    assert chaser_mps == pytest.approx(-0.0214285714, abs=1e-4)
    assert target_mps == pytest.approx(0.0035714286, abs=1e-4)
    lost_j = 0.5 * 150.0 * (0.05**2 - chaser_mps**2) - 0.5 * 3000.0 * target_mps**2
    assert lost_j == pytest.approx(0.1339285714, abs=1e-4)


def test_without_the_recipe_the_same_impact_loses_its_restitution() -> None:
    chaser_mps, target_mps = struck(elastic=False)
    assert chaser_mps == pytest.approx(target_mps, abs=1e-3)
