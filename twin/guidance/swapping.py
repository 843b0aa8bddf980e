"""Another law, or other parameters, for a phase in flight."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from twin.contracts.operations import LawSwap
from twin.contracts.radio import Argument, Telecommand
from twin.errors import UsageError
from twin.guidance.phases import Phase

SWAP_LAW = "swap_law"
"""Name of the telecommand that carries a swap."""
NO_SHADOW = "none"
"""Law name that ends a shadow."""
_PARAMETERS = "parameters."


def swapped(row: Phase, swap: LawSwap) -> Phase:
    """The mission's row of the phase with the swap in it.

    The law it has keeps the parameters that are not given; another law gets those that are given alone.
    """
    base = row.parameters if swap.law == row.law else {}
    return replace(row, law=swap.law, parameters=_laid_over(base, _nested(swap.arguments)))


def flat(parameters: Mapping[str, Any], under: str = "") -> dict[str, Any]:
    """Nested tables as dotted names: a telecommand's arguments have no depth."""
    found: dict[str, Any] = {}
    for key, value in parameters.items():
        found |= flat(value, f"{under}{key}.") if isinstance(value, Mapping) else {f"{under}{key}": value}
    return found


def as_arguments(swap: LawSwap) -> dict[str, Argument]:
    """A swap as the arguments of a telecommand."""
    parameters = {f"{_PARAMETERS}{key}": value for key, value in swap.arguments.items()}
    shadow: dict[str, Argument] = {"shadow": True} if swap.shadow else {}
    return {"phase": swap.phase, "law": swap.law, **shadow, **parameters}


def as_swap(command: Telecommand) -> LawSwap:
    """The swap that a telecommand carries. Raises UsageError when it carries none."""
    given = dict(command.arguments)
    phase, law = given.pop("phase", None), given.pop("law", None)
    if not isinstance(phase, str) or not isinstance(law, str):
        raise UsageError(f"{SWAP_LAW} wants the arguments phase and law")
    shadow = given.pop("shadow", False) is True
    odd = [key for key in given if not key.startswith(_PARAMETERS)]
    if odd:
        raise UsageError(f"{SWAP_LAW} takes phase, law, shadow and {_PARAMETERS}NAME, not {odd[0]}")
    return LawSwap(
        phase=phase,
        law=law,
        arguments={key.removeprefix(_PARAMETERS): given[key] for key in given},
        shadow=shadow,
    )


def _nested(arguments: Mapping[str, Argument]) -> dict[str, Any]:
    tables: dict[str, Any] = {}
    for name, value in arguments.items():
        *path, last = name.split(".")
        table = tables
        for part in path:
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                raise UsageError(f"parameter {part} of {name} is a value and a table at once")
        table[last] = value
    return tables


def _laid_over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            merged[key] = _laid_over(old, value)
        else:
            merged[key] = value
    return merged
