"""The on-board computer: readings and telecommands in, actuation, estimate, phase and verdicts out."""

from collections.abc import Iterator

from msgspec.structs import replace

from twin.contracts.actuation import ActuatorCommand
from twin.contracts.capture import ArmCommand, ArmMode, ArmState
from twin.contracts.fields import Quaternion
from twin.contracts.navigation import Estimate, LawCompared, PhaseChanged, SafetyVerdict
from twin.contracts.operations import LawSwap
from twin.contracts.radio import CommandReport, Telecommand
from twin.contracts.sensing import SensorReadings
from twin.errors import ContractError
from twin.gnc.commanded import Action, Commanded
from twin.gnc.computer_state import VERSION, ComputerSnapshot
from twin.gnc.feeling import Felt
from twin.gnc.grip import arm_command, gripped
from twin.gnc.heading import attitude_ric, pointing_of
from twin.gnc.inertia import believed
from twin.gnc.knowledge import Knowledge, estimate_of
from twin.gnc.navigator import Navigator
from twin.gnc.pilot import Pilot
from twin.gnc.pointing import Pointing
from twin.gnc.rungs import best_rung
from twin.gnc.safety import drift_verdict, failure_verdict, refusal_verdict, thruster_verdicts, tripped
from twin.gnc.sight import seen_of
from twin.gnc.stack_control import StackControl
from twin.gnc.steering import Carried, Steering
from twin.gnc.telecommands import cue_of, reported
from twin.guidance.law import Demand, Laws
from twin.guidance.phases import Cue, Phase, paced, quickened
from twin.guidance.swapping import SWAP_LAW, as_swap
from twin.guidance.table import Stage, Table
from twin.guidance.trial import LawFailure
from twin.mission.determined import hand_over
from twin.mission.script import Mission

Says = Estimate | PhaseChanged | SafetyVerdict | CommandReport | ArmCommand | LawCompared
_SAFE_CUES: tuple[Cue, ...] = ("abort", "free_drift")
"""Where a law that failed leads to: the first of these that its phase takes."""


class Computer:
    """One `cycle` for each set of readings. `laws` maps law names to their parameter structs."""

    def __init__(self, mission: Mission, laws: Laws) -> None:
        guidance, vehicle = mission.guidance, mission.servicer
        self._settings, self._delay_s = guidance, guidance.compute_delay_s
        self._vehicle = vehicle
        self._target = believed(mission.target, guidance.navigation.believed_inertia_scale)
        self._table = Table(guidance.phases)
        self._pilot = Pilot(self._table, laws, guidance.control.believed_mps2)
        self._navigator = Navigator(guidance.navigation, vehicle, self._target, hand_over(mission))
        self._steering = Steering(guidance, vehicle)
        self._clear_m = mission.target.radius_m + vehicle.radius_m
        self._stack_control: StackControl | None = None
        self._propellant_kg: float | None = None
        self._shut = Action((0.0,) * len(vehicle.propulsion.thrusters), (0.0, 0.0, 0.0, 0.0))
        self._stage = Stage(phase=guidance.start_phase, since_ns=0)
        self._carried = Carried()
        self._commanded = Commanded()
        self._delta_v_mps = 0.0
        self._waiting: tuple[Telecommand, ...] = ()
        self._felt = Felt()
        self._arm: ArmMode | None = None
        self._kept: Quaternion | None = None
        self._quick = False

    def feel(self, arm: ArmState) -> None:
        """What the arm says counts from the next readings on."""
        self._felt = self._felt.then(arm)

    def hear(self, command: Telecommand) -> None:
        """A telecommand waits for the next readings."""
        self._waiting += (command,)

    def swap(self, swap: LawSwap) -> None:
        """Fly another law in a phase from the next readings on.

        Raises MissionError for an unknown law or parameter, UsageError for an unknown phase.
        """
        self._pilot.swap(swap, self._stage.phase)

    def unresponsive(self, text: str) -> None:
        """The law has not come back: it is not asked at the next readings, the safe law takes over there."""
        self._pilot.unresponsive(text)

    def recalls(self, readings: SensorReadings) -> bool:
        """Whether these are not newer than what is known: then they are used for what they show of the
        target, and nothing is commanded on them."""
        if self._navigator.precedes(readings):
            self._navigator.recall(readings)
            return True
        return False

    def cycle(
        self, readings: SensorReadings, now_ns: int | None = None
    ) -> tuple[ActuatorCommand, tuple[Says, ...]]:
        """The command that answers these readings, and what is said about it; they come when they are taken
        or, late, at `now_ns`."""
        fired = self._commanded.fired(readings.sampled_ns)
        known = self._navigator.take(readings, fired, still=self._arm in (None, "hold"))
        if known is None:
            return self._shut.command(readings.sampled_ns, self._row.period_s), ()
        says = [*self._obey(known.t_ns), *self._feel(known), *self._guard(known)]
        demand, more = self._decide(known)
        says += more
        self._quick = demand.quick
        stowed = "stowed" in self._felt.events
        self._felt = Felt(latched=self._felt.latched)
        action = self._act(known, demand)._replace(isolated=known.open_thrusters)
        self._navigator.wheels.tell(action.wheel_torque_nm, self._delay_s)
        self._arm = None if stowed else demand.arm or (self._arm and "hold")
        if self._arm is not None:
            delay_s = self._delay_s
            says.append(arm_command(known, self._target.port, self._arm, delay_s))
        command = action.command(known.t_ns, self._row.period_s)
        self._commanded = self._commanded.then(command, action.impulse, now_ns or known.t_ns)
        return command, (estimate_of(known, self._delta_v_mps), *says)

    def _act(self, known: Knowledge, demand: Demand) -> Action:
        """Valves and wheels for what the law wants and where the phase points."""
        row = self._row
        if row.point == "free":
            self._carried, late = Carried(), self._carried.late
            return self._shut._replace(impulse=late)
        pointing = self._pointing(row, known)
        if self._stack_control is not None:
            wanted = demand.acceleration_ric_mps2
            done = self._stack_control.act(self._carried, known, wanted, pointing, row)
            self._carried, action, change_mps = done
            self._delta_v_mps += change_mps
            return action
        self._carried, steered = self._steering.steer(
            self._carried, known, demand.acceleration_ric_mps2, pointing, row
        )
        self._delta_v_mps += steered.delta_v_mps
        return Action(steered.thruster_on_s, steered.wheel_torque_nm, steered.impulse)

    @property
    def _row(self) -> Phase:
        row = paced(self._table.row(self._stage), self._quick)
        return row if self._navigator.sound else quickened(row)

    def _obey(self, t_ns: int) -> Iterator[Says]:
        """Telecommands in the order they came: a cue that the phase takes is executed at once."""
        waiting, self._waiting = self._waiting, ()
        for command in waiting:
            yield from reported(t_ns, command, self._carry_out)

    def _carry_out(self, command: Telecommand, t_ns: int) -> PhaseChanged | None:
        if command.name == SWAP_LAW:
            self.swap(as_swap(command))
            return None
        return self._change(cue_of(command.name), t_ns, f"telecommand {command.command}")

    def _feel(self, known: Knowledge) -> Iterator[Says]:
        """What the arm said, as cues of the phase; a latched target is carried along from here on."""
        felt = self._felt
        if felt.latched != (self._navigator.grip is not None):
            self._navigator.grip = gripped(known) if felt.latched else None
            self._know_stack(None)
        elif self._stack_control is not None and self._stack_control.outdated(known.mass_kg):
            self._know_stack(known.propellant_kg)
            self._navigator.weigh(known.propellant_kg)
        for cue in felt.cues():
            if cue in self._row.on:
                yield self._change(cue, known.t_ns, "")

    def _know_stack(self, propellant_kg: float | None) -> None:
        """With the tank as it was at the start, or as it is known by now."""
        grip, control, full = self._navigator.grip, self._settings.control, self._vehicle.propellant_kg
        left = replace(self._vehicle, propellant_kg=full if propellant_kg is None else propellant_kg)
        made = StackControl(control, left, self._target, grip, self._delay_s) if grip else None
        self._stack_control, self._propellant_kg = made, propellant_kg

    def _guard(self, known: Knowledge) -> Iterator[Says]:
        """Time limit and safety monitors of the phase."""
        yield from thruster_verdicts(known)
        if self._table.timed_out(self._stage, known.t_ns):
            yield self._change("timeout", known.t_ns, f"longer than {self._row.timeout_s:g} s")
        verdict = tripped(self._settings.safety, self._row.zone, known, self._row.link_s)
        if verdict is not None and "abort" in self._row.on:
            yield verdict
            yield from self._abort(known, f"{verdict.monitor}: {verdict.text}")

    def _abort(self, known: Knowledge, reason: str) -> Iterator[Says]:
        """By the ladder where the mission has one, else where the phase says."""
        ladder = self._settings.safety.ladder
        # A stack has nothing to keep away from; the ladder's predictions hold near the target.
        if ladder is None or self._stack_control is not None or self._row.zone == "far":
            yield self._change("abort", known.t_ns, reason)
            return
        rung = best_rung(self._settings, self._row.period_s, known, self._clear_m)
        yield rung.verdict
        yield self._enter(Stage(phase=rung.phase, since_ns=known.t_ns), "abort", reason)

    def _decide(self, known: Knowledge) -> tuple[Demand, list[Says]]:
        """What the law wants; when it says it has arrived, what the next phase's law wants."""
        says: list[Says] = []
        demand = self._step(known, says)
        if demand.checked is not None and demand.arrived:
            says.append(drift_verdict(demand.checked, known.t_ns))
        if demand.abort and "abort" in self._row.on:
            verdict = refusal_verdict(demand.abort, self._pilot.law(self._row), known.t_ns)
            says += [verdict, *self._abort(known, verdict.text)]
            demand = self._step(known, says)
        elif demand.arrived and "arrived" in self._row.on:
            says.append(self._change("arrived", known.t_ns, demand.reason))
            demand = self._step(known, says)
        return demand, says

    def _step(self, known: Knowledge, says: list[Says]) -> Demand:
        """What the phase's law wants. One that fails ends its phase, and what follows is asked at once; where
        no phase follows, or its law failed too, the safe law flies on.
        """
        tried: list[str] = []
        while True:
            row = self._row
            pointing = self._pointing(row, known)
            push_mps2 = self._stack_control.most_mps2(known, row) if self._stack_control else 0.0
            seen = seen_of(
                known, pointing, self._settings, row.period_s, self._felt.events, push_mps2=push_mps2
            )
            try:
                demand = self._pilot.fly(row, seen)
            except LawFailure as failure:
                verdict = failure_verdict(failure, self._pilot.law(row), row.name, known.t_ns)
                says.append(verdict)
                cue = next((cue for cue in _SAFE_CUES if cue in row.on), None)
                if cue is None or row.name in tried:
                    self._pilot.hand_over(row)
                elif cue == "abort":
                    says += self._abort(known, verdict.text)
                else:
                    says.append(self._change(cue, known.t_ns, verdict.text))
                tried.append(row.name)
                continue
            compared = self._pilot.compare(row, seen, demand)
            says += [compared] if compared else []
            return demand

    def _change(self, cue: Cue, t_ns: int, reason: str) -> PhaseChanged:
        return self._enter(self._table.after(self._stage, cue, t_ns), cue, reason)

    def _enter(self, stage: Stage, cue: Cue, reason: str) -> PhaseChanged:
        previous = self._stage.phase
        self._stage = stage
        self._pilot.enter()
        self._kept, self._quick = None, False
        return PhaseChanged(
            t_ns=stage.since_ns,
            previous=previous,
            phase=self._stage.phase,
            cue=cue,
            reason=reason,
            terminal=self._row.terminal,
        )

    def _pointing(self, row: Phase, known: Knowledge) -> Pointing:
        if row.point == "ric" and self._kept is None:
            self._kept = attitude_ric(known)
        return pointing_of(row, known, self._target.port, self._kept)

    def snapshot(self) -> ComputerSnapshot:
        return ComputerSnapshot(
            navigator=self._navigator.snapshot(),
            stage=self._stage,
            pilot=self._pilot.snapshot(self._row),
            carried=self._carried,
            commanded=self._commanded,
            delta_v_mps=self._delta_v_mps,
            waiting=self._waiting,
            felt=self._felt,
            arm=self._arm,
            kept=self._kept,
            propellant_kg=self._propellant_kg,
            quick=self._quick,
        )

    def restore(self, snapshot: ComputerSnapshot) -> None:
        """Become the computer that gave the snapshot. Raises ContractError for one of another version."""
        if snapshot.version != VERSION:
            raise ContractError(f"guidance snapshot of version {snapshot.version}; this reads {VERSION}")
        self._navigator.restore(snapshot.navigator)
        self._stage = snapshot.stage
        self._pilot.restore(snapshot.pilot, self._row)
        self._carried = snapshot.carried
        self._commanded = snapshot.commanded
        self._delta_v_mps = snapshot.delta_v_mps
        self._waiting = snapshot.waiting
        self._felt, self._arm, self._kept = snapshot.felt, snapshot.arm, snapshot.kept
        self._quick = snapshot.quick
        self._know_stack(snapshot.propellant_kg)
