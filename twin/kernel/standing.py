"""Where a run stands between two rounds: all that a conductor must know to take it up there."""

from msgspec import Struct

from twin.kernel.schedule import Instant, Letter


class SeatStanding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One participant: its last grant and answer, when it wants to wake, and its mail in the order of its
    three lines (`latest`: one after the other)."""

    number: int
    replied: int
    wake_ns: int | None
    granted_ns: int
    wake: tuple[Letter, ...] = ()
    wait: tuple[Letter, ...] = ()
    latest: tuple[Letter, ...] = ()


class Standing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole run: the instant, what was said at it, participants by name, next sequence number by source.

    Faults of messages in force are not in it: the events that began them are told again.
    """

    now: Instant
    loop: tuple[str, ...]
    loop_micro: int
    seats: dict[str, SeatStanding]
    sequences: dict[str, int]
