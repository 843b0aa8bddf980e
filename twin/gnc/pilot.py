"""Who flies each phase: laws and their memories, swaps in flight, shadows, and the law that is safe."""

import msgspec

from twin.contracts.fields import Name
from twin.contracts.navigation import LawCompared
from twin.contracts.operations import LawSwap
from twin.errors import ContractError
from twin.guidance import vectors as vec
from twin.guidance.drift import Drift
from twin.guidance.law import Demand, Law, Laws, Seen, law_of, version_of
from twin.guidance.phases import Phase
from twin.guidance.swapping import NO_SHADOW, swapped
from twin.guidance.table import Table
from twin.guidance.trial import LawFailure, stepped

_SAFE = Drift()


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What a law remembers, encoded, and of which law and version of it."""

    law: Name
    version: int
    raw: bytes


class PilotSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All of the pilot that changes. `failed` are phases that the safe law flies until a swap, `unheard`
    those whose shadow failed."""

    memory: Memory | None = None
    shadow: Memory | None = None
    swaps: tuple[LawSwap, ...] = ()
    failed: tuple[Name, ...] = ()
    unheard: tuple[Name, ...] = ()
    unresponsive: tuple[str, ...] = ()


class Pilot:
    """Steps the law of the phase; what a law does wrong is a `LawFailure`, for the computer to answer."""

    def __init__(self, table: Table, laws: Laws, believed_mps2: float) -> None:
        self._table, self._laws, self._believed_mps2 = table, laws, believed_mps2
        self._flown: dict[str, tuple[str, Law]] = {}
        self._shadows: dict[str, tuple[str, Law]] = {}
        for row in table.rows:
            self._flown[row.name] = (row.law, law_of(row, laws))
            if row.shadow is not None:
                shadowed = msgspec.structs.replace(row, law=row.shadow.law, parameters=row.shadow.parameters)
                self._shadows[row.name] = (row.shadow.law, law_of(shadowed, laws))
        self._memory: bytes | None = None
        self._shadow_memory: bytes | None = None
        self._swaps: tuple[LawSwap, ...] = ()
        self._failed: tuple[str, ...] = ()
        self._unheard: tuple[str, ...] = ()
        self._unresponsive: tuple[str, ...] = ()

    def enter(self) -> None:
        """Another phase has begun: its law starts."""
        self._memory = self._shadow_memory = None

    def swap(self, swap: LawSwap, current: str) -> None:
        """Fly, or shadow, another law in a phase from the next step on; `current` is the phase that is on.

        Raises MissionError for an unknown law or parameter, UsageError for an unknown phase.
        """
        row = self._table.named(swap.phase)
        if swap.shadow:
            self._shadow(row, swap)
            self._unheard = _without(self._unheard, row.name)
        else:
            self._flown[row.name] = (swap.law, law_of(swapped(row, swap), self._laws))
            self._failed = _without(self._failed, row.name)
        self._swaps += (swap,)
        if row.name == current:
            if not swap.shadow:
                self._memory = None
            self._shadow_memory = None

    def unresponsive(self, text: str) -> None:
        """The law that flies is not to be asked at the next step: it did not come back."""
        self._unresponsive += (text,)

    def law(self, row: Phase) -> str:
        """Name of the law that flies the phase."""
        return self._flown[row.name][0]

    def fly(self, row: Phase, seen: Seen) -> Demand:
        """One step of the phase's law. Raises LawFailure; then `hand_over` or another phase must follow."""
        if row.name in self._failed:
            return _SAFE.step(None, seen)[1]
        if self._unresponsive:
            text, *rest = self._unresponsive
            self._unresponsive = tuple(rest)
            if row.name in self._shadows:
                self._unheard += (row.name,)  # it may have been this one that hung
            raise LawFailure(text)
        self._memory, demand = stepped(self._flown[row.name][1], self._memory, seen, self._believed_mps2)
        return demand

    def hand_over(self, row: Phase) -> None:
        """The safe law flies this phase until a swap."""
        self._failed += (row.name,)

    def compare(self, row: Phase, seen: Seen, demand: Demand) -> LawCompared | None:
        """What the phase's shadow, if it has one, would have wanted; one that fails is heard no more."""
        name, law = self._shadows.get(row.name, ("", _SAFE))
        if not name or row.name in self._unheard:
            return None
        failed, wanted = "", Demand()
        try:
            self._shadow_memory, wanted = stepped(law, self._shadow_memory, seen, self._believed_mps2)
        except LawFailure as failure:
            failed = failure.text
            self._unheard += (row.name,)
        a, b = demand.acceleration_ric_mps2, wanted.acceleration_ric_mps2
        return LawCompared(
            t_ns=seen.t_ns,
            phase=row.name,
            law=self.law(row),
            shadow=name,
            flown_ric_mps2=a,
            shadow_ric_mps2=b,
            difference_mps2=vec.norm(vec.sub(a, b)),
            arrived=demand.arrived,
            shadow_arrived=wanted.arrived,
            failed=failed,
        )

    def snapshot(self, row: Phase) -> PilotSnapshot:
        """`row` is the phase that is on."""
        shadow = self._shadows.get(row.name)
        return PilotSnapshot(
            memory=_kept(self._flown[row.name], self._memory),
            shadow=_kept(shadow, self._shadow_memory) if shadow else None,
            swaps=self._swaps,
            failed=self._failed,
            unheard=self._unheard,
            unresponsive=self._unresponsive,
        )

    def restore(self, snapshot: PilotSnapshot, row: Phase) -> None:
        """Raises ContractError when a memory is of another law, or another version of it."""
        for swap in snapshot.swaps:
            self.swap(swap, row.name)
        self._memory = _read(snapshot.memory, self._flown[row.name])
        shadow = self._shadows.get(row.name)
        self._shadow_memory = _read(snapshot.shadow, shadow) if shadow else None
        self._failed, self._unheard = snapshot.failed, snapshot.unheard
        self._unresponsive = snapshot.unresponsive

    def _shadow(self, row: Phase, swap: LawSwap) -> None:
        if swap.law == NO_SHADOW:
            self._shadows.pop(row.name, None)
            return
        self._shadows[row.name] = (swap.law, law_of(swapped(row, swap), self._laws))


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(each for each in names if each != name)


def _kept(flown: tuple[str, Law], raw: bytes | None) -> Memory | None:
    name, law = flown
    return None if raw is None else Memory(law=name, version=version_of(law), raw=raw)


def _read(memory: Memory | None, flown: tuple[str, Law]) -> bytes | None:
    if memory is None:
        return None
    name, law = flown
    if (memory.law, memory.version) != (name, version_of(law)):
        raise ContractError(
            f"the memory is of law {memory.law}, version {memory.version}; here flies {name}, version "
            f"{version_of(law)}: install that version, or start anew"
        )
    return memory.raw
