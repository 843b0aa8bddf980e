"""When the states of the peers are asked for, so that a peer that comes back is told little again."""

import time
from collections.abc import Callable

from services.outcome import Kept


class Keeping:
    """Where a phase begins, every `many` grants or `often_ns`; not for fewer than `fewest` grants, and for no
    more than one part in `share` of the time that `clock` shows. `cost` is what it came to.
    """

    def __init__(
        self,
        *,
        fewest: int = 20,
        many: int = 1000,
        often_ns: int = 600_000_000_000,
        share: float = 50.0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.cost = Kept()
        self._fewest, self._many, self._often_ns, self._share = fewest, many, often_ns, share
        self._clock = clock
        self._last_ns, self._last_wall_s, self._last_cost_s = 0, clock(), 0.0

    def due(self, told: int, now_ns: int, *, moved: bool) -> bool:
        """Whether it is time: `told` grants since the last states, `moved` if a phase has begun."""
        often = moved or told >= self._many or now_ns - self._last_ns >= self._often_ns
        paid = self._clock() - self._last_wall_s >= self._share * self._last_cost_s
        return told >= self._fewest and often and paid

    def keep(self, now_ns: int, ask: Callable[[], dict[str, bytes]]) -> dict[str, bytes]:
        """Ask for the states, and note what it cost."""
        begun_s = self._clock()
        states = ask()
        size = sum(map(len, states.values()))
        self._last_ns, self._last_wall_s = now_ns, self._clock()
        self._last_cost_s = self._last_wall_s - begun_s
        self.cost = Kept(
            times=self.cost.times + 1,
            bytes=self.cost.bytes + size,
            wall_s=self.cost.wall_s + self._last_cost_s,
        )
        return states
