"""Hypothesis strategies for every message type, derived from the types themselves."""

import re

import msgspec
from hypothesis import strategies as st
from msgspec import Raw, inspect

from twin.contracts.codec import encode
from twin.contracts.envelope import AnyBody, FromPeer, ToPeer

BODIES = {str(kind.__struct_config__.tag): kind for kind in AnyBody.__args__}
FRAMES = {str(kind.__struct_config__.tag): kind for kind in (*FromPeer.__args__, *ToPeer.__args__)}
_FEW = 3


def messages(kind: type) -> st.SearchStrategy:
    """Instances of a message type over the whole range of its fields."""
    return _values(inspect.type_info(kind))


def _values(info: inspect.Type) -> st.SearchStrategy:
    match info:
        case inspect.StructType():
            fields = {field.name: _values(field.type) for field in info.fields}
            return st.builds(info.cls, **fields)
        case inspect.UnionType():
            return st.one_of([_values(each) for each in info.types])
        case inspect.VarTupleType(item_type=item, min_length=least, max_length=most):
            return st.lists(
                _values(item), min_size=least or 0, max_size=min(most or _FEW, (least or 0) + _FEW)
            ).map(tuple)
        case inspect.TupleType(item_types=items):
            return st.tuples(*map(_values, items))
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_values(key), _values(value), max_size=_FEW)
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
    return _scalars(info)


def _scalars(info: inspect.Type) -> st.SearchStrategy:
    match info:
        case inspect.IntType(ge=low, le=high):
            return st.integers(-(2**63) if low is None else low, 2**63 - 1 if high is None else high)
        case inspect.FloatType(ge=low, le=high):
            return st.floats(low, high, allow_nan=False)
        case inspect.StrType(pattern=None, max_length=most):
            return st.text(max_size=min(most or 20, 20))
        case inspect.StrType(pattern=pattern, max_length=most):
            return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True).filter(
                lambda text: len(text) <= most
            )
        case inspect.BytesType():
            return st.binary(max_size=40)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.RawType():
            return st.integers(0, 9).map(lambda value: Raw(encode({"n": value})))
    raise NotImplementedError(f"no strategy for {info}")


def plain(message: object) -> object:
    """The message as mappings, lists and scalars, as a peer without our types has it."""
    return msgspec.msgpack.decode(encode(message))
