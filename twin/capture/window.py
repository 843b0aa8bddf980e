"""The contact window: opened with two bodies, advanced by commands, closed as a stack or as two bodies again.

It is a function of its hand-over and of the inputs of its advances: re-run from these it gives the same
bits, so that is what a snapshot holds.

Assumptions and limitations: masses are held over the window (a minute of 22 N uses 0.4 kg of 801); a
pulse acts as its mean over each period of the arm's loop, impulse for impulse; the plume acts on nothing.
"""

from collections.abc import Callable

from twin.capture.bullet import Bullet, Solver
from twin.capture.engine import Engine
from twin.capture.forces import Nature, forces, mean_thrust, nature_over, total, wheels_on_bus_nm
from twin.capture.grasp import Grasp, Sensed
from twin.capture.interface import (
    SOUND,
    Advance,
    ArmDemand,
    ArmFaults,
    ArmState,
    Event,
    HandOver,
    LedgerRow,
    LedgerSummary,
    Pulse,
    Sample,
    StackState,
    TwoBodies,
    WindowSettings,
    WindowStep,
)
from twin.capture.jaw import Misfit, misfit
from twin.capture.latch import NOTHING_FELT, Felt
from twin.capture.ledger import Ledger
from twin.capture.nature import Orbit
from twin.capture.sequence import NEAR, Stage
from twin.capture.settings import ContactSettings
from twin.capture.stack import stacked, two_bodies
from twin.capture.telemetry import Told, arm_state
from twin.capture.touch import Feeling
from twin.capture.world import GRIPPER, Scene, World
from twin.contracts.fields import Vec3
from twin.errors import UsageError
from twin.guidance.vectors import ZERO, along

_NS = 1_000_000_000
_QUIET_ROW_NS, _CONTACT_ROW_NS = 200_000_000, 20_000_000
_APART_NS = 500_000_000
"""Contact is lost when nothing has touched for so long."""
_ALL_JOINTS = tuple(range(9))


def bullet(contact: ContactSettings) -> Engine:
    """The engine of the contact world."""
    return Bullet(
        Solver(
            step_s=contact.step_s,
            iterations=contact.iterations,
            stiffness_npm=contact.stiffness_npm,
            damping_nspm=contact.damping_nspm,
            damping=contact.damping,
        )
    )


class Window:
    """See the module. Make it with `open`, or with `rebuilt` from what `inputs` gave; end it with `close`."""

    def __init__(self, settings: WindowSettings, handover: HandOver, engine: Engine) -> None:
        contact = settings.contact
        self._settings, self._handover, self._engine = settings, handover, engine
        self._tick_ns = round(contact.arm_period_s * _NS)
        self._steps = round(contact.arm_period_s / contact.step_s)
        if abs(self._steps * contact.step_s - contact.arm_period_s) > 1e-12:
            raise UsageError(
                f"arm_period_s {contact.arm_period_s} is not a whole number of step_s {contact.step_s}"
            )
        self._sample_ns = round(contact.sample_s * _NS)
        self._orbit = Orbit(handover)
        self._world = World(settings, handover, self._orbit, engine)
        self._scene = self._world.look(handover.t_ns)
        self._wheel_nms = handover.wheel_momentum_body_nms
        self._ledger = Ledger(self._world, self._scene, self._wheel_nms, contact.step_s)
        self._grasp = Grasp(settings.arm, settings.ring, self._world.chain, self._scene, contact.arm_period_s)
        self._feeling = Feeling(contact.step_s)
        self._felt: Felt = NOTHING_FELT
        self._faults: ArmFaults = SOUND
        self._welded = self._open_jaw = self._in_contact = False
        self._coasting = True
        self._touched_ns = handover.t_ns
        self._wheels_nm = ZERO
        self._inputs: list[Advance] = []

    @classmethod
    def open(
        cls,
        settings: WindowSettings,
        handover: HandOver,
        engine: Callable[[ContactSettings], Engine] = bullet,
    ) -> "Window":
        """Take both bodies. UsageError when the servicer cannot be split into bus and arm."""
        return cls(settings, handover, engine(settings.contact))

    @classmethod
    def rebuilt(
        cls,
        settings: WindowSettings,
        handover: HandOver,
        inputs: tuple[Advance, ...],
        engine: Callable[[ContactSettings], Engine] = bullet,
    ) -> "Window":
        """The window that had these inputs, bit for bit: opened again and re-run."""
        window = cls.open(settings, handover, engine)
        for given in inputs:
            window.take(given)
        return window

    @property
    def inputs(self) -> tuple[Advance, ...]:
        """All advances so far: with settings and hand-over, all there is to know."""
        return tuple(self._inputs)

    @property
    def handover(self) -> HandOver:
        """What the window was opened with."""
        return self._handover

    @property
    def t_ns(self) -> int:
        """Time up to which it has advanced."""
        return self._scene.t_ns

    @property
    def scene(self) -> Scene:
        """Both bodies now, link by link, in window axes."""
        return self._scene

    @property
    def origin_m(self) -> Vec3:
        """Origin of the servicer's body axes, in window axes."""
        return self._world.origin_m(self._scene.bus)

    @property
    def stage(self) -> Stage:
        """Where the arm is in its work."""
        return self._grasp.stage

    @property
    def latched(self) -> bool:
        """Whether the two bodies are one piece."""
        return self._welded

    @property
    def wheel_momentum_body_nms(self) -> Vec3:
        """Momentum of the wheels, body axes."""
        return self._wheel_nms

    def advance(
        self,
        duration_ns: int,
        pulses: tuple[Pulse, ...],
        wheel_torque_body_nm: Vec3,
        arm: ArmDemand,
        faults: ArmFaults = SOUND,
    ) -> WindowStep:
        """Fly on under constant wheel torque (on the body) and pulses from the start of the step.

        UsageError for a duration that is not a whole number of the arm's periods.
        """
        return self.take(
            Advance(
                duration_ns=duration_ns,
                pulses=pulses,
                wheel_torque_body_nm=wheel_torque_body_nm,
                arm=arm,
                faults=faults,
            )
        )

    def take(self, given: Advance) -> WindowStep:
        """As `advance`, with its inputs in one value."""
        ticks, rest = divmod(given.duration_ns, self._tick_ns)
        if rest or ticks <= 0:
            raise UsageError(
                f"a window advances by whole periods of the arm, {self._tick_ns} ns; "
                f"not {given.duration_ns} ns"
            )
        self._inputs.append(given)
        self._faults = given.faults
        self._coasting = self._coasting and not given.pulses and given.wheel_torque_body_nm == ZERO
        nature = nature_over(self._world, self._orbit, self._scene, given.duration_ns)
        samples: list[Sample] = []
        events: list[Event] = []
        rows: list[LedgerRow] = []
        for tick in range(ticks):
            events += self._command(given)
            thrust = mean_thrust(given.pulses, tick * self._tick_ns, self._tick_ns)
            self._act(thrust, given.wheel_torque_body_nm, nature)
            self._step(events)
            elapsed_ns = self.t_ns - self._handover.t_ns
            if elapsed_ns % (_CONTACT_ROW_NS if self._close_by else _QUIET_ROW_NS) == 0:
                rows.append(self._ledger.row(self._scene, self._wheel_nms, coasting=self._coasting))
            if tick == ticks - 1 or elapsed_ns % self._sample_ns == 0:
                samples.append(self.sample())
        return WindowStep(
            samples=tuple(samples),
            events=tuple(events),
            arm=self.arm_state(),
            contact=self._feeling.state(self._felt, self._fit()),
            ledger=tuple(rows),
        )

    def sample(self) -> Sample:
        """Both bodies now, in `eci`."""
        scene, orbit = self._scene, self._orbit
        t_ns, bus, target = scene.t_ns, scene.bus, scene.target
        return Sample(
            t_ns=t_ns,
            servicer=orbit.to_eci(t_ns, scene.com_m, scene.com_mps, bus.q, bus.w_radps),
            target=orbit.to_eci(t_ns, target.r_m, target.v_mps, target.q, target.w_radps),
        )

    def arm_state(self) -> ArmState:
        """Telemetry of arm and gripper now."""
        felt = Told(self._grasp.stage, self._grasp.refusal, self._felt, self._welded, self._faults)
        return arm_state(self._settings.arm.gripper, self._world, self._scene, felt)

    def ledger(self) -> LedgerSummary:
        """The books so far, judged as if the window ended now."""
        return self._ledger.summary(self._scene, self._wheel_nms)

    def stack(self) -> StackState:
        """The latched pair as one rigid body. UsageError when it is not latched."""
        if not self._welded:
            raise UsageError("the two bodies are not latched: release them instead")
        totals = self._ledger.totals(self._scene, self._wheel_nms)
        return stacked(self._world, self._orbit, self._scene, totals, self._wheel_nms)

    def release(self) -> TwoBodies:
        """Both bodies as they are, each rigid. UsageError while they are latched."""
        if self._welded:
            raise UsageError("the two bodies are latched: open the latch first, or take the stack")
        inertia, _ = self._world.servicer_inertia(self._scene)
        return two_bodies(self.sample(), inertia, self._handover, self._wheel_nms)

    def close(self) -> None:
        """Give the engine back."""
        self._engine.close()

    @property
    def _close_by(self) -> bool:
        """Every physics step is looked at: the gripper is at work, or something touched."""
        return not self._welded and (self._grasp.stage in NEAR or self._feeling.touching)

    def _fit(self) -> Misfit:
        scene = self._scene
        tool = self._world.tool(scene, self._world.pose(scene))
        return misfit(self._settings.ring, self._settings.port, scene.target, tool)

    def _command(self, given: Advance) -> list[Event]:
        """Run the arm's computer once and do what it says."""
        scene, world = self._scene, self._world
        pose = world.pose(scene)
        tool = world.tool(scene, pose)
        fit = None
        if self._grasp.stage is Stage.CLOSING:
            fit = misfit(self._settings.ring, self._settings.port, scene.target, tool)
        drive, events = self._grasp.step(Sensed(scene, pose, tool, self._felt, fit), given.arm, given.faults)
        if self._grasp.stage is not Stage.STOWED:
            self._coasting = False
        self._engine.drive(world.servicer, _ALL_JOINTS, drive.rates, drive.efforts)
        self._latch()
        return events

    def _latch(self) -> None:
        """Make or undo the weld as the stage says."""
        engine, world, stage = self._engine, self._world, self._grasp.stage
        if stage is Stage.LATCHED and not self._welded:
            self._ledger.latching(self._scene, self._wheel_nms)
            engine.weld(world.servicer, GRIPPER[0], world.target)
            engine.let_touch(world.servicer, GRIPPER, world.target, touching=False)
            self._welded = True
            self._feeling.latched_ns = self._scene.t_ns
        elif stage is not Stage.LATCHED and self._welded:
            engine.unweld()
            self._welded = False
            self._open_jaw = True
        if stage is Stage.BACKING and self._open_jaw:
            # The jaw is open: before that its pads would have been thrown off the ring by their overlap.
            engine.let_touch(world.servicer, GRIPPER, world.target, touching=True)
            self._open_jaw = False

    def _act(self, thrust: tuple[Vec3, Vec3], wheels_body_nm: Vec3, nature: Nature) -> None:
        """Give the engine this period's forces and enter them in the books."""
        world, dt_s = self._world, self._tick_ns * 1e-9
        acting = forces(world, self._scene, thrust, nature)
        self._wheels_nm = wheels_on_bus_nm(self._scene.bus, self._wheel_nms, wheels_body_nm)
        self._ledger.book(self._scene, acting.on_bus, acting.on_target, dt_s)
        self._engine.push(world.servicer, *total(acting.on_bus, self._wheels_nm))
        self._engine.push(world.target, *total(acting.on_target, ZERO))
        self._wheel_nms = along(self._wheel_nms, -dt_s, wheels_body_nm)

    def _step(self, events: list[Event]) -> None:
        """One period of physics: in one call far from the ring, step by step near it."""
        engine, world, start_ns = self._engine, self._world, self._scene.t_ns
        end_ns = start_ns + self._tick_ns
        if self._close_by:
            step_ns = self._tick_ns / self._steps
            for k in range(1, self._steps + 1):
                engine.step()
                self._feeling.take(
                    engine.touches(world.servicer, world.target), start_ns + round(k * step_ns)
                )
        else:
            engine.step(self._steps)
            self._feeling.take(engine.touches(world.servicer, world.target), end_ns)
        self._felt = self._feeling.period()
        self._scene = world.look(end_ns)
        self._ledger.book_inside(self._scene, self._wheels_nm, self._tick_ns * 1e-9)
        self._tell_contact(events)

    def _tell_contact(self, events: list[Event]) -> None:
        if self._feeling.touching:
            self._touched_ns = self.t_ns
            if not self._in_contact:
                self._in_contact = True
                events.append(Event(t_ns=self.t_ns, kind="contact_made", text=f"{self._felt.force_n:.1f} N"))
        elif self._in_contact and self.t_ns - self._touched_ns >= _APART_NS:
            self._in_contact = False
            events.append(Event(t_ns=self.t_ns, kind="contact_lost"))
