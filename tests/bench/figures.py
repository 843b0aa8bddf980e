"""One measured figure beside its reference of the same run and its budget."""

from typing import Literal

from msgspec import Struct


class Budget(Struct, frozen=True):
    """What DESIGN section 13 allows: `value` is the least or the most that may be measured."""

    bound: Literal["least", "most"]
    value: float
    of: Literal["measured", "ratio"] = "measured"

    def shortfall(self, got: float) -> float:
        """Part of the budget that is missed: 0 when it is kept, 0.25 when it is a quarter off."""
        missed = 1.0 - got / self.value if self.bound == "least" else got / self.value - 1.0
        return max(0.0, missed)


class Figure(Struct, frozen=True, kw_only=True):
    """`reference` was measured in the same run, in the same unit; `against` says what it is."""

    what: str
    measured: float
    unit: str
    reference: float | None = None
    against: str = ""
    budget: Budget | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Measured over reference."""
        return None if self.reference is None else self.measured / self.reference

    @property
    def shortfall(self) -> float | None:
        """Part of the budget that is missed; None without a budget."""
        if self.budget is None:
            return None
        got = self.ratio if self.budget.of == "ratio" else self.measured
        return None if got is None else self.budget.shortfall(got)

    def plain(self) -> dict[str, object]:
        """For JSON: fields and what follows from them."""
        budget = None if self.budget is None else {each: getattr(self.budget, each) for each in _BUDGET}
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return fields | {"ratio": self.ratio, "budget": budget, "shortfall": self.shortfall}


_BUDGET = ("bound", "value", "of")


def least(value: float, of: Literal["measured", "ratio"] = "measured") -> Budget:
    """At least so much."""
    return Budget("least", value, of)


def most(value: float, of: Literal["measured", "ratio"] = "measured") -> Budget:
    """At most so much."""
    return Budget("most", value, of)
