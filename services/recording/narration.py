"""An event in a line, for those who hunt a difference or a cause."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from services.words import mission_time
from twin.contracts.codec import kind_of
from twin.contracts.envelope import Event

_LONGEST: Final = 100
_SILENT: Final = frozenset({"kind", "t_ns"})


def told(event: Event) -> str:
    """When, who, what, and as much of what it says as a line takes."""
    words = ", ".join(_said(msgspec.to_builtins(event.body)))
    line = f"{mission_time(event.t_ns)}  {event.source} {kind_of(event.body)} {words}".rstrip()
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


def _said(body: dict[str, Any]) -> Iterator[str]:
    for key, value in body.items():
        match value:
            case _ if key in _SILENT:
                continue
            case str() if value:
                yield value if " " not in value else f"{key}: {value}"
            case bool() | int():
                yield f"{key} {value}"
            case float():
                yield f"{key} {value:.6g}"
            case [float(), *_] if len(value) <= 4:
                yield f"{key} ({', '.join(f'{each:.4g}' for each in value)})"
