"""`twin conformance LAW|ENDPOINT`: the standard situations, as a table, as JSON, as an exit code."""

import time
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from services import report as show
from services.exit_codes import FAILED, PASSED
from services.laws import laws
from services.library import load_mission
from services.run import Options, fly_whole
from twin.contracts.actuation import ActuatorCommand
from twin.contracts.envelope import Event
from twin.contracts.sensing import SensorReadings
from twin.errors import UsageError
from twin.guidance.law import law_of
from twin.guidance.phases import Phase
from twin.guidance.situations import Judged, judged
from twin.mission.script import Fault, Mission
from twin.mission.strict import nearest

_ROLE: Final = "guidance"
_UNTIL_S: Final = 900.0


def conformance(name: str, parameters: dict[str, Any], *, as_json: bool) -> int:
    """Try a law, or the guidance that joins at an endpoint; exit code 1 if it does not conform."""
    rows = list(_endpoint(name)) if "://" in name else [_row(each) for each in _law(name, parameters)]
    passed = all(row["outcome"] == "pass" for row in rows)
    if as_json:
        show.print_json({"tried": name, "conforms": passed, "situations": rows})
    else:
        columns = tuple(rows[0])
        show.print_table(columns, [tuple(_text(row[key]) for key in columns) for row in rows])
        print(f"{name} {'conforms' if passed else 'does not conform'}")
    return PASSED if passed else FAILED


def _law(name: str, parameters: dict[str, Any]) -> Iterator[Judged]:
    shelf = laws()
    if name not in shelf:
        raise UsageError(
            f"no law `{name}`{nearest(name, list(shelf))}; an endpoint looks like tcp://127.0.0.1:5555"
        )
    law = law_of(Phase(name="conformance", law=name, period_s=1.0, parameters=parameters), shelf)
    return judged(law, time.process_time)


def _row(each: Judged) -> dict[str, Any]:
    found = each.found
    return {
        "situation": each.situation.name,
        "outcome": "pass" if each.passed else "fail",
        "delta v m/s>": round(found.delta_v_mps, 3),
        "most m/s2>": round(found.most_mps2, 4),
        "keep-out m>": round(found.margin_m, 2),
        "us a step>": round(found.mean_step_s * 1e6),
        "what is wrong, or what was tried": each.wrong or each.situation.text,
    }


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _endpoint(address: str) -> Iterator[dict[str, Any]]:
    """One flight with the foreign guidance; each line is a rule of the guidance conversation."""
    mission = _disturbed(load_mission("rendezvous", laws()))
    watch = _Conversation(mission)
    options = Options(foreign=(_ROLE,), endpoint=address, until_s=_UNTIL_S)
    print(f"waiting for a guidance to join at {address}", flush=True)
    report = fly_whole(mission, (watch.take,), options)
    ended = report.outcome.cause in ("until", "mission_over", "deadline")
    yield _rule("stays", ended, report.outcome.text or "takes part until the end")
    yield _rule("speaks", report.outcome.refused == 0, f"{report.outcome.refused} frames refused")
    yield _rule(
        "answers", watch.unanswered == 0, f"{watch.answers} readings answered, {watch.unanswered} not"
    )
    yield _rule("in_time", watch.late == 0, f"{watch.late} commands with another delay than compute_delay_s")
    yield _rule(
        "valves", watch.beyond == 0, f"{watch.beyond} commands for valves or wheels beyond their limits"
    )
    results = {each.name: each for each in report.verdict.results} if report.verdict else {}
    for name in ("sphere", "closing_far"):
        good = name in results and results[name].outcome == "pass"
        yield _rule(name, good, results[name].text if name in results else "no verdict")


def _disturbed(mission: Mission) -> Mission:
    """With what a guidance must live through: readings that are lost, late or come twice, a dead valve."""
    faults = (
        Fault(name="blind", kind="lidar_pose.blind", at_s=120.0, for_s=60.0),
        Fault(
            name="twice",
            kind="message.duplicate",
            arguments={"destination": "guidance", "kind": "arm_state", "delay_s": 0.05},
            at_s=240.0,
            for_s=30.0,
        ),
        Fault(
            name="valve",
            kind="thruster.stuck_off",
            arguments={"thruster": "fore-z1"},
            at_s=300.0,
            for_s=120.0,
        ),
    )
    return msgspec.structs.replace(mission, faults=faults)


def _rule(name: str, good: bool, text: str) -> dict[str, Any]:
    return {"rule": name, "outcome": "pass" if good else "fail", "what was found": text}


class _Conversation:
    """Counts what a foreign guidance says to its readings."""

    def __init__(self, mission: Mission) -> None:
        self._delay_ns = round(mission.guidance.compute_delay_s * 1e9)
        self._wheels = [wheel.maximum_torque_nm * 1.0001 for wheel in mission.servicer.wheels]
        self._valves = len(mission.servicer.propulsion.thrusters)
        self._owed = 0
        self.answers = self.late = self.beyond = 0

    @property
    def unanswered(self) -> int:
        """The last readings may still be on their way when the run ends."""
        return max(0, self._owed - 1)

    def take(self, event: Event) -> None:
        match event.body:
            case SensorReadings():
                self._owed += 1
            case ActuatorCommand() as command if event.source == _ROLE:
                self._owed -= 1
                self.answers += 1
                self.late += event.due_ns - event.t_ns != self._delay_ns
                fits = len(command.thruster_on_s) == self._valves and min(command.thruster_on_s) >= 0.0
                turns = zip(command.wheel_torque_nm, self._wheels, strict=True)
                self.beyond += not (fits and all(abs(torque) <= most for torque, most in turns))
