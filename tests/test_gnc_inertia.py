"""Ratios of inertia that are believed wrongly are found, and until then their doubt is claimed.

`python -m tests.inertia` has the long evidence.
"""

from math import log, radians
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from services.laws import laws
from services.library import load_mission
from services.run import Options, fly
from tests.consistency import band
from tests.inertia import SIGMA_RATIO, cases, run
from twin.dynamics.rotation import conj, from_rotation_vector, mul, rotation_vector
from twin.errors import MissionError
from twin.gnc.inertia import believed, stretched
from twin.gnc.navigator import Navigator
from twin.gnc.target_attitude import TargetFilter
from twin.gnc.tumble import Tumble

CASES = cases()
ORBIT = (6.98e6, 0.0, 0.0)
COUNT = 10


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("wrong", [0.02, 0.1])
def test_ratios_told_wrong_are_found_within_what_is_claimed(name: str, wrong: float) -> None:
    found = [run(CASES[name], wrong, SIGMA_RATIO, seed) for seed in range(COUNT)]
    low, high = band(6, COUNT)
    least, most = band(2, COUNT)
    assert low <= np.mean([each.nees for each in found]) <= high
    assert least <= np.mean([each.ratio_nees for each in found]) <= most
    assert max(each.attitude_deg for each in found) < 0.8  # the readings have 1.8 and 2.3 deg of all axes
    assert max(max(each.ratio_sigmas) for each in found) < 0.02  # 0.1 before the first reading


@pytest.mark.parametrize("name", CASES)
def test_taken_as_known_though_two_percent_off_the_filter_claims_too_much(name: str) -> None:
    """The stage's attitude is worse than claimed, Envisat's lost: why the ratios are worth looking for."""
    nees = np.mean([run(CASES[name], 0.02, 0.0, seed).nees for seed in range(COUNT)])
    assert nees > 2.0 * band(6, COUNT)[1]


@pytest.mark.parametrize("name", CASES)
def test_the_error_state_moves_as_the_true_difference_does_with_the_ratios(name: str) -> None:
    """All eight columns against finite differences of the motion with another inertia."""
    inertia, w0 = CASES[name].inertia, CASES[name].w_body_radps
    q0, dt_s = (0.8, 0.6, 0.0, 0.0), 0.1
    filter_ = TargetFilter(inertia, 0.01, SIGMA_RATIO)
    filter_.q_eci_from_body, filter_.w_body_radps = q0, w0
    transition = filter_._transition(dt_s, ORBIT)

    def moved(step: np.ndarray) -> tuple[Any, Any]:
        tumble = Tumble(stretched(inertia, (step[6], step[7])))
        q = mul(q0, from_rotation_vector(step[:3]))
        return tumble.advance(q, tuple(np.add(w0, step[3:6]).tolist()), ORBIT, dt_s)

    columns = []
    for step in 1e-4 * np.eye(8):
        (q1, w1), (q2, w2) = moved(-step), moved(step)
        columns.append(np.concatenate((rotation_vector(mul(conj(q1), q2)), np.subtract(w2, w1))) / 2e-4)
    # The rate is held over the step: it changes by half a percent of 0.1 s x 0.047 rad/s.
    largest = np.abs(np.array(columns).T[:, 6:]).max()
    assert transition[:6, :6] == pytest.approx(np.array(columns).T[:, :6], abs=3e-4)
    assert transition[:6, 6:] == pytest.approx(np.array(columns).T[:, 6:], abs=0.01 * largest)
    assert transition[6:].tolist() == np.eye(8)[6:].tolist()


def test_a_restored_filter_goes_on_to_the_bit() -> None:
    case, rng = CASES["envisat 2.67 deg/s"], np.random.default_rng(5)
    filter_, restored = (TargetFilter(case.inertia, radians(4.0), SIGMA_RATIO) for _ in range(2))
    tumble, q, w = Tumble(stretched(case.inertia, (0.05, 0.02))), (1.0, 0.0, 0.0, 0.0), case.w_body_radps
    for k in range(120):
        if k == 60:
            restored.restore(filter_.snapshot())
        q, w = tumble.advance(q, w, ORBIT, 1.0)
        seen = mul(q, from_rotation_vector(case.sigma_rad * rng.normal(size=3)))
        for each in (filter_, restored):
            each.predict(1.0, ORBIT, case.noise_radps2)
            each.see(seen, case.sigma_rad, 5.0, 12)
    assert any(filter_.log_ratios)
    assert restored.snapshot() == filter_.snapshot()


def test_no_burn_gone_astray_makes_the_inertia_doubtful() -> None:
    filter_ = TargetFilter(CASES["stage 0.4 deg/s"].inertia, radians(0.4), SIGMA_RATIO)
    filter_.see((1.0, 0.0, 0.0, 0.0), radians(1.0), 5.0, 12)
    for _ in range(5):
        filter_.see((0.0, 1.0, 0.0, 0.0), radians(1.0), 5.0, 12)
    assert np.sqrt(np.diag(filter_.ratio_covariance)).tolist() == pytest.approx([SIGMA_RATIO] * 2)
    assert np.linalg.eigvalsh(filter_._full).min() > 0.0


def test_a_flight_that_believes_the_wrong_inertia_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    flown: list[Navigator] = []
    begin = Navigator._begin
    monkeypatch.setattr(
        Navigator, "_begin", lambda self, readings: (flown.append(self), begin(self, readings))
    )
    mission = load_mission("envisat-unsure", laws())
    report = fly(mission, Options(in_process=True))
    assert report.verdict is not None
    assert report.verdict.passed
    filter_ = flown[0]._target
    x, y, z = mission.guidance.navigation.believed_inertia_scale
    off = np.add(filter_.log_ratios, (log(x / z), log(y / z)))
    assert (
        off @ np.linalg.solve(filter_.ratio_covariance, off) < 13.8
    )  # chi-squared of two, one in a thousand
    assert np.sqrt(np.diag(filter_.ratio_covariance)).max() < 0.01


def test_what_is_believed_is_what_was_told() -> None:
    target = load_mission("envisat-2013", laws()).target
    assert believed(target, (1.0, 1.0, 1.0)) is target
    wrong = np.diag(np.array(believed(target, (1.05, 0.98, 1.02)).inertia_body_kgm2))
    assert wrong / np.diag(np.array(target.inertia_body_kgm2)) == pytest.approx((1.05, 0.98, 1.02))


def test_an_inertia_that_no_body_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mission.toml"
    path.write_text(
        'extends = "envisat-2013"\ntitle = "t"\n'
        "[guidance.navigation]\nbelieved_inertia_scale = [1.0, 1.0, 1.3]\n"
    )
    with pytest.raises(MissionError, match=r"guidance\.navigation\.believed_inertia_scale.*no real body"):
        load_mission(str(path), laws())
