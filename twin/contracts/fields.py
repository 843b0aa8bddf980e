"""Field types shared by all messages: every number is bounded, so NaN and infinity never decode."""

from typing import Annotated

from msgspec import Meta, Struct

Float = Annotated[float, Meta(ge=-1e300, le=1e300)]
NonNegative = Annotated[float, Meta(ge=0.0, le=1e300)]
TimeNs = Annotated[int, Meta(ge=0, le=2**62)]
"""Simulated time: nanoseconds since the mission epoch."""
Count = Annotated[int, Meta(ge=0, le=2**62)]
Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[a-z][a-z0-9_.\-]*$(?!\n)")]
Text = Annotated[str, Meta(max_length=4096)]
Vec3 = tuple[Float, Float, Float]
Quaternion = tuple[Float, Float, Float, Float]
"""Scalar first; `q_a_from_b` rotates components in b into components in a; w >= 0."""


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of every message body; the tag `kind` names it on the wire."""


__all__ = ["Body", "Count", "Float", "Name", "NonNegative", "Quaternion", "Text", "TimeNs", "Vec3"]
