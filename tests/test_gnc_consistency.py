"""The filters know how good they are: normalised errors in their bands, and out of them when told wrongly.

Twenty runs of a kind with fixed seeds; `python -m tests.consistency` has the long evidence.
"""

import numpy as np
import pytest

from services.laws import laws
from services.library import load_mission
from tests.consistency import RUNS, band
from twin.contracts.sensing import GyroRate, StarTrackerFix
from twin.dynamics.rotation import conj, from_rotation_vector, mul, rotation_vector
from twin.gnc.allocation import Allocator
from twin.gnc.gate import Trust, judge
from twin.gnc.impulse import Impulse
from twin.gnc.own_attitude import OwnAttitudeFilter, Turned
from twin.gnc.relative import RelativeFilter

VEHICLE = load_mission("rendezvous", laws()).servicer
COUNT = 20


@pytest.mark.parametrize("name", RUNS)
def test_errors_are_as_large_as_the_covariance_says(name: str) -> None:
    low, high = band(6, COUNT)
    nees = np.mean([RUNS[name](seed, 1.0).nees for seed in range(1000, 1000 + COUNT)])
    assert low <= nees <= high


@pytest.mark.parametrize("told", [0.25, 4.0])
def test_a_filter_that_believes_the_wrong_noise_is_found_out(told: float) -> None:
    low, high = band(6, 5)
    found = [RUNS["mid"](seed, told, most=1.0) for seed in range(5)]
    assert not low <= np.mean([each.nees for each in found]) <= high
    freedom = sum(each.freedom for each in found)
    least, most = band(freedom, 1)
    assert not least <= sum(each.nis for each in found) <= most


@pytest.mark.parametrize("name", ["near", "mid", "attitude"])
def test_one_that_may_learn_how_noisy_its_sensors_are_owns_up_to_it(name: str) -> None:
    """Told half of the noise: the errors are as large as it says in the end, while what was told does not
    fit the readings."""
    low, high = band(6, COUNT)
    found = [RUNS[name](seed, 0.5) for seed in range(2000, 2000 + COUNT)]
    assert low <= np.mean([each.nees for each in found]) <= high
    freedom = sum(each.freedom for each in found)
    assert sum(each.nis for each in found) / freedom > band(freedom, 1)[1] / freedom


def test_sensors_that_are_as_stated_never_make_a_filter_own_up() -> None:
    for seed in range(20):
        rng, trust = np.random.default_rng((3, seed)), Trust()
        for squared in rng.chisquare(2, size=500):
            trust = judge(trust, float(squared) / trust.noise_factor, 2, 5.0).trust
            assert trust.proven == 1.0


def test_what_was_owned_up_to_survives_a_snapshot_to_the_bit() -> None:
    rng = np.random.default_rng(6)
    first = RelativeFilter((40.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0, 0.01)
    looks = [np.array((40.0, 0.0, 0.0)) + 0.3 * rng.normal(size=3) for _ in range(40)]
    for k, look in enumerate(looks):
        if k == 20:
            second = RelativeFilter.restored(first.snapshot())
            assert first.snapshot().level > 3.0
        for filter_ in (first,) if k < 20 else (first, second):
            filter_.see_pose(look, 0.1, 5.0, 12)
    assert first.snapshot() == second.snapshot()


def test_the_data_sheet_holds_until_there_is_evidence_against_it() -> None:
    rng, trust = np.random.default_rng(1), Trust()
    factors = []
    for squared in rng.chisquare(3, size=2000):
        trust = judge(trust, float(squared) / trust.noise_factor, 3, 5.0).trust
        factors.append(trust.noise_factor)
    assert np.mean(np.array(factors) == 1.0) > 0.97


def _after_a_firing(on_s: tuple[float, ...], dt_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Turn (rad) from rest while valves are open and wheels take the moment up evenly, and the final rate:
    small angles, fine steps of the rigid body's own equation."""
    inertia = np.array(VEHICLE.inertia_body_kgm2)
    thrusters = VEHICLE.propulsion.thrusters
    arms = np.array([np.cross(each.r_body_m, each.direction_body) for each in thrusters])
    moments = VEHICLE.propulsion.thrust_n * arms
    even = (np.array(on_s) @ moments) / dt_s
    steps = 20_000
    h, turn, rate = dt_s / steps, np.zeros(3), np.zeros(3)
    for k in range(steps):
        opened = np.array(on_s) > (k + 0.5) * h
        change = h * np.linalg.solve(inertia, opened @ moments - even)
        turn, rate = turn + h * (rate + 0.5 * change), rate + change
    return turn, rate


def test_the_turn_during_a_firing_is_known_though_the_rate_before_and_after_is_the_same() -> None:
    firing = Allocator(VEHICLE.propulsion).fire((30.0, 12.0, -8.0), (0.0, 0.0, 0.0), 1.9)
    turn, rate = _after_a_firing(firing.on_s, 2.0)
    wheels = tuple(float(each) for each in firing.moment_body_nms)
    impulse = Impulse(sigma_mps=1e-3, lag_body_nms2=firing.lag_body_nms2, opened_before_s=2.0)
    filter_ = OwnAttitudeFilter(VEHICLE.inertia_body_kgm2, 5e-5, 1e-5)
    still = filter_.acquired(
        StarTrackerFix(q_body_from_eci=(1.0, 0.0, 0.0, 0.0)), GyroRate(w_body_radps=(0, 0, 0))
    )
    moved = filter_.updated(
        still,
        Turned(dt_s=2.0, momentum_before_nms=(0.0, 0.0, 0.0), momentum_nms=wheels, fired=impulse),
        GyroRate(w_body_radps=tuple(rate.tolist())),
        None,
    )
    found = np.array(rotation_vector(moved.q_eci_from_body))
    assert np.abs(turn).max() > 1e-4  # twice the star tracker's noise
    assert found == pytest.approx(turn, abs=2e-6)


def test_a_fix_weighs_by_how_doubtful_the_attitude_is() -> None:
    filter_ = OwnAttitudeFilter(VEHICLE.inertia_body_kgm2, 5e-5, 0.0)
    own = filter_.acquired(StarTrackerFix(q_body_from_eci=(1.0, 0.0, 0.0, 0.0)), None)
    rng = np.random.default_rng(3)
    for _ in range(400):
        turn = 5e-5 * rng.normal(size=3)
        fix = StarTrackerFix(q_body_from_eci=conj(from_rotation_vector(turn)))
        rest = Turned(dt_s=1.0, momentum_before_nms=(0.0,) * 3, momentum_nms=(0.0,) * 3, fired=None)
        own = filter_.updated(own, rest, None, fix)
    error = np.array(rotation_vector(mul(conj(own.q_eci_from_body), (1.0, 0.0, 0.0, 0.0))))
    assert own.variance_rad2 == pytest.approx(5e-5**2 / 401, rel=1e-6)
    assert np.abs(error).max() < 3.0 * 5e-5 / 20.0
