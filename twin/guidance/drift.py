"""Drift: do nothing. The end of every abort, and a phase of its own."""

from typing import Any, ClassVar

import msgspec

from twin.guidance.law import Demand, Seen


class Drift(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Free flight, thrusters closed."""

    memory_type: ClassVar[Any] = None

    def start(self, seen: Seen) -> None:
        return None

    def step(self, memory: None, seen: Seen) -> tuple[None, Demand]:
        return None, Demand()
