"""The JSON schema of each topic: an event with one kind of body (bytes appear as msgpack bin)."""

from functools import cache
from typing import Any

import msgspec

from twin.contracts.envelope import Event
from twin.contracts.fields import Body


@cache
def schema_of(kind: type[Body]) -> bytes:
    """JSON schema (UTF-8) of an `Event` whose body is of one kind."""
    components = _components()
    body = {"$ref": f"#/$defs/{kind.__name__}"}
    event: dict[str, Any] = dict(components["Event"])
    event["properties"] = event["properties"] | {"body": body}
    event["$defs"] = {name: components[name] for name in sorted(_reached(body, components))}
    return msgspec.json.encode(event, order="deterministic")


@cache
def _components() -> dict[str, Any]:
    """Schemas of `Event` and of every type it is made of; made once, as that takes some milliseconds."""
    _, components = msgspec.json.schema_components([Event], ref_template="#/$defs/{name}")
    return components


def _reached(part: Any, components: dict[str, Any]) -> set[str]:
    """Names of the components that a schema refers to, directly or through others."""
    waiting, found = [part], set[str]()
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(part)
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix("#/$defs/")
            if name and name not in found:
                found.add(name)
                waiting.append(components[name])
            waiting.extend(v for k, v in part.items() if k not in ("$ref", "discriminator"))
    return found
