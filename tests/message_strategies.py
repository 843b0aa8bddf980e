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
    return _STRATEGIES[type(info)](info)


def _sequence(info: inspect.VarTupleType) -> st.SearchStrategy:
    least, most = info.min_length or 0, info.max_length or _FEW
    return st.lists(_values(info.item_type), min_size=least, max_size=min(most, least + _FEW)).map(tuple)


def _text(info: inspect.StrType) -> st.SearchStrategy:
    if info.pattern is None:
        return st.text(max_size=20)
    return st.from_regex(re.compile(info.pattern, re.ASCII), fullmatch=True).filter(
        lambda text: len(text) <= info.max_length
    )


_STRATEGIES = {
    inspect.StructType: lambda info: st.builds(info.cls, **{f.name: _values(f.type) for f in info.fields}),
    inspect.UnionType: lambda info: st.one_of([_values(each) for each in info.types]),
    inspect.VarTupleType: _sequence,
    inspect.TupleType: lambda info: st.tuples(*map(_values, info.item_types)),
    inspect.DictType: lambda info: st.dictionaries(
        _values(info.key_type), _values(info.value_type), max_size=_FEW
    ),
    inspect.LiteralType: lambda info: st.sampled_from(info.values),
    inspect.IntType: lambda info: st.integers(
        -(2**63) if info.ge is None else info.ge, 2**63 - 1 if info.le is None else info.le
    ),
    inspect.FloatType: lambda info: st.floats(info.ge, info.le, allow_nan=False),
    inspect.StrType: _text,
    inspect.BytesType: lambda info: st.binary(max_size=40),
    inspect.BoolType: lambda info: st.booleans(),
    inspect.NoneType: lambda info: st.none(),
    inspect.RawType: lambda info: st.integers(0, 9).map(lambda value: Raw(encode({"n": value}))),
}


def plain(message: object) -> object:
    """The message as mappings, lists and scalars, as a peer without our types has it."""
    return msgspec.msgpack.decode(encode(message))
