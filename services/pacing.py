"""The pace of a run on the wall clock: verbs for whoever steers it, and how long to wait before a round."""

import time

from twin.errors import UsageError
from twin.kernel.pace import Pace, achieved_rate


class Pacing:
    """`Pace` with a clock. Positions are simulated time now, between the last round and the next."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace.anchored(0, time.perf_counter())
        self._now_ns = self._next_ns = 0

    @property
    def wanted(self) -> float | None:
        """Simulated seconds per wall second asked for; None: as fast as it goes."""
        return self._pace.rate

    @property
    def achieved(self) -> float | None:
        """Simulated seconds per wall second since the pace was last changed; None while paused."""
        pace = self._pace
        wall_s = time.perf_counter() - pace.anchor_wall_s
        return (
            None if pace.paused else achieved_rate(pace.anchor_ns, max(self._now_ns, pace.anchor_ns), wall_s)
        )

    @property
    def paused(self) -> bool:
        return self._pace.paused

    @property
    def position_ns(self) -> int:
        return self._pace.position_ns(self._now_ns, self._next_ns, time.perf_counter())

    def wait_s(self, now_ns: int, next_ns: int) -> float:
        """Seconds until the round at `next_ns` is due, inf while paused; the last one was at `now_ns`."""
        self._now_ns, self._next_ns = now_ns, next_ns
        pace = self._pace
        if pace.rate is None and pace.allowed(next_ns):
            return 0.0
        wall_s = time.perf_counter()
        self._pace = pace.settled(next_ns, wall_s)
        return self._pace.wait_s(next_ns, wall_s)

    def granted(self) -> None:
        """A round was granted."""
        self._pace = self._pace.after_round()

    def pause(self) -> None:
        self._pace = self._pace.pausing(self.position_ns, time.perf_counter())

    def resume(self) -> None:
        self._pace = self._pace.running(self.position_ns, time.perf_counter())

    def at_rate(self, rate: float | None) -> None:
        """Raises UsageError for a rate outside the range."""
        self._pace = self._pace.at_rate(rate, self.position_ns, time.perf_counter())

    def step(self, seconds: float) -> None:
        """Run for `seconds` of simulated time, then pause."""
        if seconds <= 0.0:
            raise UsageError(f"a step of {seconds} s leads nowhere; give a positive number")
        self._pace = self._pace.stepping(seconds, self.position_ns, time.perf_counter())

    def step_rounds(self, rounds: int) -> None:
        """Run for so many rounds, then pause."""
        if rounds < 1:
            raise UsageError(f"a step of {rounds} rounds leads nowhere; give a positive number")
        self._pace = self._pace.stepping_rounds(rounds, self.position_ns, time.perf_counter())

    def until(self, t_ns: int) -> None:
        """Run up to and including `t_ns`, then pause."""
        if t_ns < self.position_ns:
            raise UsageError(f"{t_ns * 1e-9:.3f} s is past: the run is at {self.position_ns * 1e-9:.3f} s")
        self._pace = self._pace.until(t_ns, self.position_ns, time.perf_counter())
