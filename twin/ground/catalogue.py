"""The telecommands that an operator can send: what each does, how grave it is, what it must be told.

Arguments are typed from the same structs that the on-board computer decodes them with, so that what is
refused on board is refused before it is sent.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal

from msgspec import NODEFAULT, Struct
from msgspec import inspect as types

from twin.contracts.radio import Argument
from twin.errors import UsageError
from twin.guidance.swapping import NO_SHADOW, SWAP_LAW, flat
from twin.mission.script import Mission
from twin.mission.units import unit_of

Grade = Literal["routine", "critical", "hazardous"]
"""`critical` is armed and confirmed; `hazardous` is armed by writing its name."""
Laws = Mapping[str, type[Any]]


class Entry(Struct, frozen=True, kw_only=True):
    """One telecommand."""

    name: str
    text: str
    grade: Grade


CATALOGUE: Final = (
    Entry(name="go", text="leave the hold, go on with the approach", grade="critical"),
    Entry(name="hold", text="stop the approach, go back to the last hold point", grade="critical"),
    Entry(name="retreat", text="leave along the escape path, clear of the sphere", grade="critical"),
    Entry(name="abort", text="break off now: the first rung of the abort ladder", grade="critical"),
    Entry(name="free_drift", text="thrusters and wheels off, drift", grade="hazardous"),
    Entry(name="arm", text="bring the arm to its stand-off before the fitting", grade="critical"),
    Entry(name="release", text="open the jaw and let the target go", grade="hazardous"),
    Entry(name="retract", text="fold the arm", grade="critical"),
    Entry(name=SWAP_LAW, text="fly another law, or other parameters, in a phase", grade="hazardous"),
)


def entry(name: str) -> Entry:
    """The telecommand of that name; UsageError when there is none."""
    for each in CATALOGUE:
        if each.name == name:
            return each
    raise UsageError(f"no telecommand {name}; there are {', '.join(each.name for each in CATALOGUE)}")


class Told(Struct, frozen=True, kw_only=True):
    """One argument: a number within bounds, one of some words, or yes or no."""

    name: str
    text: str = ""
    kind: Literal["number", "choice", "flag"] = "number"
    unit: str = ""
    least: float | None = None
    most: float | None = None
    open_least: bool = False
    choices: tuple[str, ...] = ()
    default: Argument | None = None

    @property
    def range(self) -> str:
        """What may be written, in words."""
        match self.kind:
            case "flag":
                return "yes or no"
            case "choice":
                return ", ".join(self.choices)
            case "number":
                return f"{self._bounds} {self.unit}".strip() or "any number"

    @property
    def _bounds(self) -> str:
        parts = []
        if self.least is not None:
            parts.append(f"{'above' if self.open_least else 'at least'} {self.least:g}")
        if self.most is not None and self.most < _WORTH_SAYING:
            parts.append(f"at most {self.most:g}")
        return ", ".join(parts)

    def read(self, text: str) -> Argument:
        """The argument that `text` writes; UsageError says what may be written."""
        try:
            return _READERS[self.kind](self, text.strip())
        except ValueError:
            raise UsageError(f"{self.name}: {text.strip()!r:.40} is not {self.range}") from None


def _number(told: Told, text: str) -> float:
    value = float(text)
    low = told.least is not None and (value < told.least or (told.open_least and value == told.least))
    if low or (told.most is not None and value > told.most) or not abs(value) <= _LARGEST:
        raise ValueError
    return value


def _choice(told: Told, text: str) -> str:
    if text not in told.choices:
        raise ValueError
    return text


def _flag(told: Told, text: str) -> bool:
    return {"yes": True, "no": False}[text] if text in {"yes", "no"} else bool(_choice(told, text))


_READERS: Final[dict[str, Callable[[Told, str], Argument]]] = {
    "number": _number,
    "choice": _choice,
    "flag": _flag,
}
_LARGEST: Final = 1e300
_WORTH_SAYING: Final = 1e6
"""Bounds from here on only keep nonsense out."""


def swap_arguments(mission: Mission, laws: Laws) -> tuple[Told, ...]:
    """What a swap is told before its parameters."""
    phases = tuple(phase.name for phase in mission.guidance.phases)
    return (
        Told(name="phase", text="in which phase", kind="choice", choices=phases),
        Told(name="law", text="which law", kind="choice", choices=tuple(laws)),
        Told(name="shadow", text="only look on, fly the other", kind="flag", default=False),
    )


def law_arguments(mission: Mission, laws: Laws, phase: str, law: str) -> tuple[Told, ...]:
    """Parameters of a law that a telecommand can carry: numbers, words and flags, with what they are now."""
    if law == NO_SHADOW:
        return ()
    row = next(each for each in mission.guidance.phases if each.name == phase)
    present = flat(row.parameters) if row.law == law else {}
    info = types.type_info(laws[law])
    assert isinstance(info, types.StructType)
    return tuple(_fields(info, present, ""))


def _fields(info: types.StructType, present: Mapping[str, Any], under: str) -> Iterator[Told]:
    for each in info.fields:
        name = f"{under}{each.name}"
        kinds = each.type.types if isinstance(each.type, types.UnionType) else (each.type,)
        default = present.get(name, None if each.default is NODEFAULT else each.default)
        for kind in kinds:
            match kind:
                case types.StructType():
                    yield from _fields(kind, present, f"{name}.")
                case types.FloatType() | types.IntType():
                    yield Told(
                        name=name,
                        unit=unit_of(each.name),
                        least=kind.ge if kind.ge is not None else kind.gt,
                        open_least=kind.gt is not None,
                        most=kind.le if kind.le is not None and kind.le < _LARGEST else None,
                        default=default if isinstance(default, int | float) else None,
                    )
                case types.LiteralType():
                    words = tuple(str(value) for value in kind.values)
                    yield Told(name=name, kind="choice", choices=words, default=default)
                case types.BoolType():
                    yield Told(name=name, kind="flag", default=default)
                case _:
                    continue
