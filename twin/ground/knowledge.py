"""What the ground knows of the spacecraft: the newest report that came down, by the time it was generated.

Assumptions and limits: a dump brings old reports after new ones, so the newest is the one generated last on
board, not the one received last, and no value ever goes back in time. When a phase began is known from the
event reports.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import atan2, degrees
from typing import Final

from msgspec import Struct

from twin.contracts.fields import Count, TimeNs
from twin.contracts.navigation import Looks
from twin.contracts.radio import Housekeeping, TelemetryFrame

Value = float | bool | str

PHASE_CHANGED = "phase_changed"
"""Name of the on-board event report of a change of phase."""


class Received(Struct, kw_only=True):
    """All that telemetry has told so far: the part that a snapshot keeps."""

    newest: Housekeeping | None = None
    phase_since_ns: TimeNs = 0
    frames: Count = 0
    missed: Count = 0
    next_sequence: Count = 0


@dataclass
class Knowledge:
    """Takes telemetry frames, gives the values of the `ground.*` quantities."""

    received: Received = field(default_factory=Received)

    def take(self, frame: TelemetryFrame) -> None:
        """Count the frame and those missing before it; keep the report that was generated last."""
        books = self.received
        books.frames += 1
        books.missed += max(0, frame.sequence - books.next_sequence)
        books.next_sequence = max(books.next_sequence, frame.sequence + 1)
        for event in frame.events:
            if event.name == PHASE_CHANGED:
                books.phase_since_ns = max(books.phase_since_ns, event.generated_ns)
        for report in frame.housekeeping:
            if books.newest is None or report.generated_ns > books.newest.generated_ns:
                books.newest = report

    def values(self, now_ns: int, link_until_ns: int | None) -> dict[str, Value]:
        """Quantities of the ground plane, without the unknown. `link_until_ns`: predicted end of the pass."""
        values: dict[str, Value] = {"ground.in_pass": link_until_ns is not None}
        if link_until_ns is not None:
            values["ground.pass_remaining_s"] = (link_until_ns - now_ns) / 1e9
        if self.received.newest is not None:
            values |= reported(self.received.newest)
            values["ground.age_s"] = (now_ns - self.received.newest.generated_ns) / 1e9
            values["ground.phase_age_s"] = (now_ns - self.received.phase_since_ns) / 1e9
        return values


def reported(report: Housekeeping) -> dict[str, Value]:
    """What one report says, as quantities of the ground plane, without what it leaves out."""
    values = {name: of(report) for name, of in REPORTED.items()}
    return {name: value for name, value in values.items() if value is not None}


def _look(name: str) -> Callable[[Housekeeping], float | None]:
    return lambda hk: getattr(hk.looks, name, None)


REPORTED: Final[dict[str, Callable[[Housekeeping], Value | None]]] = {
    "ground.phase": lambda hk: hk.phase,
    "ground.range_m": lambda hk: hk.range_m,
    "ground.closing_mps": lambda hk: -hk.range_rate_mps,
    "ground.r_ric_x_m": lambda hk: hk.r_ric_m[0],
    "ground.r_ric_y_m": lambda hk: hk.r_ric_m[1],
    "ground.r_ric_z_m": lambda hk: hk.r_ric_m[2],
    "ground.v_ric_x_mps": lambda hk: hk.v_ric_mps[0],
    "ground.v_ric_y_mps": lambda hk: hk.v_ric_mps[1],
    "ground.v_ric_z_mps": lambda hk: hk.v_ric_mps[2],
    "ground.port_axial_m": lambda hk: hk.port_axial_m,
    "ground.port_lateral_m": lambda hk: hk.port_lateral_m,
    "ground.attitude_error_deg": lambda hk: degrees(hk.attitude_error_rad),
    "ground.corridor_angle_deg": lambda hk: degrees(atan2(hk.port_lateral_m, hk.port_axial_m)),
    "ground.sigma_r_m": lambda hk: hk.sigma_r_m,
    "ground.delta_v_mps": lambda hk: hk.delta_v_mps,
    "ground.propellant_kg": lambda hk: hk.propellant_kg,
    "ground.battery_fraction": lambda hk: hk.battery_fraction,
    "ground.latched": lambda hk: hk.latched,
    "ground.wheel_momentum_max_nms": lambda hk: hk.wheel_momentum_max_nms,
    "ground.wheel_drag_nm": lambda hk: hk.wheel_drag_nm,
    "ground.rejected": lambda hk: None if hk.rejected is None else float(hk.rejected),
    "ground.nis": lambda hk: hk.nis,
    **{f"ground.{name}": _look(name) for name in Looks.__struct_fields__},
}
"""How each quantity that comes down is read from a report; None where the report leaves it out."""
