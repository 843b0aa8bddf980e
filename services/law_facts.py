"""What can be said of a law without flying it: its text, its parameters with type, unit and default."""

import inspect
import sys
from typing import Any, Final

import msgspec

from services import report as show
from services.exit_codes import PASSED
from services.laws import Shelf, laws
from twin.errors import MissionError, UsageError
from twin.guidance.law import version_of
from twin.mission.strict import nearest
from twin.mission.units import unit_of

_NAMES: Final = {
    "float": "number",
    "int": "integer",
    "str": "word",
    "bool": "true or false",
    "None": "nothing",
}


def list_laws(*, as_json: bool) -> int:
    """Every law that can be named; one that cannot be loaded says why."""
    shelf = laws()
    facts = [_summary(shelf, name) for name in shelf]
    if as_json:
        show.print_json({"laws": facts})
    else:
        rows = [(each["law"], str(each["version"]), each["from"], each["text"]) for each in facts]
        show.print_table(("law", "version>", "from", "what it does"), rows)
    return PASSED


def show_law(name: str, *, as_json: bool) -> int:
    """One law: text and parameters. Raises UsageError with the nearest names for one that is not there."""
    shelf = laws()
    if name not in shelf:
        raise UsageError(f"no law `{name}`{nearest(name, list(shelf))}; twin law list shows all")
    kind = shelf[name]
    facts = {**_summary(shelf, name), "module": _module_text(kind), "parameters": _parameters(kind)}
    if as_json:
        show.print_json(facts)
        return PASSED
    print(f"{name}, version {facts['version']}, {facts['from']}\n")
    for text in dict.fromkeys((_module_text(kind), inspect.getdoc(kind) or "")):
        if text:
            print(f"{text}\n")
    columns = ("parameter", "type", "unit", "default")
    show.print_table(columns, [tuple(each[key] for key in columns) for each in facts["parameters"]])
    return PASSED


def _summary(shelf: Shelf, name: str) -> dict[str, Any]:
    try:
        kind = shelf[name]
    except MissionError as error:
        return {"law": name, "version": 0, "from": shelf.origin(name), "text": str(error)}
    text = (_module_text(kind) or inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")
    return {"law": name, "version": version_of(kind), "from": shelf.origin(name), "text": text}


def _module_text(kind: type[Any]) -> str:
    return inspect.cleandoc(sys.modules[kind.__module__].__doc__ or "").strip()


def _parameters(kind: type[Any]) -> list[dict[str, str]]:
    inspected = msgspec.inspect.type_info(kind)
    assert isinstance(inspected, msgspec.inspect.StructType)
    return [
        {
            "parameter": field.name,
            "type": _type(field.type),
            "unit": unit_of(field.name),
            "default": "required" if field.required else _default(field),
        }
        for field in inspected.fields
    ]


def _default(field: Any) -> str:
    value = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    return msgspec.json.encode(value).decode()


def _type(kind: Any) -> str:
    """A type in words: `number above 0`, `3 of number`, `list of leg`."""
    match kind:
        case msgspec.inspect.FloatType() | msgspec.inspect.IntType():
            word = "number" if isinstance(kind, msgspec.inspect.FloatType) else "integer"
            return word + _bounds(kind)
        case msgspec.inspect.UnionType(types=types):
            return " or ".join(_type(each) for each in types)
        case msgspec.inspect.VarTupleType(item_type=item) | msgspec.inspect.ListType(item_type=item):
            return f"list of {_type(item)}"
        case msgspec.inspect.TupleType(item_types=items):
            return f"{len(items)} of {_type(items[0])}"
    return _word(kind)


def _word(kind: Any) -> str:
    match kind:
        case msgspec.inspect.LiteralType(values=values):
            return " | ".join(str(each) for each in values)
        case msgspec.inspect.StructType(cls=cls, fields=fields):
            return f"table {cls.__name__} ({', '.join(each.name for each in fields)})"
    word = type(kind).__name__.removesuffix("Type").lower()
    return _NAMES.get(word, word)


def _bounds(kind: Any) -> str:
    """Bounds that mean something; those of the wire (1e300) and of any number here (1e9) are left out."""
    said = [
        f"{word} {bound:g}"
        for word, bound in (
            ("above", kind.gt),
            ("at least", kind.ge),
            ("below", kind.lt),
            ("at most", kind.le),
        )
        if bound is not None and abs(bound) < 1e9
    ]
    return f" {', '.join(said)}" if said else ""
