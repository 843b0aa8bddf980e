"""A walk over msgpack bytes that refuses what a typed decoder lets through: repeated keys and depth."""

from struct import unpack_from

from twin.errors import ContractError

MAX_DEPTH = 32
"""Deepest nesting taken from a peer; the messages themselves need eight."""

# First byte of a scalar -> bytes that follow it.
_FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8}
_FIXED |= {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8}
# First byte of a string or of binary -> width of its length field.
_SIZED = {0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xD9: ">B", 0xDA: ">H", 0xDB: ">I"}
_ARRAYS = {0xDC: ">H", 0xDD: ">I"}
_MAPS = {0xDE: ">H", 0xDF: ">I"}
_WIDTH = {">B": 1, ">H": 2, ">I": 4}


def refuse_repeated_keys(raw: bytes) -> None:
    """Raises ContractError if any mapping in well-formed msgpack `raw` repeats a key, or nests too deep."""
    _skip(raw, 0, 0, "")


def _skip(raw: bytes, at: int, depth: int, place: str) -> int:
    """Index after the value that begins at `at`."""
    if depth > MAX_DEPTH:
        raise ContractError(f"nested deeper than {MAX_DEPTH} levels", place=place)
    kind, length, after = _head(raw, at, place)
    if kind == "scalar":
        return after + length
    if kind == "array":
        for index in range(length):
            after = _skip(raw, after, depth + 1, f"{place}[{index}]")
        return after
    return _skip_mapping(raw, after, length, depth, place)


def _skip_mapping(raw: bytes, at: int, length: int, depth: int, place: str) -> int:
    seen: set[bytes] = set()
    for _ in range(length):
        _, size, start = _head(raw, at, place)
        key = raw[start : start + size]
        name = key.decode("utf-8", "replace")
        if key in seen:
            raise ContractError(f"the key {name!r} stands twice in one mapping", place=place)
        seen.add(key)
        at = _skip(raw, start + size, depth + 1, f"{place}.{name}" if place else name)
    return at


def _head(raw: bytes, at: int, place: str) -> tuple[str, int, int]:
    """Kind of the value at `at`, its length (bytes of a scalar, items of a container), where it goes on."""
    first = raw[at]
    if first <= 0x7F or first >= 0xE0:
        return "scalar", 0, at + 1
    if first <= 0x8F:
        return "map", first & 0x0F, at + 1
    if first <= 0x9F:
        return "array", first & 0x0F, at + 1
    if first <= 0xBF:
        return "scalar", first & 0x1F, at + 1
    if first in _FIXED:
        return "scalar", _FIXED[first], at + 1
    for kind, table in (("scalar", _SIZED), ("array", _ARRAYS), ("map", _MAPS)):
        if first in table:
            width = table[first]
            return kind, unpack_from(width, raw, at + 1)[0], at + 1 + _WIDTH[width]
    raise ContractError(f"a value of msgpack type 0x{first:02x} has no place in this contract", place=place)
