"""How fast a run may go, as arithmetic: wall seconds are passed in, nothing here reads a clock or sleeps."""

from math import inf
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from twin.errors import UsageError

SLOWEST, FASTEST = 0.1, 1000.0
Hold = Literal["paused", "limit", "steps"]


class Pace(Struct, frozen=True, kw_only=True):
    """Simulated time against wall time, from an anchor where both were known.

    `rate` is simulated seconds per wall second, None: as fast as it goes. `limit_ns`: nothing beyond it is
    granted. `rounds`: so many more rounds. Targets are absolute, so lateness does not add up.
    """

    rate: float | None = None
    paused: bool = False
    limit_ns: int | None = None
    rounds: int | None = None
    anchor_wall_s: float = 0.0
    anchor_ns: int = 0

    def __post_init__(self) -> None:
        if self.rate is not None and not SLOWEST <= self.rate <= FASTEST:
            raise UsageError(f"rate {self.rate} is outside {SLOWEST} ... {FASTEST}; or take max")

    def held(self, next_ns: int) -> Hold | None:
        """Why the round at `next_ns` may not be granted yet, whatever the clock says; None: it may."""
        if self.paused:
            return "paused"
        if self.limit_ns is not None and next_ns > self.limit_ns:
            return "limit"
        return "steps" if self.rounds == 0 else None

    def allowed(self, next_ns: int) -> bool:
        """Whether the round at `next_ns` may be granted, as far as pause, limit and steps go."""
        return self.held(next_ns) is None

    def due_wall_s(self, t_ns: int) -> float:
        """Wall time at which simulated time `t_ns` is due; -inf without a rate."""
        if self.rate is None:
            return -inf
        return self.anchor_wall_s + (t_ns - self.anchor_ns) * 1e-9 / self.rate

    def wait_s(self, next_ns: int, wall_s: float) -> float:
        """Seconds to sleep before the round at `next_ns`: inf while it is held, 0 if it is due."""
        return max(0.0, self.due_wall_s(next_ns) - wall_s) if self.allowed(next_ns) else inf

    def position_ns(self, now_ns: int, next_ns: int, wall_s: float) -> int:
        """Where simulated time stands between the last round and the next, for a clock on a screen."""
        if self.paused:
            return min(max(now_ns, self.anchor_ns), next_ns)
        if self.rate is None:
            return now_ns
        flown_ns = round((wall_s - self.anchor_wall_s) * self.rate * 1e9)
        top_ns = next_ns if self.limit_ns is None else min(next_ns, self.limit_ns)
        return min(max(now_ns, self.anchor_ns + flown_ns), max(now_ns, top_ns))

    def anchored(self, t_ns: int, wall_s: float) -> "Pace":
        """The same pace, counted from here: at the start, and wherever the two clocks came apart."""
        return replace(self, anchor_ns=t_ns, anchor_wall_s=wall_s)

    def pausing(self, t_ns: int, wall_s: float) -> "Pace":
        """Paused at position `t_ns`."""
        return replace(self.anchored(t_ns, wall_s), paused=True)

    def running(self, t_ns: int, wall_s: float) -> "Pace":
        """Running on from position `t_ns`, without limit or count."""
        return replace(self.anchored(t_ns, wall_s), paused=False, limit_ns=None, rounds=None)

    def at_rate(self, rate: float | None, t_ns: int, wall_s: float) -> "Pace":
        """Another rate from position `t_ns` on; pause, limit and count stay."""
        return replace(self.anchored(t_ns, wall_s), rate=rate)

    def until(self, limit_ns: int, t_ns: int, wall_s: float) -> "Pace":
        """Running from position `t_ns` up to and including `limit_ns`."""
        return replace(self.running(t_ns, wall_s), limit_ns=limit_ns)

    def stepping(self, seconds: float, t_ns: int, wall_s: float) -> "Pace":
        """Running for `seconds` of simulated time from position `t_ns`."""
        return self.until(t_ns + round(seconds * 1e9), t_ns, wall_s)

    def stepping_rounds(self, rounds: int, t_ns: int, wall_s: float) -> "Pace":
        """Running for `rounds` rounds (1: step one event)."""
        return replace(self.running(t_ns, wall_s), rounds=rounds)

    def after_round(self) -> "Pace":
        """What is left after a round was granted."""
        return self if self.rounds is None else replace(self, rounds=max(0, self.rounds - 1))

    def settled(self, next_ns: int, wall_s: float) -> "Pace":
        """Paused, if a limit or a count has been reached; the position is then the limit, or stays."""
        match self.held(next_ns):
            case "limit":
                return replace(self.pausing(self.limit_ns or 0, wall_s), limit_ns=None)
            case "steps":
                return replace(self.pausing(self.anchor_ns, wall_s), rounds=None)
            case _:
                return self


def achieved_rate(from_ns: int, to_ns: int, wall_s: float) -> float:
    """Simulated seconds per wall second over a span; inf if it took no time."""
    return (to_ns - from_ns) * 1e-9 / wall_s if wall_s > 0.0 else inf
