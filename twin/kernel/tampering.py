"""Faults of messages: between the order, which keeps what was said, and the mailboxes: they get what is left.

What is hit is drawn from a stream of the fault, the sender and the receiver, by the sequence number of the
message: the same in every run, whatever else is hit.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from twin.contracts.codec import decode_body, encode
from twin.contracts.envelope import Event
from twin.contracts.faults import FAULT_KINDS, Later, OnLink, arguments_of
from twin.contracts.operations import Effect, FaultRequest, MessageDisturbed
from twin.errors import ContractError
from twin.kernel.schedule import Instant, due_instant
from twin.kernel.streams import Stream

_PREFIX: Final = "message."
_LARGEST: Final = 2.0
"""A corrupted number is up to this many times what it was, in either sense."""


class Left(NamedTuple):
    """What arrives of a message: when, and the canonical bytes of its body."""

    due: Instant
    body: bytes


class Tampering:
    """The faults of messages that are in force, over a run with noise from `seed`."""

    def __init__(self, seed: int) -> None:
        self.in_force: dict[tuple[str, str], OnLink] = {}
        self.done: list[MessageDisturbed] = []
        self._seed = seed
        self._streams: dict[str, Stream] = {}

    @staticmethod
    def check(request: FaultRequest) -> None:
        """Raise ContractError for a fault of messages that cannot be carried out."""
        kind = FAULT_KINDS.get(request.fault)
        if kind is not None and kind.concerns == "messages":
            arguments_of(request)

    def hear(self, request: FaultRequest) -> None:
        """A fault begins or ends; those of others are passed over."""
        if not request.fault.startswith(_PREFIX):
            return
        name = (request.fault, request.name)
        self.in_force.pop(name, None)
        arguments = arguments_of(request)
        if request.active and isinstance(arguments, OnLink):
            self.in_force[name] = arguments

    def left(self, event: Event, kind: str, to: str, whole: Left) -> tuple[Left, ...]:
        """What arrives at `to` of an event; what was done to it is appended to `done`."""
        arriving = {whole.due: whole}
        for (fault, name), link in self.in_force.items():
            if not _is_on(link, event, kind, to) or not self._hits(fault, name, link, event, to):
                continue
            effect: Any = fault.removeprefix(_PREFIX)
            arriving, detail = self._disturbed(effect, link, arriving, f"{fault}.{name}", event)
            note = MessageDisturbed(
                fault=name,
                effect=effect,
                source=event.source,
                sequence=event.sequence,
                to=to,
                message=kind,
                detail=detail,
            )
            self.done.append(note)
        return tuple(arriving.values())

    def _hits(self, fault: str, name: str, link: OnLink, event: Event, to: str) -> bool:
        stream = self._stream(f"faults.{fault}.{name}.{event.source}.{to}")
        return bool(stream.uniform(event.sequence, 1)[0] < link.probability)

    def _disturbed(
        self, effect: Effect, link: OnLink, arriving: dict[Instant, Left], name: str, event: Event
    ) -> tuple[dict[Instant, Left], str]:
        match effect, link:
            case "delay", Later(delay_s=delay_s):
                return dict(_later(arriving, delay_s)), f"{delay_s:g} s later"
            case "duplicate", Later(delay_s=delay_s):
                return {**dict(_later(arriving, delay_s)), **arriving}, f"again {delay_s:g} s later"
            case "corrupt", _:
                return self._corrupted(arriving, f"faults.{name}.{event.source}", event.sequence)
        return {}, "not delivered"

    def _corrupted(
        self, arriving: dict[Instant, Left], name: str, sample: int
    ) -> tuple[dict[Instant, Left], str]:
        which, factor = self._stream(name).uniform(sample, 2).tolist()
        said, corrupted = "not delivered", {}
        for due, whole in arriving.items():
            tree = msgspec.msgpack.decode(whole.body)
            numbers = list(_numbers(tree, ""))
            if not numbers:
                continue
            place, holder, key = numbers[int(which * len(numbers))]
            before = holder[key]
            holder[key] = before * _LARGEST * (2.0 * factor - 1.0)
            try:
                corrupted[due] = Left(due, encode(decode_body(msgspec.msgpack.encode(tree))))
                said = f"{place}: {before!r} became {holder[key]!r}"
            except ContractError:
                said = (
                    f"{place}: {before!r} became {holder[key]!r}, which the contract refuses: not delivered"
                )
        return corrupted, said

    def _stream(self, name: str) -> Stream:
        if name not in self._streams:
            self._streams[name] = Stream(self._seed, name)
        return self._streams[name]


def _is_on(link: OnLink, event: Event, kind: str, to: str) -> bool:
    return link.source in ("", event.source) and link.destination in ("", to) and link.kind in ("", kind)


def _later(arriving: dict[Instant, Left], delay_s: float) -> Iterator[tuple[Instant, Left]]:
    for due, whole in arriving.items():
        later = due_instant(due, round(delay_s * 1e9))
        yield later, Left(later, whole.body)


def _numbers(node: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Every float of a tree: its path, what holds it, and under which key."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        place = f"{path}[{key}]" if isinstance(node, list) else f"{path}.{key}".lstrip(".")
        if isinstance(value, float):
            yield place, node, key
        else:
            yield from _numbers(value, place)
