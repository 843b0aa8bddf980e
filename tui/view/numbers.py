"""How numbers are written, everywhere alike: decimals as the unit wants, aligned."""

from typing import Final

from tui.view.words import NOTHING

Value = float | bool | str
DECIMALS: Final = {
    "m": 3,
    "km": 1,
    "m/s": 4,
    "deg": 2,
    "deg/s": 3,
    "kg": 3,
    "s": 1,
    "N": 2,
    "N m": 3,
    "N m s": 3,
    "N s": 2,
    "W": 1,
    "%": 1,
}
"""A figure beyond what is measured says nothing: these are about a tenth of each quantity's noise."""
_OTHER: Final = 4
_LARGEST: Final = 1e7


def written(value: Value | None, unit: str) -> str:
    """A value without its unit; an unknown one is a dash."""
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case _ if abs(value) >= _LARGEST:
            return f"{value:.4g}"
        case _:
            return f"{value:.{DECIMALS.get(unit, _OTHER)}f}"


def measured(value: Value | None, unit: str) -> str:
    """A value with its unit."""
    text = written(value, unit)
    return f"{text} {unit}" if unit and value is not None else text
