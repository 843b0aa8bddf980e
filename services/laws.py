"""Finds the laws: those of the product and those of installed packages (entry points `twin.laws`)."""

from importlib.metadata import entry_points
from typing import Any

from twin.guidance.builtin import BUILTIN


def laws() -> dict[str, type[Any]]:
    """Parameter structs by law name. An installed law may not take the name of a built-in one."""
    found = {entry.name: entry for entry in entry_points(group="twin.laws") if entry.name not in BUILTIN}
    return {**BUILTIN, **{name: found[name].load() for name in sorted(found)}}
