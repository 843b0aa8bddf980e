"""The arm's own computer: from stage, estimate and what the gripper feels to joint motors and the latch.

It runs every `arm_period_s` inside the servicer. Of the truth it uses only what its own sensors have:
encoders, motor torques, the bus's motion, finger loads, and the jaw's switches for the latch conditions.
"""

from typing import NamedTuple

from twin.capture.arm import Angles, Kinematics, Pose
from twin.capture.bodies import nearest_plate
from twin.capture.estimate import RingTrack
from twin.capture.interface import ArmDemand, ArmFaults, Event, HandOver, WindowSettings
from twin.capture.jaw import Grip, Misfit, Moving, grip_on
from twin.capture.latch import Felt, obstacle
from twin.capture.motors import YIELDING, Drive, broken, driven
from twin.capture.patience import Patience, Period
from twin.capture.sequence import LONGEST_S, WISHES, Cue, Stage, following
from twin.capture.turning import back
from twin.capture.world import Scene
from twin.dynamics.rotation import conj, mul, rotate, rotation_vector
from twin.guidance.vectors import add, cross, limited, norm, scale, sub

_ARRIVED_RAD = 0.02
_FACING_RAD = 0.05
_INSERTED_M = 0.01
_BACKED_M = 0.05
_OPEN_M = 0.002
_GIVING_WAY_S = 0.5
"""The arm is slack for so long before it backs out: what it pressed on pushes it off."""
_BACKING_MPS = 0.05
_HOLD_GAIN_PER_S = 1.0
_NO_RATES = (0.0,) * 7
_EVENTS = {
    Stage.INSERTED: "inserted",
    Stage.LATCHED: "latch_closed",
    Stage.RETRACTED: "retracted",
    Stage.STOWED: "stowed",
}


class Sensed(NamedTuple):
    """What one period of the loop has to go by; `fit` only near the ring."""

    scene: Scene
    pose: Pose
    tool: Moving
    felt: Felt
    fit: Misfit | None


def first_stage(handover: HandOver, chain: Kinematics) -> Stage:
    """Where an arm is in its work when a window opens on it."""
    if handover.latched:
        return Stage.LATCHED
    folded = handover.joints is None or _furthest(handover.joints[:7], chain.stowed_rad) < _ARRIVED_RAD
    return Stage.STOWED if folded else Stage.RETRACTED


class Grasp:
    """State of the arm's computer; `step` runs it once."""

    def __init__(self, settings: WindowSettings, chain: Kinematics, start: Scene, stage: Stage) -> None:
        arm = settings.arm
        self._arm, self._ring, self._chain = arm, settings.ring, chain
        self._period_s = settings.contact.arm_period_s
        self._track = RingTrack()
        self._track.remember(start)
        self.stage = stage
        self.refusal = ""
        self._since_ns = start.t_ns
        self._now_ns = start.t_ns
        self._plate_rad: float | None = None
        self._out_m = arm.arm.standoff_m
        self._left: Grip | None = None
        self._patience = Patience(arm, self._period_s)
        self._held_s = 0.0
        self._waiting = False
        self._stalled = ""
        self._wanted_radps: Angles = _NO_RATES
        self._events: list[Event] = []

    def step(self, sensed: Sensed, demand: ArmDemand, faults: ArmFaults) -> tuple[Drive, list[Event]]:
        """One period: move through the table, then give the motors."""
        scene = sensed.scene
        self._now_ns = scene.t_ns
        self._events = []
        self._track.remember(scene)
        ring = None if demand.ring is None else self._track.now(demand.ring, scene.t_ns)
        for wish in WISHES[demand.mode]:
            if ring is not None or wish in {Cue.BACK, Cue.RELEASE}:
                self._move(self._ready(wish))
        self._bear(sensed)
        held = demand.mode == "hold" or (ring is None and self.stage in _STEERED)
        if not held and self._done(sensed, ring):
            self._move(Cue.DONE)
        rates = _NO_RATES if held else self._rates(sensed, ring)
        self._wanted_radps = rates
        drive = driven(self._arm, self.stage, rates, scene.joints[7].position, self._elapsed_s)
        return broken(drive, faults), self._events

    def _ready(self, wish: Cue) -> Cue | None:
        """Going in waits for the stand-off; every other wish is taken at once."""
        return None if wish is Cue.IN and not self._waiting else wish

    def _move(self, cue: Cue | None) -> None:
        if cue is None:
            return
        after = following(self.stage, cue)
        if after is self.stage:
            return
        if self.stage is Stage.LATCHED:
            self._say("latch_opened")
        self.stage, self._since_ns = after, self._now_ns
        self._held_s = 0.0
        self._waiting = False
        self._patience.stage_begins()
        if after is Stage.APPROACHING:
            self._out_m, self._plate_rad, self.refusal = self._arm.arm.standoff_m, None, ""
            self._patience.attempt_begins()
        if after is Stage.BACKING:
            self._out_m, self._left = 0.0, None
        if after in _EVENTS:
            self._say(_EVENTS[after])

    def _say(self, kind: str, text: str = "") -> None:
        self._events.append(Event(t_ns=self._now_ns, kind=kind, text=text))

    def _bear(self, sensed: Sensed) -> None:
        """Give the attempt up when there has been enough of it."""
        felt, rates = sensed.felt, sensed.scene.rates_radps
        enough = self._patience.spent(
            Period(self.stage, self._elapsed_s, felt, self._wanted_radps, rates, self._stalled)
        )
        if enough is None:
            return
        if enough.event is not None:
            self._say(*enough.event)
        self.refusal = enough.reason
        self._move(Cue.REFUSED)
        self._say("latch_refused", enough.reason)

    @property
    def _elapsed_s(self) -> float:
        return (self._now_ns - self._since_ns) * 1e-9

    def _done(self, sensed: Sensed, ring: Moving | None) -> bool:
        """Whether the present stage has reached its end."""
        scene, arm = sensed.scene, self._arm.arm
        done = False
        match self.stage:
            case Stage.UNFOLDING:
                done = _furthest(scene.angles_rad, self._chain.unfolded_rad) < _ARRIVED_RAD
            case Stage.FOLDING:
                done = _furthest(scene.angles_rad, self._chain.stowed_rad) < _ARRIVED_RAD
            case Stage.APPROACHING:
                self._wait(sensed, ring)
            case Stage.INSERTING:
                done = self._out_m <= 0.0 and self._away(sensed, ring)[0] < _INSERTED_M
            case Stage.CLOSING:
                done = self._secure(sensed)
            case Stage.OPENING:
                open_m = max(scene.joints[7].position, scene.joints[8].position)
                given_way = self._elapsed_s > _GIVING_WAY_S
                done = (given_way and open_m < _OPEN_M) or self._elapsed_s > LONGEST_S[Stage.OPENING]
            case Stage.BACKING:
                done = self._out_m >= arm.standoff_m and self._away(sensed, ring)[0] < _BACKED_M
        return done

    def _wait(self, sensed: Sensed, ring: Moving | None) -> None:
        """At the stand-off: near enough, slow enough and facing the ring."""
        away_m, speed_mps, turn_rad = self._away(sensed, ring)
        arm = self._arm.arm
        there = (
            away_m < arm.standoff_error_m and speed_mps < arm.standoff_speed_mps and turn_rad < _FACING_RAD
        )
        if there and not self._waiting:
            self._say("at_standoff")
        self._waiting = there

    def _secure(self, sensed: Sensed) -> bool:
        """Whether the latch's conditions have held long enough."""
        scene = sensed.scene
        if sensed.fit is None:
            return False
        finger_mps = max(abs(scene.joints[7].rate), abs(scene.joints[8].rate))
        left_m = self._arm.gripper.half_opening_m - max(scene.joints[7].position, scene.joints[8].position)
        self._stalled = obstacle(self._arm.latch, sensed.felt, sensed.fit, finger_mps, left_m)
        self._held_s = 0.0 if self._stalled else self._held_s + self._period_s
        return self._held_s >= self._arm.latch.held_s

    def _rates(self, sensed: Sensed, ring: Moving | None) -> Angles:
        """Wanted rates of the seven joints."""
        scene = sensed.scene
        match self.stage:
            case Stage.STOWED | Stage.FOLDING:
                return self._chain.towards(scene.angles_rad, self._chain.stowed_rad, _HOLD_GAIN_PER_S)
            case Stage.UNFOLDING:
                return self._chain.towards(scene.angles_rad, self._chain.unfolded_rad, _HOLD_GAIN_PER_S)
            case Stage.LATCHED | Stage.RETRACTED:
                return _NO_RATES
        if ring is None:
            return _NO_RATES
        if self.stage is Stage.INSERTING:
            self._out_m = max(0.0, self._out_m - self._arm.arm.insertion_mps * self._period_s)
        if self.stage is Stage.BACKING:
            self._out_m = min(self._arm.arm.standoff_m, self._out_m + _BACKING_MPS * self._period_s)
        return self._steered(sensed, ring)

    def _steered(self, sensed: Sensed, ring: Moving) -> Angles:
        """Resolved rate: what the ring and the pose error ask of the tool, less what the bus gives it."""
        arm, scene, pose = self._arm.arm, sensed.scene, sensed.pose
        wanted, tool = self._wanted(sensed, ring), sensed.tool.grip
        gain = 0.0 if self.stage in YIELDING else arm.pose_gain_per_s
        v_mps = limited(scale(gain, sub(wanted.r_m, tool.r_m)), arm.speed_mps)
        turn = rotation_vector(mul(wanted.q, conj(tool.q)))
        w_radps = limited(scale(gain, turn), arm.turn_radps)
        advance_mps = {Stage.INSERTING: -arm.insertion_mps, Stage.BACKING: _BACKING_MPS}.get(self.stage, 0.0)
        if 0.0 < self._out_m < arm.standoff_m:
            v_mps = add(v_mps, rotate(ring.grip.q, (advance_mps, 0.0, 0.0)))
        bus = scene.bus
        given_mps = add(bus.v_mps, cross(bus.w_radps, sub(tool.r_m, bus.r_m)))
        v_mps = sub(add(v_mps, ring.velocity_at(tool.r_m)), given_mps)
        w_radps = sub(add(w_radps, ring.w_radps), bus.w_radps)
        return self._chain.rates_for(pose, back(bus.q, v_mps), back(bus.q, w_radps))

    def _wanted(self, sensed: Sensed, ring: Moving) -> Grip:
        """Where the tool shall be: before the plate to be taken, or straight out from where it let go."""
        if self.stage is Stage.BACKING:
            tool = sensed.tool.grip
            if self._left is None:
                q_ring_from_window = conj(ring.grip.q)
                place = rotate(q_ring_from_window, sub(tool.r_m, ring.grip.r_m))
                self._left = Grip(place, mul(q_ring_from_window, tool.q))
            away = add(self._left.r_m, (self._out_m, 0.0, 0.0))
            return Grip(add(ring.grip.r_m, rotate(ring.grip.q, away)), mul(ring.grip.q, self._left.q))
        if self._plate_rad is None:
            towards = rotate(sensed.scene.bus.q, self._arm.grasp_towards_body)
            self._plate_rad = nearest_plate(back(ring.grip.q, towards))
        return grip_on(self._ring, self._plate_rad, ring.grip, self._out_m)

    def _away(self, sensed: Sensed, ring: Moving | None) -> tuple[float, float, float]:
        """Distance, relative speed and angle of the tool from where the estimate wants it."""
        if ring is None:
            return float("inf"), float("inf"), float("inf")
        wanted, tool = self._wanted(sensed, ring), sensed.tool.grip
        speed_mps = norm(sub(sensed.tool.v_mps, ring.velocity_at(tool.r_m)))
        turn_rad = norm(rotation_vector(mul(wanted.q, conj(tool.q))))
        return norm(sub(wanted.r_m, tool.r_m)), speed_mps, turn_rad


_STEERED = (
    Stage.APPROACHING,
    Stage.INSERTING,
    Stage.INSERTED,
    Stage.CLOSING,
    Stage.OPENING,
    Stage.BACKING,
)


def _furthest(angles_rad: Angles, wanted_rad: Angles) -> float:
    return max([abs(a - b) for a, b in zip(angles_rad, wanted_rad, strict=True)])
