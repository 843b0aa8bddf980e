"""Steady: no push; done when the body has turned as it should for a while."""

from math import radians
from typing import Any, ClassVar

import msgspec

from twin.contracts.capture import ArmMode
from twin.contracts.fields import NonNegative
from twin.guidance.law import Demand, Seen
from twin.guidance.tracking import Positive


class Settling(msgspec.Struct, frozen=True, kw_only=True):
    """For how long the rate has been within its limit."""

    settled_s: float = 0.0


class Steady(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Arrived when the rate has been within `rate_deg_per_s` of the wanted one, and the attitude within
    `attitude_deg`, for `settle_s`."""

    memory_type: ClassVar[Any] = Settling

    rate_deg_per_s: Positive = 0.02
    settle_s: NonNegative = 20.0
    attitude_deg: Positive = 360.0
    arm: ArmMode = "hold"

    def start(self, seen: Seen) -> Settling:
        return Settling()

    def step(self, memory: Settling, seen: Seen) -> tuple[Settling, Demand]:
        calm = seen.rate_error_radps <= radians(self.rate_deg_per_s)
        calm = calm and seen.attitude_error_rad <= radians(self.attitude_deg)
        settled_s = memory.settled_s + seen.period_s if calm else 0.0
        return Settling(settled_s=settled_s), Demand(arrived=settled_s > self.settle_s, arm=self.arm)
