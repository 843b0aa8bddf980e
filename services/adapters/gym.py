"""A Gymnasium environment over the same participants that fly a mission: for those who train policies.

    environment = ApproachEnv("rendezvous", "close_in")
    observation, _ = environment.reset(seed=7)
    observation, reward, terminated, truncated, info = environment.step(action)

The flight runs in a thread of its own and stands still while the policy thinks: they take turns, so the
same actions give the same flight. Needs the extra `gym`.
"""

from queue import Queue
from threading import Thread
from typing import Any, ClassVar

import gymnasium
import msgspec
import numpy as np
from gymnasium import spaces
from msgspec.structs import replace
from numpy.typing import NDArray

from services.bus.inproc import InprocPeers
from services.conductor import Coordinator
from services.guidance import Guidance
from services.laws import laws
from services.library import load_mission
from services.run import ROLES, participants
from twin.contracts.envelope import Event
from twin.contracts.navigation import PhaseChanged
from twin.gnc.computer import Computer
from twin.guidance.law import Demand, Seen
from twin.mission.ending import EndingWatch
from twin.mission.script import Mission

Vector = NDArray[np.float32]


class _Turns:
    """Whose turn it is: sights go out, demands come in; `closed` lets the flight go on without a policy."""

    def __init__(self) -> None:
        self.sights: Queue[Seen | None] = Queue()
        self.demands: Queue[Demand] = Queue()
        self.closed = False


class _Trained(Guidance):
    """A guidance in which the law `policy` asks whoever trains."""

    def __init__(self, turns: _Turns) -> None:
        class Policy(msgspec.Struct, frozen=True, kw_only=True):
            memory_type: ClassVar[Any] = None

            def start(self, seen: Seen) -> None:
                return None

            def step(self, memory: None, seen: Seen) -> tuple[None, Demand]:
                if turns.closed:
                    return None, Demand()
                turns.sights.put(seen)
                return None, turns.demands.get()

        self._policy = Policy

    def _become(self, mission: Mission) -> None:
        self._computer = Computer(mission, {**laws(), "policy": self._policy})
        self._delay_ns = round(mission.guidance.compute_delay_s * 1e9)


class ApproachEnv(gymnasium.Env[Vector, Vector]):
    """Observation (13,): axial and lateral distance m, relative position (m) and velocity (m/s) in ric,
    capture axis in ric, attitude and rate error (rad, rad/s). Action (3,): acceleration in ric in shares of
    the most that is given; with a norm below a thousandth within 5 cm of `end_axial_m` it says: arrived.

    Reward: minus the velocity change asked for (m/s); 1 more where the next phase follows, 10 less after an
    abort.
    """

    def __init__(
        self, mission: str = "rendezvous", phase: str = "close_in", end_axial_m: float = 3.2
    ) -> None:
        self._mission, self._phase, self._end_axial_m = load_mission(mission, laws()), phase, end_axial_m
        self.observation_space = spaces.Box(-np.inf, np.inf, (13,), np.float32)
        self.action_space = spaces.Box(-1.0, 1.0, (3,), np.float32)
        self._turns, self._thread, self._left = _Turns(), Thread(), ""
        self._seen: Seen | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Vector, dict[str, Any]]:
        super().reset(seed=seed)
        self.close()
        self._turns, self._left = _Turns(), ""
        self._thread = Thread(target=self._fly, args=(self._turns, self._flown(seed)), daemon=True)
        self._thread.start()
        self._seen = self._turns.sights.get()
        if self._seen is None:
            raise RuntimeError(f"the flight ended before its phase {self._phase}")
        return self._vector(self._seen), {}

    def step(self, action: Vector) -> tuple[Vector, float, bool, bool, dict[str, Any]]:
        seen = self._seen
        if seen is None:
            raise RuntimeError("this flight is over: reset() begins another")
        x, y, z = (float(each) * seen.most_mps2 for each in np.clip(action, -1.0, 1.0))
        there = abs(seen.port_axial_m - self._end_axial_m) < 0.05 and float(np.linalg.norm(action)) < 1e-3
        self._turns.demands.put(Demand(acceleration_ric_mps2=(x, y, z), arrived=there))
        after = self._turns.sights.get()
        reward = -((x * x + y * y + z * z) ** 0.5) * seen.period_s
        self._seen = after
        if after is None:
            reward += -10.0 if self._left == "abort" else 1.0
            return self._vector(seen), reward, True, False, {"cue": self._left}
        return self._vector(after), reward, False, False, {}

    def close(self) -> None:
        """Let a flight that is under way end."""
        self._turns.closed = True
        if self._thread.is_alive():
            self._turns.demands.put(Demand())
            self._thread.join()

    def _flown(self, seed: int | None) -> Mission:
        guidance = self._mission.guidance
        rows = tuple(
            replace(row, law="policy", parameters={}) if row.name == self._phase else row
            for row in guidance.phases
        )
        seed = self._mission.seed if seed is None else seed
        return replace(self._mission, guidance=replace(guidance, phases=rows), seed=seed)

    def _fly(self, turns: _Turns, mission: Mission) -> None:
        def watch(event: Event) -> None:
            body = event.body
            if isinstance(body, PhaseChanged) and body.previous == self._phase and not turns.closed:
                self._left, turns.closed = body.cue, True
                turns.sights.put(None)

        roles = [role for role in ROLES if role != "guidance"]
        others = {each.name: each for each in participants(roles)}
        cast = [others.get(role) or _Trained(turns) for role in ROLES]
        try:
            Coordinator(mission, InprocPeers(cast), None, (watch,), ending=EndingWatch(mission)).run()
        finally:  # however it ended, nobody waits for it any more
            turns.closed = True
            turns.sights.put(None)

    def _vector(self, s: Seen) -> Vector:
        place = (s.port_axial_m, s.port_lateral_m, *s.r_ric_m, *s.v_ric_mps, *s.port_axis_ric)
        return np.array((*place, s.attitude_error_rad, s.rate_error_radps), dtype=np.float32)
