"""What a run shows of the capture: contact, latch, the arm's torques, the window's books."""

from math import degrees
from typing import Any

import numpy as np

from twin.contracts.capture import ArmState, CaptureEvent, ContactState, LedgerBooked, LedgerRow, WindowClosed
from twin.contracts.custody import CustodyGrant
from twin.contracts.envelope import Event
from twin.mission.reports import Array, Reports, Times

_NS = 1_000_000_000
_APART = (0.0, 0.0, None, None, None, 0.0)


class ContactRecord:
    """Hears the events of a run; `broken` names every limit of a window's ledger that was passed."""

    def __init__(self) -> None:
        self._closed: list[str] = []
        self._passed = ""
        self._contact = Reports(
            ("contact_force_n", "contact_impulse_ns", "gap_m", "jaw_offset_m", "misalignment_deg", "latched")
        )
        self._contact.add(0, _APART)
        self._arm = Reports(("joint_torque_max_nm",))
        self._sensed = Reports(("latched",))
        self._sensed.add(0, (0.0,))
        self._books = Reports(("ledger_margin",))
        self._latch = Reports(("latch_age_s", "latch_delay_s"))
        self._refused_ns: list[int] = []
        self._touched_ns: int | None = None

    @property
    def broken(self) -> list[str]:
        """What closed windows say, and what an open one has passed."""
        return [*self._closed, *([self._passed] if self._passed else [])]

    def take(self, event: Event) -> None:
        """Note what an event says of the capture."""
        match event.body:
            case ContactState() as state:
                self._contact.add(state.t_ns, _row(state))
            case ArmState() as arm:
                self._arm.add(arm.t_ns, (max(abs(torque) for torque in arm.joint_nm),))
                self._sensed.add(arm.t_ns, (float(arm.latched),))
            case CaptureEvent() as happened:
                self._happened(happened)
            case CustodyGrant(to_owner="target", state=state):
                self._contact.add(state.t_ns, _APART)
                self._sensed.add(state.t_ns, (0.0,))
                self._latch.add(state.t_ns, (None, None))
            case LedgerBooked(rows=rows):
                for row in rows:
                    self._book(row)
            case WindowClosed(broken=broken):
                self._passed = ""
                self._closed += broken

    def _book(self, row: LedgerRow) -> None:
        margins = {
            "momentum": 1.0 - row.momentum_error_ns / row.momentum_limit_ns,
            "angular momentum": 1.0 - row.angular_error_nms / row.angular_limit_nms,
            "energy": 1.0 - row.energy_used,
        }
        worst = min(margins, key=lambda name: margins[name])
        self._books.add(row.t_ns, (margins[worst],))
        if margins[worst] < 0.0 and not self._passed:
            self._passed = f"{worst} past its limit at {row.t_ns / _NS:.2f} s, in a window that never closed"

    def _happened(self, event: CaptureEvent) -> None:
        match event.event:
            case "contact_made" if self._touched_ns is None:
                self._touched_ns = event.t_ns
            case "at_standoff" | "retracted":
                self._touched_ns = None
            case "latch_refused":
                self._refused_ns.append(event.t_ns)
            case "latch_closed":
                touched_ns = event.t_ns if self._touched_ns is None else self._touched_ns
                self._latch.add(event.t_ns, (event.t_ns / _NS, (event.t_ns - touched_ns) / _NS))
            case "latch_opened":
                self._latch.add(event.t_ns, (None, None))

    def forget_before(self, t_ns: int) -> None:
        """Drop what no instant from `t_ns` on can show."""
        for reports in (self._contact, self._arm, self._sensed, self._books, self._latch):
            reports.forget_before(t_ns)

    def times_ns(self) -> Times:
        """When contact was reported: a peak between two regular samples must not be missed."""
        return self._contact.times_ns()

    def columns(self, t_ns: Times) -> dict[str, Any]:
        """Quantities of the capture at `t_ns` (n,), sorted."""
        columns: dict[str, Any] = {}
        for reports in (self._contact, self._arm, self._books, self._latch):
            columns |= {f"truth.{name}": values for name, values in reports.held(t_ns).items()}
        columns["truth.latch_age_s"] = t_ns / _NS - columns["truth.latch_age_s"]
        columns["truth.captures_refused"] = _count(self._refused_ns, t_ns)
        columns["onboard.latched"] = self._sensed.held(t_ns)["latched"]
        return columns


def _row(state: ContactState) -> tuple[float | None, ...]:
    return (
        state.force_n,
        state.impulse_ns,
        state.gap_m,
        state.offset_m,
        degrees(state.misalignment_rad),
        float(state.latched),
    )


def _count(events_ns: list[int], t_ns: Times) -> Array:
    return np.searchsorted(np.array(events_ns, np.int64), t_ns, side="right").astype(np.float64)
