"""One step of a law that nothing is believed of: what it raises, returns or keeps may be anything.

Between steps a memory is bytes, so a snapshot is complete by construction, and a law that keeps
something else than its `memory_type` says is found out at its next step.
"""

from functools import lru_cache
from re import sub
from typing import Any

import msgspec

from twin.errors import TwinError
from twin.guidance import vectors as vec
from twin.guidance.law import Demand, Law, Seen

_LONGEST = 300


class LawFailure(TwinError):  # noqa: N818 (an outcome of a step, which the safe law answers)
    """A law raised or returned nonsense; `value` passed `limit` where it is a limit that was broken."""

    def __init__(self, text: str, value: float = 1.0, limit: float = 0.0) -> None:
        super().__init__(text)
        self.text, self.value, self.limit = text, value, limit


def stepped(law: Law, memory: bytes | None, seen: Seen, believed_mps2: float) -> tuple[bytes, Demand]:
    """The memory after a step (None before: the law starts) and its demand, both checked.

    Raises LawFailure for whatever the law raises, for a demand or memory of another shape, for numbers
    that are none and for more than `believed_mps2`.
    """
    try:
        kept = law.start(seen) if memory is None else _decoder(law.memory_type).decode(memory)
        kept, said = law.step(kept, seen)
        demand = _checked(said)
        after = msgspec.msgpack.encode(kept)
    except LawFailure:
        raise
    except (Exception, SystemExit) as error:  # foreign code: whatever it raises, the flight goes on
        raise LawFailure(f"{type(error).__name__}: {_lasting(str(error))}") from error
    size_mps2 = vec.norm(demand.acceleration_ric_mps2)
    if size_mps2 > believed_mps2:
        raise LawFailure(
            f"asks for {size_mps2:.3g} m/s2; at most {believed_mps2:g} are believed", size_mps2, believed_mps2
        )
    return after, demand


def _checked(said: Any) -> Demand:
    """The demand with plain floats (numpy's and lists are taken too)."""
    if not isinstance(said, Demand):
        raise LawFailure(f"returned {type(said).__name__}, not a Demand")
    x, y, z = (float(each) for each in said.acceleration_ric_mps2)
    plain = msgspec.structs.replace(said, acceleration_ric_mps2=(x, y, z))
    return msgspec.convert(msgspec.to_builtins(plain), Demand)


@lru_cache(maxsize=64)
def _decoder(memory_type: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(memory_type)


def _lasting(text: str) -> str:
    """Without addresses in memory: a replay says the same."""
    return sub("0x[0-9a-fA-F]+", "0x…", " ".join(text.split()))[:_LONGEST]
