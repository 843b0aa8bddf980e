"""The contact window: opened with two bodies, advanced by commands, closed as a stack or as two bodies again.

It is a function of its hand-over and of the inputs of its advances: re-run from these it gives the same
bits, so that is what a snapshot holds. What happens in it is `twin.capture.encounter`.
"""

from collections.abc import Callable

from twin.capture.bullet import Bullet, Solver
from twin.capture.encounter import Asked, Encounter
from twin.capture.engine import Engine
from twin.capture.forces import mean_thrust, nature_over
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
from twin.capture.knots import knots
from twin.capture.nature import Orbit
from twin.capture.sequence import Stage
from twin.capture.settings import ContactSettings
from twin.capture.stack import stacked, two_bodies
from twin.capture.world import Scene
from twin.contracts.fields import Vec3
from twin.errors import UsageError

_NS = 1_000_000_000


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
        self._handover, self._engine = handover, engine
        self._period_ns = round(contact.arm_period_s * _NS)
        if abs(round(contact.arm_period_s / contact.step_s) * contact.step_s - contact.arm_period_s) > 1e-12:
            raise UsageError(
                f"arm_period_s {contact.arm_period_s} is not a whole number of step_s {contact.step_s}"
            )
        self._sample_ns = round(contact.sample_s * _NS)
        self._orbit = Orbit(handover)
        self._pair = Encounter(settings, handover, self._orbit, engine)
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
        return self._pair.scene.t_ns

    @property
    def scene(self) -> Scene:
        """Both bodies now, link by link, in window axes."""
        return self._pair.scene

    @property
    def origin_m(self) -> Vec3:
        """Origin of the servicer's body axes, in window axes."""
        return self._pair.world.origin_m(self._pair.scene.bus)

    @property
    def stage(self) -> Stage:
        """Where the arm is in its work."""
        return self._pair.stage

    @property
    def latched(self) -> bool:
        """Whether the two bodies are one piece."""
        return self._pair.latched

    @property
    def wheel_momentum_body_nms(self) -> Vec3:
        """Momentum of the wheels, body axes."""
        return self._pair.wheel_nms

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
        periods, rest = divmod(given.duration_ns, self._period_ns)
        if rest or periods <= 0:
            raise UsageError(
                f"a window advances by whole periods of the arm, {self._period_ns} ns; "
                f"not {given.duration_ns} ns"
            )
        self._inputs.append(given)
        pair = self._pair
        nature = nature_over(pair.world, self._orbit, pair.scene, given.duration_ns)
        thrusts = [mean_thrust(given.pulses, k * self._period_ns, self._period_ns) for k in range(periods)]
        scenes = [pair.scene]
        events: list[Event] = []
        rows: list[LedgerRow] = []
        for thrust in thrusts:
            events += pair.fly(Asked(thrust, given.wheel_torque_body_nm, given.arm, given.faults), nature)
            scenes.append(pair.scene)
            if (row := pair.due_row()) is not None:
                rows.append(row)
        told = knots(scenes, self._sample_ns, self._handover.t_ns)
        return WindowStep(
            samples=tuple([self._sample(scene) for scene in told]),
            events=tuple(events),
            arm=pair.arm_state(),
            contact=pair.contact_state(),
            ledger=tuple(rows),
        )

    def sample(self) -> Sample:
        """Both bodies now, in `eci`."""
        return self._sample(self._pair.scene)

    def arm_state(self) -> ArmState:
        """Telemetry of arm and gripper now."""
        return self._pair.arm_state()

    def ledger(self) -> LedgerSummary:
        """The books so far, judged as if the window ended now."""
        return self._pair.ledger.summary(self._pair.scene, self._pair.wheel_nms)

    def stack(self) -> StackState:
        """The latched pair as one rigid body. UsageError when it is not latched."""
        pair = self._pair
        if not pair.latched:
            raise UsageError("the two bodies are not latched: release them instead")
        totals = pair.ledger.totals(pair.scene, pair.wheel_nms)
        return stacked(pair.world, self._orbit, pair.scene, totals, pair.wheel_nms)

    def release(self) -> TwoBodies:
        """Both bodies as they are, each rigid. UsageError while they are latched."""
        pair = self._pair
        if pair.latched:
            raise UsageError("the two bodies are latched: open the latch first, or take the stack")
        return two_bodies(pair.world, pair.scene, self.sample(), self._handover, pair.wheel_nms)

    def close(self) -> None:
        """Give the engine back."""
        self._engine.close()

    def _sample(self, scene: Scene) -> Sample:
        orbit, t_ns, bus, target = self._orbit, scene.t_ns, scene.bus, scene.target
        return Sample(
            t_ns=t_ns,
            servicer=orbit.to_eci(t_ns, scene.com_m, scene.com_mps, bus.q, bus.w_radps),
            target=orbit.to_eci(t_ns, target.r_m, target.v_mps, target.q, target.w_radps),
        )
