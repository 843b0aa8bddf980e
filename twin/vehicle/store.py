"""Telemetry on board: what is kept until a pass, and what a downlink slot of so many bits takes along.

Verification reports and events go first, then the newest housekeeping, then the backlog, oldest
first. Every item costs one report's bits. A full store forgets its oldest housekeeping; events and
verification reports are few and always kept.
"""

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from msgspec import Struct

from twin.contracts.radio import CommandReport, Housekeeping, OnBoardEvent
from twin.vehicle.settings import Telemetry

Item = TypeVar("Item")

_FRAME_ITEMS = 256
"""Most items of one sort in one frame (the contract of `TelemetryFrame`)."""


class Slot(NamedTuple):
    """The content of one frame; `stored`: housekeeping kept outside the pass."""

    stored: bool
    housekeeping: tuple[Housekeeping, ...] = ()
    reports: tuple[CommandReport, ...] = ()
    events: tuple[OnBoardEvent, ...] = ()


class Kept(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything in the store, for a snapshot."""

    newest: Housekeeping | None
    backlog: tuple[Housekeeping, ...]
    reports: tuple[CommandReport, ...]
    events: tuple[OnBoardEvent, ...]
    credit_bits: float


class TelemetryStore:
    """Housekeeping, verification reports and events that wait for the link."""

    def __init__(self, settings: Telemetry) -> None:
        self._settings = settings
        self._newest: Housekeeping | None = None
        self._backlog: list[Housekeeping] = []
        self._reports: list[CommandReport] = []
        self._events: list[OnBoardEvent] = []
        self._credit_bits = 0.0

    def __len__(self) -> int:
        return len(self._backlog) + (self._newest is not None) + len(self._reports) + len(self._events)

    def keep(self, report: Housekeeping) -> None:
        """Take a housekeeping report; the one before it joins the backlog."""
        if self._newest is not None:
            self._backlog.append(self._newest)
            # One in eight dropped at a time: a list loses its head in time proportional to its length.
            if len(self._backlog) >= self._settings.store_reports:
                del self._backlog[: 1 + self._settings.store_reports // 8]
        self._newest = report

    def verify(self, report: CommandReport) -> None:
        """Take a verification report of a telecommand."""
        self._reports.append(report)

    def note(self, event: OnBoardEvent) -> None:
        """Take an event report."""
        self._events.append(event)

    def downlink(self, bits: float) -> list[Slot]:
        """What goes down now that the link can carry `bits` more; a part of an item is saved up."""
        self._credit_bits += bits
        slots = list(self._slots())
        if not len(self):
            self._credit_bits = 0.0
        return slots

    def _slots(self) -> Iterator[Slot]:
        while True:
            reports = self._take(self._reports)
            events = self._take(self._events)
            live: list[Housekeeping] = []
            if self._newest is not None and self._afford(1):
                live, self._newest = [self._newest], None
            if not (reports or events or live):
                break
            yield Slot(False, tuple(live), tuple(reports), tuple(events))
        while stored := self._take(self._backlog):
            yield Slot(True, tuple(stored))

    def _take(self, queue: list[Item]) -> list[Item]:
        """The oldest items the credit pays for, at most one frame of them."""
        count = self._afford(min(len(queue), _FRAME_ITEMS))
        taken, queue[:count] = queue[:count], []
        return taken

    def _afford(self, wanted: int) -> int:
        price = self._settings.report_bits
        count = min(wanted, int(self._credit_bits / price)) if price else wanted
        self._credit_bits -= count * price
        return count

    def snapshot(self) -> Kept:
        """All that waits."""
        return Kept(
            newest=self._newest,
            backlog=tuple(self._backlog),
            reports=tuple(self._reports),
            events=tuple(self._events),
            credit_bits=self._credit_bits,
        )

    def restore(self, kept: Kept) -> None:
        """Become the store that gave `kept`."""
        self._newest = kept.newest
        self._backlog = list(kept.backlog)
        self._reports = list(kept.reports)
        self._events = list(kept.events)
        self._credit_bits = kept.credit_bits
