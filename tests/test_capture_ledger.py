"""The books of a window close, and a window that cheats does not get past them."""

import pybullet as p
import pytest

from tests.capture_samples import handover, settings
from tests.capture_trial import STILL, Trial, fly
from twin.capture.bullet import Bullet, Solver
from twin.capture.interface import ArmDemand, Pulse
from twin.capture.settings import ContactSettings
from twin.capture.window import Window
from twin.guidance.vectors import ZERO

STOW = ArmDemand(mode="stow")


class DeafToTheTide(Bullet):
    """Hears torques and no force: nothing but the tide pushes in the test that uses it."""

    def push(
        self, body: int, force_n: tuple[float, float, float], torque_nm: tuple[float, float, float]
    ) -> None:
        super().push(body, ZERO, torque_nm)


class Grabbing(Bullet):
    """Welds where the ring should be instead of where it is: 1 cm off."""

    def weld(self, first: int, link: int, second: int) -> None:
        super().weld(first, link, second)
        turn = (0.0, 0.0, 0.0, 1.0)
        p.changeConstraint(self._weld, (0.01, 0.0, 0.0), turn, physicsClientId=self._client)


def grabbing(contact: ContactSettings) -> Bullet:
    return Grabbing(Solver(step_s=contact.step_s))


def deaf(contact: ContactSettings) -> Bullet:
    return DeafToTheTide(Solver(step_s=contact.step_s))


def test_books_hold_through_reach_contact_latch_and_brakes() -> None:
    flown = fly(Trial(seed=3, rate_deg=(0.3, 0.3, -0.2), error_port_m=(0.0, 0.02, 0.02), after_latch_s=8.0))
    books = flown.books
    assert flown.latched
    assert books.holds, books.broken
    # Limits of contact-recipes.md, section 3, at 1 kHz; a tenth of them is what is used.
    assert books.worst_dp.dp_limit_ns == 0.02
    assert books.worst_dp.dp_ns < 0.02
    assert books.latch_rise_j <= 1e-3
    # 0.5 J went through the motors; 0.25 mJ are left over where nothing touched. Contact took the rest.
    assert books.free_error_j < 5e-4
    assert -0.1 < books.contact_j < 0.0
    assert books.last.energy_used < 0.5
    assert books.rows > 100


def test_books_fail_with_the_engines_own_default_damping() -> None:
    window = Window.open(settings(damping=0.04), handover(rate_deg=(0.4, 0.0, 0.0)))
    step = window.advance(1_000_000_000, (), STILL, STOW)
    books = window.ledger()
    window.close()
    assert not books.holds
    assert not all(row.holds for row in step.ledger)
    assert "unexplained" in books.broken[0]


def test_a_latch_across_a_gap_is_a_hidden_engine_and_fails_the_books() -> None:
    flown = fly(Trial(after_latch_s=1.0), grabbing)
    assert flown.latched
    assert flown.books.latch_rise_j > 1e-3
    assert any("added by the latch" in each for each in flown.books.broken), flown.books.broken


def test_energy_that_goes_while_the_arm_swings_fails_the_books() -> None:
    # 0.04 takes momentum too; what it takes of energy is said beside it.
    flown = fly(Trial(settings=settings(damping=0.04), limit_s=5.0))
    assert any("while nothing touched" in each for each in flown.books.broken), flown.books.broken


def test_books_fail_when_the_tide_is_booked_but_not_applied() -> None:
    window = Window.open(settings(), handover(), deaf)
    for _ in range(30):
        window.advance(100_000_000, (), STILL, STOW)
    books = window.ledger()
    window.close()
    # 2 n^2 r on 801 kg at 9.4 m is 17.7 mN: 0.053 N s in three seconds against 0.02.
    assert not books.holds
    assert books.last.dp_ns == pytest.approx(0.0177 * 3.0, rel=0.01)


def test_thrust_is_booked_to_the_newton_second() -> None:
    window = Window.open(settings(), handover(rate_deg=(0.0, 0.0, 0.0)))
    before = window.scene.com_mps
    pulse = Pulse(force_body_n=(22.0, 0.0, 0.0), torque_body_nm=STILL, on_s=0.0734)
    for _ in range(10):
        window.advance(100_000_000, (pulse,), STILL, STOW)
    gained = [801.0 * (a - b) for a, b in zip(window.scene.com_mps, before, strict=True)]
    window.close()
    # 16.148 N s of thrust and 0.014 N s of tide over a second.
    assert sum(x * x for x in gained) ** 0.5 == pytest.approx(22.0 * 0.734, abs=0.03)
