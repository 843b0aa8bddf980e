"""Writes the package that `twin new law NAME` promises, from the texts in `services/new`."""

from importlib.resources import files
from keyword import iskeyword
from pathlib import Path
from typing import Final

from services.exit_codes import PASSED
from services.laws import laws
from twin.errors import UsageError

_FILES: Final = {
    "pyproject.toml.txt": "pyproject.toml",
    "README.md.txt": "README.md",
    "law.py.txt": "{name}.py",
    "test.py.txt": "test_{name}.py",
}
_LONGEST: Final = 64


def write(name: str, folder: Path) -> int:
    """Make `folder`/`name` with a law that flies. Raises UsageError for a name that will not do."""
    _check(name, folder)
    place = folder / name
    try:
        place.mkdir(parents=True)
        for source, target in _FILES.items():
            text = (files("services") / "new" / source).read_text("utf-8")
            text = text.replace("@name@", name).replace("@Name@", _class_name(name))
            (place / target.format(name=name)).write_text(text, "utf-8")
    except FileExistsError:
        raise UsageError(f"{place} is there already: choose another name, or --in another folder") from None
    except OSError as error:
        raise UsageError(f"cannot write {place}: {error.strerror}") from None
    print(f"{place} holds a law that flies. Next:")
    print(f"  pip install -e {place}")
    print(f"  twin run rendezvous --law {name}")
    print(f"  python -m pytest {place}")
    return PASSED


def _check(name: str, folder: Path) -> None:
    plain = name.isascii() and name.isidentifier() and name == name.lower() and not name.startswith("_")
    if not plain or iskeyword(name) or len(name) > _LONGEST:
        raise UsageError(f"{name!r} cannot name a law: lower-case letters, digits and _, a letter first")
    if name in laws():
        raise UsageError(f"there is a law {name} already ({laws().origin(name)}): choose another name")
    if name in {"twin", "services", "tui", "missions"}:
        raise UsageError(f"{name} is a package of the product: choose another name")


def _class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_") if part)
