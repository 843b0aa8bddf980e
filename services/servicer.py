"""The servicer: owns the spacecraft; hears commands, says where it is, what it senses, how it is.

One control cycle: a command arrives at boundary b and the plant flies from b to b'. The readings are
taken in between, at the instant the command asked for; b' is that instant plus the computing delay.
The plant advances at boundaries alone, whatever else arrives. While the servicer has the target in custody,
it publishes the target's motion too.
"""

from collections.abc import Iterable

import msgspec

from services.code_cache import prepare
from twin.contracts.actuation import ActuatorCommand
from twin.contracts.capture import ArmCommand, ArmState
from twin.contracts.custody import CustodyGrant
from twin.contracts.envelope import AnyBody, Delivered, Outgoing, Reaction
from twin.contracts.motion import Piece, Trajectory
from twin.contracts.navigation import Estimate, PhaseChanged, SafetyVerdict
from twin.contracts.operations import FaultRequest, Mark
from twin.contracts.radio import CommandReport, LinkState, Telecommand
from twin.contracts.sensing import SensorReadings
from twin.dynamics.environment import sun_at, sunlight
from twin.dynamics.epochs import Epoch
from twin.dynamics.segments import Track
from twin.dynamics.surroundings import Surroundings
from twin.errors import ContractError, MissionError, UsageError
from twin.kernel.participant import Participant
from twin.mission.initial import servicer_at_epoch
from twin.mission.script import Mission
from twin.vehicle.failing import Coming, FailingSensors, Frozen
from twin.vehicle.faults import InForce
from twin.vehicle.holding import Held, Holding, HoldingState
from twin.vehicle.plant import Spacecraft, SpacecraftState
from twin.vehicle.radio import Radio, RadioState
from twin.vehicle.sensors import Scene, SensorSuite

_NS = 1_000_000_000
_FIRST_PERIOD_NS = _NS
"""Length of a period while no command has yet said how long it shall be."""
_LONGEST_PERIOD_NS = 600 * _NS
"""Longest period of a phase (`twin.guidance.phases.Phase`)."""
_VERSION = 5


class _Saved(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: int
    spacecraft: SpacecraftState
    holding: HoldingState
    radio: RadioState
    motion: tuple[Piece, ...]
    target: tuple[Piece, ...]
    command: ActuatorCommand | None
    sample: int
    period_ns: int
    wake_ns: int
    faults: tuple[InForce, ...] = ()
    frozen: tuple[Frozen, ...] = ()
    coming: tuple[Coming, ...] = ()


class Servicer:
    """Participant: see the module."""

    _spacecraft: Spacecraft
    _holding: Holding
    _sensors: SensorSuite
    _failing: FailingSensors
    _radio: Radio
    _epoch: Epoch
    _delay_ns: int

    def __init__(self) -> None:
        self._motion = Track()
        self._target = Track()
        self._command: ActuatorCommand | None = None
        self._sample = 0
        self._period_ns = _FIRST_PERIOD_NS
        self._wake_ns = 0

    @property
    def name(self) -> str:
        return "servicer"

    def begin(self, mission: Mission) -> Reaction:
        """Publish the first coast; sensing starts when the target's trajectory is here."""
        self._build(mission)
        lit = self._lit()
        state = Outgoing(body=self._spacecraft.equipment(lit))
        # A second more than the coast flown, so that nobody is without motion at the first boundary.
        promised = self._spacecraft.coast_ahead(self._delay_ns + _NS)
        trajectory = self._trajectory(promised)
        self._spacecraft.fly(None, self._delay_ns, lit=lit, transmitting=False)
        self._motion = Track(promised)
        self._wake_ns = self._delay_ns
        return Reaction(messages=(trajectory, state), wake_ns=self._wake_ns)

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        """Take what arrived; at a boundary fly on."""
        messages = [out for delivered in inbox for out in self._hear(delivered.body, now_ns)]
        if self._sample == 0 and self._target.covers(now_ns) and self._motion.covers(now_ns):
            messages.append(self._readings(now_ns, delay_ns=0))
        if now_ns == self._wake_ns:
            messages += self._boundary(now_ns)
        return Reaction(messages=tuple(messages), wake_ns=self._wake_ns)

    def snapshot(self) -> bytes:
        """State after the last reaction, as versioned msgpack."""
        saved = _Saved(
            version=_VERSION,
            spacecraft=self._spacecraft.snapshot(),
            holding=self._holding.snapshot(self._spacecraft.carrier),
            radio=self._radio.snapshot(),
            motion=self._motion.pieces,
            target=self._target.pieces,
            command=self._command,
            sample=self._sample,
            period_ns=self._period_ns,
            wake_ns=self._wake_ns,
            faults=self._spacecraft.faults.in_force,
            frozen=self._failing.frozen,
            coming=self._failing.coming,
        )
        return msgspec.msgpack.encode(saved)

    def restore(self, mission: Mission, state: bytes) -> None:
        """Become the servicer that gave `state`; UsageError for a snapshot of another version."""
        saved = msgspec.msgpack.decode(state, type=_Saved)
        if saved.version != _VERSION:
            raise UsageError(f"servicer snapshot of version {saved.version}; this one reads {_VERSION}")
        self._build(mission)
        self._spacecraft.carrier = self._holding.restore(saved.holding, self._spacecraft.carrier)
        self._spacecraft.restore(saved.spacecraft)
        self._spacecraft.faults.in_force = saved.faults
        self._failing.frozen, self._failing.coming = saved.frozen, saved.coming
        self._radio.restore(saved.radio)
        self._motion, self._target = Track(saved.motion), Track(saved.target)
        self._command = saved.command
        self._sample = saved.sample
        self._period_ns, self._wake_ns = saved.period_ns, saved.wake_ns

    def _build(self, mission: Mission) -> None:
        self._delay_ns = round(mission.guidance.compute_delay_s * _NS)
        if self._delay_ns <= 0:
            raise MissionError("must be at least 1 ns", place="guidance.compute_delay_s")
        self._epoch = epoch = Epoch(mission.epoch_utc)
        surroundings = Surroundings.at(epoch, mission.environment)
        self._target_kg = mission.target.mass_kg
        self._holding = Holding(mission.servicer, mission.target, surroundings)
        self._spacecraft = Spacecraft(
            mission.servicer,
            servicer_at_epoch(mission),
            surroundings,
            seed=mission.seed,
            error=mission.dispersions.thruster_error,
        )
        self._sensors = SensorSuite(mission.servicer.sensors, mission.seed, mission.dispersions.sensor_noise)
        self._failing = FailingSensors(mission.seed)
        self._radio = Radio(mission.servicer.telemetry, epoch, mission.guidance.start_phase)

    def _hear(self, body: AnyBody, now_ns: int) -> Iterable[Outgoing]:
        match body:
            case ActuatorCommand():
                self._command = body
            case Trajectory():
                self._target.forget_before(now_ns)
                self._target.extend(body)
            case ArmCommand() | CustodyGrant():
                self._holding.hear(body)
            case FaultRequest():
                return self._fault(body, now_ns)
            case Estimate() | PhaseChanged() | SafetyVerdict() | CommandReport():
                self._radio.hear(body)
            case LinkState():
                self._radio.lock(body, now_ns)
            case Telecommand():
                return [Outgoing(to=("guidance",), delivery="wait", body=body)]
            case _:
                kind = body.__struct_config__.tag
                return [Outgoing(body=Mark(text=f"servicer: has no use for {kind}, nothing done"))]
        return []

    def _fault(self, request: FaultRequest, now_ns: int) -> list[Outgoing]:
        """Whoever asks for a fault that there is not is told so; the flight goes on."""
        try:
            self._spacecraft.faults.hear(request, now_ns)
        except ContractError as error:
            return [
                Outgoing(body=Mark(text=f"servicer: has no use for fault_request, nothing done: {error}"))
            ]
        return []

    def _boundary(self, now_ns: int) -> list[Outgoing]:
        """Say how the period ended, send telemetry, then fly and sense the next one."""
        lit = self._lit()
        state = Outgoing(body=self._spacecraft.equipment(lit))
        held = self._hold()
        frames = self._telemetry(now_ns)
        # The target's new owner has not spoken yet: sense at the one instant both know.
        reading_ns = now_ns if held.parted else self._next_reading(now_ns)
        pieces = self._spacecraft.fly(
            self._command, reading_ns + self._delay_ns, lit=lit, transmitting=self._radio.transmitting
        )
        self._command = None
        self._motion = Track(pieces)
        self._wake_ns = self._spacecraft.t_ns
        self._period_ns = self._wake_ns - now_ns
        messages = [state, *held.says, *frames, self._trajectory(pieces), *self._targets_motion()]
        messages += self._holding.after(self._spacecraft.carrier)
        if self._sample:
            messages.append(self._readings(reading_ns, delay_ns=reading_ns - now_ns))
        return messages

    def _hold(self) -> Held:
        """Custody at a boundary; what the arm says goes to the ground too."""
        spacecraft = self._spacecraft
        held = self._holding.before(
            spacecraft.carrier,
            spacecraft.mass_kg,
            spacecraft.wheel_momentum_body_nms,
            spacecraft.faults.arm,
        )
        for said in held.says:
            if isinstance(said.body, ArmState):
                self._radio.hear(said.body)
        if held.carrier is not None:
            spacecraft.carrier = held.carrier
        return held

    def _targets_motion(self) -> list[Outgoing]:
        """Where the target goes while the servicer has it, for the record and for the servicer's own
        sensors.
        """
        pieces = self._spacecraft.target_pieces
        if not pieces:
            return []
        self._target.forget_before(pieces[0].start_ns)
        self._target.add(pieces)
        return [Outgoing(body=Trajectory(body="target", mass_kg=self._target_kg, pieces=pieces))]

    def _next_reading(self, now_ns: int) -> int:
        """When to sense next: as commanded, but not past the longest period; without a command, and where
        what it asks for is over, at the pace of the last one."""
        command, longest_ns = self._command, now_ns + _LONGEST_PERIOD_NS
        if command is not None and command.next_reading_ns >= now_ns:
            return min(command.next_reading_ns, longest_ns)
        pace_ns = self._period_ns if command is None else command.next_reading_ns - command.reading_ns
        return min(max(now_ns + pace_ns - self._delay_ns, now_ns), longest_ns)

    def _readings(self, t_ns: int, *, delay_ns: int) -> Outgoing:
        target = self._target.state(t_ns)
        lit, sun = sunlight(self._epoch, t_ns, target.r_eci_m), sun_at(self._epoch, t_ns)
        scene = Scene(self._motion.state(t_ns), target, lit, sun)
        sound = self._sensors.read(scene, self._sample)
        seen = self._failing.seen(sound, self._spacecraft.faults.in_force, t_ns, self._sample)
        levels = self._spacecraft.gauges(t_ns)
        body = SensorReadings(
            sampled_ns=t_ns,
            sample=self._sample,
            gnss=seen.gnss,
            star_tracker=seen.star_tracker,
            gyro=seen.gyro,
            bearing=seen.bearing,
            lidar_range=seen.lidar_range,
            lidar_pose=seen.lidar_pose,
            wheel_momentum_nms=levels.wheel_momentum_nms,
            propellant_kg=levels.propellant_kg,
            battery_fraction=levels.battery_fraction,
            contact_ns=self._radio.contact_ns(t_ns - delay_ns),
        )
        self._sample += 1
        return Outgoing(to=("guidance",), delay_ns=delay_ns, body=body)

    def _telemetry(self, now_ns: int) -> list[Outgoing]:
        self._radio.report(self._spacecraft.ahead)
        frames = self._radio.frames(now_ns, self._spacecraft.r_eci_m)
        return [Outgoing(to=("ground",), delay_ns=delay_ns, body=frame) for delay_ns, frame in frames]

    def _trajectory(self, pieces: tuple[Piece, ...]) -> Outgoing:
        body = Trajectory(body="servicer", mass_kg=self._spacecraft.mass_kg, pieces=pieces)
        return Outgoing(to=("ground",), delivery="latest", body=body)

    def _lit(self) -> float:
        """Part of the Sun's disk that the spacecraft sees where its plant stands."""
        return sunlight(self._epoch, self._spacecraft.t_ns, self._spacecraft.r_eci_m)


def create() -> Participant:
    """A new servicer."""
    prepare()
    return Servicer()
