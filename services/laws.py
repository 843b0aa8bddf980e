"""Finds the laws: those of the product and those of installed packages (entry points `twin.laws`).

A package is loaded when one of its laws is asked for: a broken one harms nobody who does not fly it.
"""

from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import msgspec

from services.adapters.c_library import CLibrary
from twin.errors import MissionError
from twin.guidance.builtin import BUILTIN

GROUP = "twin.laws"
_OURS: dict[str, type[Any]] = {**BUILTIN, "c_library": CLibrary}
_NEEDED = ("memory_type", "start", "step")


class Shelf(Mapping[str, type[Any]]):
    """Parameter structs by law name. An installed law may not take the name of a built-in one."""

    def __init__(self) -> None:
        self._installed: dict[str, list[EntryPoint]] = {}
        for entry in sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value)):
            if entry.name not in _OURS:
                self._installed.setdefault(entry.name, []).append(entry)

    def __getitem__(self, name: str) -> type[Any]:
        """Raises KeyError for no such law, MissionError for one that cannot be loaded or is none."""
        if name in _OURS:
            return _OURS[name]
        return _loaded(name, self._installed[name])

    def __iter__(self) -> Iterator[str]:
        return iter((*_OURS, *self._installed))

    def __len__(self) -> int:
        return len(_OURS) + len(self._installed)

    def __contains__(self, name: object) -> bool:
        return name in _OURS or name in self._installed

    def origin(self, name: str) -> str:
        """`built in`, or the package that brings the law."""
        return "built in" if name in _OURS else ", ".join(_package(each) for each in self._installed[name])


def laws() -> Shelf:
    """All laws that can be named now."""
    return Shelf()


def _loaded(name: str, entries: list[EntryPoint]) -> type[Any]:
    values = {entry.value for entry in entries}
    if len(values) > 1:
        packages = ", ".join(_package(each) for each in entries)
        raise MissionError(
            f"law {name} is brought by {len(entries)} packages ({packages}): uninstall all but one"
        )
    try:
        kind = entries[0].load()
    except Exception as error:  # an import can raise anything; it must name whose it is
        reason = f"{type(error).__name__}: {error}"
        raise MissionError(f"law {name} of {_package(entries[0])} cannot be loaded: {reason}") from error
    missing = [each for each in _NEEDED if not hasattr(kind, each)]
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)) or missing:
        what = f"lacks {', '.join(missing)}" if missing else "is no msgspec.Struct"
        raise MissionError(f"law {name} of {_package(entries[0])} {what}; twin new law shows one that flies")
    return kind


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value
