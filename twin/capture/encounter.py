"""Both bodies in an engine, flown period by period of the arm's loop: forces, arm, contact, latch, books.

Assumptions and limitations: masses are held (a minute of 22 N uses 0.4 kg of 801); a pulse acts as its mean
over each period, impulse for impulse; the plume acts on nothing.
"""

from typing import NamedTuple

from twin.capture.engine import Engine
from twin.capture.forces import Nature, forces, total, wheels_on_bus_nm
from twin.capture.grasp import Grasp, Sensed, first_stage
from twin.capture.interface import (
    SOUND,
    ArmDemand,
    ArmFaults,
    ArmState,
    ContactState,
    Event,
    HandOver,
    LedgerRow,
    WindowSettings,
)
from twin.capture.jaw import Misfit, misfit
from twin.capture.latch import NOTHING_FELT, Felt
from twin.capture.ledger import Acting, Ledger
from twin.capture.nature import Orbit
from twin.capture.sequence import NEAR, Stage
from twin.capture.telemetry import Told, arm_state
from twin.capture.touch import Feeling
from twin.capture.world import GRIPPER, World
from twin.contracts.fields import Vec3
from twin.guidance.vectors import ZERO, along

_NS = 1_000_000_000
_QUIET_ROW_NS, _CONTACT_ROW_NS = 200_000_000, 20_000_000
_APART_NS = 500_000_000
"""Contact is lost when nothing has touched for so long."""
_ALL_JOINTS = tuple(range(9))


class Asked(NamedTuple):
    """What holds over one period: thrust (force, torque) in body axes, wheel torque on the body, the arm."""

    thrust: tuple[Vec3, Vec3]
    wheels_body_nm: Vec3
    arm: ArmDemand
    faults: ArmFaults


class Encounter:
    """See the module; it begins as its hand-over says, and `fly` takes it one period on."""

    def __init__(self, settings: WindowSettings, handover: HandOver, orbit: Orbit, engine: Engine) -> None:
        contact = settings.contact
        self._settings, self._engine = settings, engine
        self._step_s = contact.step_s
        self._period_ns = round(contact.arm_period_s * _NS)
        self._steps = round(contact.arm_period_s / contact.step_s)
        self._opened_ns = self._touched_ns = handover.t_ns
        self.world = World(settings, handover, orbit, engine)
        self.scene = self.world.look(handover.t_ns)
        self.wheel_nms = handover.wheel_momentum_body_nms
        self.ledger = Ledger(self.world, self.scene, self.wheel_nms, contact.step_s)
        self._feeling = Feeling(contact.step_s)
        self._felt: Felt = NOTHING_FELT
        self._faults: ArmFaults = SOUND
        self._open_jaw = self._in_contact = self._touched = self.latched = False
        self._coasting = True
        if handover.latched:
            self._weld()
        chain = self.world.chain
        self._grasp = Grasp(settings, chain, self.scene, first_stage(handover, chain))

    @property
    def stage(self) -> Stage:
        """Where the arm is in its work."""
        return self._grasp.stage

    @property
    def touching(self) -> bool:
        """Whether anything touched in the last period."""
        return self._feeling.touching

    def fly(self, asked: Asked, nature: Nature) -> list[Event]:
        """One period of the arm's loop: its computer, then forces, then physics, then the books."""
        self._faults = asked.faults
        idle = asked.thrust == (ZERO, ZERO) and asked.wheels_body_nm == ZERO
        self._coasting = self._coasting and idle
        events = self._command(asked)
        before = self.scene
        acting = forces(self.world, before, asked.thrust, nature)
        wheels_nm = wheels_on_bus_nm(before.bus, self.wheel_nms, asked.wheels_body_nm)
        self._physics(acting, wheels_nm)
        dt_s = self._period_ns * 1e-9
        self.ledger.book((before, self.scene), acting, wheels_nm, dt_s)
        self.wheel_nms = along(self.wheel_nms, -dt_s, asked.wheels_body_nm)
        self._tell_contact(events)
        return events

    def due_row(self) -> LedgerRow | None:
        """The books now, if it is time: every 20 ms near the ring, else every 0.2 s."""
        every_ns = _CONTACT_ROW_NS if self._close_by else _QUIET_ROW_NS
        if (self.scene.t_ns - self._opened_ns) % every_ns:
            return None
        touched, self._touched = self._touched, False
        return self.ledger.row(self.scene, self.wheel_nms, coasting=self._coasting, touched=touched)

    def arm_state(self) -> ArmState:
        """Telemetry of arm and gripper now."""
        told = Told(self._grasp.stage, self._grasp.refusal, self._felt, self.latched, self._faults)
        return arm_state(self._settings.arm.gripper, self.world, self.scene, told)

    def contact_state(self) -> ContactState:
        """Contact since this was asked last."""
        return self._feeling.state(self._felt, self._fit())

    @property
    def _close_by(self) -> bool:
        return not self.latched and (self._grasp.stage in NEAR or self._feeling.touching)

    def _fit(self) -> Misfit:
        tool = self.world.tool(self.scene, self.world.pose(self.scene))
        return misfit(self._settings.ring, self._settings.port, self.scene.target, tool)

    def _command(self, asked: Asked) -> list[Event]:
        """Run the arm's computer once and do what it says."""
        scene, world = self.scene, self.world
        pose = world.pose(scene)
        tool = world.tool(scene, pose)
        fit = None
        if self._grasp.stage is Stage.CLOSING:
            fit = misfit(self._settings.ring, self._settings.port, scene.target, tool)
        drive, events = self._grasp.step(Sensed(scene, pose, tool, self._felt, fit), asked.arm, asked.faults)
        if self._grasp.stage is not Stage.STOWED:
            self._coasting = False
        self._engine.drive(world.servicer, _ALL_JOINTS, drive.rates, drive.efforts)
        self._latch()
        return events

    def _latch(self) -> None:
        """Make or undo the weld as the stage says."""
        engine, world, stage = self._engine, self.world, self._grasp.stage
        if stage is Stage.LATCHED and not self.latched:
            self.ledger.latching(self.scene, self.wheel_nms)
            self._weld()
        elif stage is not Stage.LATCHED and self.latched:
            engine.unweld()
            self.latched = False
            self._open_jaw = True
        if stage is Stage.BACKING and self._open_jaw:
            # The jaw is open: before that its pads would have been thrown off the ring by their overlap.
            engine.let_touch(world.servicer, GRIPPER, world.target, touching=True)
            self._open_jaw = False

    def _weld(self) -> None:
        engine, world = self._engine, self.world
        engine.weld(world.servicer, GRIPPER[0], world.target)
        engine.let_touch(world.servicer, GRIPPER, world.target, touching=False)
        self.latched = True
        self._feeling.latched_ns = self.scene.t_ns

    def _physics(self, acting: Acting, wheels_nm: Vec3) -> None:
        """Step by step: contacts and what the motors do are those of single steps."""
        engine, world, start_ns = self._engine, self.world, self.scene.t_ns
        engine.push(world.servicer, *total(acting.on_bus, wheels_nm))
        engine.push(world.target, *total(acting.on_target, ZERO))
        step_ns = self._period_ns / self._steps
        rates, motors_j = [joint.rate for joint in self.scene.joints], 0.0
        for k in range(1, self._steps + 1):
            engine.step()
            watts, rates = engine.power(world.servicer, rates)
            motors_j += self._step_s * watts
            self._feeling.take(engine.touches(world.servicer, world.target), start_ns + round(k * step_ns))
        self.ledger.book_motors(motors_j)
        self._felt = self._feeling.period()
        self.scene = world.look(start_ns + self._period_ns)

    def _tell_contact(self, events: list[Event]) -> None:
        t_ns = self.scene.t_ns
        self._touched = self._touched or self._feeling.touching or self.world.at_stop(self.scene)
        if self._feeling.touching:
            self._touched_ns = t_ns
            if not self._in_contact:
                self._in_contact = True
                events.append(Event(t_ns=t_ns, kind="contact_made", text=f"{self._felt.force_n:.1f} N"))
        elif self._in_contact and t_ns - self._touched_ns >= _APART_NS:
            self._in_contact = False
            events.append(Event(t_ns=t_ns, kind="contact_lost"))
