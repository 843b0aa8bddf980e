"""What of an attempt is borne, and how long: force, impulse, one finger alone, a joint that lags, time."""

from typing import NamedTuple

from twin.capture.arm import Angles
from twin.capture.latch import Felt, one_sided
from twin.capture.sequence import LONGEST_S, NEAR, Cue, Stage, following
from twin.capture.settings import Arm

_JAMMED_RADPS = 0.05
_JAMMED_S = 1.0
_GOING_IN = (Stage.INSERTING, Stage.INSERTED, Stage.CLOSING)
_MOVING = (Stage.UNFOLDING, Stage.APPROACHING, Stage.FOLDING)


class Period(NamedTuple):
    """One period of the arm's loop: what was felt, the rates that were wanted of the joints and theirs.

    `stalled` is what keeps the latch open.
    """

    stage: Stage
    elapsed_s: float
    felt: Felt
    wanted_radps: Angles
    rates_radps: Angles
    stalled: str


class Enough(NamedTuple):
    """The attempt is over: why, and the event (kind, text) that goes before the refusal, if one does."""

    reason: str
    event: tuple[str, str] | None = None


class Patience:
    """Counts over an attempt; `spent` is asked once a period."""

    def __init__(self, arm: Arm, period_s: float) -> None:
        self._limits, self._joints, self._period_s = arm.latch, arm.arm.joints, period_s
        self._alone_s = self._jammed_s = self._impulse_ns = 0.0

    def stage_begins(self) -> None:
        """One finger alone and a lagging joint are counted within a stage."""
        self._alone_s = self._jammed_s = 0.0

    def attempt_begins(self) -> None:
        """The impulse is counted over an attempt."""
        self._impulse_ns = 0.0

    def spent(self, now: Period) -> Enough | None:
        """Why this attempt must end, if it must."""
        if following(now.stage, Cue.REFUSED) is now.stage:
            return None
        return self._forced(now) or self._pressed(now) or self._jammed(now) or _late(now)

    def _forced(self, now: Period) -> Enough | None:
        """Too much force, or for too long on one side."""
        limits, felt = self._limits, now.felt
        if now.stage in NEAR and felt.force_n > limits.force_n:
            reason = f"contact force {felt.force_n:.0f} N, limit {limits.force_n:.0f} N"
            return Enough(reason, ("force_exceeded", f"{felt.force_n:.0f} N"))
        self._count_one_sided(felt)
        allowed_s = limits.one_sided_closing_s if now.stage is Stage.CLOSING else limits.one_sided_s
        if now.stage in _GOING_IN and self._alone_s > allowed_s:
            lasted = f"{self._alone_s:.1f} s"
            return Enough(f"contact on one side for {lasted}", ("one_sided", lasted))
        if now.stage is Stage.CLOSING and now.elapsed_s > limits.timeout_s:
            return Enough(f"not latched in {limits.timeout_s:.0f} s: {now.stalled}")
        return None

    def _pressed(self, now: Period) -> Enough | None:
        """The hand leans on the ring: it pushes both bodies apart and turns the bus, and takes nothing."""
        if now.stage not in _GOING_IN:
            return None
        felt, limits = now.felt, self._limits
        # What the two fingers do against each other moves neither body.
        self._impulse_ns += self._period_s * (abs(felt.load_n[0] - felt.load_n[1]) + felt.other_n)
        most_ns = limits.impulse_ns if now.stage is Stage.CLOSING else limits.inserting_impulse_ns
        if self._impulse_ns <= most_ns:
            return None
        return Enough(
            f"contact impulse {self._impulse_ns:.1f} N s while {now.stage}, limit {most_ns:.0f} N s"
        )

    def _count_one_sided(self, felt: Felt) -> None:
        """A hand that bounces on the ring counts too: the time runs back while nothing touches."""
        if one_sided(self._limits, felt):
            self._alone_s += self._period_s
        elif min(felt.load_n) > 0.0:
            self._alone_s = 0.0
        else:
            self._alone_s = max(0.0, self._alone_s - self._period_s)

    def _jammed(self, now: Period) -> Enough | None:
        """A joint that does not follow its motor while nothing touches."""
        if now.stage not in _MOVING:
            return None
        lags = [abs(a - b) for a, b in zip(now.wanted_radps, now.rates_radps, strict=True)]
        worst = max(lags)
        self._jammed_s = self._jammed_s + self._period_s if worst > _JAMMED_RADPS else 0.0
        if self._jammed_s <= _JAMMED_S:
            return None
        return Enough(f"joint {self._joints[lags.index(worst)].name} does not follow")


def _late(now: Period) -> Enough | None:
    longest_s = LONGEST_S.get(now.stage, float("inf"))
    return Enough(f"{now.stage} took longer than {longest_s:.0f} s") if now.elapsed_s > longest_s else None
