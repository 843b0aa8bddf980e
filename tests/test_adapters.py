"""Laws from elsewhere: a C library flies as its Python twin does; a policy is trained on the real flight."""

import subprocess
import threading
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import numpy as np
import pytest

from services.adapters.c_library import CLibrary
from services.laws import laws
from services.outcome import Outcome
from twin.errors import ContractError
from twin.guidance.examples import on_the_axis
from twin.guidance.law import Demand, Seen
from twin.guidance.situations import judged
from twin.guidance.trial import LawFailure, stepped

SOURCE = """
int twin_law_step(const double *seen, double *memory, double *demand) {
    if (seen[17] > 900.0) return 7;
    memory[0] += 1.0;
    for (int k = 0; k < 3; ++k)
        demand[k] = -0.002 * (seen[2 + k] - seen[8 + k] - 10.0 * seen[11 + k]) - 0.1 * seen[5 + k];
    demand[3] = memory[0] >= 3.0;
    return 0;
}
"""


class Twin(msgspec.Struct, frozen=True, kw_only=True):
    """The same in Python."""

    memory_type: ClassVar[Any] = float

    def start(self, seen: Seen) -> float:
        return 0.0

    def step(self, memory: float, seen: Seen) -> tuple[float, Demand]:
        pull = [
            -0.002 * (r - p - 10.0 * a) - 0.1 * v
            for r, p, a, v in zip(
                seen.r_ric_m, seen.port_ric_m, seen.port_axis_ric, seen.v_ric_mps, strict=True
            )
        ]
        demand = Demand(acceleration_ric_mps2=(pull[0], pull[1], pull[2]), arrived=memory + 1.0 >= 3.0)
        return memory + 1.0, demand


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("c")
    (folder / "law.c").write_text(SOURCE)
    path = folder / "law.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", path, folder / "law.c"], check=True)
    return path


def test_a_c_library_flies_every_situation_as_its_python_twin_does(library: Path) -> None:
    law = CLibrary(library=str(library), memory_size=1)
    for ours, theirs in zip(judged(law, float), judged(Twin(), float), strict=True):
        got, expected = (msgspec.msgpack.decode(each.found.demands) for each in (ours, theirs))
        assert np.allclose(got, expected, rtol=0.0, atol=1e-9)  # a compiler may fuse a product and a sum
        assert ours.found.arrived_s == theirs.found.arrived_s


def test_a_c_law_that_returns_an_error_fails_and_one_that_is_not_there_is_named(library: Path) -> None:
    law = CLibrary(library=str(library), memory_size=1)
    with pytest.raises(LawFailure, match="returned 7"):
        stepped(law, None, on_the_axis(1000.0), 1.0)
    with pytest.raises(LawFailure, match="no function nothing in"):
        stepped(CLibrary(library=str(library), function="nothing"), None, on_the_axis(10.0), 1.0)


def test_it_can_be_named_like_any_law() -> None:
    assert laws()["c_library"] is CLibrary
    assert laws().origin("c_library") == "built in"


def test_the_environment_is_the_flight_itself_and_the_same_actions_give_the_same_one() -> None:
    pytest.importorskip("gymnasium")
    from services.adapters.gym import ApproachEnv

    environment = ApproachEnv()
    seen = []
    for _ in range(2):
        observation, _ = environment.reset(seed=3)
        rows = [observation]
        for _ in range(20):
            # Down the axis at 3 cm/s, damped.
            wanted = -0.03 * observation[8:11]
            observation, reward, terminated, truncated, _ = environment.step(
                2.0 * (wanted - observation[5:8])
            )
            assert reward <= 0.0
            assert not terminated
            assert not truncated
            rows.append(observation)
        seen.append(np.array(rows))
    environment.close()
    assert np.array_equal(seen[0], seen[1])
    assert environment.observation_space.contains(seen[0][0])
    assert seen[0][-1, 0] < seen[0][0, 0]


def test_a_flight_that_fails_is_an_error_to_its_trainer_and_no_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("gymnasium")
    from services.adapters import gym

    class Broken(gym.Coordinator):
        def run(self) -> Outcome:
            raise ContractError("a service said nonsense")

    monkeypatch.setattr(gym, "Coordinator", Broken)
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    with pytest.raises(RuntimeError, match="the flight ended before its phase close_in"):
        gym.ApproachEnv().reset(seed=0)
