"""Why a run cannot go on, told with names."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from twin.errors import ContractError, TwinError


class Holder(NamedTuple):
    """A participant that waits: when it was last granted, and what lies in its mailbox without waking it."""

    name: str
    granted_ns: int
    waiting: tuple[str, ...]

    def __str__(self) -> str:
        mail = ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(self.waiting).items()))
        return (
            f"{self.name} (last granted at {self.granted_ns * 1e-9:.9g} s, "
            f"{'with ' + mail + ' that may wait' if mail else 'nothing in its mailbox'})"
        )


class DeadlockError(TwinError):
    """All participants wait for a message, none is in flight and the mission is not over."""

    @classmethod
    def of(cls, t_ns: int, holders: Sequence[Holder]) -> "DeadlockError":
        """The error that names who waits."""
        return cls(
            f"nothing will ever happen again after {t_ns * 1e-9:.9g} s: nobody has a wake time, everybody "
            f"waits for a message that would wake it: {'; '.join(map(str, holders))}"
        )


class AlgebraicLoopError(TwinError):
    """Messages without delay answer each other for ever; `chain` tells who said what, oldest first."""

    def __init__(self, message: str, *, chain: tuple[str, ...]) -> None:
        super().__init__(message)
        self.chain = chain

    @classmethod
    def of(cls, t_ns: int, micro_steps: int, chain: Sequence[str]) -> "AlgebraicLoopError":
        """The error that shows the last links of the chain."""
        return cls(
            f"more than {micro_steps} micro-steps at {t_ns * 1e-9:.9g} s: ... {' -> '.join(chain[-8:])}; "
            f"give one of these messages a delay",
            chain=tuple(chain),
        )


class Chain:
    """What was said at one simulated time without outside input: `links`, since micro-step `since`."""

    def __init__(self, micro_steps: int) -> None:
        self.links: list[str] = []
        self.since = 0
        self._micro_steps = micro_steps

    def reaches(self, t_ns: int, micro: int) -> None:
        """A round begins at an instant; raises AlgebraicLoopError if time stands still."""
        if micro == 0:
            self.broken(micro)
        elif micro - self.since > self._micro_steps:
            raise AlgebraicLoopError.of(t_ns, self._micro_steps, self.links)

    def broken(self, micro: int) -> None:
        """Time has gone on, or something came from outside."""
        self.links.clear()
        self.since = micro


class GapError(ContractError):
    """A peer answered a grant that it was never given."""

    def __init__(self, name: str, *, expected: int, got: int) -> None:
        super().__init__(
            f"{name} answered grant {got}, but the last one given to it is {expected}: two runs or two peers "
            f"are mixed up; the run stops here",
            place="number",
        )
        self.name, self.expected, self.got = name, expected, got
