"""What the servicer holds: itself, both bodies in the contact window, or the stack; and how that changes
hands.

Custody of the target is asked for when the arm is told to move, one control boundary ahead; the window
opens on what was granted. It closes on one body when the latch holds and all is quiet, or on two when the
arm is back. A stack is let go in a window too: the jaw opens round the ring and the arm backs out.
"""

from typing import NamedTuple

from msgspec import Struct

from twin.capture.interface import ArmFaults, HandOver, Nine, StackState, TwoBodies
from twin.contracts.capture import ArmCommand, ArmState, WindowOpened
from twin.contracts.custody import BodyState, CustodyGrant, CustodyRequest
from twin.contracts.envelope import Outgoing
from twin.contracts.fields import Vec3
from twin.dynamics.custody import body_state, booked
from twin.dynamics.settings import Matrix3, TargetBody
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings
from twin.errors import ContractError
from twin.vehicle.carriers import Alone, Carrier, Stacked
from twin.vehicle.contact import InWindow, WindowRecord, at_hand_over, settings_of
from twin.vehicle.outline import outside_of_stack, swinging_of_stack
from twin.vehicle.settings import Vehicle
from twin.vehicle.stack import Stack, lightened, recentred, used_kg

_TAKING = ("standoff", "reach", "close")
"""Modes of the arm that need the contact world."""
_SHIFT_M = 0.002
"""How far the stack's centre moves in the servicer before its mass properties are taken anew."""


class HoldingState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is carried from reaction to reaction; `inertia_body_kgm2` is the servicer's own, with its arm at
    `joints` (None: stowed).
    """

    window: WindowRecord | None
    stack: Stack | None
    inertia_body_kgm2: Matrix3
    command: ArmCommand | None
    grant: CustodyGrant | None
    asked: bool
    joints: Nine | None = None
    arm: ArmState | None = None


class Held(NamedTuple):
    """A carrier to fly on with (None: as before), what is said, whether the target was just given back."""

    carrier: Carrier | None
    says: tuple[Outgoing, ...]
    parted: bool = False


class Holding:
    """The servicer's side of custody."""

    def __init__(self, vehicle: Vehicle, target: TargetBody, surroundings: Surroundings) -> None:
        self._vehicle = vehicle
        self._target = target
        self._surroundings = surroundings
        self._inertia = vehicle.inertia_body_kgm2
        self._joints: Nine | None = None
        self._command: ArmCommand | None = None
        self._grant: CustodyGrant | None = None
        self._asked = False
        self._arm: ArmState | None = None

    def hear(self, body: ArmCommand | CustodyGrant) -> None:
        """Take a command for the arm, a grant of custody."""
        match body:
            case ArmCommand():
                self._command = body
            case CustodyGrant():
                self._grant = body

    def before(self, carrier: Carrier, mass_kg: float, wheels_nms: Vec3, broken: ArmFaults) -> Held:
        """At a boundary: say how the period in the window ended, then open or close it; `broken` is what is
        from here on broken of the arm.
        """
        held = self._turned(carrier, mass_kg, wheels_nms)
        inside = carrier if held.carrier is None else held.carrier
        if isinstance(inside, InWindow):
            inside.command, inside.faults = self._command, broken
        return held

    def _turned(self, carrier: Carrier, mass_kg: float, wheels_nms: Vec3) -> Held:
        if isinstance(carrier, InWindow):
            said = self._said(carrier)
            if (stack := carrier.stack()) is not None:
                return self._rigid(carrier, stack, said)
            two = carrier.two_bodies()
            return (
                Held(None, said)
                if two is None
                else self._given_back(two, (*said, Outgoing(body=carrier.closed(stack=False))))
            )
        if isinstance(carrier, Stacked):
            if self._command is not None and self._command.mode == "release":
                return self._opened(carrier, self._in_stack(carrier), mass_kg, wheels_nms)
            return self._lightened(carrier, mass_kg)
        if self._grant is not None:
            grant, self._grant = self._grant, None
            held = self._opened(carrier, self._granted(carrier, grant), mass_kg, wheels_nms)
            return held._replace(says=(Outgoing(body=booked(grant.state, "took")), *held.says))
        return Held(None, ())

    def after(self, carrier: Carrier) -> tuple[Outgoing, ...]:
        """The period is flown: ask for the target at the next boundary if the arm is to take it."""
        wanted = self._command is not None and self._command.mode in _TAKING
        if not wanted or self._asked or not isinstance(carrier, Alone):
            return ()
        settings_of(self._vehicle, self._target)
        self._asked = True
        request = CustodyRequest(body="target", to_owner="servicer", at_ns=carrier.t_ns)
        return (Outgoing(to=("target",), body=request),)

    def snapshot(self, carrier: Carrier) -> HoldingState:
        """All there is to know but the carrier's plant."""
        return HoldingState(
            window=carrier.record if isinstance(carrier, InWindow) else None,
            stack=carrier.stack if isinstance(carrier, Stacked) else None,
            inertia_body_kgm2=self._inertia,
            command=self._command,
            grant=self._grant,
            asked=self._asked,
            joints=self._joints,
            arm=self._arm,
        )

    def restore(self, saved: HoldingState, alone: Carrier) -> Carrier:
        """Become the holding that gave `saved`; gives a carrier of the sort it had, from `alone` on."""
        self._inertia, self._command = saved.inertia_body_kgm2, saved.command
        self._grant, self._asked = saved.grant, saved.asked
        self._joints, self._arm = saved.joints, saved.arm
        if saved.window is not None:
            window = InWindow(settings_of(self._vehicle, self._target), saved.window)
            window.command = saved.command
            return window
        if saved.stack is not None:
            return self._stacked(saved.stack, alone.state, (0.0, 0.0, 0.0), alone.t_ns)
        shape = saved.inertia_body_kgm2
        return Alone(self._vehicle, alone.state, self._surroundings, inertia_body_kgm2=shape)

    def _said(self, window: InWindow) -> tuple[Outgoing, ...]:
        """How the period ended: the truth for the record, the arm's own words for the on-board computer."""
        truth = tuple(Outgoing(body=body) for body in window.truth())
        self._arm = window.arm_state() or self._arm
        if self._arm is None:
            return truth
        return (*truth, Outgoing(to=("guidance",), delivery="wait", body=self._arm))

    def _granted(self, carrier: Carrier, grant: CustodyGrant) -> BodyState:
        if grant.state.t_ns != carrier.t_ns:
            raise ContractError(
                f"the target is granted for {grant.state.t_ns} ns and taken at {carrier.t_ns} ns; grant it "
                "for the instant that was asked for",
                place="custody_grant.state.t_ns",
            )
        return grant.state

    def _in_stack(self, carrier: Stacked) -> BodyState:
        target = self._target
        return body_state(
            carrier.t_ns, "target", carrier.target_state, target.mass_kg, target.inertia_body_kgm2
        )

    def _opened(self, carrier: Carrier, target: BodyState, mass_kg: float, wheels_nms: Vec3) -> Held:
        """The contact world takes both: to capture the target, or, latched as they are, to let it go."""
        servicer = body_state(carrier.t_ns, "servicer", carrier.state, mass_kg, self._inertia)
        hand_over = HandOver(
            t_ns=carrier.t_ns,
            servicer=at_hand_over(servicer),
            target=at_hand_over(target),
            wheel_momentum_body_nms=wheels_nms,
            surroundings=self._surroundings,
            drag_m2pkg=self._target.drag_area_m2 * self._target.drag_coefficient / self._target.mass_kg,
            joints=self._joints,
            latched=isinstance(carrier, Stacked),
        )
        window = InWindow(settings_of(self._vehicle, self._target), WindowRecord(hand_over=hand_over))
        return Held(window, (Outgoing(body=WindowOpened(t_ns=carrier.t_ns)),))

    def _rigid(self, window: InWindow, state: StackState, said: tuple[Outgoing, ...]) -> Held:
        """The pair flies on as one body."""
        self._inertia, self._joints = state.servicer_inertia_body_kgm2, state.joints
        stack = Stack(
            mass_kg=state.body.mass_kg,
            inertia_body_kgm2=state.body.inertia_body_kgm2,
            servicer_r_m=state.servicer_body_m,
            target_r_m=state.target_body_m,
            q_servicer_from_target=state.q_body_from_target,
        )
        carrier = self._stacked(stack, state.body.kinematic, state.wheel_momentum_body_nms, state.t_ns)
        whole = BodyState(
            t_ns=state.t_ns,
            body="stack",
            r_eci_m=state.body.r_eci_m,
            v_eci_mps=state.body.v_eci_mps,
            q_eci_from_body=state.body.q_eci_from_body,
            w_body_radps=state.body.w_body_radps,
            mass_kg=state.body.mass_kg,
            inertia_body_kgm2=state.body.inertia_body_kgm2,
        )
        closed = Outgoing(body=window.closed(stack=True))
        return Held(carrier, (*said, closed, Outgoing(body=whole), Outgoing(body=booked(whole, "took"))))

    def _stacked(self, stack: Stack, start: KinematicState, wheels_nms: Vec3, t_ns: int) -> Stacked:
        vehicle, target = self._vehicle, self._target
        return Stacked(
            stack,
            start,
            self._surroundings,
            outside=outside_of_stack(vehicle, target, stack),
            swinging=swinging_of_stack(vehicle, stack),
            target_mass_kg=target.mass_kg,
            wheel_momentum_body_nms=wheels_nms,
            t_ns=t_ns,
        )

    def _lightened(self, carrier: Stacked, mass_kg: float) -> Held:
        """The stack with what is in the tank now, once that has moved its centre so far that it counts."""
        before = carrier.stack
        gone_kg = before.mass_kg - (mass_kg + self._target.mass_kg)
        if gone_kg < used_kg(before, _SHIFT_M):
            return Held(None, ())
        after = lightened(before, gone_kg)
        motion = recentred(carrier.body.state, before, after)
        follows = self._stacked(after, motion, (0.0, 0.0, 0.0), carrier.t_ns)
        follows.body.turn_on_as(carrier.body)
        whole = body_state(carrier.t_ns, "stack", motion, after.mass_kg, after.inertia_body_kgm2)
        return Held(follows, (Outgoing(body=whole),))

    def _given_back(self, two: TwoBodies, said: tuple[Outgoing, ...]) -> Held:
        """The servicer flies on alone, in the shape its arm has; the target goes back to its owner."""
        servicer, target = two.servicer, two.target
        self._inertia, self._joints = servicer.inertia_body_kgm2, two.joints
        self._asked, self._command = False, None
        carrier = Alone(
            self._vehicle,
            servicer.kinematic,
            self._surroundings,
            inertia_body_kgm2=servicer.inertia_body_kgm2,
            wheel_momentum_body_nms=two.wheel_momentum_body_nms,
            t_ns=two.t_ns,
        )
        state = body_state(two.t_ns, "target", target.kinematic, target.mass_kg, target.inertia_body_kgm2)
        offer = CustodyRequest(body="target", to_owner="target", at_ns=two.t_ns)
        grant = CustodyGrant(state=state, from_owner="servicer", to_owner="target")
        says = (
            Outgoing(to=("target",), body=offer),
            Outgoing(to=("target",), body=grant),
            Outgoing(body=booked(state, "gave")),
        )
        return Held(carrier, (*said, *says), parted=True)
