"""Laws that do wrong from `after_s` on, and the folder that installs them for other processes."""

from math import nan
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from twin.guidance.law import Demand, Seen


class Raises(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    memory_type: ClassVar[Any] = None

    after_s: float = 0.0

    def start(self, seen: Seen) -> Any:
        return None

    def step(self, memory: Any, seen: Seen) -> tuple[Any, Any]:
        if seen.t_ns < self.after_s * 1e9:
            return None, Demand()
        return self.wrong(seen)

    def wrong(self, seen: Seen) -> tuple[Any, Any]:
        raise ZeroDivisionError(f"of {object()}")


class NotANumber(Raises, frozen=True, kw_only=True):
    def wrong(self, seen: Seen) -> tuple[Any, Any]:
        return None, Demand(acceleration_ric_mps2=(nan, 0.0, 0.0))


class WrongShape(Raises, frozen=True, kw_only=True):
    def wrong(self, seen: Seen) -> tuple[Any, Any]:
        return None, Demand(acceleration_ric_mps2=(0.0, 0.0))


class NoDemand(Raises, frozen=True, kw_only=True):
    def wrong(self, seen: Seen) -> tuple[Any, Any]:
        return None, (0.0, 0.0, 0.0)


class Greedy(Raises, frozen=True, kw_only=True):
    def wrong(self, seen: Seen) -> tuple[Any, Any]:
        return None, Demand(acceleration_ric_mps2=(0.0, 5.0, 0.0))


class Forgets(Raises, frozen=True, kw_only=True):
    """Its memory is not of the type it says: found out at the step after."""

    def wrong(self, seen: Seen) -> tuple[Any, Any]:
        return "a word", Demand()


class Quits(Raises, frozen=True, kw_only=True):
    def wrong(self, seen: Seen) -> tuple[Any, Any]:
        raise SystemExit(3)


class Hangs(Raises, frozen=True, kw_only=True):
    def wrong(self, seen: Seen) -> tuple[Any, Any]:
        while True:
            pass


BAD: dict[str, type[Any]] = {
    "raises": Raises,
    "not_a_number": NotANumber,
    "wrong_shape": WrongShape,
    "no_demand": NoDemand,
    "greedy": Greedy,
    "forgets": Forgets,
    "quits": Quits,
}


def installed(folder: Path) -> Path:
    """Make `folder` an import path on which these laws are entry points of a package `bad-laws`."""
    facts = folder / "bad_laws-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-laws\nVersion: 1.0\n")
    lines = [f"{name} = tests.bad_laws:{kind.__name__}" for name, kind in {**BAD, "hangs": Hangs}.items()]
    (facts / "entry_points.txt").write_text("\n".join(["[twin.laws]", *lines, ""]))
    return folder
