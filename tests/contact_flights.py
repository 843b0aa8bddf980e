"""Captures to fly in tests: quickstart, begun on the capture axis a few metres before the ready point."""

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from services.laws import laws
from services.library import load_mission
from services.run import ROLES, Options, RunReport, fly, participants
from twin.contracts.codec import decode_delivered, encode
from twin.contracts.envelope import AnyBody, Event, Grant, Reply
from twin.contracts.navigation import PhaseChanged
from twin.dynamics.frames import ric_from_eci
from twin.dynamics.rotation import rotate
from twin.kernel.conductor import Conductor
from twin.kernel.participant import Participant
from twin.mission.initial import target_at_epoch
from twin.mission.script import Mission

START_AXIAL_M = 4.2


def changed(rows: tuple[Any, ...], **changes: dict[str, Any]) -> tuple[Any, ...]:
    """Rows by name with fields replaced."""
    return tuple(msgspec.structs.replace(row, **changes.get(row.name, {})) for row in rows)


def short(
    seed: int = 1,
    *,
    name: str = "quickstart",
    phases: dict[str, dict[str, Any]] | None = None,
    **fields: Any,
) -> Mission:
    """On the live axis at 4.2 m from the fitting, closing in at once; reach 5 s after the ready point."""
    mission = msgspec.structs.replace(load_mission(name, laws()), seed=seed, timeline=())
    target = target_at_epoch(mission)
    axes = ric_from_eci(target.r_eci_m, target.v_eci_mps)
    axis_ric = (axes * rotate(target.q_eci_from_body, (1.0, 0.0, 0.0))).sum(axis=1)
    x, y, z = (axis_ric * (mission.target.port.r_body_m[0] + START_AXIAL_M)).tolist()
    # Carried round with the axis: at rest against it.
    w_eci = rotate(target.q_eci_from_body, target.w_body_radps)
    rate = np.linalg.norm(np.cross(target.r_eci_m, target.v_eci_mps)) / (target.r_eci_m @ target.r_eci_m)
    w_ric = (axes * w_eci).sum(axis=1) - np.array((0.0, 0.0, rate))
    u, v, w = np.cross(w_ric, (x, y, z)).tolist()
    start = msgspec.structs.replace(
        mission.start, r_ric_m=(x, y, z), v_ric_mps=(u, v, w), sigma_r_m=0.01, sigma_v_mps=0.001
    )
    guidance = mission.guidance
    rows = changed(guidance.phases, close_in={"zone": "free"}, ready={"timeout_s": 5.0})
    rows = changed(rows, **(phases or {}))
    guidance = msgspec.structs.replace(guidance, start_phase="close_in", phases=rows)
    return msgspec.structs.replace(mission, start=start, guidance=guidance, **fields)


def flown(
    mission: Mission, *observers: Callable[[Event], None], **options: Any
) -> tuple[RunReport, list[Event]]:
    """The report and every event."""
    events: list[Event] = []
    report = fly(mission, Options(in_process=True, **options), (events.append, *observers))
    return report, events


def bodies(events: list[Event], kind: type[Any]) -> list[Any]:
    """Bodies of one kind, in the order of the run."""
    return [event.body for event in events if isinstance(event.body, kind)]


class Flight:
    """A run played by hand: grants one round at a time, injects what a test wants, can restore on the way."""

    def __init__(self, mission: Mission) -> None:
        self.mission = mission
        self.events: list[Event] = []
        self.phase = mission.guidance.start_phase
        self._conductor = Conductor(ROLES, "flight")
        self._crews: list[dict[str, Participant]] = [{each.name: each for each in participants()}]

    @property
    def now_s(self) -> float:
        return self._conductor.now_ns * 1e-9

    def until(self, over: Callable[["Flight"], bool], latest_s: float) -> bool:
        """Fly on until `over` holds; False if that has not come by `latest_s`."""
        while not over(self):
            if (self._conductor.next_ns or 0) > latest_s * 1e9:
                return False
            self._round()
        return True

    def until_phase(self, phase: str, latest_s: float) -> bool:
        return self.until(lambda flight: flight.phase == phase, latest_s)

    def give(self, to: str, body: AnyBody) -> None:
        """Something from outside, now."""
        self._conductor.inject("test", (to,), body)
        self._take()

    def shadow(self) -> None:
        """From here on a second crew, restored from snapshots, must answer every grant alike."""
        crew = {each.name: each for each in participants()}
        for name, each in crew.items():
            each.restore(self.mission, self._crews[0][name].snapshot())
        self._crews.append(crew)

    def alone(self) -> None:
        """The second crew has shown what it had to."""
        del self._crews[1:]

    def _round(self) -> None:
        for assignment in self._conductor.grants():
            answers = [self._answer(crew[assignment.name], assignment.grant) for crew in self._crews]
            assert all(encode(answer) == encode(answers[0]) for answer in answers), assignment.name
            self._conductor.reply(assignment.name, answers[0])
        self._take()

    def _answer(self, participant: Participant, grant: Grant) -> Reply:
        inbox = tuple(decode_delivered(raw) for raw in grant.inbox)
        first = grant.number == 0
        reaction = participant.begin(self.mission) if first else participant.react(grant.t_ns, inbox)
        return Reply(run=grant.run, epoch=grant.epoch, number=grant.number, reaction=reaction)

    def _take(self) -> None:
        for event, _ in self._conductor.take_committed():
            self.events.append(event)
            if isinstance(event.body, PhaseChanged):
                self.phase = event.body.phase
