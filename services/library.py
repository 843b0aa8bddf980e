"""Finds mission files and what they share: by path, in ./missions of the working directory, in the package.

A mission is named by a path (with a separator or `.toml`) or by its name. A shared file (`bodies/NAME.toml`)
is looked for beside the mission file first, then in ./missions, then in the package.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from msgspec import Struct

from twin.errors import MissionError
from twin.mission.load import load
from twin.mission.script import Mission
from twin.mission.shared import Kind

SUFFIX = ".toml"
LARGEST_BYTES = 4_000_000
LARGEST_ORBIT_BYTES = 50_000_000


class Found(Struct, frozen=True, kw_only=True):
    """A mission file: its name, where it is, its text, and the folders its shared files are looked for in."""

    name: str
    place: str
    text: str
    folders: tuple[Any, ...]

    def include(self, kind: Kind, name: str) -> str:
        """The text of a shared file. Raises MissionError with the nearest names when there is none."""
        if kind == "orbits":
            return self._orbit(name)
        # A mission that another extends lies where missions lie, not a folder down.
        shelves = self.folders if kind == "missions" else [folder / kind for folder in self.folders]
        for folder in shelves:
            file = folder / f"{name}{SUFFIX}"
            if file.is_file():
                return _text(file)
        legal = sorted({each for folder in shelves for each in _names(folder)})
        raise MissionError(f"no file {kind}/{name}{SUFFIX}{_nearest(name, legal)}")

    def _orbit(self, name: str) -> str:
        """The text of a message with an orbit: its name has its own suffix; it may lie beside the mission."""
        for folder in self.folders:
            for file in (folder / name, folder / "orbits" / name):
                if file.is_file():
                    return _text(file, LARGEST_ORBIT_BYTES)
        raise MissionError(f"no file {name}, neither beside the mission nor in orbits/")


def find(mission: str) -> Found:
    """The mission file by name or path. Raises MissionError: none there, not a file, not readable text."""
    if mission.endswith(SUFFIX) or "/" in mission or "\\" in mission:
        path = Path(mission)
        if not path.is_file():
            raise MissionError("no such file" if not path.exists() else "not a file", place=mission)
        return _found(path, (path.parent, *_shelves()))
    for folder in _shelves():
        file = folder / f"{mission}{SUFFIX}"
        if file.is_file():
            return _found(file, _shelves())
    raise MissionError(f"no mission `{mission}`{_nearest(mission, list(names()))}; a path ends in {SUFFIX}")


def load_mission(mission: str, laws: Mapping[str, type[Any]] | None = None) -> Mission:
    """The mission by name or path, resolved and checked."""
    found = find(mission)
    return load(found.text, found.name, found.include, laws)


def names() -> tuple[str, ...]:
    """Names of all missions that need no path: of ./missions, then of the package."""
    return tuple(dict.fromkeys(name for folder in _shelves() for name in _names(folder)))


def shared_names(kind: Kind) -> tuple[str, ...]:
    """Names of the shared files of one kind."""
    return tuple(dict.fromkeys(name for folder in _shelves() for name in _names(folder / kind)))


def _shelves() -> tuple[Traversable, ...]:
    return (Path.cwd() / "missions", files("missions"))


def _found(file: Traversable, folders: tuple[Traversable, ...]) -> Found:
    return Found(name=file.name.removesuffix(SUFFIX), place=str(file), text=_text(file), folders=folders)


def _text(file: Traversable, largest: int = LARGEST_BYTES) -> str:
    try:
        raw = file.read_bytes()
        if len(raw) > largest:
            raise MissionError(f"{len(raw)} bytes; at most {largest} are taken", place=str(file))
        return raw.decode("utf-8")
    except OSError as error:
        raise MissionError(f"cannot be read: {error.strerror}", place=str(file)) from None
    except UnicodeDecodeError as error:
        raise MissionError(f"not UTF-8 text at byte {error.start}", place=str(file)) from None


def _names(folder: Traversable) -> Iterator[str]:
    if folder.is_dir():
        for file in sorted(folder.iterdir(), key=lambda each: each.name):
            if file.name.endswith(SUFFIX):
                yield file.name.removesuffix(SUFFIX)


def _nearest(name: str, legal: list[str]) -> str:
    near = get_close_matches(name, legal, n=3, cutoff=0.5) or legal[:12]
    return f"; nearest: {', '.join(near)}" if near else ""
