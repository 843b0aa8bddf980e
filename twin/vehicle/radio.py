"""The on-board end of the space link: what is reported, when it is sent, how long it travels.

Housekeeping is made on a fixed grid from the on-board computer's latest estimate. Frames leave at
control boundaries while the carrier is locked; what the link cannot carry waits in the store.
"""

from math import sqrt
from struct import unpack_from

from msgspec import Struct
from numpy import asarray

from twin.contracts.capture import ArmState
from twin.contracts.navigation import Estimate, PhaseChanged, SafetyVerdict
from twin.contracts.radio import CommandReport, Housekeeping, LinkState, OnBoardEvent, TelemetryFrame
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ecef_from_eci
from twin.dynamics.rotation import Array
from twin.errors import ContractError
from twin.vehicle.plant import Gauges
from twin.vehicle.settings import Telemetry
from twin.vehicle.store import Kept, Slot, TelemetryStore

SPEED_OF_LIGHT_MPS = 299_792_458.0
_NS = 1_000_000_000
_COVARIANCE_BYTES = 8 * 78
_RELATIVE_BYTES = 8 * 21
"""The first 21 entries of the packed triangle are that of position and velocity."""


class RadioState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that the radio carries from one reaction to the next."""

    store: Kept
    link: LinkState | None
    sent_until_ns: int
    sequence: int
    report_due_ns: int
    estimate: Estimate | None
    phase: str
    latched: bool = False
    contact_ns: int | None = None


class Radio:
    """Reports in, frames out."""

    def __init__(self, settings: Telemetry, epoch: Epoch, phase: str) -> None:
        self._period_ns = max(1, round(settings.period_s * _NS))
        self._epoch = epoch
        self._store = TelemetryStore(settings)
        self._link: LinkState | None = None
        self._sent_until_ns = 0
        self._sequence = 0
        self._report_due_ns = 0
        self._estimate: Estimate | None = None
        self._phase = phase
        self._latched = False
        self._contact_ns: int | None = None

    @property
    def transmitting(self) -> bool:
        """Whether the carrier is up."""
        return self._link is not None and self._link.up

    def contact_ns(self, now_ns: int) -> int | None:
        """When the carrier was last there, up to now; None before the first time."""
        return now_ns if self.transmitting else self._contact_ns

    def lock(self, link: LinkState, now_ns: int) -> None:
        """The link came up, changed station, or went down."""
        self._contact_ns = self.contact_ns(now_ns)
        self._link = link
        self._sent_until_ns = now_ns

    def hear(self, word: Estimate | PhaseChanged | SafetyVerdict | CommandReport | ArmState) -> None:
        """Take what the on-board computer or the arm says, for the next report or as an event."""
        match word:
            case ArmState():
                self._hear_arm(word)
            case Estimate():
                self._estimate = word
            case PhaseChanged():
                self._phase = word.phase
                self._store.note(_phase_event(word))
            case SafetyVerdict():
                self._store.note(_safety_event(word))
            case CommandReport():
                self._store.verify(word)

    def _hear_arm(self, arm: ArmState) -> None:
        for event in arm.events:
            self._store.note(_arm_event(arm, event))
        if arm.latched != self._latched:
            self._store.note(_arm_event(arm, "latched" if arm.latched else "unlatched"))
        self._latched = arm.latched

    def report(self, levels: Gauges) -> None:
        """Make a housekeeping report if one is due on the grid and there is a new estimate."""
        known = self._estimate
        if known is None or known.t_ns < self._report_due_ns:
            return
        self._report_due_ns = (known.t_ns // self._period_ns + 1) * self._period_ns
        self._store.keep(_housekeeping(known, self._phase, levels, latched=self._latched))

    def frames(self, now_ns: int, r_eci_m: Array) -> list[tuple[int, TelemetryFrame]]:
        """Frames that leave now, each with its light time in ns."""
        link = self._link
        if link is None or not link.up:
            return []
        bits = link.downlink_bps * (now_ns - self._sent_until_ns) * 1e-9
        self._sent_until_ns = now_ns
        slots = self._store.downlink(bits)
        if not slots:
            return []
        delay_ns = self._light_time_ns(link, now_ns, r_eci_m)
        return [(delay_ns, self._frame(slot, now_ns)) for slot in slots]

    def snapshot(self) -> RadioState:
        """All there is to know; see `restore`."""
        return RadioState(
            store=self._store.snapshot(),
            link=self._link,
            sent_until_ns=self._sent_until_ns,
            sequence=self._sequence,
            report_due_ns=self._report_due_ns,
            estimate=self._estimate,
            phase=self._phase,
            latched=self._latched,
            contact_ns=self._contact_ns,
        )

    def restore(self, saved: RadioState) -> None:
        """Become the radio that gave `saved`."""
        self._store.restore(saved.store)
        self._link = saved.link
        self._sent_until_ns = saved.sent_until_ns
        self._sequence = saved.sequence
        self._report_due_ns = saved.report_due_ns
        self._estimate = saved.estimate
        self._phase = saved.phase
        self._latched = saved.latched
        self._contact_ns = saved.contact_ns

    def _frame(self, slot: Slot, now_ns: int) -> TelemetryFrame:
        frame = TelemetryFrame(
            sequence=self._sequence,
            sent_ns=now_ns,
            stored=slot.stored,
            housekeeping=slot.housekeeping,
            reports=slot.reports,
            events=slot.events,
        )
        self._sequence += 1
        return frame

    def _light_time_ns(self, link: LinkState, now_ns: int, r_eci_m: Array) -> int:
        """One way to where the station is now; it moves 3 m while the signal travels, 10 ns."""
        x, y, z = (ecef_from_eci(self._epoch, now_ns) @ r_eci_m - asarray(link.station_ecef_m)).tolist()
        return round(sqrt(x * x + y * y + z * z) / SPEED_OF_LIGHT_MPS * _NS)


def _housekeeping(known: Estimate, phase: str, levels: Gauges, *, latched: bool) -> Housekeeping:
    """`sigma_r_m` is the root of the trace of the position covariance."""
    return Housekeeping(
        generated_ns=known.t_ns,
        phase=phase,
        r_ric_m=known.r_ric_m,
        v_ric_mps=known.v_ric_mps,
        sigma_r_m=_sigma_r_m(known.covariance),
        range_m=known.range_m,
        range_rate_mps=known.range_rate_mps,
        port_axial_m=known.port_axial_m,
        port_lateral_m=known.port_lateral_m,
        attitude_error_rad=known.attitude_error_rad,
        propellant_kg=levels.propellant_kg,
        battery_fraction=levels.battery_fraction,
        delta_v_mps=known.delta_v_mps,
        wheel_momentum_max_nms=max(abs(h) for h in levels.wheel_momentum_nms),
        latched=latched,
        covariance=known.covariance[:_RELATIVE_BYTES],
        rejected=known.rejected,
        nis=known.nis,
        looks=known.looks,
        wheel_drag_nm=known.wheel_drag_nm,
    )


def _sigma_r_m(covariance: bytes) -> float:
    """The first three diagonal entries of a packed lower triangle stand at 0, 2 and 5."""
    if len(covariance) != _COVARIANCE_BYTES:
        raise ContractError(
            f"{len(covariance)} bytes; send {_COVARIANCE_BYTES}: the lower triangle of 12 x 12 float64",
            place="estimate.covariance",
        )
    packed = unpack_from("<6d", covariance)
    return sqrt(max(0.0, packed[0]) + max(0.0, packed[2]) + max(0.0, packed[5]))


def _phase_event(change: PhaseChanged) -> OnBoardEvent:
    because = f": {change.reason}" if change.reason else ""
    return OnBoardEvent(
        generated_ns=change.t_ns,
        severity="info",
        name="phase_changed",
        text=f"{change.previous} to {change.phase} on {change.cue}{because}",
    )


def _arm_event(arm: ArmState, name: str) -> OnBoardEvent:
    return OnBoardEvent(
        generated_ns=arm.t_ns,
        severity="medium" if name in ("latch_refused", "one_sided", "force_exceeded") else "info",
        name=name,
        text=arm.refusal,
    )


def _safety_event(verdict: SafetyVerdict) -> OnBoardEvent:
    return OnBoardEvent(
        generated_ns=verdict.t_ns,
        severity="high" if verdict.level == "abort" else "medium",
        name="safety",
        text=f"{verdict.monitor}: {verdict.value:.4g} against {verdict.limit:.4g}; {verdict.text}",
    )
