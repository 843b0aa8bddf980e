"""The contact window as a carrier: it moves both bodies while they can touch.

A window is its hand-over and the inputs since: a snapshot keeps these, and restoring runs them again.
"""

from collections.abc import Iterable
from typing import get_args

from msgspec import Struct

from twin.capture.interface import (
    SOUND,
    Advance,
    ArmDemand,
    ArmFaults,
    BodyAtHandOver,
    HandOver,
    Port,
    Pulse,
    RingEstimate,
    Sample,
    StackState,
    TwoBodies,
    WindowSettings,
    WindowStep,
)
from twin.contracts.capture import (
    ArmCommand,
    ArmState,
    CaptureEvent,
    CaptureKind,
    ContactState,
    LedgerBooked,
    LedgerRow,
    WindowClosed,
)
from twin.contracts.custody import BodyState
from twin.contracts.envelope import AnyBody
from twin.contracts.fields import Vec3
from twin.dynamics.joining import pieces_through
from twin.dynamics.settings import TargetBody
from twin.dynamics.state import KinematicState
from twin.errors import MissionError
from twin.guidance import vectors as vec
from twin.vehicle.carriers import Moved
from twin.vehicle.settings import Vehicle
from twin.vehicle.thrusters import Burn

_KINDS: dict[str, CaptureKind] = {kind: kind for kind in get_args(CaptureKind)}
_UNFELT = ("latch_closed", "latch_opened")
_MARGIN_M = 1.0
_SETTLED_NS = 5_000_000_000
_QUIET_RADPS = 5e-5
_PATIENCE_NS = 9_000_000_000
"""A latched pair is handed on as one body when the brakes have faded in and the bus no longer moves against
it;
a pair that never comes to rest is handed on after the longer time, the ledger says with what step."""


class WindowRecord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All there is to know about a window."""

    hand_over: HandOver
    inputs: tuple[Advance, ...] = ()


def settings_of(vehicle: Vehicle, target: TargetBody) -> WindowSettings:
    """Raises MissionError when the vehicle has no arm or the target no ring to take."""
    if vehicle.arm is None:
        raise MissionError("has no arm: capture needs the table `arm`", place=f"vehicles.{vehicle.name}")
    if target.ring is None:
        raise MissionError("has no ring: capture needs the table `ring`", place=f"bodies.{target.name}")
    port = Port(r_body_m=target.port.r_body_m, q_port_from_body=target.port.q_port_from_body)
    return WindowSettings(
        arm=vehicle.arm,
        ring=target.ring,
        port=port,
        hull_m=(target.length_m, 0.5 * target.diameter_m),
        contact=vehicle.contact,
        hull_centre_m=target.hull_centre_body_m,
    )


class InWindow:
    """Moves both bodies by the contact world; `command` and `faults` hold from one `move` to the next."""

    def __init__(self, settings: WindowSettings, record: WindowRecord) -> None:
        # Loaded when needed: a mission without contact shall not wait for the engine.
        from twin.capture.window import Window

        self.command: ArmCommand | None = None
        self.faults: ArmFaults = SOUND
        self._window: Window = Window.open(settings, record.hand_over)
        opened = record.hand_over
        reach_m = sum(vec.norm(joint.offset_m) for joint in settings.arm.arm.joints) + settings.arm.arm.tool_m
        hull_m = 0.5 * settings.hull_m[0] + vec.norm(settings.hull_centre_m) + settings.ring.height_m
        self._clear_m = hull_m + vec.norm(settings.arm.arm.mount_body_m) + reach_m + _MARGIN_M
        self._last = Sample(
            t_ns=opened.t_ns, servicer=opened.servicer.kinematic, target=opened.target.kinematic
        )
        self._step: WindowStep | None = None
        for each in record.inputs:
            self._advance(each)

    @property
    def t_ns(self) -> int:
        return self._last.t_ns

    @property
    def state(self) -> KinematicState:
        return self._last.servicer

    @property
    def record(self) -> WindowRecord:
        """For a snapshot."""
        return WindowRecord(hand_over=self._window.handover, inputs=self._window.inputs)

    def move(self, burn: Burn, wheels_on_body_nm: Vec3, mass_kg: float) -> Moved:
        """The window keeps the masses of its hand-over: propellant used in it weighs less than 1 kg."""
        advance = Advance(
            duration_ns=burn.duration_ns,
            pulses=tuple(pulses_of(burn)),
            # The window counts what the wheels do to the body.
            wheel_torque_body_nm=wheels_on_body_nm,
            arm=_demand(self.command),
            faults=self.faults,
        )
        before = self._last
        samples = (before, *(each for each in self._advance(advance).samples if each.t_ns > before.t_ns))
        return Moved(
            pieces_through([(each.t_ns, each.servicer) for each in samples]),
            pieces_through([(each.t_ns, each.target) for each in samples]),
        )

    def _advance(self, advance: Advance) -> WindowStep:
        self._step = self._window.take(advance)
        self._last = self._step.samples[-1]
        return self._step

    def arm_state(self) -> ArmState | None:
        """What the arm says at the end of the newest step; None before the first."""
        if self._step is None:
            return None
        arm = self._step.arm
        # The latch's own state is known on board by its sensor alone.
        events = tuple(_KINDS[e.kind] for e in self._step.events if e.kind not in _UNFELT)
        return ArmState(
            t_ns=arm.t_ns,
            phase=arm.phase,
            joint_rad=arm.joint_rad,
            joint_radps=arm.joint_radps,
            joint_nm=arm.joint_nm,
            tool_body_m=arm.tool_body_m,
            q_body_from_tool=arm.q_body_from_tool,
            finger_gap_m=arm.finger_gap_m,
            finger_load_n=arm.finger_load_n,
            latched=arm.latch_sensor,
            events=events,
            refusal=arm.refusal,
        )

    def truth(self) -> tuple[AnyBody, ...]:
        """What happened in the newest step, for the record."""
        step = self._step
        if step is None:
            return ()
        contact = step.contact
        state = ContactState(
            t_ns=self.t_ns,
            force_n=contact.advance_peak_n,
            impulse_ns=contact.impulse_to_latch_ns,
            gap_m=contact.gap_m,
            offset_m=contact.offset_m,
            misalignment_rad=contact.misalignment_rad,
            latched=step.arm.latched,
        )
        events = [CaptureEvent(t_ns=e.t_ns, event=_KINDS[e.kind], text=e.text) for e in step.events]
        rows = tuple(
            LedgerRow(
                t_ns=row.t_ns,
                momentum_error_ns=row.dp_ns,
                momentum_limit_ns=row.dp_limit_ns,
                angular_error_nms=row.dh_nms,
                angular_limit_nms=row.dh_limit_nms,
                kinetic_j=row.kinetic_j,
                booked_j=row.booked_j,
                energy_used=row.energy_used,
            )
            for row in step.ledger
        )
        books = [LedgerBooked(t_ns=self.t_ns, rows=rows)] if rows else []
        return (*events, state, *books)

    def stack(self) -> StackState | None:
        """The pair as one body, once it is latched and quiet; None before."""
        if self._step is None or not self._step.arm.latched:
            return None
        latched_ns = self._step.contact.latched_ns
        since_ns = 0 if latched_ns is None else self.t_ns - latched_ns
        if since_ns < _SETTLED_NS:
            return None
        stack = self._window.stack()
        return stack if stack.rate_step_radps < _QUIET_RADPS or since_ns > _PATIENCE_NS else None

    def two_bodies(self) -> TwoBodies | None:
        """Both bodies by themselves, once the arm is back or out of reach; None before."""
        if self._step is None or self._step.arm.latched or self.command is None:
            return None
        back = self.command.mode in ("stow", "retract") and self._step.arm.phase == "stowed"
        away_m = self._last.servicer.r_eci_m - self._last.target.r_eci_m
        far = float((away_m * away_m).sum()) > self._clear_m**2
        return self._window.release() if back or far else None

    def closed(self, *, stack: bool) -> WindowClosed:
        """The books at the end; the contact world is given up with them."""
        books = self._window.ledger()
        last = books.last
        self._window.close()
        return WindowClosed(
            t_ns=self.t_ns,
            outcome="stack" if stack else "apart",
            momentum_error_ns=last.dp_ns,
            momentum_limit_ns=books.final_dp_limit_ns,
            angular_error_nms=last.dh_nms,
            angular_limit_nms=books.final_dh_limit_nms,
            work_j=books.work_j,
            latch_rise_j=books.latch_rise_j,
            coast_drift=books.coast_drift,
            free_error_j=books.free_error_j,
            contact_j=books.contact_j,
            broken=books.broken,
        )


def at_hand_over(state: BodyState) -> BodyAtHandOver:
    """A body as the window takes it."""
    return BodyAtHandOver(
        r_eci_m=state.r_eci_m,
        v_eci_mps=state.v_eci_mps,
        q_eci_from_body=state.q_eci_from_body,
        w_body_radps=state.w_body_radps,
        mass_kg=state.mass_kg,
        inertia_body_kgm2=state.inertia_body_kgm2,
    )


def pulses_of(burn: Burn) -> Iterable[Pulse]:
    """A burn's stretches as pulses that all begin at its start: each ends where the thrust changes."""
    ends_s = _ends_s(burn)
    stretches = burn.stretches
    for index, stretch in enumerate(stretches):
        force, torque = stretch.force_body_n, stretch.torque_body_nm
        if index + 1 < len(stretches):
            force = vec.sub(force, stretches[index + 1].force_body_n)
            torque = vec.sub(torque, stretches[index + 1].torque_body_nm)
        if force != vec.ZERO or torque != vec.ZERO:
            yield Pulse(force_body_n=force, torque_body_nm=torque, on_s=ends_s[index])


def _ends_s(burn: Burn) -> list[float]:
    ends, total_ns = [], 0
    for stretch in burn.stretches:
        total_ns += stretch.duration_ns
        ends.append(total_ns * 1e-9)
    return ends


def _demand(command: ArmCommand | None) -> ArmDemand:
    if command is None:
        return ArmDemand(mode="hold")
    ring = command.ring
    estimate = RingEstimate(
        t_ns=command.t_ns,
        r_body_m=ring.r_body_m,
        v_body_mps=ring.v_body_mps,
        q_body_from_port=ring.q_body_from_port,
        w_body_radps=ring.w_body_radps,
    )
    return ArmDemand(mode=command.mode, ring=estimate)
